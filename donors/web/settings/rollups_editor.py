"""The builder of a rollup: its parts as they were typed, so that nothing is lost when something is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from donors.core.criteria.parse import to_json
from donors.core.errors import Invalid
from donors.core.fields import FieldSet
from donors.core.settings import Organization
from donors.rollups.define import Draft
from donors.rollups.definition import (
    NUMBERED,
    OF_MOVES,
    YEARLY,
    Operation,
    Returns,
    Source,
    ValueKind,
    allowed_returns,
    sources_of,
)
from donors.rollups.definition import distinct_fields as fields_counted
from donors.rollups.formulas import FORMULA_KINDS
from donors.rollups.frame import Frame, Span, YearKind, parse_frame, parse_year_kind
from donors.rollups.targets import Target
from donors.web.criteria.builder import Pairs, typed
from donors.web.criteria.tokens import Group, criteria_of, read, stored, write

DATED = (Span.SINCE, Span.BETWEEN)
COUNTED = (Span.LAST_YEARS, Span.LAST_MONTHS, Span.LAST_DAYS)
OF_YEARS = (Span.YEAR, Span.LAST_YEARS)
ALL = Group()


@dataclass(frozen=True)
class Editing:
    """A rollup as text. `span`, `ago`, `many`, `first`, `last`, `frame_years` and `frame_month` are its time frame,
    `years` and `month` the years of a yearly operation; `criteria` is the tree with its unfinished lines.
    """

    label: str = ""
    key: str = ""
    description: str = ""
    source: str = Source.HARD
    operation: str = Operation.TOTAL
    returns: str = ""
    number: str = ""
    field: str = ""
    span: str = Span.ALL_TIME
    ago: str = "0"
    many: str = ""
    first: str = ""
    last: str = ""
    frame_years: str = "fiscal"
    frame_month: str = "9"
    years: str = "fiscal"
    month: str = "9"
    formula: str = ""
    value_kind: str = "money"
    target: str = "constituent"
    sorted_often: str = ""
    criteria: Group = ALL

    @property
    def whose(self) -> Target:
        """Who has the figure; constituents until somebody chooses."""
        return next((one for one in Target if one == self.target), Target.CONSTITUENT)

    @property
    def fitted(self) -> "Editing":
        """The same with a source that its target has: the first of them, where what was chosen does not go with it."""
        known = sources_of(self.whose)
        return self if self.source in known else replace(self, source=known[0])

    @property
    def is_formula(self) -> bool:
        """Whether it is reckoned from other figures."""
        return self.source == Source.FORMULA

    @property
    def operations(self) -> tuple[Operation, ...]:
        """What can be done with the rows of its source."""
        if self.is_formula:
            return (Operation.FORMULA,)
        if self.source == Source.MOVES:
            return OF_MOVES
        return tuple(one for one in Operation if one is not Operation.FORMULA)

    @property
    def doing(self) -> Operation:
        """What is done; the first thing that its source allows where what was chosen does not go with it."""
        return next((one for one in self.operations if one == self.operation), self.operations[0])

    @property
    def returned(self) -> tuple[Returns, ...]:
        """What of the result can be kept."""
        allowed = allowed_returns(self.doing, Source(self.source))
        return tuple(one for one in Returns if one in allowed)

    @property
    def kept(self) -> Returns:
        """What is kept of it: the first that is allowed until somebody chooses."""
        return next((one for one in self.returned if one == self.returns), self.returned[0])

    @property
    def counted(self) -> tuple[str, ...]:
        """What can be counted among different values."""
        return fields_counted(Source(self.source)) if self.doing is Operation.DISTINCT else ()

    @property
    def shown(self) -> frozenset[str]:
        """The parts that go with what is chosen; the others wait, unseen, with what was typed."""
        if self.is_formula:
            return frozenset({"formula", "value_kind", *(["number"] if self.value_kind == ValueKind.NUMBER else [])})
        parts = {"span", "criteria"}
        parts |= {"returns"} if len(self.returned) > 1 else set()
        parts |= {"number"} if self.doing in NUMBERED else set()
        parts |= {"field"} if self.counted or self.kept is Returns.ROW else set()
        parts |= _of_years("years", "month", self.years) if self.doing in YEARLY else set()
        return frozenset(parts | self._of_frame)

    @property
    def _of_frame(self) -> set[str]:
        parts = {"ago"} if self.span == Span.YEAR else {"many"} if self.span in COUNTED else set()
        parts |= {"first"} if self.span in DATED else set()
        parts |= {"last"} if self.span == Span.BETWEEN else set()
        return parts | (_of_years("frame_years", "frame_month", self.frame_years) if self.span in OF_YEARS else set())

    @property
    def frame(self) -> str:
        """The time frame as it is written; parts that were not typed are left out, so that it cannot be read then."""
        years = _kind(self.frame_years, self.frame_month)
        match self.span:
            case Span.YEAR:
                return f"{years} -{self.ago}"
            case Span.LAST_YEARS:
                return f"last {self.many} {years.several}"
            case Span.LAST_MONTHS | Span.LAST_DAYS:
                return f"last {self.many} {'months' if self.span == Span.LAST_MONTHS else 'days'}"
            case Span.SINCE:
                return f"since {self.first}"
            case Span.BETWEEN:
                return f"{self.first} to {self.last}"
        return "all time"


def _of_years(name: str, month: str, kind: str) -> set[str]:
    return {name, month} if kind == "club" else {name}


def _kind(name: str, month: str) -> YearKind:
    whole = int(month) if month.isascii() and month.isdigit() and 1 <= int(month) <= 12 else 9
    return YearKind("club", whole) if name == "club" else YearKind("calendar" if name == "calendar" else "fiscal")


TEXTS = tuple(one.name for one in fields(Editing) if one.name != "criteria")
LONGEST = {"formula": 1000, "description": 500}


def read_form(form: Mapping[str, str], pairs: Pairs) -> Editing:
    """What was sent. Criteria that were not shown come along as tokens."""
    values = {name: form[name].strip()[: LONGEST.get(name, 100)] for name in TEXTS if name in form}
    values["sorted_often"] = values.get("sorted_often", "")
    if values.get("source") not in list(Source):
        values["source"] = Source.HARD
    if any(name == "open" for name, _ in pairs):
        tree = typed(pairs)
    else:
        tree = read([value for name, value in pairs if name == "f"], form.get("match", "all"))
    return Editing(**values, criteria=tree)


def of(draft: Draft) -> Editing:
    """A definition that is there, as text."""
    frame, years = parse_frame(draft.frame), parse_year_kind(draft.years)
    return replace(
        _framed(frame),
        label=draft.label,
        key=draft.key,
        description=draft.description,
        source=draft.source,
        operation=draft.operation,
        returns=draft.returns,
        number=str(draft.number or ""),
        field=draft.field,
        years=years.name,
        month=str(years.month or 9),
        formula=draft.formula,
        value_kind=draft.value_kind if draft.value_kind in list(FORMULA_KINDS) else "money",
        target=draft.target,
        sorted_often="yes" if draft.sorted_often else "",
        criteria=stored(draft.criteria) if draft.criteria else ALL,
    )


def _framed(frame: Frame) -> Editing:
    return Editing(
        span=frame.span,
        ago=str(frame.number) if frame.span is Span.YEAR else "0",
        many=str(frame.number or ""),
        first=frame.first.isoformat() if frame.first else "",
        last=frame.last.isoformat() if frame.last else "",
        frame_years=frame.years.name,
        frame_month=str(frame.years.month or 9),
    )


def drafted(editing: Editing, known: FieldSet | None, here: Organization) -> Draft:
    """The definition that was typed. `known` are the fields of its source's rows. Raises Invalid."""
    criteria = None
    if known is not None and write(editing.criteria):
        criteria = to_json(criteria_of(editing.criteria, known, here), known, here)
    return Draft(
        label=editing.label,
        source=editing.source,
        operation=editing.doing,
        returns=editing.kept,
        frame="all time" if editing.is_formula else editing.frame,
        key=editing.key,
        description=editing.description,
        target=editing.target,
        criteria=criteria,
        years=str(_kind(editing.years, editing.month)),
        number=_number(editing),
        field=_field(editing),
        formula=editing.formula if editing.is_formula else "",
        value_kind=editing.value_kind if editing.is_formula else "",
        sorted_often=bool(editing.sorted_often),
    )


def _field(editing: Editing) -> str:
    if editing.counted:
        return editing.field if editing.field in editing.counted else editing.counted[0]
    return editing.field if editing.kept is Returns.ROW else ""


def _number(editing: Editing) -> int:
    if "number" not in editing.shown or (editing.is_formula and not editing.number):
        return 0
    if not (editing.number.isascii() and editing.number.isdigit() and len(editing.number) < 6):
        raise Invalid("Number", editing.number, "is no whole number", "Write it in digits.")
    return int(editing.number)


FIELDS = {
    "Name": "label",
    "Key": "key",
    "Source": "source",
    "Operation": "operation",
    "Returned value": "returns",
    "Number": "number",
    "Decimals": "number",
    "Field": "field",
    "frame": "span",
    "Time frame": "span",
    "years": "years",
    "Formula": "formula",
    "Kept as": "value_kind",
    "For whom": "target",
}
"""Field of an error of the domain → field of the form."""


def place_of(error: Invalid, editing: Editing) -> str:
    """Where in the form an error belongs; what is wrong with a time frame, at the part of it that was typed."""
    place = FIELDS.get(error.field, "criteria")
    if place == "span":
        return next((name for name in ("many", "ago", "first", "last") if name in editing.shown), "span")
    return place
