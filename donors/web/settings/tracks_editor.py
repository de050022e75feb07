"""The editor of a track: bands as they were typed, so that nothing is lost when something is wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from donors.core.errors import Invalid
from donors.core.settings import Organization
from donors.levels.decide import check_bands
from donors.levels.track import LevelDraft, TrackDraft, bands_of
from donors.levels.units import Unit as Measured

MOST_LEVELS = 20
WHOLE = ("name", "description", "target", "measure")
FIELDS = {"level name": "name", "level": "minimum", "levels": "minimum"}
"""Field of an error of the domain → field of the row."""


@dataclass(frozen=True)
class Row:
    """One level as text. `id` is empty for a new one."""

    id: str = ""
    name: str = ""
    minimum: str = ""
    maximum: str = ""


@dataclass(frozen=True)
class Editing:
    """A track as text; rows from the lowest level to the highest."""

    name: str = ""
    description: str = ""
    target: str = "all"
    measure: str = ""
    rows: tuple[Row, ...] = (Row(), Row(), Row())


@dataclass(frozen=True)
class Unit:
    """How bounds are written: in the organization's currency, in hours, as numbers."""

    of: Measured
    settings: Organization

    @property
    def kind(self) -> str:
        """Money, minutes or another kind of number."""
        return self.of.kind

    @property
    def currency(self) -> str:
        """The organization's."""
        return self.settings.currency

    def read(self, typed: str, *, field: str) -> int:
        """The bound that was typed. Raises Invalid."""
        return self.of.read(typed, field=field, currency=self.currency)

    def write(self, value: int | None) -> str:
        """A bound as somebody would type it."""
        plain = self.of.plain(value, self.settings)
        return "" if plain is None else _short(Decimal(plain))


def _short(value: Decimal) -> str:
    whole = value.to_integral_value()
    return f"{whole:,f}" if whole == value else f"{value:,f}"


def read(form: Mapping[str, str]) -> Editing:
    """What was sent."""
    typed = form.get("rows", "0")
    count = min(int(typed) if typed.isdigit() and len(typed) < 4 else 0, MOST_LEVELS)
    names = ("id", "name", "minimum", "maximum")
    rows = (Row(*(form.get(f"{name}-{place}", "").strip()[:100] for name in names)) for place in range(1, count + 1))
    name, description, target, measure = (form.get(one, "").strip()[:500] for one in WHOLE)
    return Editing(name, description, target, measure, tuple(rows))


def of(draft: TrackDraft, unit: Unit) -> Editing:
    """A track that is there, as text."""
    rows = tuple(
        Row(
            str(level.id or ""),
            level.name,
            unit.write(level.minimum),
            unit.write(level.maximum),
        )
        for level in draft.levels
    )
    return Editing(draft.name, draft.description, draft.target, draft.measure, rows)


def with_row(editing: Editing) -> Editing:
    """One more level, above the others: it begins where the one below ends."""
    last = editing.rows[-1] if editing.rows else Row()
    return replace(editing, rows=(*editing.rows, Row(minimum=last.maximum))[:MOST_LEVELS])


def without_row(editing: Editing, place: int) -> Editing:
    """One level less."""
    return replace(editing, rows=tuple(row for at, row in enumerate(editing.rows, start=1) if at != place))


def drafted(editing: Editing, unit: Unit) -> tuple[TrackDraft, dict[str, str]]:
    """The track that was typed, and what is wrong with it: field → words. Rows that are all empty fall away."""
    wrong: dict[str, str] = {}
    levels: list[LevelDraft] = []
    for place, row in enumerate(editing.rows, start=1):
        if not (row.name or row.minimum or row.maximum):
            continue
        draft = _level(row, place, unit, wrong)
        if not any(field.endswith(f"-{place}") for field in wrong) and not _refused([*levels, draft], place, wrong):
            levels.append(draft)
    if not editing.name:
        wrong["name"] = "Name the track."
    if not levels and not any("-" in field for field in wrong):
        wrong["name-1"] = "Give at least one level."
    draft_of = TrackDraft(editing.name, editing.measure, tuple(levels), editing.description, editing.target)
    return draft_of, wrong


def _level(row: Row, place: int, unit: Unit, wrong: dict[str, str]) -> LevelDraft:
    bounds: dict[str, int | None] = {"minimum": None, "maximum": None}
    for name, typed in (("minimum", row.minimum), ("maximum", row.maximum)):
        try:
            bounds[name] = unit.read(typed, field=name) if typed else None
        except Invalid as error:
            wrong[f"{name}-{place}"] = said(error)
    return LevelDraft(row.name, bounds["minimum"], bounds["maximum"], int(row.id) if row.id.isdigit() else None)


def _refused(levels: Sequence[LevelDraft], place: int, wrong: dict[str, str]) -> bool:
    """Whether the newest of these levels does not go with those below it."""
    try:
        check_bands(bands_of(levels))
    except Invalid as error:
        wrong[f"{FIELDS.get(error.field, error.field)}-{place}"] = said(error)
        return True
    return False


def said(error: Invalid) -> str:
    """An error of the domain as a sentence at its field."""
    problem = error.problem[:1].upper() + error.problem[1:] + "."
    return f"{problem} {error.remedy}".strip()
