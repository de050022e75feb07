"""A portfolio goes to others in one act: charges, tasks, planned moves and open asks, and back."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.absences import AbsenceDraft, add_absence
from donors.constituents.create import create
from donors.constituents.models import HOUSEHOLD, Constituent
from donors.constituents.records import NewConstituent
from donors.constituents.spans import Span
from donors.core.changes import Act, ChangeSet, open_change
from donors.core.errors import Blocked, Invalid
from donors.core.settings import organization, set_organization
from donors.pipeline.asks.decide import Step, Terms
from donors.pipeline.asks.models import ASKED, Opportunity, OpportunityEntry
from donors.pipeline.asks.opportunity import change_opportunity, open_opportunity, take_step
from donors.pipeline.assign import Charge, release
from donors.pipeline.models import Assignment, Move, Pipeline
from donors.pipeline.move import Plan, plan_move
from donors.pipeline.portfolios.belongings import Belongings, belongings
from donors.pipeline.portfolios.cautions import outcome
from donors.pipeline.prospect import Entry
from donors.pipeline.queries.portfolio import sizes
from donors.pipeline.standard import install_standard
from donors.plans.models import Task
from donors.plans.running.task import OwnTask, add
from donors.workflows.advance import add_prospect
from donors.workflows.hand_over import Handing, hand_over
from donors.workflows.household import NewStay, join_household
from donors.workflows.portfolio import assign_officer
from donors.workflows.undo import undo_change
from tests.cast import DORA, GINA, OLIVE, REX, SAM, Person
from tests.pipeline.conftest import NOW, TODAY

LATER = TODAY + timedelta(days=1)


@pytest.fixture
def change(session: Session, cast: dict[Person, int]) -> ChangeSet:
    return open_change(session, "test", act=Act(by=cast[DORA], at=NOW, through="web"))


@pytest.fixture
def pipeline(session: Session, change: ChangeSet) -> Pipeline:
    return install_standard(session, within=change)


def person(session: Session, change: ChangeSet, name: str) -> Constituent:
    return create(session, NewConstituent(given_name=name, family_name="Field"), within=change)


def prepared(session: Session, change: ChangeSet, pipeline: Pipeline, officer_id: int, name: str) -> int:
    """Somebody in an officer's charge with a task, two planned moves (one private) and an open ask."""
    one = person(session, change, name).id
    assign_officer(session, one, Charge(officer_id, TODAY - timedelta(days=30)), within=change)
    prospect = add_prospect(session, one, pipeline.id, Entry(TODAY), within=change).prospect
    add(session, OwnTask("Send the plans", TODAY, officer_id, one), within=change)
    plan_move(session, one, Plan("Call", TODAY, officer_id=officer_id), within=change)
    private = plan_move(session, one, Plan("Speak alone", TODAY, officer_id=officer_id), within=change)
    private.confidential_to = officer_id
    open_opportunity(session, prospect.id, Terms(500_00, odds=40, officer_id=officer_id), on=TODAY, within=change)
    session.flush()
    return one


def owners(session: Session, ids: list[int]) -> list[set[int | None]]:
    """Whose the charges, tasks, moves that are not private and asks about some constituents are."""
    held = select(Assignment.officer_id).where(Assignment.constituent_id.in_(ids), Assignment.to_on.is_(None))
    tasks = select(Task.owner_id).where(Task.constituent_id.in_(ids))
    moves = select(Move.officer_id).where(Move.constituent_id.in_(ids), Move.confidential_to.is_(None))
    return [set(session.scalars(each)) for each in (held, tasks, moves, select(Opportunity.officer_id))]


