"""What forms of all parts share."""

from typing import Any

from wtforms import Field, Form
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs

from donors.core.errors import Invalid


def refuse(form: Form, error: Invalid) -> None:
    """Puts an error of the domain where the form shows it: at its field, or above the form."""
    problem = error.problem[:1].upper() + error.problem[1:] + "."
    said = f"{problem} {error.remedy}".strip()
    field = form._fields.get(error.field)
    if field is None:
        form.form_errors.append(str(error))
    else:
        field.errors = [*field.errors, said]


def typed(field: Field) -> str:
    """What was typed into a field of text; empty where it was not sent."""
    return str(field.data or "")


def number(text: str) -> int | None:
    """An id or a version as addresses and hidden fields hold it; none where it is empty or spoilt."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def number_in(field: Field) -> int | None:
    """The number in a field; none where it is empty or spoilt."""
    return number(typed(field))


def id_of(value: object) -> int | None:
    """The id in a select; none for its empty option."""
    return number(str(value or ""))


def option(value: object, label: str) -> Any:
    """One option of a select or of radios."""
    return SelectChoice(str(value), label)
