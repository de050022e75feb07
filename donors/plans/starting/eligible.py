"""Who may have a plan of a template now, and why others may not."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, false, select, true
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.constituents.restraint import is_left_alone, why_left_alone
from donors.core.bulk import among
from donors.plans.dates import Days, unknown_anchors
from donors.plans.decide import COPY, RETIRED
from donors.plans.models import ONGOING, PlanTemplate, RunningPlan, TemplateVersion
from donors.plans.queries.anchors import days_of
from donors.plans.queries.templates import newest_version, nodes_of
from donors.plans.templates.template import template_by_id
from donors.plans.terms import BIRTHDAY


def why_not(
    session: Session, constituent_id: int, template_id: int, given: Days, *, again: bool = False, despite: str = ""
) -> tuple[str, ...]:
    """The reasons why a plan cannot start for a constituent on a day. Raises NotFound for the template.

    `despite`: what somebody said who starts one all the same for a constituent who wants no contact.
    """
    template = template_by_id(session, template_id)
    version = newest_version(session, template_id)
    constituent = session.get(Constituent, constituent_id)
    nobody = why_nobody(constituent, despite=despite)
    reasons = [] if template.is_active else [RETIRED]
    reasons += [nobody] if nobody else []
    reasons += [COPY] if _has_copy(session, constituent_id, template) else []
    reasons += [] if again else _cooling(session, constituent_id, version, given.start)
    days = days_of(session, [constituent_id], given).get(constituent_id, given)
    nodes = nodes_of(session, version.id)
    return (*reasons, *(UNKNOWN.format(anchor=anchor) for anchor in unknown_anchors(nodes, days)))


UNKNOWN = "A step is counted from the {anchor}, which is not known."


def why_nobody(constituent: Constituent | None, *, despite: str = "") -> str:
    """Why somebody may have no plan: empty when nothing stands in the way."""
    if constituent is None or constituent.deleted_at is not None:
        return "This constituent is no longer there."
    if constituent.is_unknown_giver:
        return "The unknown giver stands for many people and has no plans."
    if constituent.is_deceased:
        return f"{constituent.name} is deceased."
    if left_alone := why_left_alone(constituent):
        return left_alone
    return f"{constituent.name} wants no contact at all." if constituent.do_not_contact and not despite.strip() else ""


def _has_copy(session: Session, constituent_id: int, template: PlanTemplate) -> bool:
    mine = open_copy(template.id).where(RunningPlan.constituent_id == constituent_id)
    return not template.allows_copies and session.scalar(mine.limit(1)) is not None


def _cooling(session: Session, constituent_id: int, version: TemplateVersion, on: date) -> list[str]:
    lately = _lately(version, on).where(RunningPlan.constituent_id == constituent_id)
    last = session.scalar(lately) if version.cooldown_days else None
    why = "" if last is None else cooling(version, last, on)
    return [why] if why else []


def cooling(version: TemplateVersion, last: date, on: date) -> str:
    """Why none may start on a day after the last one: empty when nothing stands in the way."""
    free = last + timedelta(days=version.cooldown_days)
    if on >= free:
        return ""
    return f"The last plan of this template started on {last.isoformat()}; the next may on {free.isoformat()}."


def _lately(version: TemplateVersion, on: date) -> Select[date]:
    since = on - timedelta(days=version.cooldown_days)
    started = RunningPlan.started_on
    return (
        select(started)
        .where(RunningPlan.template_id == version.template_id, started > since)
        .order_by(started.desc())
        .limit(1)
    )


def may_start(
    session: Session, template: PlanTemplate, version: TemplateVersion, given: Days
) -> list[ColumnElement[bool]]:
    """The same as conditions on `Constituent`, but for anchors that nobody has and for templates that are retired."""
    found: list[ColumnElement[bool]] = [
        Constituent.deleted_at.is_(None),
        Constituent.is_unknown_giver == false(),
        Constituent.is_deceased == false(),
        Constituent.do_not_contact == false(),
        ~is_left_alone(),
    ]
    if not template.allows_copies:
        found.append(~open_copy(template.id, Constituent.id).exists())
    if version.cooldown_days:
        since = given.start - timedelta(days=version.cooldown_days)
        lately = select(RunningPlan.id).where(
            RunningPlan.constituent_id == Constituent.id,
            RunningPlan.template_id == template.id,
            RunningPlan.started_on > since,
        )
        found.append(~lately.exists())
    if any(step.after == BIRTHDAY for step in nodes_of(session, version.id)):
        found.append(Constituent.born_on.is_not(None))
    return found


def open_copy(template_id: int, constituent_id: Any = None) -> Select[int]:
    """The plans of a template that have not ended; of a constituent, when one is given."""
    found = select(RunningPlan.id).where(RunningPlan.template_id == template_id, RunningPlan.state.in_(ONGOING))
    return found if constituent_id is None else found.where(RunningPlan.constituent_id == constituent_id)


def barred(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Which of these constituents may have no plan, each with the reason."""
    found = session.scalars(
        select(Constituent).where(
            among(session, Constituent.id, sorted(ids)),
            Constituent.deleted_at.is_not(None)
            | (Constituent.is_unknown_giver == true())
            | (Constituent.is_deceased == true())
            | (Constituent.do_not_contact == true())
            | is_left_alone(),
        )
    )
    return {constituent.id: why_nobody(constituent) for constituent in found}
