"""Absences: who stands in, against a model that follows the chain by itself, and what cannot be noted."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from donors.accounts.absences import AbsenceDraft, absences, add_absence, away, remove_absence, stood_in_for
from donors.accounts.decide import Away, Doer, doer
from donors.core.changes import Act, ChangeSet, open_change
from donors.core.errors import Invalid, NotFound
from tests.cast import ADA, DORA, OLIVE, SAM, Person

DAY = date(2026, 7, 1)
USERS = st.integers(1, 5)
SPANS = st.builds(
    lambda user, start, days, other: Away(user, DAY + timedelta(days=start), DAY + timedelta(days=start + days), other),
    USERS,
    st.integers(-3, 3),
    st.integers(0, 3),
    st.none() | USERS,
)


@given(st.lists(SPANS, max_size=8), st.frozensets(USERS), USERS)
def test_the_first_who_is_there_does_it(spans: list[Away], active: frozenset[int], user: int) -> None:
    known = {each: [span for span in spans if span.user_id == each] for each in range(1, 6)}
    found = doer(user, DAY, known, active)

    def leave(one: int) -> Away | None:
        return next((span for span in known[one] if span.from_on <= DAY <= span.to_on), None)

    chain = [user]
    while (gone := leave(chain[-1])) is not None and gone.stand_in_id is not None and gone.stand_in_id not in chain:
        chain.append(gone.stand_in_id)
    there = [one for one in chain if one in active and leave(one) is None]
    if there:
        assert found.user_id == there[0]
        assert (found.away is None) == (leave(user) is None)
    else:
        assert found.user_id == (user if user in active else None)


def test_two_who_stand_in_for_one_another_keep_their_own() -> None:
    spans = {1: [Away(1, DAY, DAY, 2)], 2: [Away(2, DAY, DAY, 1)]}
    assert doer(1, DAY, spans, {1, 2}) == Doer(1, spans[1][0])
    assert doer(1, DAY + timedelta(days=1), spans, {1, 2}) == Doer(1)


@pytest.fixture
def change(session: Session, cast: dict[Person, int]) -> ChangeSet:
    """A change set of Ada's."""
    return open_change(session, "test", act=Act(cast[ADA], datetime(2026, 6, 1, tzinfo=UTC), "web"))


def test_absences_are_listed_until_they_end(session: Session, cast: dict[Person, int], change: ChangeSet) -> None:
    first = add_absence(
        session, AbsenceDraft(cast[OLIVE], DAY, DAY + timedelta(days=9), cast[SAM], " Leave "), within=change
    )
    add_absence(session, AbsenceDraft(cast[SAM], DAY + timedelta(days=20), DAY + timedelta(days=20)), within=change)
    lines = absences(session, since=DAY + timedelta(days=9))
    assert [(line.user, line.stand_in, line.absence.reason) for line in lines] == [
        ("Olive Officer", "Sam Stranger", "Leave"),
        ("Sam Stranger", None, ""),
    ]
    assert len(absences(session, since=DAY + timedelta(days=10))) == 1
    assert len(absences(session, since=DAY, user_id=cast[OLIVE])) == 1
    known = away(session, since=DAY)
    assert stood_in_for(known, cast[SAM], on=DAY) == {cast[OLIVE]}
    assert stood_in_for(known, cast[SAM], on=DAY - timedelta(days=1)) == set()
    with pytest.raises(NotFound):
        remove_absence(session, first.id, within=change, user_id=cast[SAM])
    remove_absence(session, first.id, within=change, user_id=cast[OLIVE])
    assert absences(session, since=DAY, user_id=cast[OLIVE]) == []


def test_what_cannot_be_noted(session: Session, cast: dict[Person, int], change: ChangeSet) -> None:
    olive = cast[OLIVE]
    add_absence(session, AbsenceDraft(olive, DAY, DAY), within=change)
    wrong = (
        (AbsenceDraft(olive, DAY - timedelta(days=2), DAY), "from_on"),
        (AbsenceDraft(olive, DAY + timedelta(days=2), DAY + timedelta(days=1)), "to_on"),
        (AbsenceDraft(cast[DORA], DAY, DAY + timedelta(days=366)), "to_on"),
        (AbsenceDraft(cast[DORA], DAY, DAY, cast[DORA]), "stand_in"),
        (AbsenceDraft(cast[DORA], DAY, DAY, 10**9), "stand_in"),
    )
    for draft, field in wrong:
        with pytest.raises(Invalid) as refusal:
            add_absence(session, draft, within=change)
        assert refusal.value.field == field
