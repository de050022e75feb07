"""The rota: whose turn it is, who is passed over, and who may stand on it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.absences import AbsenceDraft, add_absence
from donors.accounts.models import User
from donors.accounts.users import deactivate_user
from donors.core.changes import ChangeSet
from donors.core.errors import Invalid
from donors.leads.models import RotaPlace
from donors.leads.new_lead import NewLead
from donors.leads.receive import receive
from donors.leads.rota import Round, Turn, round_on, set_rota
from tests.cast import ADA, GINA, OLIVE, SAM, Person
from tests.leads.conftest import DAY, NOON

TURNS = st.lists(st.integers(0, 9), max_size=6).map(lambda last: [Turn(n, n, each) for n, each in enumerate(last, 1)])


@given(TURNS, st.integers(0, 20))
def test_nobody_has_two_turns_before_everybody_has_one(turns: list[Turn], count: int) -> None:
    going = Round(turns)
    taken = [going.take() for _ in range(count)]
    if not turns:
        assert taken == [None] * count
        return
    assert all(len(set(part)) == len(part) for part in (taken[n : n + len(turns)] for n in range(count)))
    assert taken[:1] == [min(turns, key=lambda turn: (turn.last, turn.position)).user_id][:count]


def test_somebody_else_is_asked_for() -> None:
    assert Round([Turn(1, 1), Turn(2, 2)]).take(other_than=1) == 2
    assert Round([Turn(1, 1)]).take(other_than=1) is None


def test_who_is_away_or_gone_is_passed_over(session: Session, cast: dict[Person, int], change: ChangeSet) -> None:
    def comes(name: str) -> int | None:
        new = NewLead("event", family_name=name)
        return receive(session, new, within=change, at=NOON, on=DAY).owner_id

    assert comes("Nobody’s") is None
    set_rota(session, [cast[OLIVE], cast[SAM], cast[ADA]], within=change)
    add_absence(session, AbsenceDraft(cast[SAM], DAY, DAY), within=change)
    assert [comes("A"), comes("B"), comes("C")] == [cast[OLIVE], cast[ADA], cast[OLIVE]]
    deactivate_user(session, session.get_one(User, cast[OLIVE]), within=change)
    assert [comes("D"), comes("E")] == [cast[ADA], cast[ADA]]
    tomorrow = round_on(session, on=DAY + timedelta(days=1))
    assert [tomorrow.take(), tomorrow.take()] == [cast[SAM], cast[ADA]]


def test_a_rota_is_put_in_order(session: Session, cast: dict[Person, int], change: ChangeSet) -> None:
    set_rota(session, [cast[OLIVE], cast[SAM]], within=change)
    set_rota(session, [cast[ADA], cast[OLIVE], cast[ADA]], within=change)
    kept = session.execute(select(RotaPlace.user_id, RotaPlace.position).order_by(RotaPlace.position)).all()
    assert [tuple(row) for row in kept] == [(cast[ADA], 1), (cast[OLIVE], 2)]
    with pytest.raises(Invalid, match="may not answer leads"):
        set_rota(session, [cast[GINA]], within=change)
