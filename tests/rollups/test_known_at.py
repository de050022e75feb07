"""Known at: after any sequence of acts, and of undoing them, every figure can be had as it was known after each act."""

from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, open_change
from donors.core.known import KnownAt
from donors.giving.gift_input import GiftInput
from donors.rollups.fields import everybody_as_of
from donors.rollups.queries import definition, reasons, values_as_of
from donors.workflows.gifts import record_gifts
from donors.workflows.undo import undo_change
from tests.rollups.oracle import Facts, Given
from tests.rollups.test_sequences import ACT, AT, TODAY, acts, amounts, days, kept, who, world

KEYS = ("lifetime_total", "largest_gift_on")
steps = st.one_of(
    acts,
    acts,
    st.tuples(st.just("import"), st.lists(st.tuples(who, amounts, days), min_size=1, max_size=4)),
    st.tuples(st.just("undo")),
)


@dataclass
class Step:
    """An act that can be undone: its change set, and what the test knew before it and after it."""

    change: ChangeSet
    before: tuple[Facts, list[int]]
    after: tuple[Facts, list[int]]


class Replay:
    """A world whose acts have instants of their own, a minute apart."""

    def __init__(self, session: Session) -> None:
        self.session, self.here = session, world(session)
        self.done: list[Step] = []

    def carry_out(self, minute: int, verb: str, details: list[Any]) -> None:
        """One act, or the undo of the one before; the undo of an undo does it again."""
        here = self.here
        here.act = replace(ACT, at=AT + timedelta(minutes=minute))
        before = self._knowledge()
        if verb == "undo":
            self._undo()
            return
        here.change = open_change(self.session, "test", act=here.act)
        if verb == "import":
            self._import(details[0])
        else:
            getattr(here, verb)(*details)
        newest = select(ChangeSet).where(ChangeSet.at == here.act.at).order_by(ChangeSet.id.desc()).limit(1)
        self.done.append(Step(self.session.scalars(newest).one(), before, self._knowledge()))

    def _knowledge(self) -> tuple[Facts, list[int]]:
        return deepcopy(self.here.facts), list(self.here.people)

    def _undo(self) -> None:
        if self.done:
            last = self.done.pop()
            undoing = undo_change(self.session, last.change, act=self.here.act, on=TODAY)
            self.here.facts, self.here.people = deepcopy(last.before[0]), list(last.before[1])
            self.done.append(Step(undoing, last.after, last.before))

    def _import(self, rows: list[tuple[int, int, date]]) -> None:
        wanted = [GiftInput(self.here.people[giver], amount, on) for giver, amount, on in rows]
        ids = record_gifts(self.session, wanted, within=self.here.change, on=TODAY)
        for gift_id, one in zip(ids, wanted, strict=True):
            credits = [(one.constituent_id, "hard", one.amount)]
            given = Given(gift_id, one.constituent_id, one.amount, one.received_on, credits)
            self.here.facts.gifts[gift_id] = given

    def seen(self, past: date, known_at: KnownAt | None = None) -> dict[str, Any]:
        """The figures of now and of a past day of everybody, by each way to ask for them."""
        session, ids = self.session, [*range(min(self.here.homes) - 5, max(self.here.homes) + 1)]
        known = [definition(session, key) for key in KEYS]
        table = everybody_as_of(known, on=TODAY, session=session, known_at=known_at)
        days = {day: values_as_of(session, ids, on=day, known_at=known_at) for day in (TODAY, past)}
        return {
            "days": {
                day: {who: kept(found) for who, found in some.items() if kept(found)} for day, some in days.items()
            },
            "everybody": session.execute(select(table).where(table.c[KEYS[0]] >= 0).order_by("constituent_id")).all(),
            "reasons": [
                reasons(session, known[0], who, on=TODAY, as_of=True, known_at=known_at)
                for who in (ids[0], self.here.homes[0])
            ],
        }


@given(done=st.lists(steps, min_size=2, max_size=9), past=days)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=settings().max_examples // 12)
def test_what_was_known_after_every_act_can_be_seen_later(session: Session, done: list[Any], past: date) -> None:
    session.rollback()
    session.expunge_all()
    replay = Replay(session)
    remembered = [replay.seen(past)]
    for minute, (verb, *details) in enumerate(done, start=1):
        replay.carry_out(minute, verb, details)
        remembered.append(replay.seen(past))
    for minute, then in enumerate(remembered):
        assert replay.seen(past, KnownAt(session, AT + timedelta(minutes=minute))) == then
    session.rollback()
