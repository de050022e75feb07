"""What a merge does with each table that holds a constituent's id: one list, and a test that keeps it complete."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from sqlalchemy import select

from donors.accounts.models import Grant
from donors.constituents.consent import CHANNELS, Said, withdraw
from donors.constituents.contact import Point, same_point
from donors.constituents.household import stays
from donors.constituents.matching.models import NotDuplicate
from donors.constituents.models import (
    Alias,
    Consent,
    EmailAddress,
    ExternalId,
    HouseholdMembership,
    PersonRequest,
    Phone,
    PostalAddress,
    Relationship,
)
from donors.constituents.queries import consents_now
from donors.constituents.spans import Span, outside, overlap
from donors.core.changes import amend, insert, remove
from donors.core.folding import fold
from donors.giving.credits import mark_shared
from donors.giving.models import Credit, Gift
from donors.leads.models import Lead
from donors.levels.models import EffectRun
from donors.levels.rulings import rulings_in_force
from donors.mail.models import Contact, ContactRefusal, Outbox
from donors.pipeline.models import Assignment, Move, Presence
from donors.plans.models import ONGOING, PlanTemplate, RunningPlan, Task
from donors.plans.running.stop import stop
from donors.plans.starts.models import StartRun
from donors.research.models import Rating
from donors.volunteering.models import Shift
from donors.workflows.merging.prospects import prospects
from donors.workflows.merging.under_way import Merging
from donors.workflows.step_ends import let_go_of_plans

Rule = Callable[[Merging], None]
CHANNEL_WORDS = {"email": "e-mail", "phone": "the phone", "post": "post", "text": "texts"}


def moved(merging: Merging, model: type[Any], column: str = "constituent_id") -> None:
    """All rows go to the one that stays."""
    for row in merging.rows(model, column):
        merging.hand_over(row, column)


def stays_behind(_merging: Merging) -> None:
    """Derived, or the history of the old id: left where it is; refreshes bring figures and levels up to date."""


def contact_points(merging: Merging, model: type[Point]) -> None:
    """All go over; the same one twice becomes one, in use if either is; the survivor's primary one stays primary."""
    own = list(merging.own(model))
    for row in merging.rows(model):
        same = next((one for one in own if same_point(one, row)), None)
        if same is None:
            has_primary = any(one.is_primary for one in own)
            merging.hand_over(row, is_primary=row.is_primary and not has_primary)
            own.append(row)
            continue
        if row.is_active and not same.is_active:
            amend(merging.session, same, within=merging.within, is_active=True)
        remove(merging.session, row, within=merging.within)


def consents(merging: Merging) -> None:
    """All that was said goes over. Where one of the two had refused a channel to which the other agreed, the refusal
    holds, as a word of this day."""
    both = [consents_now(merging.session, one.id, on=merging.on) for one in (merging.survivor, merging.other)]
    moved(merging, Consent)
    for channel in CHANNELS:
        said = [now[channel] for now in both if channel in now]
        newest = max(said, key=lambda one: one.id, default=None)
        if newest is not None and newest.granted and not all(one.granted for one in said):
            words = Said(
                channel, merging.on, "merge", f"Refused on the record of number {merging.other.id} or on this."
            )
            withdraw(merging.session, merging.survivor, said=words, within=merging.within)
            merging.notes.append(f"One of the two had refused {CHANNEL_WORDS[channel]}; that holds for both.")


def memberships(merging: Merging) -> None:
    """Stays go over; for days on which the survivor lived somewhere, the survivor's stay rules."""
    taken = [Span(one.from_on, one.to_on) for one in stays(merging.session, merging.survivor.id)]
    for stay in merging.rows(HouseholdMembership):
        span = Span(stay.from_on, stay.to_on)
        pieces = outside(span, taken)
        if pieces == [span]:
            merging.hand_over(stay)
            continue
        merging.notes.append("Two stays in households overlapped; that of the record that stays was kept.")
        for piece in pieces:
            insert(merging.session, _stay_like(merging, stay, piece), within=merging.within)
        remove(merging.session, stay, within=merging.within)


