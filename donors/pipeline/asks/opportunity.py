"""Writing opportunities: open, change, take a step. Each leaves an entry, so that any day can be asked for."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import ChangeSet, amend, insert
from donors.core.clock import local_date
from donors.core.errors import Blocked, Invalid, NotFound
from donors.core.settings import organization
from donors.pipeline.asks.decide import STATUSES, Step, Terms, asked_on, checked, checked_step
from donors.pipeline.asks.models import OPEN, PLANNED, Opportunity, OpportunityEntry
from donors.pipeline.models import Prospect, StageEntry


def open_opportunity(
    session: Session, prospect_id: int, terms: Terms, *, on: date, within: ChangeSet, status: str = PLANNED
) -> Opportunity:
    """Opens an opportunity of a prospect, planned or, with an open status, as it stands already.

    Raises NotFound, Invalid, Blocked (the prospect has left the pipeline).
    """
    prospect = _locked(session, prospect_id)
    if not prospect.is_active:
        raise Blocked("Not opened", ("The prospect has left the pipeline; take it back first.",))
    if status not in OPEN:
        raise Invalid("status", status, "is not how an ask begins", f"Open it as {STATUSES[PLANNED].lower()} first.")
    _check_day(session, on, within)
    asked = asked_on(terms.ask_on, Step(status, on)) if terms.ask_on is None else terms.ask_on
    values = asdict(checked(terms)) | {"ask_on": asked, "status": status, "status_since": on, "opened_on": on}
    row = insert(session, Opportunity(prospect_id=prospect_id, reason="", **values), within=within)
    _say(session, row, prospect, on=on, within=within)
    return row


def change_opportunity(
    session: Session,
    opportunity_id: int,
    terms: Terms,
    *,
    on: date,
    within: ChangeSet,
    expect: int | None = None,
) -> Opportunity:
    """Sets amount, purpose, days, odds and officer of an opportunity. Nothing is written when none of them differs.

    Why is the change set's. Raises NotFound, Conflict, Invalid.
    """
    row, prospect = opportunity_by_id(session, opportunity_id, lock=True)
    _check_order(session, row, on, within)
    if amend(session, row, within=within, expect=expect, **asdict(checked(terms))):
        _say(session, row, prospect, on=on, within=within, why=within.why)
    return row


def pass_on_opportunity(
    session: Session, opportunity_id: int, officer_id: int, *, on: date, within: ChangeSet
) -> Opportunity:
    """Gives an opportunity to another officer, whatever else is said of it. Raises NotFound, Invalid."""
    row, prospect = opportunity_by_id(session, opportunity_id, lock=True)
    _check_order(session, row, on, within)
    if amend(session, row, within=within, officer_id=officer_id):
        _say(session, row, prospect, on=on, within=within, why=within.why)
    return row


def take_step(
    session: Session, opportunity_id: int, step: Step, *, within: ChangeSet, expect: int | None = None
) -> Opportunity:
    """Gives an opportunity another status. Raises NotFound, Conflict, Invalid, Blocked."""
    row, prospect = opportunity_by_id(session, opportunity_id, lock=True)
    kept = checked_step(row.status, step)
    _check_order(session, row, step.on, within)
    amend(
        session,
        row,
        within=within,
        expect=expect,
        status=kept.status,
        status_since=kept.on,
        ask_on=asked_on(row.ask_on, kept),
        reason=kept.reason,
        returns_on=kept.returns_on,
    )
    _say(session, row, prospect, on=kept.on, within=within, why=kept.why)
    return row


def opportunity_by_id(session: Session, opportunity_id: int, *, lock: bool = False) -> tuple[Opportunity, Prospect]:
    """An opportunity with its prospect; locked, the prospect first. Raises NotFound."""
    found = session.get(Opportunity, opportunity_id)
    if found is None:
        raise NotFound("ask", opportunity_id)
    prospect = _locked(session, found.prospect_id) if lock else session.get_one(Prospect, found.prospect_id)
    if lock:
        session.refresh(found, with_for_update=True)
    return found, prospect


def repeat_amounts(session: Session, prospect_ids: Sequence[int]) -> None:
    """Repeats the sum of open asks on prospects; none where no open ask has an amount.

    It follows from the opportunities, so it leaves no image in the journal and no version: undo repeats it anew.
    """
    total = (
        select(func.sum(Opportunity.amount))
        .where(Opportunity.prospect_id == Prospect.id, Opportunity.status.in_(OPEN))
        .scalar_subquery()
    )
    stale = update(Prospect).where(
        among(session, Prospect.id, prospect_ids), Prospect.ask_amount.is_distinct_from(total)
    )
    session.execute(stale.values(ask_amount=total), execution_options={"synchronize_session": "fetch"})


def _locked(session: Session, prospect_id: int) -> Prospect:
    """The prospect, locked, so that of two who change its asks the second sums up after the first."""
    found = session.get(Prospect, prospect_id, with_for_update=True)
    if found is None:
        raise NotFound("prospect", prospect_id)
    return found


def _check_day(session: Session, on: date, within: ChangeSet) -> None:
    if on > local_date(within.at, organization(session).zone):
        raise Invalid("on", on, "lies in the future", "Say it on the day on which it is so.")


def _check_order(session: Session, row: Opportunity, on: date, within: ChangeSet) -> None:
    """Days are said in their order: what stood at the end of a day never changes by what is said of a later one."""
    _check_day(session, on, within)
    last = _newest(session, row)
    if last is not None and on < last.happened_on:
        said = last.happened_on.isoformat()
        raise Invalid("on", on, f"lies before the last change of the ask ({said})", "Choose a later day.")


def _newest(session: Session, row: Opportunity) -> OpportunityEntry | None:
    entries = select(OpportunityEntry).where(OpportunityEntry.opportunity_id == row.id)
    return session.scalar(entries.order_by(OpportunityEntry.id.desc()).limit(1))


def _say(
    session: Session, row: Opportunity, prospect: Prospect, *, on: date, within: ChangeSet, why: str = ""
) -> OpportunityEntry:
    last = _newest(session, row)
    entry = OpportunityEntry(
        opportunity_id=row.id,
        follows_id=None if last is None else last.id,
        happened_on=on,
        recorded_at=within.at,
        recorded_by=within.by_id,
        stage_id=_stage_on(session, prospect, on),
        officer_id=row.officer_id,
        status=row.status,
        amount=row.amount,
        ask_on=row.ask_on,
        expected_on=row.expected_on,
        odds=row.odds,
        reason=row.reason,
        returns_on=row.returns_on,
        why=why.strip(),
    )
    insert(session, entry, within=within)
    repeat_amounts(session, [prospect.id])
    return entry


def _stage_on(session: Session, prospect: Prospect, on: date) -> int:
    """The stage in which a prospect was at the end of a day."""
    if on >= prospect.in_stage_since:
        return prospect.stage_id
    entered = select(StageEntry.to_stage_id).where(
        StageEntry.prospect_id == prospect.id, StageEntry.entered_on <= on, StageEntry.to_stage_id.is_not(None)
    )
    found = session.scalar(entered.order_by(StageEntry.entered_on.desc(), StageEntry.id.desc()).limit(1))
    return prospect.stage_id if found is None else found
