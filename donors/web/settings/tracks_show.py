"""The page of a track, put together: what was typed, its gaps, its effects, and what its versions have done."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, render_template

from donors.core.criteria.describe import describe
from donors.core.criteria.parse import from_json
from donors.core.db import Session
from donors.core.errors import Invalid
from donors.core.fields import REGISTRY, FieldSet
from donors.levels.decide import Span, gaps
from donors.levels.effects.queries import failures
from donors.levels.ladders import Ladder, ladder
from donors.levels.models import AFTER_DAYS, AT_ONCE, FISCAL_YEAR, KEEP, LEAVE, NEVER, STAND, Track
from donors.levels.track import MEASURABLE, bands_of
from donors.levels.units import unit_of
from donors.reports.stands import UNITS
from donors.reports.versions import VersionLine, versions
from donors.rollups.definition import Definition, ValueKind
from donors.rollups.queries import definitions
from donors.rollups.words import under_headings
from donors.web.criteria.builder import PERIODS, ShownGroup, offered, shown
from donors.web.session import viewer
from donors.web.settings.effects_list import effect_groups
from donors.web.settings.tracks_editor import Editing, Unit, drafted

SUBJECT = "constituent"
DECEASED = {STAND: "stand as everybody does", KEEP: "keep the level they have", LEAVE: "have no level"}
ANONYMOUS = {STAND: "stand as everybody does", LEAVE: "have no level"}
FALLING = {
    AT_ONCE: "at once",
    AFTER_DAYS: "after days of grace",
    FISCAL_YEAR: "when the fiscal year is over",
    NEVER: "never: nobody falls",
}
WHOLE = {
    "measure": "measure",
    "target": "who stands on it",
    "criteria": "criteria",
    "deceased": "the deceased",
    "anonymous": "hidden names",
    "falls": "when somebody falls",
    "grace_days": "days of grace",
    "effects": "effects",
}
"""Part of the rules → what a list of changes calls it."""


@dataclass(frozen=True)
class Version:
    """A version of the rules: who made it, what it changed, and how many it moved each way."""

    line: VersionLine
    changed: tuple[str, ...]


def fields_of(session: Session) -> FieldSet:
    """What criteria of tracks can ask for."""
    return REGISTRY.fields(session, SUBJECT)


def unit(session: Session, measure: str) -> Unit:
    """The unit in which bounds are written."""
    one = next((one for one in definitions(session) if one.key == measure), None)
    of = unit_of(one.value_kind, one.number) if one else unit_of(ValueKind.COUNT, 0)
    return Unit(of, g.organization)


def gaps_word(found: Sequence[Span]) -> str:
    """The gaps as the form says again that they are meant so."""
    return ";".join(f"{low}~{high}" for low, high in found)


def page(
    session: Session,
    editing: Editing,
    track: Track | None,
    *,
    wrong: Mapping[str, str] | None = None,
    theirs: Editing | None = None,
) -> str:
    """The page."""
    known, of, wrong = fields_of(session), unit(session, editing.measure), wrong or {}
    draft, _ = drafted(editing, of, known)
    found = gaps(bands_of(draft.levels))
    return render_template(
        "settings/track.html",
        editing=editing,
        track=track,
        unit=of,
        wrong=wrong,
        theirs=theirs,
        gaps=[(of.write(low), of.write(high)) for low, high in found],
        gaps_word=gaps_word(found),
        measures=under_headings(_measures(session)),
        targets={key: many for key, (_, many) in UNITS.items()},
        choices={"deceased": DECEASED, "anonymous": ANONYMOUS, "falls": FALLING},
        trees=_trees(editing, known, wrong),
        offered=offered(known.values()),
        periods=PERIODS,
        versions=_versions(session, track, of, known) if track else (),
        effect_groups=effect_groups(session, ladder(session, track.id)) if track else (),
        failed=sum(one.count for one in failures(session) if track and one.effect.track_id == track.id),
        writes=viewer().may("settings.write"),
    )


def criteria_words(session: Session, shown: Sequence[Ladder]) -> dict[int, str]:
    """Level → what it asks for besides; minus the track's id → what the track asks for."""
    known = fields_of(session) if any(one.asks_more for one in shown) else FieldSet(SUBJECT, ())
    asking = [(-one.id, one.criteria) for one in shown]
    asking += [(band.id, band.criteria) for one in shown for band in one.bands]
    return {id_: _asked(json.loads(text), known) for id_, text in asking if text}


def _trees(editing: Editing, known: FieldSet, wrong: Mapping[str, str]) -> list[ShownGroup]:
    """The criteria of the track and of its levels, as forms."""
    groups = [("criteria", editing.criteria)]
    groups += [(f"criteria-{place}", row.criteria) for place, row in enumerate(editing.rows, start=1)]
    return [shown(group, known, g.organization, judged=name in wrong) for name, group in groups]


def _measures(session: Session) -> list[Definition]:
    return [one for one in definitions(session) if one.value_kind in MEASURABLE]


def _versions(session: Session, track: Track, of: Unit, known: FieldSet) -> list[Version]:
    lines = versions(session, track.id)
    befores = [*(line.version.rules for line in lines[1:]), None]
    return [
        Version(line, tuple(_changes(before, line.version.rules, of, known)))
        for line, before in zip(lines, befores, strict=True)
    ]


def _changes(before: Mapping[str, Any] | None, after: Mapping[str, Any], of: Unit, known: FieldSet) -> list[str]:
    """What differs between two versions, in words; of the first all levels."""
    if before is None:
        return [_level(one, of, known) for one in after["levels"]]
    changed = [f"{words} changed" for name, words in WHOLE.items() if before.get(name) != after.get(name)]
    was = {one["id"]: one for one in before["levels"]}
    now = {one["id"]: one for one in after["levels"]}
    changed += [_level(one, of, known) for id_, one in now.items() if was.get(id_) != one]
    return changed + [f"{one['name']} retired" for id_, one in was.items() if id_ not in now]


def _level(one: Mapping[str, Any], of: Unit, known: FieldSet) -> str:
    low, high = of.write(one["minimum"]), of.write(one["maximum"])
    bounds = (
        f"from {low} to under {high}" if low and high else f"from {low}" if low else f"under {high}" if high else ""
    )
    asked = _asked(one.get("criteria"), known)
    return ", ".join(part for part in (f"{one['name']} {bounds}".strip(), asked) if part)


def _asked(criteria: Any, known: FieldSet) -> str:
    if not criteria:
        return ""
    try:
        said = describe(from_json(criteria, known, g.organization), known, g.organization)
    except Invalid:
        return "with criteria that can no longer be read"
    return f"where {said[:1].lower()}{said[1:].rstrip('.')}"
