"""The rules of a day: a track, and the definitions below it, as they stood at its end."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.known import read_instant
from donors.core.settings import organization
from donors.levels.decide import Band
from donors.levels.ladders import Ladder
from donors.levels.models import ALL, AT_ONCE, STAND, TrackVersion
from donors.rollups.definition import Definition
from donors.rollups.queries import criteria_text, definitions
from donors.rollups.versions import definitions_at

NOW, THEN = "now", "then"
RULES = (NOW, THEN)
"""By which rules the levels of a past day are reckoned: those of now, or those that were in force on that day."""


def definitions_on(session: Session, on: date) -> tuple[Definition, ...]:
    """All definitions as they stood at the end of a day; one that is newer as it was first."""
    return definitions_at(session, read_instant(on.isoformat(), organization(session).zone))


def ladder_on(session: Session, now: Ladder, on: date) -> Ladder:
    """A track by the rules that were in force at the end of a day; before its first version nobody has a level."""
    at = read_instant(on.isoformat(), organization(session).zone)
    kept = select(TrackVersion).where(TrackVersion.track_id == now.id, TrackVersion.recorded_at <= at)
    version = session.scalar(kept.order_by(TrackVersion.number.desc()).limit(1))
    if version is None:
        return now.off
    rules, known = version.rules, {one.id: one for one in (*definitions(session), *definitions_on(session, on))}
    measure = known.get(rules["measure_id"])
    return now.off if measure is None else _ladder(now, version, measure)


def measures(session: Session) -> dict[tuple[int, int], Definition]:
    """(track, version of its rules) → the figure that it went by; without figures that are in use no more."""
    known = {one.id: one for one in definitions(session)}
    versions = session.execute(select(TrackVersion.track_id, TrackVersion.number, TrackVersion.rules)).all()
    return {(one.track_id, one.number): known[id_] for one in versions if (id_ := one.rules["measure_id"]) in known}


def _ladder(now: Ladder, version: TrackVersion, measure: Definition) -> Ladder:
    rules: Mapping[str, Any] = version.rules
    return replace(
        now,
        rule_version=version.number,
        target=rules.get("target", ALL),
        deceased=rules.get("deceased", STAND),
        anonymous=rules.get("anonymous", STAND),
        falls=rules.get("falls", AT_ONCE),
        grace_days=rules.get("grace_days", 0),
        criteria=criteria_text(rules.get("criteria")),
        measure=measure.key,
        measure_label=measure.label,
        slot=measure.slot,
        value_kind=measure.value_kind,
        operation=measure.operation,
        number=measure.number,
        bands=tuple(_band(one) for one in sorted(rules["levels"], key=lambda one: one["position"])),
    )


def _band(one: Mapping[str, Any]) -> Band:
    bounds = (one["minimum"], one["maximum"])
    return Band(one["id"], one["name"], one["position"], *bounds, criteria_text(one.get("criteria")))


def ladder_of_days(session: Session, now: Ladder, days: Iterable[date]) -> Ladder:
    """A track as it was on the last of these days, with the levels too that it had on the others and no more then.

    Where it had none on any of them it is shown as it is now: with nobody on it.
    """
    *earlier, last = (ladder_on(session, now, on) for on in sorted(days))
    bands = {band.id: band for band in last.bands}
    gone = {band.id: band for one in earlier for band in one.bands if band.id not in bands}
    if not bands and not gone:
        return now
    ordered = sorted((*bands.values(), *gone.values()), key=lambda band: (band.position, band.id in bands))
    return replace(last, bands=tuple(replace(band, position=place) for place, band in enumerate(ordered, start=1)))
