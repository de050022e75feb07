"""What an address of the list of gifts asks for."""

from dataclasses import dataclass

from flask import g, request

from donors.core.criteria.parse import compare
from donors.core.criteria.tree import All, AnyOf, Compare, Criteria, Operator
from donors.core.db import Session
from donors.core.errors import Invalid
from donors.core.fields import FieldSet
from donors.core.paging import Paging, read_paging
from donors.giving.queries.listing import GiftSieve, Looking, gift_fields
from donors.web.session import viewer

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

KEPT = ("q", "fund", *CONDITIONS, "sort")
NOTHING = AnyOf(())


@dataclass(frozen=True)
class Asked:
    """The list as it was asked for. `problems` are sentences on what could not be read; such a list is empty."""

    sieve: GiftSieve
    paging: Paging
    known: FieldSet
    keep: dict[str, str]
    problems: tuple[str, ...]

    @property
    def narrowed(self) -> dict[str, str]:
        """The conditions that were asked, without the order."""
        return {name: value for name, value in self.keep.items() if name != "sort"}


def looking() -> Looking:
    """Who looks, and on which day."""
    return Looking(viewer().sees, g.today, g.organization)


def asked(session: Session) -> Asked:
    """Reads the address of this request."""
    known, args = gift_fields(session), request.args
    keep = {name: args[name].strip()[:100] for name in KEPT if args.get(name, "").strip()}
    problems: list[str] = []
    parts: list[Criteria] = []
    for word, (name, operator) in CONDITIONS.items():
        if word in keep:
            try:
                parts.append(_condition(known, name, operator, keep[word]))
            except Invalid as error:
                problems.append(error.message)
    fund = keep.get("fund", "")
    fund_id = int(fund) if fund.isascii() and fund.isdigit() and len(fund) < 18 else None
    sieve = GiftSieve(keep.get("q", ""), fund_id, NOTHING if problems else All(tuple(parts)))
    return Asked(
        sieve, read_paging(args.get("page"), "50", keep.get("sort"), fields=known), known, keep, tuple(problems)
    )


def _condition(known: FieldSet, name: str, operator: Operator, raw: str) -> Compare:
    return compare(known.named(name), operator, raw, g.organization)
