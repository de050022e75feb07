"""Reading gifts."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.giving.models import Gift


def has_gifts(session: Session) -> bool:
    """Whether there is any gift at all."""
    return session.scalar(select(Gift.id).limit(1)) is not None
