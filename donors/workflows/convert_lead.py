"""Leads become constituents: with households, organizations, prospects and first asks. All of it, or nothing.

One change set holds everything, so that undo takes all of it back and leaves the leads as they were.
"""

from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING, Sight
from donors.constituents.create import create
from donors.constituents.decide import HEAD, MEMBER, PARTNER
from donors.constituents.models import HOUSEHOLD, PERSON, Constituent
from donors.constituents.queries import constituent, homes
from donors.constituents.records import NewConstituent
from donors.constituents.spans import Span
from donors.constituents.ties import Tie, between, relate
from donors.core.changes import ChangeSet
from donors.core.errors import Blocked, Invalid
from donors.leads.change import change
from donors.leads.models import CONVERTED
from donors.leads.newcomer import is_same_organization, meant, organization_of
from donors.pipeline.decide import Vouched
from donors.pipeline.models import Prospect
from donors.pipeline.prospect import Entry
from donors.workflows.advance import add_prospect
from donors.workflows.asks import open_ask
from donors.workflows.converting import carry
from donors.workflows.converting.look import Looked, look, look_at_organization
from donors.workflows.converting.wanted import AFFILIATIONS, Affiliation, Conversion, Converted, Home, Onward
from donors.workflows.facts import facts_changed
from donors.workflows.household import NewStay, join_household

WHY = "came in as a lead"


def convert_leads(session: Session, wanted: Conversion, *, sees: Sight, on: date, within: ChangeSet) -> Converted:
    """Carries a conversion out. `on` is today; `sees` is the sight of who converts: whom they see they must look at.

    Raises NotFound, Invalid, Blocked (a lead has ended; LookFirst: likely duplicates were not looked at). Then nothing
    was written.
    """
    with session.begin_nested():
        looked = look(session, wanted, sees=sees, on=on)
        people = [_member(session, each, within) for each in looked]
        done = Converted(tuple(one.id for one in people))
        for one, each in zip(people, looked, strict=True):
            done = replace(done, notes=(*done.notes, *_carried(session, one, each, on, within)))
        if wanted.home is not None:
            done = replace(done, household_id=_housed(session, wanted, people, sees=sees, on=on, within=within))
        if wanted.affiliation is not None:
            body, notes = _affiliated(session, wanted.affiliation, looked, people, sees=sees, within=within)
            done = replace(done, organization_id=body, notes=(*done.notes, *notes))
        facts_changed(session, [*done.constituents, *filter(None, [done.organization_id])], within=within)
        if wanted.onward is not None:
            done = _onward(session, wanted.onward, done, on, within)
        for one, each in zip(people, looked, strict=True):
            values = {"status": CONVERTED, "constituent_id": one.id, "closed_on": on, "follow_up_on": None}
            change(session, each.leads, values, within=within, on=on, why=f"became {one.name}")
    return done


def _member(session: Session, each: Looked, within: ChangeSet) -> Constituent:
    if each.existing is None:
        return create(session, each.new, within=within)
    carry.fill_in(session, each.existing, each.new, within=within)
    return each.existing


def _carried(session: Session, one: Constituent, each: Looked, on: date, within: ChangeSet) -> list[str]:
    notes = carry.consents(session, one, each.leads, within=within)
    carry.tries(session, one, each.leads, within=within, on=on)
    carry.fits(session, one, each.leads, within=within, on=on)
    carry.introducers(session, one, each.leads, within=within)
    return notes


def _housed(
    session: Session, wanted: Conversion, people: list[Constituent], *, sees: Sight, on: date, within: ChangeSet
) -> int:
    """Lets the persons among the members live together; who lives there already stays as it is."""
    home = _home(session, wanted.home or Home(), sees, within)
    is_new = wanted.home is not None and wanted.home.household_id is None
    persons = [(one, member) for one, member in zip(people, wanted.members, strict=True) if one.kind == PERSON]
    if not persons:
        raise Invalid("household", home.name, "is for persons", "Leave the household away.")
    for number, (one, member) in enumerate(persons):
        if any(
            here.household.id == home.id and here.stay.to_on is None for here in homes(session, one.id, sees=EVERYTHING)
        ):
            continue
        usual = (HEAD, PARTNER)[number] if is_new and number < 2 else MEMBER
        stay = NewStay(home, one, Span(on, None), member.place or usual)
        join_household(session, stay, within=within, on=on)
    return home.id


def _home(session: Session, wanted: Home, sees: Sight, within: ChangeSet) -> Constituent:
    if wanted.household_id is None:
        return create(session, NewConstituent(kind=HOUSEHOLD), within=within)
    found = constituent(session, wanted.household_id, sees=sees)
    if found.kind != HOUSEHOLD:
        raise Invalid("household", found.name, f"is a {found.kind}", "Choose a household.")
    return found


def _affiliated(
    session: Session,
    wanted: Affiliation,
    looked: list[Looked],
    people: list[Constituent],
    *,
    sees: Sight,
    within: ChangeSet,
) -> tuple[int, list[str]]:
    """Ties those whose leads name the organization to it, or else those who name the first one, or else the first
    person; and notes on those who name another."""
    if wanted.kind not in AFFILIATIONS:
        raise Invalid("affiliation", wanted.kind, "is not a tie to an organization", "Choose one of the list.")
    found = look_at_organization(session, wanted, sees=sees)
    body = create(session, found, within=within) if isinstance(found, NewConstituent) else found
    persons = [(one, _named(each)) for one, each in zip(people, looked, strict=True) if one.kind == PERSON]
    its_name = meant([name for _, name in persons if name], body.name)
    naming = [(one, name) for one, name in persons if name and is_same_organization(name, its_name)]
    for one, _name in naming or persons[:1]:
        known = {
            tie.kind if tie.constituent_id == body.id else tie.reverse for tie in between(session, body.id, one.id)
        }
        if wanted.kind not in known:
            relate(session, body, one, tie=Tie(wanted.kind, note=wanted.role.strip()), within=within)
    others = [(one, name) for one, name in persons if name and (one, name) not in naming]
    return body.id, [f"{one.name} names {name}: tie them on the page of {one.name}." for one, name in others]


def _named(each: Looked) -> str:
    return next(filter(None, map(organization_of, each.leads)), "")


def _onward(session: Session, wanted: Onward, done: Converted, on: date, within: ChangeSet) -> Converted:
    """Into the pipeline, where it is not in it already, and the first ask."""
    who = done.organization_id if wanted.who == "organization" else done.constituents[0]
    if who is None:
        raise Invalid("organization", "", "is missing", "Choose the organization that is to be the prospect.")
    own = select(Prospect).where(Prospect.constituent_id == who, Prospect.pipeline_id == wanted.pipeline_id)
    prospect = session.scalar(own)
    if prospect is None:
        entry = Entry(on, wanted.stage_id, WHY, Vouched(claim=wanted.claim.strip()))
        prospect = add_prospect(
            session, who, wanted.pipeline_id, entry, within=within, officer_id=wanted.officer_id
        ).prospect
    elif not prospect.is_active:
        raise Blocked(
            "Nothing was converted", ("It was in this pipeline before: take it back on its own page after converting.",)
        )
    opened = None if wanted.ask is None else open_ask(session, prospect.id, wanted.ask, on=on, within=within)
    return replace(done, prospect_id=prospect.id, opportunity_id=None if opened is None else opened.id)
