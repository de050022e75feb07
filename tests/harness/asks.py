"""An ask with a proposal that waits for approval, for worlds of tests."""

from datetime import date

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.pipeline.asks.decide import Terms
from donors.pipeline.asks.documents import document
from donors.pipeline.asks.models import Opportunity
from donors.pipeline.asks.propose import upload
from donors.workflows.asks import open_ask


def ask_with_proposal(session: Session, prospect_id: int, terms: Terms, *, on: date, within: ChangeSet) -> Opportunity:
    """Opens the ask and uploads a document that is called after its purpose."""
    made = open_ask(session, prospect_id, terms, on=on, within=within)
    upload(session, made.id, document(f"{terms.purpose}.pdf", b"%PDF-1.7 a plan"), within=within)
    return made
