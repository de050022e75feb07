"""What an address of the list of gifts asks for."""

from collections.abc import Mapping

from donors.core.criteria.tree import Criteria, Operator
from donors.core.db import Session
from donors.giving.queries.listing import GiftSieve, gift_fields
from donors.web.forms import number
from donors.web.listing import Asked, read_list

CONDITIONS: dict[str, tuple[str, Operator]] = {
    "period": ("received_on", Operator.EQUALS),
    "from": ("received_on", Operator.AT_LEAST),
    "to": ("received_on", Operator.AT_MOST),
    "min": ("amount", Operator.AT_LEAST),
    "max": ("amount", Operator.AT_MOST),
    "campaign": ("campaign_id", Operator.EQUALS),
    "appeal": ("appeal_id", Operator.EQUALS),
    "method": ("method", Operator.EQUALS),
    "giver": ("giver_id", Operator.EQUALS),
    "refunded": ("refunded", Operator.EQUALS),
    "recorded": ("recorded_on", Operator.AT_LEAST),
}
"""Word in the address → the field that it asks by, and how."""


def asked(session: Session) -> Asked[GiftSieve]:
    """Reads the address of this request."""
    return read_list(gift_fields(session), CONDITIONS, _sieve, also=("fund",))


def _sieve(keep: Mapping[str, str], criteria: Criteria) -> GiftSieve:
    return GiftSieve(keep.get("q", ""), number(keep.get("fund", "")), criteria)
