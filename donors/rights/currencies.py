"""In which currency the amounts of a file are: what is part of a gift is in that of its gift."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.giving.models import Gift

Row = dict[str, Any]
Place = tuple[str, int]
AMOUNTS = frozenset({"amount", "base_amount"})
GIFT = Gift.__tablename__


class Currencies:
    """The currencies of the gifts that rows of a file and their changes are part of.

    `rows` are all rows with the name of their table, `changes` what was changed, as `tell` tells them.
    """

    def __init__(self, session: Session, rows: Iterable[tuple[str, Row]], changes: Sequence[Row]) -> None:
        self._gifts: Mapping[Place, int] = {
            (table, row["id"]): row["gift_id"] for table, row in rows if "gift_id" in row and "id" in row
        }
        told = {self._gift(one["table"], one["row"], one["before"]) for one in changes} | set(self._gifts.values())
        ids = sorted(gift_id for gift_id in told if gift_id is not None)
        known = select(Gift.id, Gift.currency).where(among(session, Gift.id, ids))
        gone = {one["row"]: one["before"].get("currency") for one in changes if one["table"] == GIFT}
        self._known = gone | {gift_id: currency for gift_id, currency in session.execute(known)} if ids else gone

    def beside(self, table: str, row: Row) -> Row:
        """A row with the currency of its amounts, where it does not say it itself."""
        currency = self._currency(table, row.get("id", 0), row)
        return row | {"currency": currency} if currency else row

    def of_change(self, change: Row) -> Row:
        """A change with the currency of the amounts that it tells, where those do not say it themselves."""
        currency = self._currency(change["table"], change["row"], change["before"])
        return change | {"currency": currency} if currency else change

    def _currency(self, table: str, row_id: int, values: Mapping[str, Any]) -> str:
        if not AMOUNTS & values.keys() or values.get("currency"):
            return ""
        return self._known.get(self._gift(table, row_id, values) or 0) or ""

    def _gift(self, table: str, row_id: int, values: Mapping[str, Any]) -> int | None:
        return row_id if table == GIFT else values.get("gift_id") or self._gifts.get((table, row_id))