def test_all_goes_along_and_comes_back(
    session: Session, cast: dict[Person, int], change: ChangeSet, pipeline: Pipeline
) -> None:
    olive, sam, dora = cast[OLIVE], cast[SAM], cast[DORA]
    ids = [prepared(session, change, pipeline, olive, name) for name in ("Anna", "Bert", "Cora")]
    second = person(session, change, "Dan").id
    assign_officer(session, second, Charge(olive, TODAY, "secondary"), within=change)
    assert belongings(session, ids, olive) == dict.fromkeys(ids, Belongings(1, 1, 1))
    act = Act(by=dora, at=NOW, through="web")
    within = open_change(session, "portfolio.hand_over", act=act)
    to = {ids[0]: sam, ids[1]: sam, second: dora}
    handed = hand_over(session, Handing(olive, to, TODAY, "leaves"), within=within)
    assert (handed.constituents, handed.along, dict(handed.refused)) == (3, Belongings(2, 2, 2), {})
    assert owners(session, ids[:2])[:3] == [{sam}, {sam}, {sam}]
    assert owners(session, ids[2:])[:3] == [{olive}, {olive}, {olive}]
    kept = select(Move.officer_id).where(Move.confidential_to.is_not(None))
    assert set(session.scalars(kept)) == {olive}
    said = select(OpportunityEntry.officer_id).order_by(OpportunityEntry.id.desc()).limit(2)
    assert set(session.scalars(said)) == {sam}
    assert sizes(session, on=TODAY) == {sam: 2, olive: 1, dora: 1}
    undo_change(session, within, act=act, on=TODAY)
    session.expire_all()
    assert owners(session, [*ids, second]) == [{olive}] * 4
    assert sizes(session, on=TODAY) == {olive: 4}


def test_an_ask_that_was_made_late_goes_along(
    session: Session, cast: dict[Person, int], change: ChangeSet, pipeline: Pipeline
) -> None:
    one = prepared(session, change, pipeline, cast[OLIVE], "Anna")
    made = session.scalars(select(Opportunity)).one()
    late = Terms(500_00, expected_on=TODAY - timedelta(days=5), officer_id=cast[OLIVE])
    change_opportunity(session, made.id, late, on=TODAY, within=change)
    take_step(session, made.id, Step(ASKED, TODAY), within=change)
    handed = hand_over(session, Handing(cast[OLIVE], {one: cast[SAM]}, TODAY, "leaves"), within=change)
    assert (handed.along.asks, made.officer_id, made.amount) == (1, cast[SAM], 500_00)


def _some(
    session: Session, chance: Random, cast: dict[Person, int], change: ChangeSet, pipeline: Pipeline
) -> list[int]:
    """Constituents of whom Olive has some in one role or two, some with all that belongs to them; one is Sam's."""
    olive, sam = cast[OLIVE], cast[SAM]
    ids = [prepared(session, change, pipeline, olive, name) for name in ("Anna", "Bert", "Cora")]
    for name in ("Dan", "Eve", "Finn", "Gus"):
        one = person(session, change, name).id
        for role in chance.choice([(), ("primary",), ("secondary",), ("primary", "secondary")]):
            begins = TODAY + timedelta(days=chance.choice([-40, 0, 3]))
            assign_officer(session, one, Charge(olive, begins, role), within=change)
        if chance.random() < 0.5:
            add(session, OwnTask("Write", TODAY, chance.choice([olive, sam]), one), within=change)
        ids.append(one)
    theirs = person(session, change, "Hal").id
    assign_officer(session, theirs, Charge(sam, TODAY), within=change)
    session.flush()
    return [*ids, theirs]


def _picture(session: Session, before: int) -> dict[str, Any]:
    """What is whose after a hand-over, and what was said of asks since."""
    session.flush()
    session.expire_all()
    held = session.scalars(select(Assignment))
    charges = ((one.constituent_id, one.role, one.officer_id, one.from_on, str(one.to_on), one.reason) for one in held)
    said = session.scalars(select(OpportunityEntry).where(OpportunityEntry.id > before))
    asks = session.scalars(select(Opportunity).order_by(Opportunity.id))
    return {
        "charges": sorted(charges),
        "tasks": [(one.id, one.owner_id) for one in session.scalars(select(Task).order_by(Task.id))],
        "moves": [(one.id, one.officer_id) for one in session.scalars(select(Move).order_by(Move.id))],
        "asks": [(one.id, one.officer_id, one.odds) for one in asks],
        "said": sorted((one.opportunity_id, one.officer_id or 0, one.happened_on) for one in said),
    }


@pytest.mark.parametrize("seed", range(4))
def test_many_at_once_are_as_one_after_the_other(
    session: Session, cast: dict[Person, int], change: ChangeSet, pipeline: Pipeline, seed: int
) -> None:
    chance = Random(seed)
    ids = _some(session, chance, cast, change, pipeline)
    to = {one: chance.choice([cast[SAM], cast[DORA]]) for one in ids}
    before = max(session.scalars(select(OpportunityEntry.id)))
    within = open_change(session, "portfolio.hand_over", act=Act(by=cast[DORA], at=NOW, through="web"))
    trial = session.begin_nested()
    singly = [hand_over(session, Handing(cast[OLIVE], {one: to[one]}, TODAY, "leaves"), within=within) for one in ids]
    expected = _picture(session, before)
    trial.rollback()
    session.expire_all()
    handed = hand_over(session, Handing(cast[OLIVE], to, TODAY, "leaves"), within=within)
    assert _picture(session, before) == expected
    assert dict(handed.refused) == {one: why for each in singly for one, why in each.refused.items()}
    assert handed.constituents == sum(each.constituents for each in singly) > 2
    assert handed.along == sum((each.along for each in singly), Belongings())


