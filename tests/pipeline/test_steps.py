"""Stages are entered with evidence: proven, confirmed or claimed; many at once as each alone; all of it undone."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.core.changes import Act, ChangeSet, open_change
from donors.core.errors import Blocked, HouseError, Invalid
from donors.pipeline.decide import Vouched
from donors.pipeline.evidence.history import kept_at
from donors.pipeline.evidence.models import CLAIMED, CONFIRMED, PROVEN, EvidenceKept
from donors.pipeline.evidence.queries import evidence_of
from donors.pipeline.models import BACK, FORWARD, Pipeline, Prospect, Stage, StageEntry
from donors.pipeline.move import Plan, plan_move
from donors.pipeline.prospect import Entry, Leaving
from donors.pipeline.queries.prospects import history
from donors.plans.models import RunningPlan
from donors.plans.templates.drafts import Draft
from donors.plans.templates.template import StartRule, TemplateDraft, create
from donors.workflows.advance import add_prospect, advance, leave
from donors.workflows.advance_many import advance_many, outlook
from donors.workflows.undo import undo_change
from tests.cast import OLIVE, Person
from tests.harness.statements import counted
from tests.pipeline.conftest import NOW, TODAY, MakePerson
from tests.pipeline.records import Records, ago


def ids_of(session: Session, stage: Stage) -> dict[str, int]:
    return {row.name: row.id for row in evidence_of(session, [stage.id])[stage.id]}


def lines(session: Session, prospect: Prospect) -> list[tuple[str, str, str, int | None]]:
    """How the newest entry met what was asked for."""
    newest = history(session, prospect.id, on=TODAY)[0].entry
    kept = kept_at(session, [newest.id], sees=EVERYTHING).get(newest.id, [])
    return [(one.name, one.how, one.reason, one.proof and one.proof.row_id) for one in kept]


def test_proven_confirmed_and_claimed(
    session: Session, asking: dict[str, Stage], records: Records, change: ChangeSet
) -> None:
    anna, where = records.prospect("Anna"), asking["Solicitation"]
    call = records.call(anna, 10)
    named = ids_of(session, where)
    with pytest.raises(Invalid, match="Agreed to be asked; Amount and date") as refused:
        advance(session, anna.id, Entry(TODAY, where.id), within=change)
    assert refused.value.field == "claim"
    vouched = Vouched(frozenset({named["Agreed to be asked"]}), "The board meets on Monday")
    advance(session, anna.id, Entry(TODAY, where.id, "ready", vouched), within=change)
    assert lines(session, anna) == [
        ("A two-way contact in half a year", PROVEN, "", call),
        ("Agreed to be asked", CONFIRMED, "", None),
        ("Amount and date of the ask", CLAIMED, "The board meets on Monday", None),
    ]
    newest = history(session, anna.id, on=TODAY)[0]
    assert (newest.entry.how, newest.back, newest.entry.why) == (FORWARD, False, "ready")


def test_a_step_back_asks_for_nothing(
    session: Session, asking: dict[str, Stage], records: Records, change: ChangeSet
) -> None:
    anna = records.prospect("Anna")
    advance(session, anna.id, Entry(ago(9), asking["Solicitation"].id, vouched=Vouched(claim="soon")), within=change)
    advance(session, anna.id, Entry(ago(4), asking["Cultivation"].id), within=change)
    assert lines(session, anna) == []
    assert history(session, anna.id, on=TODAY)[0].entry.how == BACK


def test_who_enters_further_on_claims_what_is_not_on_record(
    session: Session, asking: dict[str, Stage], pipeline: Pipeline, person: MakePerson, change: ChangeSet
) -> None:
    entry = Entry(ago(3), asking["Cultivation"].id)
    made = add_prospect(session, person("Anna"), pipeline.id, entry, within=change).prospect
    assert {(how, bool(reason)) for _, how, reason, _ in lines(session, made)} == {(CLAIMED, True)}


def test_what_a_stage_requires(
    session: Session,
    stage: dict[str, Stage],
    records: Records,
    change: ChangeSet,
    cast: dict[Person, int],
) -> None:
    anna, where = records.prospect("Anna"), stage["Cultivation"]
    where.required = ["officer", "next_move", "ask_on", "capacity", "purpose", "strategy", "ask_amount", "expected_on"]
    session.flush()
    with pytest.raises(Blocked) as refused:
        advance(session, anna.id, Entry(TODAY, where.id, vouched=Vouched(claim="never mind")), within=change)
    assert len(refused.value.reasons) == 8
    assert "Cultivation requires: a primary officer. Assign somebody." in refused.value.reasons
    records.charge(anna, cast[OLIVE])
    records.rate(anna, "capacity", 3, amount=100)
    records.ask(anna, amount=100, ask_on=TODAY, expected_on=TODAY, purpose="Roof")
    anna.ask_amount, anna.strategy = 100, "Through her sister"
    plan_move(session, anna.constituent_id, Plan("Visit", TODAY), within=change)
    session.flush()
    advance(session, anna.id, Entry(TODAY, where.id), within=change)
    assert anna.stage_id == where.id


def test_undo_takes_the_step_and_its_evidence_back(
    session: Session, asking: dict[str, Stage], records: Records, cast: dict[Person, int]
) -> None:
    anna = records.prospect("Anna")
    records.call(anna, 10)
    before = anna.stage_id
    act = Act(by=cast[OLIVE], at=NOW, through="web")
    step = open_change(session, "prospect.advance", act=act)
    advance(session, anna.id, Entry(TODAY, asking["Cultivation"].id, vouched=Vouched(claim="soon")), within=step)
    gone = open_change(session, "prospect.close", act=act)
    leave(session, anna.id, Leaving(TODAY, "moved away"), within=gone)
    assert not anna.is_active
    for change in (gone, step):
        undo_change(session, change, act=act, on=TODAY)
        session.expire_all()
    assert (anna.stage_id, anna.is_active, anna.closed_as) == (before, True, "")
    assert session.scalar(select(func.count(EvidenceKept.id))) == 0
    assert session.scalar(select(func.count(StageEntry.id)).where(StageEntry.prospect_id == anna.id)) == 1


crowds = st.lists(
    st.tuples(
        st.sampled_from(["Identification", "Qualification", "Cultivation", "Solicitation"]),
        st.booleans(),  # a call is on record
        st.booleans(),  # has left
    ),
    min_size=1,
    max_size=6,
)


@given(
    crowd=crowds,
    to=st.sampled_from(["Qualification", "Cultivation", "Solicitation"]),
    claim=st.sampled_from(["", "x"]),
    needs=st.booleans(),
    confirms=st.booleans(),
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_many_step_as_each_alone(
    session: Session,
    asking: dict[str, Stage],
    records: Records,
    cast: dict[Person, int],
    crowd: list[tuple[str, bool, bool]],
    to: str,
    claim: str,
    needs: bool,
    confirms: bool,
) -> None:
    with session.begin_nested() as attempt:
        asking[to].required = ["next_move"] if needs else []
        people = [_stood(session, records, asking, *one, number) for number, one in enumerate(crowd)]
        confirmed = frozenset(ids_of(session, asking[to]).values()) if confirms else frozenset()
        entry = Entry(TODAY, asking[to].id, "together", Vouched(confirmed, claim))
        alone = [_alone(session, one, entry, cast) for one in people]
        judged = outlook(session, [one.id for one in people], entry)
        change = open_change(session, "many", act=Act(by=cast[OLIVE], at=NOW, through="web"))
        done = advance_many(session, [one.id for one in people], entry, within=change)
        together = [_after(session, one, done.refused.get(one.id)) for one in people]
        assert together == alone
        assert {one for one, step in judged.items() if not isinstance(step, HouseError)} == set(done.moved)
        attempt.rollback()
    session.expire_all()


def _stood(
    session: Session, records: Records, stages: dict[str, Stage], stage: str, called: bool, left: bool, number: int
) -> Prospect:
    made = records.prospect(f"P{number}")
    if stage != "Identification":
        entry = Entry(ago(60), stages[stage].id, vouched=Vouched(claim="stood there"))
        required, stages[stage].required = stages[stage].required, []
        advance(session, made.id, entry, within=records.change)
        stages[stage].required = required
    if called:
        records.call(made, 20)
        plan_move(session, made.constituent_id, Plan("Visit", TODAY), within=records.change)
    if left:
        leave(session, made.id, Leaving(ago(1), "gone"), within=records.change)
    return made


def _alone(session: Session, prospect: Prospect, entry: Entry, cast: dict[Person, int]) -> Any:
    """What a single step of this prospect comes to, taken back at once."""
    refused = None
    with session.begin_nested() as attempt:
        change = open_change(session, "one", act=Act(by=cast[OLIVE], at=NOW, through="web"))
        try:
            advance(session, prospect.id, entry, within=change)
        except HouseError as error:
            refused = error
        found = _after(session, prospect, refused)
        attempt.rollback()
    session.expire_all()
    return found


def _after(session: Session, prospect: Prospect, refused: HouseError | None) -> tuple[Any, ...]:
    newest = history(session, prospect.id, on=TODAY)[0]
    facts = (prospect.stage_id, prospect.in_stage_since, prospect.version, newest.entry.how, newest.entry.why)
    return (*facts, lines(session, prospect), refused and refused.message)


def test_many_need_no_more_statements_than_few(
    session: Session, asking: dict[str, Stage], records: Records, cast: dict[Person, int]
) -> None:
    def statements(people: Sequence[Prospect]) -> int:
        change = open_change(session, "many", act=Act(by=cast[OLIVE], at=NOW, through="web"))
        entry = Entry(TODAY, asking["Cultivation"].id, vouched=Vouched(claim="all of them"))
        with counted(session) as sent:
            assert len(advance_many(session, [one.id for one in people], entry, within=change).moved) == len(people)
        return len(sent)

    few, many = [records.prospect(f"F{at}") for at in range(2)], [records.prospect(f"M{at}") for at in range(9)]
    assert statements(many) == statements(few)


def test_the_plan_of_a_stage_starts_for_many(
    session: Session, stage: dict[str, Stage], records: Records, change: ChangeSet
) -> None:
    template = create(session, TemplateDraft("Cultivate", (Draft("Visit", 5),)), within=change)
    stage["Cultivation"].plan_template_id = template.id
    people = [records.prospect(name) for name in ("Anna", "Bert")]
    advance(session, people[0].id, Entry(ago(5), stage["Cultivation"].id), within=change)
    advance(session, people[0].id, Entry(ago(4), stage["Identification"].id), within=change)
    entry = Entry(TODAY - timedelta(days=1), stage["Cultivation"].id)
    done = advance_many(session, [one.id for one in people], entry, within=change)
    assert (len(done.moved), done.without_plan) == (2, 1)


def test_a_stage_holds_nobody_out(
    session: Session, stage: dict[str, Stage], records: Records, change: ChangeSet
) -> None:
    starts = StartRule(held_out_percent=50)
    template = create(session, TemplateDraft("Measured", (Draft("Visit", 5),), starts=starts), within=change)
    stage["Cultivation"].plan_template_id = template.id
    people = [records.prospect(f"P{at}") for at in range(12)]
    entry = Entry(TODAY, stage["Cultivation"].id)
    advance(session, people[0].id, entry, within=change)
    advance_many(session, [one.id for one in people[1:]], entry, within=change)
    plans = session.scalars(select(RunningPlan)).all()
    assert [(plan.held_out, plan.by_lot, plan.state) for plan in plans] == [(False, False, "running")] * 12
