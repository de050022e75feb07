"""Who a lead would become, and who may be that one already: nobody new is made before these were looked at."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.check import folded_email, phone_digits
from donors.constituents.duplicates import Duplicate, likely_duplicates
from donors.constituents.models import ORGANIZATION, PERSON, Constituent, EmailAddress, Phone, PostalAddress
from donors.constituents.queries import is_listed
from donors.constituents.records import Address, Email, NewConstituent, PhoneNumber
from donors.core.search_text import search_words
from donors.leads.models import Lead
from donors.leads.terms import is_individual

SAME_EMAIL = "same e-mail"
SHARED = 30
"""The score of who shares no more than an e-mail address: one of a household, or the same under another name."""
MOST = 50


def newcomer(leads: Sequence[Lead]) -> NewConstituent:
    """The constituent that leads of one person, or of one organization without a person, would become.

    The first lead says who it is; what it does not say, the others may.
    """
    person = not is_of_organization(leads)
    known = [lead for lead in leads if lead.given_name or lead.family_name] or list(leads)
    return NewConstituent(
        kind=PERSON if person else ORGANIZATION,
        name="" if person else _first(lead.organization for lead in leads),
        title=_first(lead.title for lead in leads) if person else "",
        given_name=known[0].given_name if person else "",
        family_name=known[0].family_name if person else "",
        note=note_of(leads),
        emails=tuple(Email(lead.email) for lead in leads if lead.email),
        phones=tuple(PhoneNumber(lead.phone) for lead in leads if lead.phone),
        addresses=tuple(address for lead in leads if (address := address_of(lead)) is not None),
    )


def is_of_organization(leads: Sequence[Lead]) -> bool:
    """Whether leads name an organization and no person."""
    return not any(lead.given_name or lead.family_name for lead in leads) and any(
        organization_of(lead) for lead in leads
    )


def organization_of(lead: Lead) -> str:
    """The organization that a lead names; empty where what was typed names none."""
    text = lead.organization.strip()
    return "" if is_individual(text, lead.given_name, lead.family_name) else text


def is_same_organization(one: str, other: str) -> bool:
    """Whether two leads name one organization: the words of one are among those of the other (`Acme`, `Acme Ltd`)."""
    words, others = set(search_words(one)), set(search_words(other))
    return words <= others or others <= words


def meant(names: Sequence[str], name: str) -> str:
    """Which of the organizations that leads name is meant by a name: the first one like it, or else the first."""
    return next((one for one in names if is_same_organization(one, name)), next(iter(names), ""))


def address_of(lead: Lead) -> Address | None:
    """The postal address that a lead gives, if it gives one; a country alone is none."""
    place = Address(lead.street, lead.city, lead.region, lead.postal_code, lead.country)
    return place if any((lead.street, lead.city, lead.region, lead.postal_code)) else None


def note_of(leads: Sequence[Lead]) -> str:
    """What leads say that a constituent has no field for: interests, and who brought them."""
    interests = list(dict.fromkeys(each for lead in leads for each in lead.interests))
    brought = list(dict.fromkeys(lead.introduced_by for lead in leads if lead.introduced_by))
    lines = [f"Interests: {', '.join(interests)}."] if interests else []
    return "\n".join([*lines, *(f"Introduced by {name}." for name in brought)])


def likely(session: Session, who: NewConstituent, *, sees: Sight) -> list[Duplicate]:
    """Who may be the same as somebody new, the likeliest first; among them all who have the same e-mail address.

    Of somebody without any name only those can be found.
    """
    named = who.name or who.given_name or who.family_name
    found = {one.id: one for one in likely_duplicates(session, who, sees=sees, limit=MOST)} if named else {}
    wanted = {folded_email(each.address) for each in who.emails}
    sharing = (
        select(Constituent.id, Constituent.name)
        .join(EmailAddress, EmailAddress.constituent_id == Constituent.id)
        .where(EmailAddress.folded.in_(wanted), is_listed(sees))
        .order_by(Constituent.id)
        .limit(MOST)
    )
    for one, name in session.execute(sharing) if wanted else ():
        found.setdefault(one, Duplicate(one, name, SHARED, (SAME_EMAIL,)))
    return sorted(found.values(), key=lambda one: (-one.score, one.id))[:MOST]


def at_home(session: Session, leads: Sequence[Lead], *, sees: Sight) -> set[int]:
    """Who is reached by the telephone number of a lead, or lives at its street and postal code."""
    numbers = {digits for lead in leads if (digits := phone_digits(lead.phone))}
    places = [
        and_(PostalAddress.postal_code == lead.postal_code, func.lower(PostalAddress.street) == lead.street.lower())
        for lead in leads
        if lead.postal_code and lead.street
    ]
    called = _owners(session, Phone, Phone.digits.in_(numbers), sees)
    return called | _owners(session, PostalAddress, or_(false(), *places), sees)


def _owners(session: Session, point: type[Phone | PostalAddress], fits: ColumnElement[bool], sees: Sight) -> set[int]:
    owners = select(point.constituent_id).join(Constituent, Constituent.id == point.constituent_id)
    return set(session.scalars(owners.where(fits, point.is_active, is_listed(sees)).limit(MOST)))


def alike(session: Session, leads: Sequence[Lead], new: NewConstituent, *, sees: Sight) -> list[Duplicate]:
    """Who may be the same as somebody new by what the leads say, or by the name that was put right."""
    told = newcomer(leads)
    both = likely(session, told, sees=sees) + (likely(session, new, sees=sees) if new != told else [])
    best: dict[int, Duplicate] = {}
    for one in sorted(both, key=lambda one: (-one.score, one.id)):
        best.setdefault(one.id, one)
    return list(best.values())


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")