def test_what_forbids_a_hand_over(
    session: Session, cast: dict[Person, int], change: ChangeSet, pipeline: Pipeline
) -> None:
    olive, sam = cast[OLIVE], cast[SAM]
    one = prepared(session, change, pipeline, olive, "Anna")
    for handing, error in (
        (Handing(olive, {one: sam}, TODAY, " "), Invalid),
        (Handing(olive, {one: olive}, TODAY, "leaves"), Invalid),
        (Handing(olive, {one: cast[REX]}, TODAY, "leaves"), Invalid),
        (Handing(olive, {}, TODAY, "leaves"), Blocked),
    ):
        with pytest.raises(error):
            hand_over(session, handing, within=change)
    other = person(session, change, "Bert").id
    handed = hand_over(session, Handing(olive, {one: sam, other: sam}, TODAY, "leaves"), within=change)
    assert dict(handed.refused) == {other: "is not in this portfolio any more"}
    assert handed.constituents == 1


def test_who_may_be_in_charge(session: Session, cast: dict[Person, int], change: ChangeSet) -> None:
    one = person(session, change, "Anna").id
    with pytest.raises(Invalid, match="the role Reader does not allow it"):
        assign_officer(session, one, Charge(cast[REX], TODAY), within=change)
    with pytest.raises(Invalid, match="as volunteer solicitor"):
        assign_officer(session, one, Charge(cast[GINA], TODAY, "volunteer"), within=change)
    assign_officer(session, one, Charge(cast[REX], TODAY, "volunteer"), within=change)


def test_there_are_never_two_primaries_on_one_day(session: Session, cast: dict[Person, int], change: ChangeSet) -> None:
    one = person(session, change, "Anna").id
    assign_officer(session, one, Charge(cast[OLIVE], TODAY - timedelta(days=9)), within=change)
    held = session.scalars(select(Assignment)).one()
    release(session, held.id, on=LATER, reason="moved", within=change)
    with pytest.raises(Invalid, match="in the days of another primary officer"):
        assign_officer(session, one, Charge(cast[SAM], TODAY), within=change)
    assign_officer(session, one, Charge(cast[SAM], LATER), within=change)


def test_what_is_to_be_thought_over(session: Session, cast: dict[Person, int], change: ChangeSet) -> None:
    olive, sam = cast[OLIVE], cast[SAM]
    anna, bert = person(session, change, "Anna"), person(session, change, "Bert")
    home = create(session, NewConstituent(kind=HOUSEHOLD), within=change)
    for one in (anna, bert):
        join_household(session, NewStay(home, one, Span(None, None)), within=change, on=TODAY)
    assign_officer(session, bert.id, Charge(olive, TODAY), within=change)
    add_absence(session, AbsenceDraft(sam, TODAY, LATER, olive), within=change)
    bert.confidential = True
    few = organization(session).__class__(portfolio_warning=1, portfolio_limit=1)
    set_organization(session, few, within=change)
    brings = outcome(session, [anna.id, bert.id], Charge(sam, TODAY), on=TODAY)
    assert [(load.name, load.now, load.after) for load in brings.loads] == [
        ("Sam Stranger", 0, 2),
        ("Olive Officer", 1, 0),
    ]
    assert brings.cautions == (
        "Sam Stranger would have 2 in charge, past the limit of 1: more than one officer can know.",
        "Sam Stranger is away until Mar 4. Olive Officer stands in.",
        "One of them is confidential, and Sam Stranger has no grant to see them.",
    )
    alone = outcome(session, [anna.id], Charge(sam, LATER + timedelta(days=1)), on=TODAY)
    assert alone.cautions == ("The home of Anna Field has another officer: Olive Officer.",)
    assert outcome(session, [anna.id], Charge(olive, TODAY, "secondary"), on=TODAY).cautions == (
        "Olive Officer would have 2 in charge, past the limit of 1: more than one officer can know.",
    )
