"""Who of many would be passed over by a start, and why: the reasons of `eligible.why_not`, the first of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.bulk import among
from donors.plans.dates import Days, unknown_anchors
from donors.plans.decide import COPY, RETIRED
from donors.plans.models import PlanTemplate, RunningPlan, TemplateVersion
from donors.plans.queries.anchors import days_of
from donors.plans.queries.templates import newest_version, nodes_of
from donors.plans.starting.eligible import UNKNOWN, barred, cooling, open_copy, why_nobody
from donors.plans.templates.template import template_by_id
from donors.plans.terms import ANCHORS


@dataclass(frozen=True)
class Why:
    """Why somebody is passed over: in words that are the same for many, and in the sentence for this one."""

    word: str
    sentence: str


def passed_over(session: Session, ids: Sequence[int], template_id: int, given: Days) -> dict[int, Why]:
    """Constituent → why no plan of a template would start for them. Raises NotFound for the template."""
    template = template_by_id(session, template_id)
    if not template.is_active:
        return dict.fromkeys(ids, Why("the plan is retired", RETIRED))
    version = newest_version(session, template_id)
    found = _without_anchor(session, ids, version, given)
    found |= _cooling(session, ids, version, given.start)
    found |= _copies(session, ids, template)
    return found | _nobody(session, ids)


def _nobody(session: Session, ids: Sequence[int]) -> dict[int, Why]:
    there = set(session.scalars(select(Constituent.id).where(among(session, Constituent.id, sorted(ids)))))
    gone = {one: why_nobody(None) for one in ids if one not in there}
    return {one: Why("can have no plan", why) for one, why in (barred(session, ids) | gone).items()}


def _copies(session: Session, ids: Iterable[int], template: PlanTemplate) -> dict[int, Why]:
    if template.allows_copies:
        return {}
    mine = among(session, RunningPlan.constituent_id, sorted(ids))
    running = open_copy(template.id).with_only_columns(RunningPlan.constituent_id).where(mine)
    return dict.fromkeys(session.scalars(running), Why("has this plan open already", COPY))


def _cooling(session: Session, ids: Iterable[int], version: TemplateVersion, on: date) -> dict[int, Why]:
    if not version.cooldown_days:
        return {}
    theirs = among(session, RunningPlan.constituent_id, sorted(ids))
    last = select(RunningPlan.constituent_id, func.max(RunningPlan.started_on)).where(
        theirs, RunningPlan.template_id == version.template_id
    )
    word = f"had this plan less than {version.cooldown_days} days ago"
    lasts = session.execute(last.group_by(RunningPlan.constituent_id))
    told = {one: cooling(version, day, on) for one, day in lasts}
    return {one: Why(word, sentence) for one, sentence in told.items() if sentence}


def _without_anchor(session: Session, ids: Sequence[int], version: TemplateVersion, given: Days) -> dict[int, Why]:
    nodes = nodes_of(session, version.id)
    if not {node.after for node in nodes} & set(ANCHORS):
        return {}
    days = days_of(session, ids, given)
    unknown = {one: unknown_anchors(nodes, days.get(one, given)) for one in ids}
    return {
        one: Why(f"no {anchors[0]} is known", UNKNOWN.format(anchor=anchors[0]))
        for one, anchors in unknown.items()
        if anchors
    }
