"""Working on leads: tries, the clock, owners, days, out of the queue and back; one and many by the same rules."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.errors import Blocked, Conflict, Invalid, NotFound
from donors.core.paging import Paging, Sort
from donors.leads.attempt import log_attempt
from donors.leads.models import DISQUALIFIED, NEW, WORKING, LeadEntry
from donors.leads.next_lead import next_lead, waiting
from donors.leads.queue import LeadSieve, lead_ids, lead_page, tab_counts
from donors.leads.steer import disqualify_leads, follow_up_leads, give_leads, reopen_lead, set_fits
from donors.leads.story import find_leads, history_of
from donors.leads.terms import Closing, Fits, Try
from donors.workflows.undo import undo_change
from tests.leads.records import AT, TODAY, act, change, lead, looking, user

WEEK = timedelta(days=7)


def test_the_first_try_that_leaves_word_stops_the_clock_and_takes_the_lead(session: Session) -> None:
    maren = user(session)
    one = lead(session, answer_due_at=AT + timedelta(hours=1))
    early, late = AT - timedelta(minutes=50), AT - timedelta(minutes=10)
    log_attempt(session, one.id, Try(early, "call", "no_answer"), on=TODAY, within=change(session, maren))
    assert (one.status, one.owner_id, one.answered_at) == (WORKING, maren, None)
    log_attempt(session, one.id, Try(late, "call", "left_word"), on=TODAY, within=change(session, maren))
    log_attempt(session, one.id, Try(AT, "mail", "reached"), on=TODAY, within=change(session, maren))
    assert one.answered_at == late
    (row,) = lead_page(session, LeadSieve("working"), Paging(), looking=looking()).rows
    assert (row.tries, row.tried and row.tried.method) == (3, "mail")
    assert len(session.scalars(select(LeadEntry).where(LeadEntry.lead_id == one.id)).all()) == 1


def test_a_follow_up_is_done_by_the_try_that_follows(session: Session) -> None:
    one = lead(session)
    follow_up_leads(session, [one.id], TODAY, on=TODAY, within=change(session))
    assert lead_ids(session, LeadSieve("due"), looking=looking(), limit=9) == [one.id]
    log_attempt(
        session, one.id, Try(AT, "call", "reached", follow_up_on=TODAY + WEEK), on=TODAY, within=change(session)
    )
    assert one.follow_up_on == TODAY + WEEK
    assert lead_ids(session, LeadSieve("due"), looking=looking(), limit=9) == []


def test_a_disqualified_lead_comes_back_by_itself_on_its_day(session: Session) -> None:
    one, gone = lead(session), lead(session, "Bo Ek")
    disqualify_leads(session, [one.id], Closing(TODAY, "not_now", "", TODAY + WEEK), within=change(session))
    disqualify_leads(session, [gone.id], Closing(TODAY, "spam"), within=change(session))
    with pytest.raises(Blocked):
        log_attempt(session, one.id, Try(AT, "call", "reached"), on=TODAY, within=change(session))
    assert tab_counts(session, looking=looking())["returned"] == 0
    later = looking().__class__(looking().sees, TODAY + WEEK, looking().fiscal)
    assert lead_ids(session, LeadSieve("returned"), looking=later, limit=9) == [one.id]
    log_attempt(session, one.id, Try(AT, "call", "reached"), on=TODAY + WEEK, within=change(session))
    assert (one.status, one.returns_on, one.closed_reason) == (WORKING, None, "")
    assert history_of(session, one.id)[0].entry.why == "tried again"
    reopen_lead(session, gone.id, on=TODAY, within=change(session))
    assert gone.status == NEW


def test_a_bulk_act_is_one_change_and_one_undo(session: Session) -> None:
    maren = user(session)
    ids = [lead(session, f"Ann Lee{number}").id for number in range(3)]
    giving, closing = change(session), change(session)
    give_leads(session, ids, maren, on=TODAY, within=giving)
    disqualify_leads(session, ids, Closing(TODAY, "no_fit"), within=closing)
    assert {row.lead.status for row in lead_page(session, LeadSieve(), Paging(), looking=looking()).rows} == {
        DISQUALIFIED
    }
    undo_change(session, closing, act=act(), on=TODAY)
    assert tab_counts(session, looking=looking())["new"] == 3
    undo_change(session, giving, act=act(), on=TODAY)
    assert lead_ids(session, LeadSieve(owner_id=0), looking=looking(), limit=9) == ids


def test_what_cannot_be_is_refused(session: Session) -> None:
    one = lead(session)
    with pytest.raises(Invalid, match="owner"):
        give_leads(session, [one.id], 999, on=TODAY, within=change(session))
    with pytest.raises(Invalid, match="follow_up_on"):
        follow_up_leads(session, [one.id], TODAY - WEEK, on=TODAY, within=change(session))
    with pytest.raises(Conflict):
        set_fits(session, one.id, Fits(1, 2, 3), on=TODAY, within=change(session), expect=7)
    with pytest.raises(NotFound):
        give_leads(session, [999], None, on=TODAY, within=change(session))
    with pytest.raises(Blocked):
        reopen_lead(session, one.id, on=TODAY, within=change(session))


def test_the_queue_finds_sorts_and_keeps_a_zero_apart_from_nothing(session: Session) -> None:
    due = AT + timedelta(hours=1)
    later = lead(session, "Ann Lee", organization="River Mill", email="ann@x.org")
    soon = lead(session, "Bo Ek", answer_due_at=due, interest=0)
    rows = lead_page(session, LeadSieve(), Paging(), looking=looking()).rows
    assert [row.lead.id for row in rows] == [soon.id, later.id]
    assert (rows[0].lead.interest, rows[1].lead.interest) == (0, None)
    assert (rows[0].is_late(AT), rows[0].is_late(due + WEEK)) == (False, True)
    for text in ("mill lee", "ANN@x", "riv"):
        found = find_leads(session, text, sees=looking().sees, limit=5)
        assert [row.lead.id for row in found] == [later.id], text


@pytest.mark.parametrize("sort", ["", "-interest,name", "-follow_up_on", "owner,-tried_on"])
def test_the_next_one_is_the_one_below_and_after_the_last_the_first(session: Session, sort: str) -> None:
    maren, ask = user(session), AT + timedelta(hours=1)
    made = [
        lead(session, f"Ann Lee{number % 3}", interest=interest, follow_up_on=day, answer_due_at=due, owner_id=owner)
        for number, (interest, day, due, owner) in enumerate(
            [(0, TODAY, ask, maren), (None, None, None, None), (4, TODAY + WEEK, ask + WEEK, None)] * 2
        )
    ]
    log_attempt(session, made[1].id, Try(AT, "call", "no_answer"), on=TODAY, within=change(session))
    sorts = tuple(Sort(name.removeprefix("-"), name.startswith("-")) for name in sort.split(",") if name)
    every = LeadSieve()
    ids = [row.lead.id for row in lead_page(session, every, Paging(sort=sorts), looking=looking()).rows]
    for one, then in zip(ids, [*ids[1:], ids[0]], strict=True):
        found = next_lead(session, one, every, sorts, looking=looking())
        assert found is not None
        assert found.lead.id == then
    found = next_lead(session, ids[0], every, sorts, looking=looking(), passing=ids[:2])
    assert found is not None
    assert found.lead.id == ids[2]
    assert next_lead(session, ids[0], every, sorts, looking=looking(), passing=ids) is None
    assert waiting(session, made[1].id, LeadSieve("new"), looking=looking()) is None
