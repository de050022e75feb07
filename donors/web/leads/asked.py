"""What an address of the queue of leads asks for: tab, words, owner, source, conditions, order."""

from dataclasses import dataclass
from typing import Any

from flask import g, request

from donors.accounts.permissions import CARRIES
from donors.core.criteria.describe import describe
from donors.core.criteria.tree import AnyOf, Criteria
from donors.core.db import Session
from donors.core.errors import Invalid
from donors.core.fields import FieldSet
from donors.core.paging import Paging, read_paging
from donors.leads.models import SOURCES
from donors.leads.queue import TABS, LeadSieve, lead_fields
from donors.web.criteria.tokens import Group, criteria_of, read, write
from donors.web.forms import number
from donors.web.session import viewer

FIRST_TAB = "new"
MINE, NOBODY = "mine", "nobody"
NONE_AT_ALL = AnyOf(())


@dataclass(frozen=True)
class Asked:
    """The queue as it was asked for. `problem` says why the conditions cannot be read; nobody answers to them then."""

    tab: str
    text: str
    owner: str
    source: str
    sort: str
    root: Group
    known: FieldSet
    paging: Paging
    problem: str

    @property
    def criteria(self) -> Criteria:
        """The conditions."""
        return NONE_AT_ALL if self.problem else criteria_of(self.root, self.known, g.organization)

    @property
    def sentence(self) -> str:
        """The conditions in words; empty where there are none."""
        return "" if self.problem or not self.root.parts else describe(self.criteria, self.known, g.organization)

    @property
    def sieve(self) -> LeadSieve:
        """The same for the queries."""
        owner = {MINE: viewer().id, NOBODY: 0}.get(self.owner, number(self.owner))
        return LeadSieve(self.tab, self.text, owner, self.source, self.criteria)

    @property
    def keep(self) -> dict[str, Any]:
        """The arguments that lead here again."""
        tokens = [token for part in self.root.parts for token in write(part)]
        found: dict[str, Any] = {"tab": self.tab, "q": self.text, "owner": self.owner, "source": self.source}
        found |= {"sort": self.sort, "f": tokens, "match": self.root.join if tokens and self.root.join != "all" else ""}
        return {name: value for name, value in found.items() if value}

    def without(self, *names: str) -> dict[str, Any]:
        """The same without some of them."""
        return {name: value for name, value in self.keep.items() if name not in names}

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The same, one by one, for the hidden fields of forms."""
        each = ((name, value if isinstance(value, list) else [value]) for name, value in self.keep.items())
        return [(name, one) for name, values in each for one in values]


def asked(session: Session) -> Asked:
    """Reads the address of this request; what makes no sense falls away."""
    args = request.args
    known = lead_fields(session).seen_with(CARRIES[viewer().role])
    tab, source, owner = args.get("tab", FIRST_TAB), args.get("source", ""), args.get("owner", "")
    root = read(args.getlist("f"), args.get("match", "all"))
    paging = read_paging(args.get("page"), args.get("size"), args.get("sort"), fields=known)
    return Asked(
        tab if tab in TABS else FIRST_TAB,
        args.get("q", "").strip()[:100],
        owner if owner in (MINE, NOBODY) or number(owner) is not None else "",
        source if source in SOURCES else "",
        ",".join(str(each) for each in paging.sort),
        root,
        known,
        paging,
        _problem(root, known),
    )


def _problem(root: Group, known: FieldSet) -> str:
    try:
        criteria_of(root, known, g.organization)
    except Invalid as error:
        return error.message
    return ""
