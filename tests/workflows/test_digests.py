"""The mail in the morning: who gets one, what it says, and on which days there is none."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.absences import AbsenceDraft, add_absence
from donors.accounts.models import User
from donors.accounts.users import want_digest
from donors.accounts.visible import EVERYTHING
from donors.constituents.models import Constituent
from donors.core.changes import Act, ChangeSet, amend, open_change
from donors.mail.models import Outbox
from donors.pipeline.asks.decide import Step, Terms
from donors.pipeline.portfolios.returns import came_back, returning, returning_asks, returning_page
from donors.pipeline.prospect import Entry, Leaving
from donors.pipeline.standard import install_standard
from donors.plans.models import Task
from donors.plans.queries.digests import LISTED
from donors.plans.running.queues import add_queue, set_members
from donors.plans.running.task import Handover, OwnTask, add, hand_over
from donors.workflows.advance import add_prospect, leave
from donors.workflows.asks import open_ask, step_ask
from donors.workflows.digests import morning, post_digests
from donors.workflows.organization import change_organization
from tests.cast import DORA, OLIVE, SAM, Person
from tests.constituents.people import person

FRIDAY, MONDAY = date(2026, 6, 12), date(2026, 6, 15)
NOON = datetime(2026, 6, 12, 12, tzinfo=UTC)


def change(session: Session, by: int, kind: str = "test", at: datetime = NOON) -> ChangeSet:
    """A change set to write in."""
    return open_change(session, kind, act=Act(by, at, "web"))


def task(session: Session, subject: str, owner: int | None, due_on: date) -> Task:
    """A task on its own."""
    return add(session, OwnTask(subject, due_on, owner), within=change(session, owner or 1))


def mails(session: Session, cast: dict[Person, int], on: date) -> dict[str, tuple[str, str]]:
    """Address → subject and text of the mails of a morning, posted twice: the second time adds none."""
    found: Sequence[object] = morning(session, on=on, after=0, limit=100)
    within = change(session, cast[DORA])
    count = post_digests(session, found, on=on, within=within)  # type: ignore[arg-type]
    assert post_digests(session, found, on=on, within=within) == 0  # type: ignore[arg-type]
    rows = session.scalars(select(Outbox).where(Outbox.key.endswith(on.isoformat()))).all()
    assert len(rows) == count
    return {row.to_address: (row.subject, row.text_body) for row in rows}


def test_what_it_says(session: Session, cast: dict[Person, int]) -> None:
    olive, sam = cast[OLIVE], cast[SAM]
    task(session, "Ring back", olive, MONDAY)
    task(session, "Send the budget", olive, date(2026, 6, 9))
    task(session, "Not yet", olive, MONDAY + timedelta(days=1))
    given = task(session, "Write the card", sam, MONDAY + timedelta(days=9))
    hand_over(
        session, given.id, Handover(olive, "Sam Stranger: you know her"), within=change(session, sam, "task.owner")
    )
    queue = add_queue(session, "Thank-you calls", within=change(session, olive))
    set_members(session, queue.id, [olive], within=change(session, olive))
    task(session, "Thank", None, MONDAY).queue_id = queue.id
    session.flush()
    subject, text = mails(session, cast, MONDAY)[OLIVE.email]
    assert subject == "Your tasks: 1 due today, 1 late"
    assert text.startswith("Good morning Olive Officer,\n")
    for block in (
        "Due today (1)\n- Ring back\n",
        "Late (1)\n- 2026-06-09  Send the budget (6 days late)\n",
        "Handed to you (1)\n- 2026-06-24  Write the card – Sam Stranger: you know her\n",
        "Waiting in your queues\n- Thank-you calls: 1\n",
    ):
        assert f"\n\n{block}" in text
    assert "Not yet" not in text
    assert SAM.email not in mails(session, cast, MONDAY + timedelta(days=1))


def test_what_was_handed_over_on_friday_stands_in_mondays_mail_and_no_later(
    session: Session, cast: dict[Person, int]
) -> None:
    olive, sam = cast[OLIVE], cast[SAM]
    given = task(session, "Write", sam, MONDAY + timedelta(days=9))
    hand_over(session, given.id, Handover(olive), within=change(session, sam, "task.owner"))
    own = task(session, "Mine", sam, MONDAY + timedelta(days=9))
    hand_over(session, own.id, Handover(olive), within=change(session, olive, "task.owner"))
    assert mails(session, cast, MONDAY)[OLIVE.email][0] == "A task was handed to you", "not what she took herself"
    assert mails(session, cast, MONDAY + timedelta(days=1)) == {}


def test_no_mail_on_days_that_are_not_worked(session: Session, cast: dict[Person, int]) -> None:
    task(session, "Ring back", cast[OLIVE], FRIDAY)
    assert mails(session, cast, FRIDAY + timedelta(days=1)) == {}
    closed = (MONDAY.isoformat(),)
    change_organization(session, lambda here: replace(here, closed_days=closed), within=change(session, cast[DORA]))
    assert mails(session, cast, MONDAY) == {}
    assert set(mails(session, cast, MONDAY + timedelta(days=1))) == {OLIVE.email}


def test_whoever_is_away_or_wants_none_gets_none(session: Session, cast: dict[Person, int]) -> None:
    for who in (OLIVE, SAM, DORA):
        task(session, "Ring back", cast[who], MONDAY)
    want_digest(session, session.get_one(User, cast[DORA]), wanted=False, within=change(session, cast[DORA]))
    away = AbsenceDraft(cast[SAM], MONDAY, MONDAY, cast[OLIVE])
    add_absence(session, away, within=change(session, cast[SAM]))
    found = mails(session, cast, MONDAY)
    assert set(found) == {OLIVE.email}
    assert "You stand in for\n- Sam Stranger: 1 due\n" in found[OLIVE.email][1]


def test_what_is_to_be_looked_at_again_is_told_once(session: Session, cast: dict[Person, int]) -> None:
    olive, within = cast[OLIVE], change(session, cast[OLIVE])
    pipeline = install_standard(session, within=within)
    entry, ids = Entry(FRIDAY - timedelta(days=90)), (person(session, "Anna Lee").id, person(session, "Ben Okafor").id)
    gone, asked = (
        add_prospect(session, one, pipeline.id, entry, within=within, officer_id=olive).prospect.id for one in ids
    )
    saturday, left_on = FRIDAY + timedelta(days=1), FRIDAY - timedelta(days=60)
    leave(session, gone, Leaving(left_on, "Not now", returns_on=saturday), within=within)
    ask = open_ask(session, asked, Terms(5_000_00, officer_id=olive), on=left_on, within=within)
    step_ask(session, ask.id, Step("deferred", left_on, reason="timing", returns_on=MONDAY), within=within)
    assert mails(session, cast, FRIDAY) == {}
    subject, text = mails(session, cast, MONDAY)[OLIVE.email]
    assert subject == "Somebody is to be looked at again"
    assert "To look at again\n- Prospects: 1\n- Asks: 1\n" in text
    assert mails(session, cast, MONDAY + timedelta(days=1)) == {}
    assert [one.prospect.id for one in returning(session, on=MONDAY, sees=EVERYTHING, officer_id=olive, ahead=0)] == [
        gone
    ]
    paged = returning_page(session, on=MONDAY, sees=EVERYTHING, officer_id=olive, ahead=0, number=9)
    assert ([one.prospect.id for one in paged.rows], paged.total, paged.number) == ([gone], 1, 1)
    back = returning_asks(session, on=MONDAY, sees=EVERYTHING, officer_id=olive, ahead=0)
    assert [one.opportunity.id for one in back] == [ask.id]
    assert returning_asks(session, on=FRIDAY, sees=EVERYTHING, officer_id=olive, ahead=0) == []
    assert returning_asks(session, on=MONDAY, sees=EVERYTHING, officer_id=cast[SAM], ahead=0) == []
    assert set(came_back(session, [olive], after=FRIDAY, on=MONDAY)) == {olive}
    for one in ids:
        amend(session, session.get_one(Constituent, one), within=within, objected_on=FRIDAY)
    assert came_back(session, [olive], after=FRIDAY, on=MONDAY) == {}
    assert returning(session, on=MONDAY, sees=EVERYTHING, ahead=0) == []
    assert returning_asks(session, on=MONDAY, sees=EVERYTHING, ahead=0) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_long_list_is_cut(session: Session, cast: dict[Person, int]) -> None:
    for number in range(LISTED + 3):
        task(session, f"Call {number:02}", cast[OLIVE], FRIDAY)
    text = mails(session, cast, FRIDAY)[OLIVE.email][1]
    assert f"Due today ({LISTED + 3})" in text
    assert "- Call 19\n- and 3 more\n" in text
