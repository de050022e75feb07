"""What the contact gate knows of people: of one, or of many for pages of lists."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.constituents.models import Consent, Constituent, EmailAddress
from donors.mail.decide import CHANNELS, Channel, Facts


def facts_of(session: Session, constituent_id: int, *, channel: Channel, on: date) -> Facts:
    """The facts of a constituent for a channel on a day; of one who does not exist, those of somebody removed."""
    person = session.get(Constituent, constituent_id)
    if person is None:
        return Facts(deleted=True)
    return Facts(
        deceased=person.is_deceased,
        deleted=person.deleted_at is not None,
        unknown_giver=person.is_unknown_giver,
        do_not_contact=person.do_not_contact,
        erased=person.erased_on is not None,
        restricted=person.restricted_on is not None,
        objected=person.objected_on is not None,
        consent=_consent(session, constituent_id, channel=channel, on=on),
        reachable=channel != "email" or email_of(session, constituent_id) is not None,
    )


def email_of(session: Session, constituent_id: int) -> str | None:
    """The active e-mail address to write to: the primary one, or else the oldest."""
    active = select(EmailAddress.address).where(
        EmailAddress.constituent_id == constituent_id, EmailAddress.is_active.is_(True)
    )
    return session.scalar(active.order_by(EmailAddress.is_primary.desc(), EmailAddress.id).limit(1))


def _consent(session: Session, constituent_id: int, *, channel: Channel, on: date) -> bool | None:
    said = select(Consent.granted).where(
        Consent.constituent_id == constituent_id, Consent.channel == channel, Consent.given_on <= on
    )
    return session.scalar(said.order_by(Consent.id.desc()).limit(1))


def facts_of_many(session: Session, ids: Iterable[int], *, on: date) -> dict[int, dict[Channel, Facts]]:
    """What `facts_of` says of each of some constituents, for every channel, in three statements: for pages of lists."""
    wanted = sorted(set(ids))
    people = {row.id: row for row in session.scalars(select(Constituent).where(Constituent.id.in_(wanted)))}
    active = select(EmailAddress.constituent_id).where(EmailAddress.constituent_id.in_(wanted), EmailAddress.is_active)
    mailed = set(session.scalars(active))
    consents = _consents(session, wanted, on=on)
    return {
        one: {
            channel: Facts(
                deceased=people[one].is_deceased,
                deleted=people[one].deleted_at is not None,
                unknown_giver=people[one].is_unknown_giver,
                do_not_contact=people[one].do_not_contact,
                erased=people[one].erased_on is not None,
                restricted=people[one].restricted_on is not None,
                objected=people[one].objected_on is not None,
                consent=consents.get((one, channel)),
                reachable=channel != "email" or one in mailed,
            )
            if one in people
            else Facts(deleted=True)
            for channel in CHANNELS
        }
        for one in wanted
    }


def _consents(session: Session, ids: list[int], *, on: date) -> dict[tuple[int, str], bool]:
    """The newest word of each on each channel."""
    said = (Consent.constituent_id.in_(ids), Consent.given_on <= on)
    newest = select(func.max(Consent.id)).where(*said).group_by(Consent.constituent_id, Consent.channel)
    words = select(Consent.constituent_id, Consent.channel, Consent.granted).where(Consent.id.in_(newest))
    return {(one, channel): granted for one, channel, granted in session.execute(words)}
