"""The queue of leads: narrowed, counted, sorted and cut by the database; each row with the reasons beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select, true
from sqlalchemy.orm import Session, aliased

from donors.accounts.models import User
from donors.accounts.visible import Looking, Sight, rows, visible
from donors.constituents.decide import spaced
from donors.constituents.models import Constituent
from donors.core.criteria.compile import to_sql
from donors.core.criteria.tree import EVERYTHING, Criteria
from donors.core.fields import REGISTRY, FieldSet, Join, joined, joins_of
from donors.core.folding import Folded, fold
from donors.core.paging import Page, Paging, Sort, sorted_by, turn
from donors.core.search_text import search_words
from donors.leads.fields import FORM, OWNER, OWNER_ROW, SUBJECT
from donors.leads.models import DISQUALIFIED, NEW, OPEN, WORKING, Lead, LeadAttempt, LeadConsent, LeadForm

TABS = {
    "new": "New",
    "mine": "Mine",
    "working": "Working",
    "due": "Follow-up due",
    "returned": "Returned",
    "all": "All",
}
"""The tabs of the queue: word in the address → words."""
ANSWER_FIRST = (Sort("answer_due_on"), Sort("received_on", descending=True))
MOST_WORDS = 6
_about = aliased(Constituent, name="lead_constituent")
_by = aliased(Constituent, name="lead_introducer")


@dataclass(frozen=True)
class LeadSieve:
    """Which leads: a tab, what was typed (names, organizations, addresses), `owner_id` (0: nobody's), a source."""

    tab: str = "all"
    text: str = ""
    owner_id: int | None = None
    source: str = ""
    criteria: Criteria = EVERYTHING


@dataclass(frozen=True)
class LeadRow:
    """A lead in the queue with the names that a page shows, the last try, and what was said about channels."""

    lead: Lead
    owner: str | None
    introducer: str | None
    form: str | None
    tried: LeadAttempt | None = None
    tries: int = 0
    consents: tuple[LeadConsent, ...] = field(default=())

    @property
    def name(self) -> str:
        """What pages call the lead."""
        return name_of(self.lead)

    def is_late(self, now: datetime) -> bool:
        """Whether the answer is late."""
        due = self.lead.answer_due_at
        return self.lead.status in OPEN and self.lead.answered_at is None and due is not None and due < now


def name_of(lead: Lead) -> str:
    """What pages call a lead: the person, else the organization, else how to reach it."""
    return spaced(lead.given_name, lead.family_name) or lead.organization or lead.email or lead.phone or "Nameless"


def lead_fields(session: Session) -> FieldSet:
    """The fields that lists of leads can name."""
    return REGISTRY.fields(session, SUBJECT)


def lead_page(session: Session, which: LeadSieve, paging: Paging, *, looking: Looking) -> Page[LeadRow]:
    """One page of the queue; without an order those whose answer is due soonest come first, then the newest."""
    fields = lead_fields(session)
    paging = Paging(paging.number, paging.size, paging.sort or ANSWER_FIRST)
    conditions, joins = narrowed(session, which, looking)
    wanted = leads(looking.sees, (*joins, *joins_of(sorted_by(paging, fields)))).where(*conditions)
    page = turn(session, wanted, paging, fields=fields, tie=Lead.id)
    return Page(with_tries(session, page.rows), page.total, page.number, page.size, page.sort)


def lead_ids(session: Session, which: LeadSieve, *, looking: Looking, limit: int) -> list[int]:
    """The ids of the leads of the queue, the oldest first, up to a limit."""
    conditions, joins = narrowed(session, which, looking)
    wanted = joined(seen(Lead.id, looking.sees), joins).where(*conditions).order_by(Lead.id)
    return list(session.scalars(wanted.limit(limit)))


def tab_counts(session: Session, *, looking: Looking) -> dict[str, int]:
    """How many leads stand under each tab."""
    sums = [func.coalesce(func.sum(case((on_tab(tab, looking), 1), else_=0)), 0) for tab in TABS]
    found = session.execute(seen(func.count(), looking.sees).with_only_columns(*sums)).one()
    return dict(zip(TABS, map(int, found), strict=True))


def count_new(session: Session, *, sees: Sight) -> int:
    """How many leads are new, for the rail."""
    return session.scalar(seen(func.count(Lead.id), sees).where(Lead.status == NEW)) or 0


def leads(sees: Sight, joins: Sequence[Join] = ()) -> Select[Any]:
    """The statement of all leads that the viewer may see, with the columns of `LeadRow`, and with more joins."""
    shown = rows(sees, confidential=_by.confidential.expression, constituent_id=_by.id.expression)
    introducer = Join(_by, and_(_by.id == Lead.introducer_id, shown))
    wanted = seen(Lead, sees).add_columns(OWNER_ROW.name, _by.name, LeadForm.name)
    return joined(wanted, (introducer, OWNER, FORM, *joins))


def with_tries(session: Session, found: Sequence[Any]) -> tuple[LeadRow, ...]:
    """Rows with the last try of each, how many there were, and the consents: two statements."""
    ids = [row[0].id for row in found]
    tries, consents = _tries(session, ids), _consents(session, ids)
    return tuple(_row(row, tries.get(row[0].id, []), consents.get(row[0].id, ())) for row in found)


def _row(row: Any, tries: Sequence[LeadAttempt], consents: tuple[LeadConsent, ...]) -> LeadRow:
    lead, owner, introducer, form = row
    return LeadRow(lead, owner, introducer, form, tries[-1] if tries else None, len(tries), consents)


def in_queue(on: date) -> ColumnElement[bool]:
    """That a lead waits for somebody on a day; as `attempt.is_in_queue`."""
    return or_(Lead.status.in_(OPEN), has_returned(on))


def has_returned(on: date) -> ColumnElement[bool]:
    """That a lead was disqualified until a day that has come."""
    return and_(Lead.status == DISQUALIFIED, Lead.returns_on.is_not(None), Lead.returns_on <= on)


def on_tab(tab: str, looking: Looking) -> ColumnElement[bool]:
    """The condition of a tab."""
    match tab:
        case "new" | "working":
            return Lead.status == (NEW if tab == "new" else WORKING)
        case "mine":
            return and_(in_queue(looking.on), Lead.owner_id == looking.sees.user_id)
        case "due":
            return and_(in_queue(looking.on), Lead.follow_up_on.is_not(None), Lead.follow_up_on <= looking.on)
        case "returned":
            return has_returned(looking.on)
        case _:
            return true()


def seen(column: Any, sees: Sight) -> Select[Any]:
    """A statement over the leads that the viewer may see: one about a confidential constituent only with it."""
    shown = rows(sees, confidential=_about.confidential.expression, constituent_id=_about.id.expression)
    statement: Select[Any] = select(column).select_from(Lead)
    if sees.everything:
        return statement
    return statement.outerjoin(_about, _about.id == Lead.constituent_id).where(or_(_about.id.is_(None), shown))


def hidden_from(session: Session, user: User) -> set[int]:
    """The open leads about somebody confidential whom a user may not see."""
    shown = rows(visible(user), confidential=_about.confidential.expression, constituent_id=_about.id.expression)
    wanted = select(Lead.id).join(_about, _about.id == Lead.constituent_id).where(Lead.status.in_(OPEN), not_(shown))
    return set(session.scalars(wanted))


def narrowed(
    session: Session, which: LeadSieve, looking: Looking
) -> tuple[list[ColumnElement[bool]], tuple[Join, ...]]:
    """The conditions that make a queue, with the joins that they need."""
    condition, joins = to_sql(which.criteria, lead_fields(session), on=looking.on, fiscal=looking.fiscal)
    found = [condition, on_tab(which.tab, looking)]
    if which.owner_id is not None:
        found.append(Lead.owner_id.is_not_distinct_from(which.owner_id or None))
    if which.source:
        found.append(Lead.source == which.source)
    if which.text.strip():
        found.append(by_text(which.text))
    return found, joins


def by_text(text: str) -> ColumnElement[bool]:
    """That all words of a text stand in a lead's name or organization, or that it begins its e-mail address."""
    words = search_words(text)[:MOST_WORDS]
    named = and_(true(), *(Lead.search_text.contains(word, autoescape=True) for word in words)) if words else None
    mailed = Folded(Lead.email).startswith(fold(text.strip()), autoescape=True)
    return mailed if named is None else or_(named, mailed)


def _tries(session: Session, ids: Sequence[int]) -> Mapping[int, list[LeadAttempt]]:
    wanted = select(LeadAttempt).where(LeadAttempt.lead_id.in_(ids)).order_by(LeadAttempt.tried_at, LeadAttempt.id)
    found: dict[int, list[LeadAttempt]] = {}
    for tried in session.scalars(wanted):
        found.setdefault(tried.lead_id, []).append(tried)
    return found


def _consents(session: Session, ids: Sequence[int]) -> Mapping[int, tuple[LeadConsent, ...]]:
    found: dict[int, tuple[LeadConsent, ...]] = {}
    wanted = select(LeadConsent).where(LeadConsent.lead_id.in_(ids)).order_by(LeadConsent.id)
    for said in session.scalars(wanted):
        found[said.lead_id] = (*found.get(said.lead_id, ()), said)
    return found
