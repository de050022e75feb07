"""The days from which steps are counted, of each constituent."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.bulk import among
from donors.core.calendar import next_yearly
from donors.core.settings import organization
from donors.plans.dates import Days
from donors.plans.models import RunningPlan
from donors.plans.queries.editions import Edition
from donors.plans.terms import BIRTHDAY, FISCAL_YEAR_END


def days_of(session: Session, ids: Iterable[int], given: Days) -> dict[int, Days]:
    """Constituent → the start and all anchors that are known for a plan that starts then.

    What is given stands; the end of the fiscal year and the next birthday are those on the start or after.
    """
    fiscal = organization(session).fiscal
    ends = fiscal.last_day(fiscal.year_of(given.start))
    found = {}
    rows = select(Constituent.id, Constituent.born_on).where(among(session, Constituent.id, sorted(ids)))
    for constituent_id, born_on in session.execute(rows):
        born = {} if born_on is None else {BIRTHDAY: next_yearly(born_on, given.start)}
        found[constituent_id] = Days(given.start, {FISCAL_YEAR_END: ends} | born | dict(given.anchors))
    return found


def kept_days(plan: RunningPlan) -> Days:
    """The days that a plan keeps."""
    return Days(plan.started_on, anchors_from(plan.anchors))


def anchors_from(kept: Mapping[str, str]) -> dict[str, date]:
    """Anchors as dates."""
    return {anchor: date.fromisoformat(day) for anchor, day in kept.items()}


def anchors_kept(days: Days, asked: Collection[str]) -> dict[str, str]:
    """The anchors that are asked for, as they are kept."""
    return {anchor: day.isoformat() for anchor, day in sorted(days.anchors.items()) if anchor in asked}


def anchors_asked(session: Session, course: Edition, ids: Iterable[int], given: Days) -> dict[int, dict[str, str]]:
    """Constituent → the anchors that the steps of a version ask for, as they are kept."""
    asked = {node.after for node in course.nodes}
    found = days_of(session, ids, given) if asked & {BIRTHDAY, FISCAL_YEAR_END} else dict.fromkeys(ids, given)
    return {one: anchors_kept(days, asked) for one, days in found.items()}
