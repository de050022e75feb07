"""Making and changing tracks. Each change of rules is a version; nothing of the older ones is lost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import KINDS
from donors.core.bulk import table_of
from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Invalid, NotFound
from donors.levels.checks import check_criteria, check_leaning, check_retiring, text_of
from donors.levels.decide import Band, Span, check_bands, gaps
from donors.levels.models import (
    AFTER_DAYS,
    ALL,
    AT_ONCE,
    FALLS,
    KEEP,
    LEAVE,
    NEVER,
    STAND,
    Effect,
    Level,
    Track,
    TrackVersion,
)
from donors.levels.standings import forget_falls
from donors.rollups.definition import ValueKind
from donors.rollups.models import RollupDefinition
from donors.rollups.targets import OF_MANY

TARGETS = (*KINDS, ALL)
MEASURABLE = (
    ValueKind.MONEY,
    ValueKind.COUNT,
    ValueKind.MINUTES,
    ValueKind.YEAR,
    ValueKind.NUMBER,
    ValueKind.PERCENT,
)
LONGEST_GRACE = 3_650
Tree = dict[str, Any]
"""Criteria in their stored form."""


@dataclass(frozen=True)
class LevelDraft:
    """A level as somebody wants it, in the unit of the track's measure. `id` names one that is there already."""

    name: str
    minimum: int | None
    maximum: int | None = None
    id: int | None = None
    criteria: Tree | None = None


@dataclass(frozen=True)
class TrackDraft:
    """A track as somebody wants it; levels from the lowest to the highest. `measure` is the key of a rollup.

    `criteria` must be met for any level. `deceased` and `anonymous` say what becomes of such constituents; `falls` when
    a downgrade takes effect, after `grace_days` or otherwise (models.FALLS).
    """

    name: str
    measure: str
    levels: tuple[LevelDraft, ...]
    description: str = ""
    target: str = ALL
    criteria: Tree | None = None
    deceased: str = STAND
    anonymous: str = STAND
    falls: str = AT_ONCE
    grace_days: int = 0


def create_track(session: Session, draft: TrackDraft, *, within: ChangeSet) -> Track:
    """Makes a track with its levels. Raises Invalid."""
    measure_id = check_draft(session, draft, None)
    position = len(session.scalars(select(Track.id)).all()) + 1
    track = Track(**_columns(session, draft), measure_id=measure_id, position=position, rule_version=1)
    insert(session, track, within=within)
    _settle_levels(session, track, draft.levels, within=within)
    _keep_version(session, track, draft, within=within)
    return track


def edit_track(
    session: Session, track_id: int, draft: TrackDraft, *, within: ChangeSet, expect: int | None = None
) -> Track:
    """Makes a track what is wanted; levels that are not named any more retire. A change of rules is a new version.

    Raises Invalid, NotFound, Conflict. Nobody's level changes until it is assigned.
    """
    track = track_by_id(session, track_id)
    measure_id = check_draft(session, draft, track)
    before = _rules(session, track)
    amend(session, track, within=within, expect=expect, **_columns(session, draft), measure_id=measure_id)
    if track.falls in (AT_ONCE, NEVER):
        forget_falls(session, track.id, within=within)
    _settle_levels(session, track, draft.levels, within=within)
    if _rules(session, track) != before:
        amend(session, track, within=within, rule_version=track.rule_version + 1)
        _keep_version(session, track, draft, within=within)
    return track


def set_active(session: Session, track_id: int, *, active: bool, within: ChangeSet) -> None:
    """Retires a track or takes it up again. Raises NotFound; Blocked while the criteria of another track need it."""
    track = track_by_id(session, track_id)
    if track.is_active and not active:
        check_retiring(session, track)
    amend(session, track, within=within, is_active=active)


def track_by_id(session: Session, track_id: int) -> Track:
    """The track, for writing. Raises NotFound."""
    track = session.get(Track, track_id)
    if track is None:
        raise NotFound("track", track_id)
    return track


def check_draft(session: Session, draft: TrackDraft, track: Track | None) -> int:
    """Raises Invalid where a track (none: a new one) cannot become so; returns the id of its measure."""
    measure_id = _check(session, draft)
    _refuse_taken(session, draft.name, but=track.id if track is not None else None)
    if track is not None:
        check_leaning(session, track, bands_of(draft.levels), _trees(draft))
    return measure_id


def _check(session: Session, draft: TrackDraft) -> int:
    if not draft.name.strip():
        raise Invalid("name", "", "is missing", "Name the track.")
    if draft.target not in TARGETS:
        raise Invalid("target", draft.target, "is no kind of constituent", f"Choose one of {', '.join(TARGETS)}.")
    _check_who(draft)
    check_bands(bands_of(draft.levels))
    check_criteria(session, draft.criteria, of="")
    for level in draft.levels:
        check_criteria(session, level.criteria, of=level.name)
    measure = session.execute(
        select(RollupDefinition.id, RollupDefinition.value_kind).where(
            RollupDefinition.key == draft.measure,
            RollupDefinition.is_active,
            RollupDefinition.target.not_in(OF_MANY),
        )
    ).first()
    if measure is None or measure.value_kind not in MEASURABLE:
        raise Invalid("measure", draft.measure, "is no figure that levels can measure", "Choose a sum or a count.")
    return int(measure.id)


