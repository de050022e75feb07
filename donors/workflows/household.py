"""Moving into and out of households, with the figures that follow."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from donors.constituents import household
from donors.constituents.decide import MEMBER
from donors.constituents.models import Constituent, HouseholdMembership
from donors.constituents.spans import Span
from donors.core.changes import ChangeSet
from donors.workflows.refresh import refresh_constituents


@dataclass(frozen=True)
class NewStay:
    """Who belongs to which household, over which days, in which place (head, partner, member, child)."""

    home: Constituent
    person: Constituent
    span: Span
    role: str = MEMBER


def join_household(session: Session, wanted: NewStay, *, within: ChangeSet, on: date) -> HouseholdMembership:
    """Makes a person a member, and adds their gifts of those days up. `on` is today. Raises Invalid."""
    stay = household.join(session, wanted.home, wanted.person, span=wanted.span, role=wanted.role, within=within)
    refresh_constituents(session, [wanted.home.id, wanted.person.id], within=within, on=on, cause="household")
    return stay


def leave_household(session: Session, stay: HouseholdMembership, *, left_on: date, within: ChangeSet, on: date) -> None:
    """Ends a stay: `left_on` is the first day outside. Earlier gifts stay with the household. Raises Invalid."""
    household.leave(session, stay, on=left_on, within=within)
    refresh_constituents(session, [stay.household_id, stay.constituent_id], within=within, on=on, cause="household")


def move_house(
    session: Session, person: Constituent, *, to: Constituent, moved_on: date, within: ChangeSet, on: date
) -> HouseholdMembership:
    """Ends the stay that runs and begins another one on the same day. Raises Invalid."""
    stay = household.move_house(session, person, to=to, on=moved_on, within=within)
    refresh_constituents(session, [to.id, person.id], within=within, on=on, cause="household")
    return stay
