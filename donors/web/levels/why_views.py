"""Why a figure is what it is: what it means, as of when, the rows behind it, and the way to the next level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from flask import g, render_template, request

from donors.constituents.queries import constituent
from donors.core.db import Session, current_session
from donors.core.errors import NotFound
from donors.core.known import KnownAt
from donors.levels.effects.queries import RunLine, names, runs_of
from donors.levels.effects.words import sentence
from donors.levels.ladders import Ladder, ladders
from donors.levels.reasons import standings_of
from donors.reports.ahead import fall, leaves_on, rise
from donors.reports.behind import (
    before,
    gifts_behind,
    gifts_gone,
    gifts_of,
    is_waiting,
    moves_behind,
    parts_of_formula,
    years_behind,
)
from donors.reports.difference import Step, difference
from donors.rollups.definition import Definition
from donors.rollups.formulas import with_parts
from donors.rollups.marks import any_waits
from donors.rollups.owned import name_of
from donors.rollups.queries import Reason, Value, definition, definitions, reasons, values_as_of, values_of
from donors.rollups.returned import tells
from donors.rollups.targets import Target
from donors.rollups.words import sentences
from donors.web.owners import PLACES, may_see
from donors.web.past import Past, past
from donors.web.session import viewer

RAN = 10
"""So many effects that ran are shown."""


@dataclass(frozen=True)
class Whose:
    """Who has a figure: a constituent of some kind, a fund, a campaign, or an officer with their portfolio."""

    target: Target
    id: int
    name: str
    kind: str


@dataclass(frozen=True)
class _State:
    """One figure of one owner, as of a day, by what was known at an instant or is known now."""

    session: Session
    who: Whose
    one: Definition
    past: Past
    known_at: KnownAt | None

    def values(self) -> Mapping[str, Value]:
        """The figure, and those that it is reckoned from."""
        if not self.past.is_past:
            return values_of(self.session, self.who.id, self.who.target)
        known = with_parts([self.one], definitions(self.session, self.who.target))
        found = values_as_of(
            self.session,
            [self.who.id],
            on=self.past.on,
            known=known,
            known_at=self.known_at,
            owner=self.who.target,
        )
        return found.get(self.who.id, {})

    def value(self) -> Any:
        """The figure, or what it tells of the row that it chose."""
        return tells(self.session, self.one, self.values().get(self.one.key), known_at=self.known_at)

    def rows(self) -> tuple[Reason, ...]:
        """What it is made of."""
        on, as_of = self.past.on, self.past.is_past
        return reasons(self.session, self.one, self.who.id, on=on, as_of=as_of, known_at=self.known_at)

    def rows_before(self) -> tuple[Reason, ...]:
        """For a change: what it is compared with."""
        on, as_of = self.past.on, self.past.is_past
        return before(self.session, self.one, self.who.id, on=on, as_of=as_of, known_at=self.known_at)


@dataclass(frozen=True)
class _Other:
    """The same figure in another state, and what lies between the two: from the earlier to the later knowledge."""

    past: Past
    value: Any
    steps: tuple[Step, ...]
    since_known: bool = False


def why(constituent_id: int, key: str) -> str:
    """The rows behind a constituent's figure: now, as of a day, by what is known now or was known then."""
    row = constituent(current_session(), constituent_id, sees=viewer().sees)
    return why_of(Whose(Target.CONSTITUENT, row.id, row.name, row.kind), key)


def owner(target: Target, owner_id: int) -> Whose:
    """A fund, a campaign or an officer. Raises NotFound."""
    return Whose(target, owner_id, name_of(current_session(), target, owner_id), target.value)


def why_of(who: Whose, key: str) -> str:
    """The same of any owner."""
    session = current_session()
    one = definition(session, key, who.target)
    if not may_see(one):
        raise NotFound("figure", key)
    asked = past(request.args)
    state = _State(session, who, one, asked, asked.known_at(session))
    values, found = state.values(), state.rows()
    return render_template(
        "levels/why.html",
        who=who,
        place=PLACES[who.target],
        one=one,
        value=tells(session, one, values.get(key), known_at=state.known_at),
        on=asked.on,
        past=asked,
        reasons=found,
        leaves={each.row_id: leaves_on(one, each) for each in found},
        waiting=is_waiting(session, who.id) if who.target is Target.CONSTITUENT else any_waits(session),
        parts=[(each, values.get(each.key)) for each in parts_of_formula(session, one)],
        years=years_behind(one, found, fiscal=g.organization.fiscal, on=asked.on),
        before=state.rows_before(),
        **_others(state, found),
        **_levels(state, values.get(key), found),
    )


def _levels(state: _State, value: Value, found: tuple[Reason, ...]) -> dict[str, Any]:
    """What of levels hangs on the figure; nothing where it is no constituent's."""
    session, who, key = state.session, state.who, state.one.key
    tracks = [each for each in ladders(session) if each.measure == key] if who.target is Target.CONSTITUENT else []
    ways = [_way(each, state.one, value, found) for each in tracks]
    if state.past.is_past or not tracks:
        return {"ways": ways, "standing": [], "ran": []}
    standing = [each for each in standings_of(session, who.id, on=g.today) if each.ladder.measure == key]
    return {"ways": ways, "standing": standing, "ran": _ran(session, who.id, key)}


def _others(state: _State, found: tuple[Reason, ...]) -> dict[str, Any]:
    """The figure a year before, by the same knowledge, and where that is not of now, what is known of the day now."""
    earlier = replace(state, past=replace(state.past, on=state.past.on - timedelta(days=365)))
    was = earlier.rows()
    others = [_Other(earlier.past, earlier.value(), difference(was, found))]
    rows = [*found, *was]
    if state.known_at is not None:
        today = replace(state, past=Past(state.past.on, g.today), known_at=None)
        now = today.rows()
        others.append(_Other(today.past, today.value(), difference(found, now), since_known=True))
        rows += now
    return {"others": others, **_behind(state, rows)}


def _behind(state: _State, rows: Sequence[Reason]) -> dict[str, Any]:
    """What stands beside the rows: the gifts or moves that they are, the sentence of the definition."""
    session, one = state.session, state.one
    some = list({each.row_id: each for each in rows}.values())
    gifts = gifts_of(session, one, some, known_at=state.known_at) | gifts_of(session, one, some)
    lines = gifts_behind(session, list(gifts.values()), sees=viewer().sees)
    gone = gifts_gone(session, gifts.values())
    return {
        "gifts": {row: lines[gift] for row, gift in gifts.items() if gift in lines},
        "gone": {row for row, gift in gifts.items() if gift in gone},
        "moves": moves_behind(session, one, some, sees=viewer().sees),
        "sentence": sentences(session, [one])[one.key],
    }


def _way(ladder: Ladder, one: Any, value: Any, reasons: Any) -> dict[str, Any]:
    return {"ladder": ladder, "rise": rise(value, ladder.bands), "fall": fall(one, reasons, ladder.bands)}


def _ran(session: Session, constituent_id: int, key: str) -> list[tuple[RunLine, str]]:
    """The effects of levels by this figure that ran for somebody, the newest first, each in a sentence."""
    tracks = [one.id for one in ladders(session) if one.measure == key]
    if not tracks or not viewer().may("levels.read"):
        return []
    known = names(session)
    return [(line, sentence(line.effect, known)) for line in runs_of(session, constituent_id, limit=RAN, tracks=tracks)]
