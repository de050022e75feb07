"""What an organization starts with: the standard rollups, pipeline and ladders of levels."""

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.settings import organization
from donors.levels import standard as levels
from donors.pipeline import standard as pipeline
from donors.rollups import standard as rollups


def begin(session: Session, *, within: ChangeSet) -> None:
    """Installs what is missing of the standards; what is there stays as people have made it."""
    rollups.install_standard(session, within=within)
    pipeline.install_standard(session, within=within)
    levels.install_standard(session, currency=organization(session).currency, within=within)
