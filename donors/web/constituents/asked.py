"""What an address of the list asks for: columns, conditions, words, order, a kept view."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import g, request
from werkzeug.datastructures import MultiDict

from donors.accounts.permissions import CARRIES
from donors.core.criteria.describe import describe
from donors.core.criteria.parse import compare, from_json
from donors.core.criteria.tree import EVERYTHING, OPERATORS, WITH_LIST, All, AnyOf, Criteria, Operator
from donors.core.db import Session
from donors.core.errors import Invalid
from donors.core.fields import Field, FieldSet
from donors.core.paging import Paging, Sort, read_paging
from donors.segments.members import Wanted, fields
from donors.segments.models import Segment
from donors.segments.queries import segment
from donors.web.session import viewer

DEFAULT = ("name", "kind", "city", "level", "last_gift_on", "last_365_days_total", "lifetime_total")
MOST_COLUMNS = 20
MOST_FILTERS = 20
NOBODY = AnyOf(())


@dataclass(frozen=True)
class Condition:
    """One condition of the address: as it stands there, and in words."""

    raw: str
    words: str


@dataclass(frozen=True)
class Asked:
    """A list as it was asked for. `problems` are sentences on what could not be read; such a list is empty."""

    wanted: Wanted
    paging: Paging
    known: FieldSet
    conditions: tuple[Condition, ...]
    view: Segment | None
    problems: tuple[str, ...]

    @property
    def columns(self) -> tuple[Field, ...]:
        """The fields shown."""
        return tuple(self.known[name] for name in self.wanted.fields)


def asked(session: Session, args: MultiDict[str, str]) -> Asked:
    """Reads an address. Raises NotFound for a view that is not the viewer's."""
    known = fields(session).seen_with(CARRIES[viewer().role])
    number = args.get("view", "")
    view = segment(session, int(number), sees=viewer().sees) if number.isascii() and number.isdigit() else None
    problems: list[str] = []
    criteria = _of_view(view, known, problems)
    conditions: list[Condition] = []
    for raw in args.getlist("f")[:MOST_FILTERS]:
        criteria = _narrowed(criteria, raw, known, (conditions, problems))
    columns = _columns(args.getlist("col"), view, known)
    sort = args.get("sort") or (view.sort if view else "name")
    paging = read_paging(args.get("page"), args.get("size"), sort, fields=known)
    wanted = Wanted(columns, NOBODY if problems else criteria, args.get("q", "").strip()[:100])
    return Asked(wanted, paging if paging.sort else _by_name(paging), known, tuple(conditions), view, tuple(problems))


def here_asked(session: Session) -> Asked:
    """What the address of this request asks for."""
    return asked(session, request.args)


def condition_of(args: MultiDict[str, str], known: FieldSet) -> str:
    """A condition that was put together in the form, as an address holds it. Raises Invalid."""
    name, operator, value = args.get("field", ""), args.get("operator", ""), args.get("value", "").strip()
    if args.get("value_to"):
        value = f"{value}~{args['value_to'].strip()}"
    raw = f"{name}|{operator}|{value}"[:500]
    _read(raw, known)
    return raw


def operators_of(field: Field) -> list[tuple[str, str]]:
    """How a field can be compared, for a select."""
    return [(str(one), str(one)) for one in OPERATORS[field.kind]]


def _of_view(view: Segment | None, known: FieldSet, problems: list[str]) -> Criteria:
    if view is None:
        return EVERYTHING
    try:
        return from_json(view.criteria, known, g.organization)
    except Invalid as error:
        problems.append(f"The view “{view.name}” asks for something that you may not see: {error.message}")
        return NOBODY


def _narrowed(criteria: Criteria, raw: str, known: FieldSet, found: tuple[list[Condition], list[str]]) -> Criteria:
    conditions, problems = found
    try:
        one = _read(raw, known)
        conditions.append(Condition(raw, describe(one, known, g.organization).rstrip(".")))
    except Invalid as error:
        conditions.append(Condition(raw, raw.replace("|", " ")))
        problems.append(error.message)
        return criteria
    return one if criteria == EVERYTHING else All((criteria, one))


def _read(raw: str, known: FieldSet) -> Criteria:
    name, _, rest = raw.partition("|")
    operator, _, value = rest.partition("|")
    several: Any = value
    if operator in WITH_LIST:
        several = [part.strip() for part in value.split(",") if part.strip()]
    elif operator == Operator.BETWEEN:
        several = value.split("~")
    return compare(known.named(name), operator, several, g.organization)


def _columns(asked_for: Iterable[str], view: Segment | None, known: FieldSet) -> tuple[str, ...]:
    chosen = [name for name in dict.fromkeys(asked_for) if name in known]
    kept = [name for name in view.columns.get("names", ()) if name in known] if view else []
    shown = chosen or kept or [name for name in DEFAULT if name in known]
    return tuple(dict.fromkeys(["name", *shown]))[:MOST_COLUMNS]


def _by_name(paging: Paging) -> Paging:
    return Paging(paging.number, paging.size, (Sort("name"),))
