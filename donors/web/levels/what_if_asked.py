"""What the address of a rehearsal asks: the track, what is supposed of it, and whom the list shows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import g, url_for

from donors.core.db import Session
from donors.core.errors import Invalid, NotFound
from donors.core.paging import Paging, read_paging
from donors.levels.drafted import ladder_of
from donors.levels.ladders import Ladder, ladder, ladders
from donors.levels.models import Track
from donors.levels.suppose import Supposed
from donors.levels.track import LevelDraft, TrackDraft, draft_of, track_by_id
from donors.reports.people import ANYBODY, NOBODY
from donors.reports.what_if import MOVED, SORTS, Whom
from donors.web.levels.draft_address import read, written

KEPT = ("now", "to", "ways", "q", "waits", "sort", "on")


@dataclass(frozen=True)
class Asked:
    """A track (none: a new one) and what is supposed of it. `off`: it is switched off. `wrong`: why it cannot be."""

    track: Track | None
    before: Ladder | None
    draft: TrackDraft
    after: Ladder | None
    off: bool
    wrong: Invalid | None

    @property
    def keep(self) -> dict[str, str]:
        """The arguments that say it again."""
        track = {"track": str(self.track.id)} if self.track is not None else {}
        return track | ({"off": "1"} if self.off else {"draft": written(self.draft)})

    def list(self, of: Supposed, *, old: int | None = ANYBODY, new: int | None = ANYBODY, **more: str) -> str:
        """The address of a list; a level of none is no level."""
        cell = {"now": _word(old), "to": _word(new)} | more
        shown = {name: value for name, value in cell.items() if value}
        given: dict[str, Any] = {**self.keep, **({"on": str(of.after.id)} if self.leaning(of) else {}), **shown}
        return url_for("levels.what_if_page", **given, _anchor="people")

    def leaning(self, of: Supposed) -> bool:
        """Whether a track is another one, whose criteria ask for this one's level."""
        return self.after is not None and of.after.id != self.after.id


def asked(session: Session, args: Mapping[str, str]) -> Asked:
    """What an address asks. Raises NotFound for a track that is not there, Invalid for a draft that cannot be read."""
    track = _track(session, args)
    before = ladder(session, track.id) if track is not None else None
    off = bool(args.get("off")) and before is not None
    draft = read(args["draft"]) if args.get("draft") and not off else draft_of(session, _there(track))
    draft, problem = _with_bounds(draft, before, args)
    try:
        if problem is not None:
            raise problem
        after = before.off if off and before is not None else ladder_of(session, draft, track)
    except Invalid as error:
        return Asked(track, before, draft, None, off, error)
    return Asked(track, before, draft, after, off, None)


def _track(session: Session, args: Mapping[str, str]) -> Track | None:
    """The track that is named; without one and without a draft, the first."""
    if args.get("track"):
        return track_by_id(session, _number(args["track"], "track"))
    first = next(iter(ladders(session)), None) if not args.get("draft") else None
    return None if first is None else track_by_id(session, first.id)


def _there(track: Track | None) -> Track:
    if track is None:
        raise NotFound("track", "")
    return track


def _with_bounds(
    draft: TrackDraft, before: Ladder | None, args: Mapping[str, str]
) -> tuple[TrackDraft, Invalid | None]:
    """The draft with the minimums that were typed on the page; where a band began at one, the one below ends there."""
    levels, problem = list(draft.levels), None
    unit = before.unit if before is not None and before.measure == draft.measure else None
    for place, level in enumerate(draft.levels):
        typed = args.get(f"from-{place + 1}", "").strip()[:30]
        if not typed or unit is None:
            continue
        try:
            low = unit.read(typed, field=level.name, currency=g.currency)
        except Invalid as error:
            problem = problem or error
            continue
        levels = _moved(levels, place, low)
    return replace(draft, levels=tuple(levels)), problem


def _moved(levels: list[LevelDraft], place: int, low: int) -> list[LevelDraft]:
    was = levels[place].minimum
    found = list(levels)
    found[place] = replace(found[place], minimum=low)
    if place and was is not None and found[place - 1].maximum == was:
        found[place - 1] = replace(found[place - 1], maximum=low)
    return found


def whom(args: Mapping[str, str]) -> Whom:
    """Whom the list shows."""
    old, new = (_level(args.get(name, "")) for name in ("now", "to"))
    ways = frozenset(args.get("ways", "").split(",")) & frozenset(MOVED)
    everybody = old != ANYBODY or new != ANYBODY
    shown = ways or (frozenset((*MOVED, "stay")) if everybody else frozenset(MOVED))
    return Whom(old, new, shown, args.get("q", "")[:100], bool(args.get("waits")))


def paging(args: Mapping[str, str]) -> Paging:
    """Which page of it, in which order."""
    return read_paging(args.get("page"), "25", args.get("sort") or "-figure", fields=SORTS)


def _level(typed: str) -> int:
    if typed in {"", "none"}:
        return NOBODY if typed else ANYBODY
    return _number(typed.removeprefix("-"), "level") * (-1 if typed.startswith("-") else 1)


def _word(level: int | None) -> str:
    if level == ANYBODY:
        return ""
    return "none" if not level else str(level)


def _number(typed: str, what: str) -> int:
    if not typed.isascii() or not typed.isdigit() or len(typed) > 17:
        raise NotFound(what, typed)
    return int(typed)
