"""Reading values out of a rules document, with errors that name the place."""

from collections.abc import Mapping
from typing import Any

from donors.core.errors import Invalid


def checked(table: Any, place: str, *, known: Mapping[str, type], needs: tuple[str, ...] = ("name",)) -> dict[str, Any]:
    """The table itself when all its keys are known, of the right type, and none is missing. Raises Invalid."""
    if not isinstance(table, dict):
        raise Invalid(place, table, "is not a table")
    for name, value in table.items():
        if name not in known:
            raise Invalid(f"{place}.{name}", value, "is not known", f"Known are: {', '.join(sorted(known))}.")
        if not isinstance(value, known[name]) or (isinstance(value, bool) and known[name] is int):
            raise Invalid(f"{place}.{name}", value, f"should be of type {known[name].__name__}")
    for name in needs:
        if name not in table:
            raise Invalid(f"{place}.{name}", "", "is missing")
    return table


def listed(document: dict[str, Any], name: str) -> list[Any]:
    """The tables of a section; none where it is absent. Raises Invalid."""
    section = document.get(name, [])
    if not isinstance(section, list):
        raise Invalid(name, section, "should be a list of tables", f"Write [[{name}]].")
    return section


def found(names: dict[str, int], name: str | None, place: str) -> int | None:
    """The id that a name stands for; none for none. Raises Invalid."""
    if name is None:
        return None
    if name not in names:
        raise Invalid(place, name, "is not there", f"There are: {', '.join(sorted(names)) or 'none'}.")
    return names[name]
