"""Reading of the ledger: when a constituent was reached out to, and when the contact gate refused it."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from donors.mail.models import NEVER_LEFT, Contact, ContactRefusal, Outbox


def contacts_of(session: Session, constituent_id: int, *, limit: int = 50) -> Sequence[Contact]:
    """The contacts of a constituent, mails that wait among them, newest first; mails that never left are none."""
    statement = (
        select(Contact)
        .outerjoin(Outbox, Outbox.id == Contact.mail_id)
        .where(Contact.constituent_id == constituent_id)
        .where(or_(Outbox.id.is_(None), Outbox.state.not_in(NEVER_LEFT)))
    )
    return session.scalars(statement.order_by(Contact.happened_on.desc(), Contact.id.desc()).limit(limit)).all()


def refusals_of(session: Session, constituent_id: int, *, limit: int = 50) -> Sequence[ContactRefusal]:
    """What was refused for a constituent, newest first."""
    statement = select(ContactRefusal).where(ContactRefusal.constituent_id == constituent_id)
    newest = (ContactRefusal.refused_on.desc(), ContactRefusal.id.desc())
    return session.scalars(statement.order_by(*newest).limit(limit)).all()
