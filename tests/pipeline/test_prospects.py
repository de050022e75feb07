"""Prospects move through stages, each step a row; officers take charge and hand over."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING, sight
from donors.core.changes import ChangeSet
from donors.core.errors import Blocked, Conflict, Invalid, NotFound
from donors.pipeline.assign import Charge, assign, release
from donors.pipeline.models import AGAIN, DISQUALIFIED, IN, Pipeline, Stage
from donors.pipeline.prospect import Entry, Leaving
from donors.pipeline.queries.prospects import history, in_charge_of, officers_of, prospect, prospects_of
from donors.pipeline.queries.stages import stages
from donors.pipeline.stages import StageDraft, add_pipeline, add_stage, change_stage, retire_stage
from donors.pipeline.standard import install_standard
from donors.plans.models import RunningPlan
from donors.plans.queries.tasks import TaskFilter, tasks
from donors.plans.templates.drafts import Draft
from donors.plans.templates.template import TemplateDraft, create
from donors.workflows.advance import add_prospect, advance, leave, take_back
from donors.workflows.plans import Refusal, start_plan
from donors.workflows.portfolio import assign_officer
from tests.cast import DORA, OLIVE, SAM, Person
from tests.pipeline.conftest import TODAY, MakePerson


def march(day: int) -> date:
    return date(2026, 3, day)


def test_the_standard_pipeline(session: Session, change: ChangeSet) -> None:
    made = install_standard(session, within=change)
    assert install_standard(session, within=change).id == made.id
    assert [(stage.name, stage.expected_days) for stage in stages(session, made.id)] == [
        ("Identification", 30),
        ("Qualification", 21),
        ("Cultivation", 180),
        ("Solicitation", 90),
        ("Stewardship", 365),
    ]


def test_forward_and_back_are_rows(
    session: Session, pipeline: Pipeline, stage: dict[str, Stage], change: ChangeSet, person: MakePerson
) -> None:
    ids = person("Harold")
    made = add_prospect(session, ids, pipeline.id, Entry(march(3), why="referred"), within=change).prospect
    advance(session, made.id, Entry(march(10), stage["Cultivation"].id, "met him"), within=change)
    advance(session, made.id, Entry(march(12), stage["Qualification"].id, "too early"), within=change)
    assert (made.stage_id, made.in_stage_since) == (stage["Qualification"].id, march(12))
    found = history(session, made.id, on=march(20))
    assert [(one.before, one.stage, one.back, one.days, one.entry.why, one.by) for one in found] == [
        ("Cultivation", "Qualification", True, 8, "too early", "Olive Officer"),
        ("Identification", "Cultivation", False, 2, "met him", "Olive Officer"),
        (None, "Identification", False, 7, "referred", "Olive Officer"),
    ]


def test_moves_that_are_refused(
    session: Session, pipeline: Pipeline, stage: dict[str, Stage], change: ChangeSet, person: MakePerson
) -> None:
    made = add_prospect(session, person("Harold"), pipeline.id, Entry(march(3)), within=change).prospect
    other = add_pipeline(session, "Planned gifts", within=change)
    foreign = add_stage(session, other.id, StageDraft("Talking", 1), within=change)
    with pytest.raises(Blocked, match="already"):
        advance(session, made.id, Entry(march(4), stage["Identification"].id), within=change)
    with pytest.raises(Invalid, match="another pipeline"):
        advance(session, made.id, Entry(march(4), foreign.id), within=change)
    with pytest.raises(Invalid, match="before the last change"):
        advance(session, made.id, Entry(march(2), stage["Cultivation"].id), within=change)
    with pytest.raises(Blocked, match="in the pipeline already"):
        add_prospect(session, made.constituent_id, pipeline.id, Entry(march(4)), within=change)
    for name, values in (("Nobody", {"is_unknown_giver": True}), ("Ruth", {"is_deceased": True})):
        with pytest.raises(Blocked):
            add_prospect(session, person(name, **values), pipeline.id, Entry(march(4)), within=change)
    with pytest.raises(NotFound):
        add_prospect(session, 999_999, pipeline.id, Entry(march(4)), within=change)


def test_a_stale_drag_is_a_conflict(
    session: Session, pipeline: Pipeline, stage: dict[str, Stage], change: ChangeSet, person: MakePerson
) -> None:
    made = add_prospect(session, person("Harold"), pipeline.id, Entry(march(3)), within=change).prospect
    seen = made.version
    advance(session, made.id, Entry(march(4), stage["Qualification"].id), within=change, expect=seen)
    with pytest.raises(Conflict):
        advance(session, made.id, Entry(march(5), stage["Cultivation"].id), within=change, expect=seen)
    assert made.stage_id == stage["Qualification"].id


def test_a_stage_starts_its_plan(
    session: Session, pipeline: Pipeline, stage: dict[str, Stage], change: ChangeSet, person: MakePerson
) -> None:
    template = create(session, TemplateDraft("Cultivate", (Draft("Visit", 5),)), within=change)
    solicit = stage["Solicitation"]
    change_stage(session, solicit.id, StageDraft("Solicitation", 4, 90, template.id), within=change)
    made = add_prospect(session, person("Harold"), pipeline.id, Entry(march(3)), within=change).prospect
    first = advance(session, made.id, Entry(march(4), solicit.id), within=change)
    assert isinstance(first.plan, RunningPlan)
    assert (first.plan.cause, first.plan.started_on) == ("stage Solicitation", march(4))
    assert advance(session, made.id, Entry(march(5), stage["Cultivation"].id), within=change).plan is None
    again = advance(session, made.id, Entry(march(6), solicit.id), within=change)
    assert isinstance(again.plan, Refusal)
    assert again.prospect.stage_id == solicit.id


def test_closed_and_taken_back(
    session: Session, pipeline: Pipeline, stage: dict[str, Stage], change: ChangeSet, person: MakePerson
) -> None:
    made = add_prospect(session, person("Harold"), pipeline.id, Entry(march(3)), within=change).prospect
    with pytest.raises(Invalid):
        leave(session, made.id, Leaving(march(4), " "), within=change)
    with pytest.raises(Invalid, match="returns_on"):
        leave(session, made.id, Leaving(march(4), "later", returns_on=march(4)), within=change)
    leave(session, made.id, Leaving(march(4), "no interest", DISQUALIFIED, march(30)), within=change)
    assert (made.closed_as, made.closed_on, made.returns_on) == (DISQUALIFIED, march(4), march(30))
    with pytest.raises(Blocked):
        leave(session, made.id, Leaving(march(5), "again"), within=change)
    with pytest.raises(Blocked):
        advance(session, made.id, Entry(march(5), stage["Cultivation"].id), within=change)
    take_back(session, made.id, Entry(march(9), why="wrote to us"), within=change)
    assert (made.is_active, made.closed_reason, made.in_stage_since) == (True, "", march(9))
    assert (made.closed_as, made.closed_on, made.returns_on) == ("", None, None)
    found = history(session, made.id, on=march(9))
    assert [(one.entry.how, one.stage, one.days) for one in found] == [
        (AGAIN, "Identification", 0),
        (DISQUALIFIED, None, 5),
        (IN, "Identification", 1),
    ]


def test_stages_in_use_are_not_retired(
    session: Session, pipeline: Pipeline, stage: dict[str, Stage], change: ChangeSet, person: MakePerson
) -> None:
    add_prospect(session, person("Harold"), pipeline.id, Entry(march(3)), within=change)
    with pytest.raises(Blocked):
        retire_stage(session, stage["Identification"].id, within=change)
    retire_stage(session, stage["Stewardship"].id, within=change)
    assert len(stages(session, pipeline.id)) == 4
    with pytest.raises(Invalid):
        add_stage(session, pipeline.id, StageDraft("Cultivation", 9), within=change)


def test_one_primary_at_a_time(
    session: Session, change: ChangeSet, person: MakePerson, cast: dict[Person, int]
) -> None:
    harold = person("Harold")
    assign(session, harold, Charge(cast[OLIVE], march(1)), within=change)
    assign(session, harold, Charge(cast[DORA], march(2), "secondary"), within=change)
    assign(session, harold, Charge(cast[SAM], march(10), reason="Olive moves on"), within=change)
    found = {(one.officer, one.assignment.role): one.assignment for one in in_charge_of(session, harold)}
    assert found[("Olive Officer", "primary")].to_on == march(10)
    assert found[("Sam Stranger", "primary")].to_on is None
    assert [officers_of(session, [harold], on=march(day)).get(harold) for day in (1, 9, 10)] == [
        cast[OLIVE],
        cast[OLIVE],
        cast[SAM],
    ]
    with pytest.raises(Blocked):
        assign(session, harold, Charge(cast[SAM], march(11)), within=change)
    with pytest.raises(Invalid):
        assign(session, harold, Charge(cast[SAM], march(11), "boss"), within=change)
    release(session, found[("Sam Stranger", "primary")].id, on=march(20), reason="disqualified", within=change)
    assert officers_of(session, [harold], on=march(20)) == {}


def test_a_new_officer_gets_the_tasks_of_the_old_one(
    session: Session, change: ChangeSet, person: MakePerson, cast: dict[Person, int]
) -> None:
    harold = person("Harold")
    template = create(session, TemplateDraft("T", (Draft("Call"), Draft("Card", role="starter"))), within=change)
    assign(session, harold, Charge(cast[OLIVE], march(1)), within=change)
    start_plan(session, harold, template.id, cause="by hand", within=change, on=TODAY)
    assert assign_officer(session, harold, Charge(cast[SAM], march(3)), within=change) == 1
    (line,) = tasks(session, TaskFilter(owner_id=cast[SAM]), on=TODAY, sees=EVERYTHING)
    assert line.task.subject == "Call"


def test_confidential_prospects_are_not_there_for_others(
    session: Session, pipeline: Pipeline, change: ChangeSet, person: MakePerson, cast: dict[Person, int]
) -> None:
    hidden = person("Hidden", confidential=True)
    made = add_prospect(session, hidden, pipeline.id, Entry(march(3)), within=change).prospect
    olive = sight(cast[OLIVE], "officer")
    with pytest.raises(NotFound):
        prospect(session, made.id, sees=olive)
    assert prospects_of(session, hidden, sees=olive) == []
    assert prospects_of(session, hidden, sees=EVERYTHING)[0].prospect.id == made.id
