"""Records of prospects, for tests of what they prove."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, insert
from donors.giving.models import Gift
from donors.mail.models import Contact
from donors.pipeline.asks.models import Opportunity
from donors.pipeline.assign import Charge, assign
from donors.pipeline.models import Prospect
from donors.pipeline.move_report import Report
from donors.pipeline.prospect import Entry
from donors.research.models import Rating
from donors.workflows.advance import add_prospect
from donors.workflows.moves import log_move

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
TODAY = date(2026, 3, 3)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


class Records:
    """Writes the records of the prospects of a test."""

    def __init__(self, session: Session, change: ChangeSet, pipeline_id: int, person: Any) -> None:
        self.session, self.change, self.pipeline_id, self.person = session, change, pipeline_id, person

    def prospect(self, name: str) -> Prospect:
        entry = Entry(ago(90))
        return add_prospect(self.session, self.person(name), self.pipeline_id, entry, within=self.change).prospect

    def call(self, who: Prospect, days: int, outcome: str = "reached", **more: Any) -> int:
        report = Report(ago(days), "call", outcome, "We spoke.", purpose="Get to know her", **more)
        return log_move(self.session, who.constituent_id, report, within=self.change, on=TODAY).id

    def rate(self, who: Prospect, kind: str, days: int, score: int | None = None, amount: int | None = None) -> int:
        row = Rating(
            constituent_id=who.constituent_id, kind=kind, score=score, amount=amount, rated_on=ago(days),
            source="research", recorded_at=NOW,
        )  # fmt: skip
        return insert(self.session, row, within=self.change).id

    def gift(self, who: Prospect, days: int) -> int:
        row = Gift(
            constituent_id=who.constituent_id, amount=5_000, currency="USD", base_amount=5_000, received_on=ago(days),
            recorded_at=NOW,
        )  # fmt: skip
        return insert(self.session, row, within=self.change).id

    def thanks(self, who: Prospect, days: int) -> None:
        row = Contact(
            constituent_id=who.constituent_id, channel="letter", purpose="thanks", happened_on=ago(days),
            key=f"test/{who.id}/{days}",
        )  # fmt: skip
        insert(self.session, row, within=self.change)

    def ask(self, who: Prospect, **values: Any) -> int:
        given: dict[str, Any] = {"status_since": ago(5), "opened_on": ago(5)} | values
        return insert(self.session, Opportunity(prospect_id=who.id, **given), within=self.change).id

    def charge(self, who: Prospect, officer_id: int) -> None:
        assign(self.session, who.constituent_id, Charge(officer_id, ago(50)), within=self.change)