def _stay_like(merging: Merging, stay: HouseholdMembership, piece: Span) -> HouseholdMembership:
    return HouseholdMembership(
        household_id=stay.household_id,
        constituent_id=merging.survivor.id,
        role=stay.role,
        from_on=piece.from_on,
        to_on=piece.to_on,
        recorded_at=merging.within.at,
    )


def ties(merging: Merging, column: str) -> None:
    """Relationships go over; one between the two, and one that the survivor has already, falls away."""
    far = "other_id" if column == "constituent_id" else "constituent_id"
    own = list(merging.own(Relationship, column))
    for tie in merging.rows(Relationship, column):
        same = any(getattr(one, far) == getattr(tie, far) and _same_tie(one, tie) for one in own)
        if getattr(tie, far) == merging.survivor.id or same:
            remove(merging.session, tie, within=merging.within)
        else:
            merging.hand_over(tie, column)


def _same_tie(one: Relationship, other: Relationship) -> bool:
    return fold(one.kind) == fold(other.kind) and overlap(
        Span(one.from_on, one.to_on), Span(other.from_on, other.to_on)
    )


def credits(merging: Merging) -> None:
    """Credits go over; two of one gift that meet in one person are marked, for they count once."""
    rows = merging.rows(Credit)
    for row in rows:
        merging.hand_over(row)
    mark_shared(merging.session, {row.gift_id for row in rows})


def plans(merging: Merging) -> None:
    """Plans go over; of two open plans of one template the survivor's goes on and the other stops, unless there may be
    several: then they are numbered on."""
    own = merging.own(RunningPlan)
    open_here = {one.template_id for one in own if one.state in ONGOING}
    copies = {
        template.id for template in merging.session.scalars(select(PlanTemplate).where(PlanTemplate.allows_copies))
    }
    for plan in merging.rows(RunningPlan):
        if plan.template_id in copies:
            highest = max((one.copy for one in own if one.template_id == plan.template_id), default=-1)
            merging.hand_over(plan, copy=highest + 1 + plan.copy)
            continue
        if plan.state in ONGOING and plan.template_id in open_here:
            reason = "merged; the same plan runs"
            stop(merging.session, plan.id, reason=reason, on=merging.on, within=merging.within)
            let_go_of_plans(merging.session, [plan.id], reason=reason, within=merging.within)
            merging.notes.append("The same plan ran for both; one copy was stopped.")
        merging.hand_over(plan)


def starts(merging: Merging) -> None:
    """What start rules answered goes over; what both were answered stays with the old id."""
    known = {(one.rule_id, one.happening) for one in merging.own(StartRun)}
    for row in merging.rows(StartRun):
        if (row.rule_id, row.happening) not in known:
            merging.hand_over(row)


def assignments(merging: Merging) -> None:
    """Assignments go over; a second primary officer, and a second charge of one officer, ends on that day."""
    running = [one for one in merging.own(Assignment) if one.to_on is None]
    for row in merging.rows(Assignment):
        if row.to_on is None and any(_collide(one, row) for one in running):
            merging.notes.append("Both had an officer; the charge of the record that stays goes on.")
            merging.hand_over(row, to_on=max(merging.on, row.from_on), reason=row.reason or "merged")
        else:
            merging.hand_over(row)


def _collide(one: Assignment, other: Assignment) -> bool:
    return one.role == other.role and (one.role == "primary" or one.officer_id == other.officer_id)


def rulings(merging: Merging) -> None:
    """What is decided for the other goes over; where something is decided for both on a track, the survivor's holds.

    What is over stays with the old id, as its standings do.
    """
    mine = rulings_in_force(merging.session, merging.survivor.id, on=merging.on)
    for track_id, row in rulings_in_force(merging.session, merging.other.id, on=merging.on).items():
        if track_id in mine:
            merging.notes.append("Both had a level decided by hand; that of the record that stays holds.")
            amend(merging.session, row, within=merging.within, to_on=merging.on)
        else:
            merging.hand_over(row)


