"""What an address of the list of shifts asks for."""

from collections.abc import Mapping

from donors.core.criteria.tree import Criteria, Operator
from donors.core.db import Session
from donors.volunteering.queries import ShiftSieve, shift_fields
from donors.web.listing import Asked, read_list

CONDITIONS: dict[str, tuple[str, Operator]] = {
    "period": ("worked_on", Operator.EQUALS),
    "from": ("worked_on", Operator.AT_LEAST),
    "to": ("worked_on", Operator.AT_MOST),
    "activity": ("activity_id", Operator.EQUALS),
    "volunteer": ("volunteer_id", Operator.EQUALS),
}
"""Word in the address → the field that it asks by, and how."""


def asked(session: Session) -> Asked[ShiftSieve]:
    """Reads the address of this request."""
    return read_list(shift_fields(session), CONDITIONS, _sieve)


def _sieve(keep: Mapping[str, str], criteria: Criteria) -> ShiftSieve:
    return ShiftSieve(keep.get("q", ""), criteria)
