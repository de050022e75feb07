"""Reports on leads: funnel and money by source, chains of referrals, answer times; by hand and by simple rules."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.permissions import OFFICER
from donors.accounts.visible import EVERYTHING, sight
from donors.constituents.ties import Tie, relate
from donors.core.changes import Act, ChangeSet, open_change
from donors.core.paging import Part
from donors.giving.gift_input import GiftInput
from donors.leads.attempt import log_attempt
from donors.leads.new_lead import NewLead
from donors.leads.receive import receive
from donors.leads.steer import disqualify_leads, give_leads
from donors.leads.terms import Closing, Try
from donors.pipeline.advance import add
from donors.pipeline.asks.decide import Terms
from donors.pipeline.confide import confide
from donors.pipeline.models import Prospect
from donors.pipeline.prospect import Entry
from donors.pipeline.queries.stages import pipeline
from donors.pipeline.standard import install_standard
from donors.reports.answer_times import AnswerReport, Wait, answer_times
from donors.reports.introducers import chain, introducers
from donors.reports.lead_facts import LeadQuestion
from donors.reports.lead_sources import behind, lead_sources
from donors.reports.lead_waits import lead_waits
from donors.rollups.standard import install_standard as install_figures
from donors.workflows.convert_lead import convert_leads
from donors.workflows.converting.wanted import Conversion, Member, Onward
from donors.workflows.gifts import record_gifts
from donors.workflows.undo import undo_change
from tests.constituents.people import person
from tests.leads.records import AT, TODAY, act, change, lead, user

MONTH, DAY, HOUR = timedelta(days=30), timedelta(days=1), timedelta(hours=1)
ASKED = LeadQuestion(TODAY, AT, EVERYTHING)


def convert(session: Session, *lead_ids: int, into: int | None = None, ask: int | None = None) -> tuple[int, Any]:
    """Converts leads into one person a month ago; returns the person and the change."""
    onward = None if ask is None else Onward(pipeline(session, None).id, ask=Terms(ask))
    wanted = Conversion((Member(lead_ids, into),), onward=onward)
    within = change(session)
    made = convert_leads(session, wanted, sees=EVERYTHING, on=TODAY - MONTH, within=within)
    return made.constituents[0], within


def give(session: Session, one: int, cents: int, days: int) -> None:
    """A gift so many days ago."""
    wanted = GiftInput(one, cents, TODAY - timedelta(days=days))
    record_gifts(session, [wanted], within=change(session), on=TODAY)


@pytest.fixture
def house(session: Session) -> Session:
    """A pipeline and figures."""
    install_standard(session, within=change(session))
    install_figures(session, within=change(session))
    return session


def test_money_counts_from_the_conversion_and_once_for_several_leads(house: Session) -> None:
    first = lead(house, "Ann Lee", source="event", received_at=AT - 3 * MONTH)
    second = lead(house, "Ann Lee", source="email", received_at=AT - 2 * MONTH)
    known = person(house, "Ann Lee").id
    give(house, known, 700, 40)
    _, within = convert(house, first.id, second.id, into=known, ask=50_000)
    give(house, known, 1_100, 30)
    give(house, known, 2_200, 3)
    closed = lead(house, "Bo Ek", source="event")
    disqualify_leads(house, [closed.id], Closing(TODAY, "no_fit"), within=change(house))
    found = lead_sources(house, ASKED)
    by = {line.source: line for line in found.lines}
    assert dict(by["Event"].steps) == {
        "leads": 2, "answered": 0, "converted": 1, "prospects": 1, "asked": 1, "gave": 1,
    }  # fmt: skip
    assert (by["Event"].asked, by["Event"].given, by["Event"].gifts, by["Event"].disqualified) == (50_000, 3_300, 2, 1)
    assert (by["E-mail"].steps["converted"], by["E-mail"].given, found.total.given) == (1, 0, 3_300)
    assert [fact.id for fact in behind(house, ASKED, "Event", "gave")] == [first.id]
    assert [fact.id for fact in behind(house, ASKED, "", "leads", part=Part(2))] == [first.id, second.id]
    assert [found.count(source, "leads") for source in ("", "Event", "List")] == [3, 2, 0]
    then = LeadQuestion(TODAY - timedelta(days=10), AT - timedelta(days=10), EVERYTHING)
    assert lead_sources(house, then).total.given == 1_100
    undo_change(house, within, act=act(), on=TODAY)
    house.expire_all()
    assert lead_sources(house, ASKED).total.steps["converted"] == 0


def test_who_was_a_prospect_before_the_conversion_is_none_of_the_lead_s(house: Session) -> None:
    for name, days, count in (("Ann Lee", 31, 0), ("Bo Ek", 29, 1)):
        known = person(house, name)
        add(house, known.id, pipeline(house, None).id, Entry(TODAY - timedelta(days=days)), within=change(house))
        source = "event" if count else "list"
        convert(house, lead(house, name, source=source, received_at=AT - 2 * MONTH).id, into=known.id)
    found = {line.source: line.steps["prospects"] for line in lead_sources(house, ASKED).lines}
    assert found == {"List": 0, "Event": 1}


def test_a_confidential_prospect_and_its_ask_are_in_no_number_of_others(house: Session) -> None:
    ann, _ = convert(house, lead(house, "Ann Lee").id, ask=50_000)
    prospect = house.scalars(select(Prospect).where(Prospect.constituent_id == ann)).one()
    confide(house, prospect.id, confidential=True, sees=EVERYTHING, within=change(house))
    strangers = replace(ASKED, sees=sight(user(house), OFFICER))
    for asked, found in ((ASKED, (1, 1, 50_000)), (strangers, (0, 0, 0))):
        total = lead_sources(house, asked).total
        assert (total.steps["prospects"], total.steps["asked"], total.asked) == found
        assert [fact.asked for fact in behind(house, asked, "", "converted")] == [found[2]]


def test_what_comes_along_the_chain_counts_for_its_first_link(house: Session) -> None:
    ina, noted = person(house, "Ina First").id, person(house, "Nora Noted")
    one = lead(house, "Ann Lee", introducer_id=ina, received_at=AT - 2 * MONTH)
    ann, _ = convert(house, one.id)
    other = lead(house, "Bo Ek", introducer_id=ann, received_at=AT - 2 * MONTH)
    bo, _ = convert(house, other.id)
    lead(house, "Carl Open", introducer_id=ina)
    relate(house, noted, person(house, "Dan Tied"), tie=Tie("introducer"), within=change(house))
    give(house, ann, 1_000, 5)
    give(house, bo, 2_000, 5)
    found = introducers(house, ASKED)
    by = {line.name: line for line in found.lines}
    line = by["Ina First"]
    assert (line.leads, line.converted, line.depth, len(line.chain), line.gifts) == (2, 1, 2, 2, 2)
    assert (line.given, line.own_given, by["Ann Lee"].given, by["Nora Noted"].depth) == (3_000, 1_000, 2_000, 1)


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), max_size=20))
def test_a_chain_names_each_once_by_the_nearest_way_however_it_runs_in_circles(pairs: list[tuple[int, int]]) -> None:
    ties: dict[int, dict[int, date]] = {}
    for by, one in pairs:
        ties.setdefault(by, {})[one] = TODAY
    found = {each.id: each.depth for each in chain(ties, 1)}
    near = {1: 0}
    for depth in range(1, 8):
        for by in [one for one, at in near.items() if at == depth - 1]:
            for one in ties.get(by, {}):
                near.setdefault(one, depth)
    del near[1]
    assert found == near


def wait(hours: float | None, *, due: float = 24, owner: str = "Maren", seen: float = 100) -> Wait:
    """A lead that came in so many hours ago and was answered after so many."""
    at = AT - seen * HOUR
    answered: datetime | None = None if hours is None else at + hours * HOUR
    return Wait(at, at.date(), at + due * HOUR, answered, None, "No form", owner, owner)


def test_open_leads_count_as_far_as_they_have_waited() -> None:
    waits = [wait(1), wait(2), wait(30), wait(None), wait(None, seen=3)]
    found: AnswerReport = answer_times(ASKED, waits, "UTC")
    total = found.total
    assert (total.leads, total.answered, total.open, total.median, total.most) == (5, 3, 2, 1800, None)
    assert (total.due, total.kept, total.share) == (4, 2, 0.5)
    assert [line.name for line in found.groups["week"]] == ["2026-03-02", "2026-02-23"]


def test_a_promise_is_broken_by_a_lead_that_ended_later_without_an_answer() -> None:
    ended = [replace(wait(None), ended_on=(AT - hours * HOUR).date()) for hours in (0, 90)]
    total = answer_times(ASKED, ended, "UTC").total
    assert (total.due, total.kept, total.open) == (1, 0, 0)


def test_of_answered_leads_half_and_four_of_five_are_the_order_statistics() -> None:
    found = answer_times(ASKED, [wait(hour) for hour in range(1, 11)], "UTC").total
    assert (found.median, found.most) == (5 * 60, 8 * 60)


def test_what_was_answered_later_was_open_on_the_day(session: Session) -> None:
    one = lead(session, received_at=AT - 2 * MONTH, answer_due_at=AT - 2 * MONTH + HOUR)
    log_attempt(session, one.id, Try(AT, "call", "reached"), on=TODAY, within=change(session))
    then = LeadQuestion(TODAY - MONTH, AT - MONTH, EVERYTHING)
    before, after = (answer_times(asked, lead_waits(session, asked, "UTC"), "UTC").total for asked in (then, ASKED))
    assert (before.open, before.due, before.kept, after.open, after.answered) == (1, 1, 0, 0, 1)


def test_a_time_counts_for_who_answered_and_a_promise_for_who_had_to_keep_it(session: Session) -> None:
    maren, ruth = user(session, "Maren"), user(session, "Ruth", "director")

    def at(hours: float, by: int | None = None) -> ChangeSet:
        return open_change(session, "test", act=Act(by, AT + hours * HOUR, "web"))

    def come(owner: int | None) -> int:
        new = NewLead("web_form", given_name="Ann", owner_id=owner, by_rota=False, answer_hours=None)
        row = receive(session, new, within=at(-50), at=AT - 50 * HOUR, on=TODAY - 2 * DAY)
        row.answer_due_at = AT - 26 * HOUR
        return row.id

    def answer(one: int, hours: float, by: int) -> None:
        tried = Try(AT + hours * HOUR, "call", "reached")
        log_attempt(session, one, tried, on=TODAY, within=at(hours + 0.5, by))

    in_time, late, open_, nobodys, _hers = come(maren), come(maren), come(maren), come(None), come(maren)
    answer(in_time, -40, maren)
    give_leads(session, [in_time], ruth, on=TODAY, within=at(-30))
    give_leads(session, [late, open_], ruth, on=TODAY, within=at(-25))
    answer(late, -10, ruth)
    answer(nobodys, -45, maren)
    give_leads(session, [nobodys], ruth, on=TODAY, within=at(-1))
    found = answer_times(ASKED, lead_waits(session, ASKED, "UTC"), "UTC").groups["owner"]
    told = {line.name: (line.leads, line.answered, line.open, line.due, line.kept) for line in found}
    assert told == {"Maren": (3, 2, 1, 5, 2), "Ruth": (2, 1, 1, 0, 0)}
    before = LeadQuestion(TODAY - DAY, AT - 28 * HOUR, EVERYTHING)
    (line,) = answer_times(before, lead_waits(session, before, "UTC"), "UTC").groups["owner"]
    assert (line.name, line.leads, line.open) == ("Maren", 5, 3)
