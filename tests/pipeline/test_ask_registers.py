"""The registers of proposals and of ended asks: what the database finds is what plain reading of the rows finds."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.core.changes import ChangeSet, insert
from donors.core.clock import first_instant, local_date
from donors.core.paging import Part
from donors.core.settings import organization
from donors.pipeline.asks.decide import REASONS, STATUSES
from donors.pipeline.asks.models import Opportunity, OpportunityEntry, Proposal
from donors.pipeline.asks.queries import Stood, as_of
from donors.pipeline.odds.queries import Which
from donors.reports.declined import SOON, DeclinedQuestion, declined_report, reason_words
from donors.reports.proposals import AGES, ANSWERED, ANSWERS, ORDER, ProposalQuestion, proposal_report
from tests.pipeline.records import NOW, TODAY, Records, ago

ALL = Which(EVERYTHING)
DAYS = (TODAY, ago(20), ago(45))


@pytest.fixture
def drawn(session: Session, records: Records, change: ChangeSet) -> Random:
    """Thirty asks of six prospects, each said to stand somewhere a few times, some with versions of a proposal."""
    random, zone = Random(7), organization(session).zone
    held = [records.prospect(f"Person {number}") for number in range(6)]
    for number in range(30):
        opened = ago(random.randrange(60, 90))
        common = {"amount": random.choice([None, 1_000, 25_000]), "officer_id": None}
        row = insert(
            session,
            Opportunity(
                prospect_id=held[number % 6].id, status="asked", status_since=opened, opened_on=opened, **common
            ),
            within=change,
        )
        _say(session, row, random, change)
        for version in range(random.choice([0, 1, 1, 2])):
            at = first_instant(datetime.combine(ago(random.randrange(30, 59) - version), time(23, 30)), zone)
            insert(session, _proposal(row.id, version, at, random), within=change)
    return random


def _say(session: Session, row: Opportunity, random: Random, change: ChangeSet) -> None:
    day, follows = row.opened_on, None
    for status in random.choices(sorted(STATUSES), k=random.randrange(1, 6)):
        said = OpportunityEntry(
            opportunity_id=row.id, follows_id=follows, happened_on=day, recorded_at=NOW, status=status,
            amount=row.amount, reason=random.choice(["", *sorted(REASONS)]),
            returns_on=random.choice([None, TODAY - timedelta(3), TODAY + timedelta(random.randrange(90))]),
        )  # fmt: skip
        follows = insert(session, said, within=change).id
        day = min(day + timedelta(random.randrange(0, 30)), TODAY)


def _proposal(ask_id: int, number: int, at: datetime, random: Random) -> Proposal:
    state = random.choice(["draft", "approved", "returned", "sent", "sent"])
    decided, sent = ago(random.randrange(20, 29)), ago(random.randrange(0, 60))
    return Proposal(
        opportunity_id=ask_id, number=number + 1, file_name="x.pdf", media_type="application/pdf", size=1, digest="x",
        state=state, uploaded_at=at, decided_on=None if state == "draft" else decided,
        sent_on=sent if state == "sent" else None,
        answer_due_on=sent + timedelta(random.randrange(1, 40)) if state == "sent" else None,
    )  # fmt: skip


@pytest.mark.parametrize("on", DAYS)
def test_the_register_of_proposals(session: Session, drawn: Random, on: date) -> None:
    asked = ProposalQuestion(on, ALL)
    found = proposal_report(session, asked)
    came = {one.id: one.uploaded_at for one in session.scalars(select(Proposal))}
    told = sorted(_plain(session, asked), key=lambda one: (ORDER.index(one[1]), one[2], came[one[0]], one[0]))
    assert [(one.version.id, one.stands, one.since, one.answered_on, one.late_by) for one in found.rows] == told
    assert {stands: some.count for stands, some in found.standing.items() if some.count} == Counter(
        one[1] for one in told
    )
    assert found.standing["sent"].late == sum(one[4] is not None for one in told)
    waits = [one for one in found.rows if one.stands == "sent"]
    bounds = (-1, *AGES, 10_000)
    assert [(age.count, age.amount) for age in found.ages] == [
        (len(some), sum(one.ask.amount or 0 for one in some))
        for low, high in pairwise(bounds)
        for some in [[one for one in waits if low < one.days <= high]]
    ]
    for stands in ("", *ORDER):
        chosen = ProposalQuestion(asked.on, ALL, stands)
        pages = [proposal_report(session, chosen, part=Part(4, start)) for start in range(0, 32, 4)]
        expected = [one[0] for one in told if stands in ("", one[1])]
        assert [one.version.id for page in pages for one in page.rows] == expected
        assert pages[0].total == len(expected)


def _plain(session: Session, asked: ProposalQuestion) -> Iterator[tuple[object, ...]]:
    """Version, how it stands, since when, the answer, days late: of the newest version of each ask."""
    on, zone = asked.on, organization(session).zone
    newest = {
        one.opportunity_id: one
        for one in session.scalars(select(Proposal).order_by(Proposal.id))
        if local_date(one.uploaded_at, zone) <= on
    }
    for ask_id, one in newest.items():
        if one.sent_on is not None and one.sent_on <= on:
            answer = next((day for day in _answers(session, ask_id, asked) if day >= one.sent_on), None)
            due = one.answer_due_on
            late = (on - due).days if due and due < on and answer is None else None
            yield one.id, ANSWERED if answer else "sent", answer or one.sent_on, answer, late
        elif one.decided_on is not None and one.decided_on <= on:
            yield one.id, "returned" if one.state == "returned" else "approved", one.decided_on, None, None
        else:
            yield one.id, "draft", local_date(one.uploaded_at, zone), None, None


def _answers(session: Session, ask_id: int, asked: ProposalQuestion) -> Iterator[object]:
    before = ""
    said = select(OpportunityEntry).where(OpportunityEntry.opportunity_id == ask_id).order_by(OpportunityEntry.id)
    for one in session.scalars(said):
        if one.happened_on <= asked.on and one.status in ANSWERS and one.status != before:
            yield one.happened_on
        before = one.status


@pytest.mark.parametrize("on", DAYS)
def test_declined_and_deferred(session: Session, drawn: Random, on: date) -> None:
    asked = DeclinedQuestion(on, ALL)
    found = declined_report(session, asked)
    ended = [one for one in as_of(session, asked.on) if one.status in ("declined", "deferred")]
    ended.sort(
        key=lambda one: (one.returns_on is None, one.returns_on or TODAY, -one.since.toordinal(), one.opportunity_id)
    )
    assert [one.ask_id for one in found.rows] == [one.opportunity_id for one in ended]
    assert {one.reason: (one.count, one.amount) for one in found.reasons} == {
        reason: (len(some), sum(one.amount or 0 for one in some)) for reason, some in _by_reason(ended).items()
    }
    due = [one for one in ended if one.returns_on and one.returns_on <= asked.on]
    soon = [one for one in ended if one.returns_on and asked.on < one.returns_on <= asked.on + SOON]
    assert (found.summed("due"), found.summed("soon")) == (len(due), len(soon))
    assert found.summed("due_amount") == sum(one.amount or 0 for one in due)
    pages = [declined_report(session, asked, part=Part(3, start)).rows for start in range(0, 30, 3)]
    assert [row for page in pages for row in page] == list(found.rows)


@pytest.mark.parametrize("falls", [False, True])
def test_registers_are_sorted_by_any_head(session: Session, drawn: Random, falls: bool) -> None:
    def by(rows: Sequence[Any], value: Callable[[Any], Any]) -> list[Any]:
        """The values in order, those that say nothing last."""
        told = sorted((found for row in rows if (found := value(row)) is not None), reverse=falls)
        return [*told, *[None for row in rows if value(row) is None]]

    def sign(key: str) -> Part:
        return Part(sort=f"-{key}" if falls else key)

    proposals, declined = ProposalQuestion(TODAY, ALL), DeclinedQuestion(TODAY, ALL)
    for key, value in PROPOSAL_KEYS.items():
        found = proposal_report(session, proposals, part=sign(key)).rows
        assert [value(row) for row in found] == by(found, value), key
        assert {row.version.id for row in found} == {row.version.id for row in proposal_report(session, proposals).rows}
    for key, value in DECLINED_KEYS.items():
        rows = declined_report(session, declined, part=sign(key)).rows
        assert [value(row) for row in rows] == by(rows, value), key


PROPOSAL_KEYS: dict[str, Callable[[Any], Any]] = {
    "name": lambda line: line.ask.name,
    "stands": lambda line: ORDER.index(line.stands),
    "sent": lambda line: line.version.sent_on if line.was_sent else None,
    "due": lambda line: line.version.answer_due_on if line.was_sent else None,
    "amount": lambda line: line.ask.amount,
}
DECLINED_KEYS: dict[str, Callable[[Any], Any]] = {
    "name": lambda line: line.name,
    "was": lambda line: line.status,
    "why": lambda line: reason_words(line.reason),
    "since": lambda line: line.since,
    "back": lambda line: line.returns_on,
    "amount": lambda line: line.amount,
}


def _by_reason(ended: list[Stood]) -> dict[str, list[Stood]]:
    found: dict[str, list[Stood]] = {}
    for one in ended:
        found.setdefault(reason_words(one.reason), []).append(one)
    return found
