"""Writes what ties the practice charity together: households, relationships, consent, prospects, moves, plans."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, timedelta

from donors.accounts.visible import EVERYTHING
from donors.cli.practice.ids import Ids
from donors.cli.practice.story import Charity, DrawnMove, DrawnPlan, DrawnProspect
from donors.cli.practice.templates import WELCOME, welcome
from donors.constituents.consent import Said, give, withdraw
from donors.constituents.household import join
from donors.constituents.queries import constituents
from donors.constituents.spans import Span
from donors.constituents.ties import Tie, relate
from donors.core.changes import ChangeSet
from donors.core.db import Session
from donors.mail.queries import mail_templates
from donors.pipeline.assign import Charge
from donors.pipeline.decide import Vouched
from donors.pipeline.evidence.queries import evidence_of
from donors.pipeline.move import Plan, plan_move
from donors.pipeline.move_people import Present
from donors.pipeline.move_report import Report
from donors.pipeline.prospect import Entry
from donors.pipeline.queries.stages import pipelines, stages
from donors.plans.models import OPEN, RUNNING, RunningPlan
from donors.plans.queries.tasks import tasks_of_plan
from donors.plans.queries.templates import nodes_of
from donors.plans.running.close import Completion
from donors.plans.running.pause import pause
from donors.plans.starts.set_rules import RuleDraft, add_rule
from donors.plans.templates.template import revise
from donors.workflows.advance import add_prospect, advance
from donors.workflows.moves import log_move
from donors.workflows.plans import start_plan, stop_plan
from donors.workflows.portfolio import assign_officer
from donors.workflows.rules.apply import apply
from donors.workflows.rules.export import export
from donors.workflows.tasks import complete_task

NEW_VERSION = 40
"""So many days ago the welcome got its second version."""

Change = Callable[..., AbstractContextManager[tuple[Session, ChangeSet]]]


def load_ties(charity: Charity, ids: Ids, change: Change) -> None:
    """Households with their members, relationships, consents."""
    with change("practice.ties") as (session, within):
        rows = constituents(session, ids.people, sees=EVERYTHING)
        people = [rows[one] for one in ids.people]
        for home, person, since, until in charity.homes:
            join(session, people[home], people[person], span=Span(since, until), within=within)
        for one, other, kind, reverse in charity.ties:
            relate(session, people[one], people[other], tie=Tie(kind, reverse), within=within)
        for person, channel, granted, on in charity.consents:
            said = Said(channel, on, "form", "You may reach me this way." if granted else "Please do not.")
            (give if granted else withdraw)(session, people[person], said=said, within=within)


def load_pipeline(charity: Charity, ids: Ids, change: Change) -> None:
    """Prospects with their way through the stages and their moves, all by their officers."""
    for officer in dict.fromkeys(drawn.officer for drawn in charity.prospects):
        with change("practice.pipeline", by=ids.staff[officer]) as (session, within):
            pipeline_id = pipelines(session)[0].id
            stage_ids = [stage.id for stage in stages(session, pipeline_id)]
            for drawn in (one for one in charity.prospects if one.officer == officer):
                _load_prospect(session, drawn, ids, (pipeline_id, stage_ids), within=within)


def load_plans(charity: Charity, ids: Ids, change: Change) -> None:
    """Plans that run, with what was done of them, and the rules that will start the next ones.

    The welcome got its second version lately: the older plans run on the first one.
    """
    lately = charity.on - timedelta(days=NEW_VERSION)
    with change("practice.plans") as (session, within):
        _load_plans(session, [one for one in charity.plans if one.on < lately], charity.on, ids, within=within)
    with change("template.revise") as (session, within):
        letter = next(one.id for one in mail_templates(session) if one.purpose == "thanks")
        revise(session, ids.templates[WELCOME], welcome(ids.staff["ruth"], letter), within=within)
    with change("practice.plans") as (session, within):
        _load_plans(session, [one for one in charity.plans if one.on >= lately], charity.on, ids, within=within)
        _start_plans_by_rule(session, within=within)
        welcome_givers = RuleDraft("first gift", ids.templates["First gift"], once=True)
        add_rule(session, welcome_givers, on=charity.on, within=within)


def _load_plans(session: Session, plans: Sequence[DrawnPlan], on: date, ids: Ids, *, within: ChangeSet) -> None:
    for drawn in plans:
        template_id, person = ids.templates[drawn.template], ids.people[drawn.person]
        plan = start_plan(session, person, template_id, cause=drawn.cause, within=within, on=drawn.on)
        if isinstance(plan, RunningPlan):
            _do(session, plan, drawn, on, within=within)
            if drawn.ended and plan.state == RUNNING:
                stop_plan(session, plan.id, reason=drawn.ended, on=on - timedelta(days=2), within=within)
            elif drawn.rests and plan.state == RUNNING:
                pause(session, plan.id, on=on - timedelta(days=drawn.rests), within=within)


def _do(session: Session, plan: RunningPlan, drawn: DrawnPlan, on: date, *, within: ChangeSet) -> None:
    """Completes the first tasks of a plan, each on the day after it was due, as far as that day has come."""
    asked = {parent for node in nodes_of(session, plan.version_id) for parent, outcome in node.links if outcome}
    for _ in range(drawn.done):
        lines = tasks_of_plan(session, plan.id, sees=EVERYTHING)
        task = next((line.task for line in lines if line.task.state == OPEN), None)
        if task is None or task.due_on >= on:
            return
        result = drawn.answer if task.step_id in asked else ""
        complete_task(session, task.id, Completion(task.due_on + timedelta(days=1), result=result), within=within)


EFFECTS: list[dict[str, object]] = [
    {"level": "Patron", "on": "rise", "act": "start plan", "plan": "New Patron welcome"},
    {"level": "Patron", "on": "leave", "act": "stop plans"},
    {"level": "Patron", "on": "leave", "act": "task", "words": "Ask how they are", "days": 7, "cool_down": 90},
    {"level": "Patron", "on": "rise", "act": "notice", "officer": True, "words": "Thank them in your own words."},
]
"""What follows on the giving ladder of the practice charity."""


def _start_plans_by_rule(session: Session, *, within: ChangeSet) -> None:
    """From now on, effects follow on changes of level, and entering Solicitation starts its plan."""
    rules = export(session)
    for track in rules["track"]:
        if track["name"] == "Giving":
            track["effect"] = EFFECTS
    for pipeline in rules["pipeline"]:
        for stage in pipeline["stage"]:
            if stage["name"] == "Solicitation":
                stage["plan"] = "After the ask"
    apply(session, {"track": rules["track"], "pipeline": rules["pipeline"]}, within=within)


def _load_prospect(
    session: Session, drawn: DrawnProspect, ids: Ids, place: tuple[int, list[int]], *, within: ChangeSet
) -> None:
    pipeline_id, stage_ids = place
    person, officer = ids.people[drawn.person], ids.staff[drawn.officer]
    (first, since, why), *later = drawn.entered
    entry = Entry(since, stage_ids[first], why)
    prospect = add_prospect(session, person, pipeline_id, entry, within=within).prospect
    assign_officer(session, person, Charge(officer, since, reason="Portfolio"), within=within)
    moves = list(drawn.moves)
    for stage, on, reason in later:
        while moves and moves[0].made and moves[0].on <= on:
            _load_move(session, moves.pop(0), person, ids, officer=officer, within=within)
        vouched = _vouched(session, stage_ids[stage], reason, sure=drawn.person % 3 > 0)
        advance(session, prospect.id, Entry(on, stage_ids[stage], reason, vouched), within=within)
    for move in moves:
        _load_move(session, move, person, ids, officer=officer, within=within)


def _vouched(session: Session, stage_id: int, reason: str, *, sure: bool) -> Vouched:
    """What an officer vouches for at a step: all of it is confirmed, or the last thing only claimed."""
    rows = evidence_of(session, [stage_id]).get(stage_id, [])
    return Vouched(frozenset(row.id for row in (rows if sure else rows[:-1])), reason)


def _load_move(session: Session, move: DrawnMove, person: int, ids: Ids, *, officer: int, within: ChangeSet) -> None:
    if move.made:
        there = (*(Present(user_id=ids.staff[one]) for one in move.staff), *(Present(name=one) for one in move.guests))
        report = Report(
            *(move.on, move.method, move.outcome, move.report, move.purpose, officer),
            is_background=move.background,
            minutes=move.minutes,
            present=there,
            readers=move.readers,
        )
        log_move(session, person, report, within=within, on=within.at.date())
    else:
        plan_move(session, person, Plan(move.purpose, move.on, move.method, officer), within=within)
