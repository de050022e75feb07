"""What an address of the list of shifts asks for."""

from dataclasses import dataclass

from flask import g, request

from donors.core.criteria.parse import compare
from donors.core.criteria.tree import All, AnyOf, Criteria, Operator
from donors.core.db import Session
from donors.core.errors import Invalid
from donors.core.fields import FieldSet
from donors.core.paging import Paging, read_paging
from donors.volunteering.queries import Looking, ShiftSieve, shift_fields
from donors.web.session import viewer

CONDITIONS: dict[str, tuple[str, Operator]] = {
    "period": ("worked_on", Operator.EQUALS),
    "from": ("worked_on", Operator.AT_LEAST),
    "to": ("worked_on", Operator.AT_MOST),
    "activity": ("activity_id", Operator.EQUALS),
    "volunteer": ("volunteer_id", Operator.EQUALS),
}
"""Word in the address → the field that it asks by, and how."""

KEPT = ("q", *CONDITIONS, "sort")
NOTHING = AnyOf(())


@dataclass(frozen=True)
class Asked:
    """The list as it was asked for. `problems` are sentences on what could not be read; such a list is empty."""

    sieve: ShiftSieve
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
    known, args = shift_fields(session), request.args
    keep = {name: args[name].strip()[:100] for name in KEPT if args.get(name, "").strip()}
    problems: list[str] = []
    parts: list[Criteria] = []
    for word, (name, operator) in CONDITIONS.items():
        if word in keep:
            try:
                parts.append(compare(known.named(name), operator, keep[word], g.organization))
            except Invalid as error:
                problems.append(error.message)
    sieve = ShiftSieve(keep.get("q", ""), NOTHING if problems else All(tuple(parts)))
    paging = read_paging(args.get("page"), "50", keep.get("sort"), fields=known)
    return Asked(sieve, paging, known, keep, tuple(problems))