def grants(merging: Merging) -> None:
    """Whoever may see the one that goes may see the one that stays."""
    known = {one.user_id for one in merging.own(Grant)}
    for row in merging.rows(Grant):
        if row.user_id in known:
            remove(merging.session, row, within=merging.within)
        else:
            merging.hand_over(row)


def apart(merging: Merging, column: str, far: str) -> None:
    """What was decided not to be the same stays so for the one that stays; of the two themselves it falls away."""
    known = {(one.low_id, one.high_id) for end in (column, far) for one in merging.own(NotDuplicate, end)}
    for row in merging.rows(NotDuplicate, column):
        low, high = sorted((merging.survivor.id, getattr(row, far)))
        if low == high or (low, high) in known:
            remove(merging.session, row, within=merging.within)
        else:
            amend(merging.session, row, within=merging.within, low_id=low, high_id=high)


RULES: Mapping[tuple[str, str], Rule] = {
    ("email_address", "constituent_id"): partial(contact_points, model=EmailAddress),
    ("phone", "constituent_id"): partial(contact_points, model=Phone),
    ("postal_address", "constituent_id"): partial(contact_points, model=PostalAddress),
    ("consent", "constituent_id"): consents,
    ("person_request", "constituent_id"): partial(moved, model=PersonRequest),
    ("external_id", "constituent_id"): partial(moved, model=ExternalId),
    ("household_membership", "constituent_id"): memberships,
    ("household_membership", "household_id"): partial(moved, model=HouseholdMembership, column="household_id"),
    ("relationship", "constituent_id"): partial(ties, column="constituent_id"),
    ("relationship", "other_id"): partial(ties, column="other_id"),
    ("gift", "constituent_id"): partial(moved, model=Gift),
    ("credit", "constituent_id"): credits,
    ("shift", "constituent_id"): partial(moved, model=Shift),
    ("prospect", "constituent_id"): prospects,
    ("move", "constituent_id"): partial(moved, model=Move),
    ("presence", "constituent_id"): partial(moved, model=Presence),
    ("rating", "constituent_id"): partial(moved, model=Rating),
    ("assignment", "constituent_id"): assignments,
    ("running_plan", "constituent_id"): plans,
    ("task", "constituent_id"): partial(moved, model=Task),
    ("outbox", "constituent_id"): partial(moved, model=Outbox),
    ("contact", "constituent_id"): partial(moved, model=Contact),
    ("contact_refusal", "constituent_id"): partial(moved, model=ContactRefusal),
    ("sight_grant", "constituent_id"): grants,
    ("lead", "constituent_id"): partial(moved, model=Lead),
    ("lead", "introducer_id"): partial(moved, model=Lead, column="introducer_id"),
    ("not_duplicate", "low_id"): partial(apart, column="low_id", far="high_id"),
    ("not_duplicate", "high_id"): partial(apart, column="high_id", far="low_id"),
    ("duplicate_pair", "low_id"): stays_behind,
    ("duplicate_pair", "high_id"): stays_behind,
    ("constituent_alias", "constituent_id"): partial(moved, model=Alias),
    ("constituent_alias", "old_id"): stays_behind,
    ("start_run", "constituent_id"): starts,
    ("level_effect_run", "constituent_id"): partial(moved, model=EffectRun),
    ("ruling", "constituent_id"): rulings,
    ("standing", "constituent_id"): stays_behind,
    ("rollup_value", "constituent_id"): stays_behind,
    ("past_value", "constituent_id"): stays_behind,
    ("rollup_fault", "constituent_id"): stays_behind,
    ("dirty", "constituent_id"): stays_behind,
    ("search_word", "constituent_id"): stays_behind,
}
"""(table, column) → what a merge does with it, in the order in which it is done."""


def carry_over(merging: Merging, held: Collection[tuple[str, str]]) -> None:
    """Carries out the rules for all places in which the one that goes is `held`: elsewhere there is nothing to do."""
    for place, rule in RULES.items():
        if place in held:
            rule(merging)