def _check_who(draft: TrackDraft) -> None:
    for name, words in (("deceased", (STAND, KEEP, LEAVE)), ("anonymous", (STAND, LEAVE)), ("falls", FALLS)):
        if getattr(draft, name) not in words:
            raise Invalid(name, getattr(draft, name), "is not known", f"Choose one of: {', '.join(words)}.")
    if draft.falls == AFTER_DAYS and not 1 <= draft.grace_days <= LONGEST_GRACE:
        raise Invalid("grace_days", draft.grace_days, "is no length of grace", f"Use 1 to {LONGEST_GRACE} days.")


def check_gaps(draft: TrackDraft, *, confirmed: Sequence[Span] = ()) -> None:
    """Raises Invalid where figures belong to no level and nobody has said that it is meant so."""
    if [gap for gap in gaps(bands_of(draft.levels)) if gap not in confirmed]:
        problem = "There are figures for which nobody has a level"
        raise Invalid("gaps", "", problem, "Close the gap, or confirm that it is meant so.")


def _columns(session: Session, draft: TrackDraft) -> dict[str, Any]:
    names = ("name", "description", "target", "deceased", "anonymous", "falls")
    days = draft.grace_days if draft.falls == AFTER_DAYS else 0
    criteria = check_criteria(session, draft.criteria, of="")
    return {name: getattr(draft, name) for name in names} | {"criteria": criteria, "grace_days": days}


def _trees(draft: TrackDraft) -> tuple[Tree, ...]:
    return tuple(tree for tree in (draft.criteria, *(one.criteria for one in draft.levels)) if tree)


def bands_of(levels: Sequence[LevelDraft]) -> list[Band]:
    """Drafts as bands, in their order."""
    return [
        Band(one.id or 0, one.name, place, one.minimum, one.maximum, text_of(one.criteria))
        for place, one in enumerate(levels, start=1)
    ]


def _refuse_taken(session: Session, name: str, *, but: int | None) -> None:
    holder = session.scalar(select(Track.id).where(Track.name == name))
    if holder is not None and holder != but:
        raise Invalid("name", name, "is the name of another track", "Choose another name.")


def _settle_levels(session: Session, track: Track, drafts: Sequence[LevelDraft], *, within: ChangeSet) -> None:
    known = session.scalars(select(Level).where(Level.track_id == track.id)).all()
    there = matched(known, drafts)
    for position, (draft, level) in enumerate(zip(drafts, there, strict=True), start=1):
        columns: dict[str, Any] = {
            "name": draft.name,
            "position": position,
            "minimum": draft.minimum,
            "maximum": draft.maximum,
            "criteria": check_criteria(session, draft.criteria, of=draft.name),
            "is_active": True,
        }
        if level is None:
            insert(session, Level(track_id=track.id, **columns), within=within)
        else:
            amend(session, level, within=within, **columns)
    for level in known:
        if level not in there:
            amend(session, level, within=within, is_active=False)


def matched(known: Iterable[Level], drafts: Sequence[LevelDraft]) -> list[Level | None]:
    """For each draft the level that it is about: by its id, else by its name, each once; none for a new one."""
    levels = list(known)
    by_id, by_name = {level.id: level for level in levels}, {level.name: level for level in levels}
    found: list[Level | None] = []
    for draft in drafts:
        level = by_id.get(draft.id or 0) or by_name.get(draft.name)
        found.append(None if level in found else level)
    return found


def _rules(session: Session, track: Track) -> dict[str, Any]:
    levels = session.scalars(select(Level).where(Level.track_id == track.id, Level.is_active).order_by(Level.position))
    return {
        "measure_id": track.measure_id,
        "target": track.target,
        "levels": [
            {
                "id": level.id,
                "name": level.name,
                "position": level.position,
                "minimum": level.minimum,
                "maximum": level.maximum,
                "criteria": level.criteria,
            }
            for level in levels
        ],
        "effects": _effects(session, track),
    } | {name: getattr(track, name) for name in ("criteria", "deceased", "anonymous", "falls", "grace_days")}


def _effects(session: Session, track: Track) -> list[dict[str, Any]]:
    kept = [column.key for column in table_of(Effect).c if column.key not in ("track_id", "created_in", "version")]
    rows = session.scalars(select(Effect).where(Effect.track_id == track.id).order_by(Effect.id))
    return [{name: getattr(row, name) for name in kept} for row in rows]


def _keep_version(session: Session, track: Track, draft: TrackDraft, *, within: ChangeSet) -> None:
    rules = _rules(session, track) | {"measure": draft.measure}
    version = TrackVersion(track_id=track.id, number=track.rule_version, rules=rules, recorded_at=within.at)
    insert(session, version, within=within)


def new_version(session: Session, track: Track, *, within: ChangeSet) -> None:
    """Keeps the rules of a track, whose effects have changed, as its next version."""
    amend(session, track, within=within, rule_version=track.rule_version + 1)
    _keep_version(session, track, draft_of(session, track), within=within)


def draft_of(session: Session, track: Track) -> TrackDraft:
    """The track as it stands, for an editor to start from."""
    levels = session.scalars(select(Level).where(Level.track_id == track.id, Level.is_active).order_by(Level.position))
    return TrackDraft(
        name=track.name,
        measure=session.get_one(RollupDefinition, track.measure_id).key,
        levels=tuple(LevelDraft(one.name, one.minimum, one.maximum, one.id, one.criteria) for one in levels),
        description=track.description,
        target=track.target,
        criteria=track.criteria,
        deceased=track.deceased,
        anonymous=track.anonymous,
        falls=track.falls,
        grace_days=track.grace_days,
    )
