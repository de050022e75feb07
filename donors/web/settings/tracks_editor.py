"""The editor of a track: all as it was typed, so that nothing is lost when something is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from donors.core.criteria.parse import to_json
from donors.core.errors import Invalid
from donors.core.fields import FieldSet
from donors.core.settings import Organization
from donors.levels.decide import check_bands
from donors.levels.models import AFTER_DAYS, AT_ONCE, STAND
from donors.levels.track import LevelDraft, TrackDraft, bands_of
from donors.levels.units import Unit as Measured
from donors.web.criteria.builder import Pairs, finished
from donors.web.criteria.builder import acted as pressed
from donors.web.criteria.builder import typed as spelled
from donors.web.criteria.tokens import Group, criteria_of, stored

MOST_LEVELS = 20
WHOLE = ("name", "description", "target", "measure", "deceased", "anonymous", "falls", "grace_days")
NOTHING = Group()
FIELDS = {"level name": "name", "level": "minimum", "levels": "minimum"}
"""Field of an error of the domain → field of the row."""


@dataclass(frozen=True)
class Row:
    """One level as text. `id` is empty for a new one."""

    id: str = ""
    name: str = ""
    minimum: str = ""
    maximum: str = ""
    criteria: Group = NOTHING


@dataclass(frozen=True)
class Editing:
    """A track as text; rows from the lowest level to the highest."""

    name: str = ""
    description: str = ""
    target: str = "all"
    measure: str = ""
    deceased: str = STAND
    anonymous: str = STAND
    falls: str = AT_ONCE
    grace_days: str = ""
    criteria: Group = NOTHING
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


def read(form: Mapping[str, str], pairs: Pairs = ()) -> Editing:
    """What was sent; `pairs` as it came, for the criteria are spelled by the order of their fields."""
    typed = form.get("rows", "0")
    count = min(int(typed) if typed.isdigit() and len(typed) < 4 else 0, MOST_LEVELS)
    names, trees = ("id", "name", "minimum", "maximum"), _trees(pairs)
    rows = (
        Row(
            **{name: form.get(f"{name}-{place}", "").strip()[:100] for name in names},
            criteria=trees.get(str(place), NOTHING),
        )
        for place in range(1, count + 1)
    )
    whole = {name: form.get(name, "").strip()[:500] for name in WHOLE}
    return Editing(**whole, criteria=trees.get("0", NOTHING), rows=tuple(rows))


def _trees(pairs: Pairs) -> dict[str, Group]:
    """The criteria of the track (0) and of its levels by their places: each begins after a field `tree`."""
    starts = [place for place, (name, _) in enumerate(pairs) if name == "tree"]
    ends = [*starts[1:], len(pairs)]
    return {pairs[start][1]: spelled(pairs[start:end]) for start, end in zip(starts, ends, strict=True)}


def of(draft: TrackDraft, unit: Unit) -> Editing:
    """A track that is there, as text."""
    rows = tuple(
        Row(
            str(level.id or ""),
            level.name,
            unit.write(level.minimum),
            unit.write(level.maximum),
            _group(level.criteria),
        )
        for level in draft.levels
    )
    names = ("name", "description", "target", "measure", "deceased", "anonymous", "falls")
    whole = {name: getattr(draft, name) for name in names}
    return Editing(**whole, grace_days=str(draft.grace_days or ""), criteria=_group(draft.criteria), rows=rows)


def _group(criteria: Mapping[str, Any] | None) -> Group:
    return stored(criteria) if criteria else NOTHING


def acted(editing: Editing, act: str) -> Editing | None:
    """What was typed after a button that changes the form; none for one that does not."""
    word, _, rest = act.partition(":")
    if act == "look":
        return editing
    if act == "add":
        last = editing.rows[-1] if editing.rows else Row()
        return replace(editing, rows=(*editing.rows, Row(minimum=last.maximum))[:MOST_LEVELS])
    if word == "in":
        place, _, inner = rest.partition(":")
        return _in_tree(editing, place, inner)
    if word in ("remove", "up", "down") and rest.isdigit():
        return replace(editing, rows=_moved(list(editing.rows), word, int(rest) - 1))
    return None


def _in_tree(editing: Editing, place: str, act: str) -> Editing:
    if place == "0":
        return replace(editing, criteria=pressed(editing.criteria, act))
    rows = (
        replace(row, criteria=pressed(row.criteria, act)) if str(at) == place else row
        for at, row in enumerate(editing.rows, start=1)
    )
    return replace(editing, rows=tuple(rows))


def _moved(rows: list[Row], word: str, at: int) -> tuple[Row, ...]:
    """One level less, or one place higher or lower."""
    to = {"up": at + 1, "down": at - 1}.get(word)
    if to is None:
        return tuple(row for place, row in enumerate(rows) if place != at)
    if 0 <= at < len(rows) and 0 <= to < len(rows):
        rows[at], rows[to] = rows[to], rows[at]
    return tuple(rows)


def drafted(editing: Editing, unit: Unit, known: FieldSet) -> tuple[TrackDraft, dict[str, str]]:
    """The track that was typed, and what is wrong with it: field → words. Rows that are all empty fall away."""
    wrong: dict[str, str] = {}
    levels: list[LevelDraft] = []
    for place, row in enumerate(editing.rows, start=1):
        if not (row.name or row.minimum or row.maximum or finished(row.criteria)):
            continue
        tree = _told(row.criteria, f"criteria-{place}", (unit, known), wrong)
        draft = replace(_level(row, place, unit, wrong), criteria=tree)
        if not any(field.endswith(f"-{place}") for field in wrong) and not _refused([*levels, draft], place, wrong):
            levels.append(draft)
    if not editing.name:
        wrong["name"] = "Name the track."
    if not levels and not any("-" in field for field in wrong):
        wrong["name-1"] = "Give at least one level."
    return _whole(editing, tuple(levels), (unit, known), wrong), wrong


def _whole(
    editing: Editing, levels: tuple[LevelDraft, ...], reading: tuple[Unit, FieldSet], wrong: dict[str, str]
) -> TrackDraft:
    days = editing.grace_days
    if editing.falls == AFTER_DAYS and not (days.isascii() and days.isdigit() and len(days) < 6):
        wrong["grace_days"] = "Say after how many days, in digits."
    names = ("name", "description", "target", "measure", "deceased", "anonymous", "falls")
    whole = {name: getattr(editing, name) for name in names}
    grace = int(days) if days.isascii() and days.isdigit() and len(days) < 6 else 0
    criteria = _told(editing.criteria, "criteria", reading, wrong)
    return TrackDraft(**whole, levels=levels, criteria=criteria, grace_days=grace)


def _told(group: Group, field: str, reading: tuple[Unit, FieldSet], wrong: dict[str, str]) -> dict[str, Any] | None:
    """Criteria in their stored form; none where nothing is asked."""
    if not finished(group):
        return None
    unit, known = reading
    try:
        return to_json(criteria_of(group, known, unit.settings), known, unit.settings)
    except Invalid as error:
        wrong[field] = said(error)
        return None


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


def placed(error: Invalid, draft: TrackDraft) -> str:
    """The field of the form at which an error of the domain stands."""
    level = error.field.removeprefix("criteria of ")
    if level != error.field:
        return next((f"criteria-{at}" for at, one in enumerate(draft.levels, 1) if one.name == level), "criteria")
    return {"level name": "name-1", "levels": "name-1"}.get(error.field, error.field)


def said(error: Invalid) -> str:
    """An error of the domain as a sentence at its field."""
    problem = error.problem[:1].upper() + error.problem[1:] + "."
    return f"{problem} {error.remedy}".strip()
