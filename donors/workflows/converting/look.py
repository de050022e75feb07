"""What is looked at before anything is made: the leads, whom they go to, and likely duplicates of whoever is new."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.duplicates import Duplicate
from donors.constituents.models import ORGANIZATION, Constituent
from donors.constituents.queries import constituent
from donors.constituents.records import NewConstituent
from donors.core.errors import Blocked, Invalid
from donors.leads.attempt import is_in_queue
from donors.leads.change import locked
from donors.leads.models import Lead
from donors.leads.newcomer import alike, likely, newcomer
from donors.leads.queue import name_of
from donors.workflows.converting.wanted import Affiliation, Called, Conversion, Member


class LookFirst(Blocked):
    """Somebody new would be made who may be there already, and nobody has said that none of these is the same."""


@dataclass(frozen=True)
class Looked:
    """A member with its leads, locked, and who it goes to: somebody in the file or somebody new."""

    member: Member
    leads: tuple[Lead, ...]
    existing: Constituent | None
    new: NewConstituent


def look(session: Session, wanted: Conversion, *, sees: Sight, on: date) -> list[Looked]:
    """Locks the leads and checks the members. Raises NotFound, Invalid, Blocked, LookFirst."""
    ids = [lead_id for member in wanted.members for lead_id in member.lead_ids]
    if not ids or len(set(ids)) != len(ids):
        raise Invalid("leads", "", "are missing, or one is named twice", "Choose each lead once.")
    leads = {lead.id: lead for lead in locked(session, ids)}
    for lead in leads.values():
        if not is_in_queue(lead, on):
            raise Blocked("Nothing was converted", (f"{name_of(lead)} is {lead.status} already.",))
    return [
        _looked(session, member, [leads[lead_id] for lead_id in member.lead_ids], sees) for member in wanted.members
    ]


def _looked(session: Session, member: Member, leads: list[Lead], sees: Sight) -> Looked:
    about = {lead.constituent_id for lead in leads if lead.constituent_id is not None}
    chosen = member.constituent_id if member.constituent_id is not None else next(iter(about), None)
    new = called(newcomer(leads), member.called)
    if chosen is None:
        refuse_unlooked(alike(session, leads, new, sees=sees), member.looked_at)
        return Looked(member, tuple(leads), None, new)
    existing = constituent(session, chosen, sees=sees)
    if existing.is_unknown_giver or existing.is_deceased or existing.kind != new.kind:
        reason = "has died" if existing.is_deceased else f"cannot be this {new.kind}"
        raise Invalid("constituent", existing.name, reason, "Choose somebody else, or somebody new.")
    if about - {existing.id}:
        raise Invalid("constituent", existing.name, "is not whom the lead is about", "Choose that one.")
    return Looked(member, tuple(leads), existing, new)


def called(new: NewConstituent, name: Called | None) -> NewConstituent:
    """Somebody new under the name that was put right."""
    if name is None or new.kind == ORGANIZATION:
        return new
    return replace(new, title=name.title, given_name=name.given_name, family_name=name.family_name)


def look_at_organization(session: Session, wanted: Affiliation, *, sees: Sight) -> Constituent | NewConstituent:
    """The organization of an affiliation, or what a new one is made from. Raises NotFound, Invalid, LookFirst."""
    if wanted.organization_id is None:
        new = NewConstituent(kind=ORGANIZATION, name=wanted.name.strip())
        if not new.name:
            raise Invalid("organization", "", "is missing", "Choose one, or give the name of a new one.")
        refuse_unlooked(likely(session, new, sees=sees), wanted.looked_at)
        return new
    found = constituent(session, wanted.organization_id, sees=sees)
    if found.kind != ORGANIZATION:
        raise Invalid("organization", found.name, f"is a {found.kind}", "Choose an organization.")
    return found


def refuse_unlooked(found: Sequence[Duplicate], looked_at: frozenset[int]) -> None:
    """Raises LookFirst where there is a likely duplicate that nobody has ruled out."""
    unseen = [one for one in found if one.id not in looked_at]
    if unseen:
        names = ", ".join(one.name for one in unseen[:3])
        raise LookFirst("Nothing was converted", (f"Look first whether it is {names}; say so if it is none of these.",))
