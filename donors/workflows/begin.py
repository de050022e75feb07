"""What an organization starts with: the standard rollups, pipeline, ladders of levels and rules of suggestion."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.settings import organization
from donors.leads import standard as leads
from donors.levels import standard as levels
from donors.pipeline import standard as pipeline
from donors.pipeline.evidence.standard import install_evidence
from donors.pipeline.queries.stages import stages
from donors.rollups import standard as rollups
from donors.rollups.everybody import mark_all
from donors.rollups.marks import mark_all_owners
from donors.rollups.models import rollup_value
from donors.rollups.targets import OF_MANY


def begin(session: Session, *, within: ChangeSet) -> None:
    """Installs what is missing of the standards; what is there stays as people have made it.

    Where figures are kept already, new ones are left to the queue.
    """
    added, kept = rollups.install_standard(session, within=within), exists(select(rollup_value.c.constituent_id))
    if added and session.scalar(select(kept)):
        mark_all(session, reason="rules", at=within.at, change_set_id=within.id)
    mark_all_owners(session, OF_MANY, at=within.at)
    for stage in stages(session, pipeline.install_standard(session, within=within).id):
        install_evidence(session, stage, within=within)
    levels.install_standard(session, currency=organization(session).currency, within=within)
    leads.install_standard(session, within=within)
