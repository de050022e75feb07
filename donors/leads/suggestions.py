"""Who is suggested as a lead, and why: people and organizations in the file that answer to a rule.

Left out are those whom somebody has in hand (active prospects, leads, also those put off or ended) and those whom we
leave alone: the dead, who wants no contact or objected, who refused every channel that they were asked about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from donors.accounts.visible import Looking
from donors.constituents.models import HOUSEHOLD, Consent, Constituent
from donors.constituents.queries import is_listed
from donors.constituents.restraint import is_left_alone
from donors.core.bulk import among
from donors.core.criteria.compile import to_sql
from donors.core.fields import Field, FieldSet, Join, Kind, joined, joins_of
from donors.core.paging import Page, Paging, Sort, sorted_by, turn
from donors.leads.models import CONVERTED, Lead, SuggestionRule
from donors.leads.suggestion_rules import Asking, asking
from donors.pipeline.models import Prospect
from donors.segments.members import SUBJECT, fields

BESIDE = ("capacity", "lifetime_total", "last_gift_on", "volunteer_minutes", "officer")
"""What stands beside a suggestion, as far as the organization keeps it."""
MOST_REASONS = (Sort("reasons", descending=True), Sort("name"))
_later = aliased(Consent, name="later_consent")


@dataclass(frozen=True)
class Suggested:
    """Somebody who is suggested, by which rules, with what stands beside, by the names of the fields."""

    id: int
    kind: str
    name: str
    rules: tuple[SuggestionRule, ...]
    values: Mapping[str, Any]

    @property
    def reason(self) -> str:
        """Why, in words: the reasons of all rules."""
        return "; ".join(rule.reason for rule in self.rules)


@dataclass(frozen=True)
class Suggestions:
    """A page of suggestions, how many each rule gives, the fields beside, and rules that cannot be asked."""

    page: Page[Suggested]
    counts: tuple[tuple[SuggestionRule, int], ...]
    beside: tuple[Field, ...]
    problems: tuple[str, ...]


def suggestions(
    session: Session, paging: Paging, *, looking: Looking, rule_id: int | None = None, offered: FieldSet | None = None
) -> Suggestions:
    """One page of those who are suggested, by all rules or one. `offered`: the fields that the viewer may see."""
    rules, problems = asking(session)
    known = fields(session)
    beside = tuple(field for name in BESIDE if (field := (offered or known).get(name)) is not None)
    which = _Which(session, rules, known, looking)
    paging = Paging(paging.number, paging.size, paging.sort or MOST_REASONS)
    sortable = FieldSet(SUBJECT, [known["name"], *beside, which.reasons])
    wanted = which.statement(beside, rule_id, joins_of(sorted_by(paging, sortable)))
    page = turn(session, wanted, paging, fields=sortable, tie=Constituent.id)
    rows = tuple(which.row(row, beside) for row in page.rows)
    return Suggestions(Page(rows, page.total, page.number, page.size, page.sort), which.counts(), beside, problems)


def suggested_among(session: Session, ids: Sequence[int], *, looking: Looking) -> dict[int, Suggested]:
    """Those of some constituents who are suggested at this moment, by id."""
    which = _Which(session, asking(session)[0], fields(session), looking)
    wanted = which.statement((), None, ()).where(among(session, Constituent.id, sorted(set(ids))))
    return {row.id: row for row in (which.row(found, ()) for found in session.execute(wanted))}


class _Which:
    """The rules as conditions of one statement."""

    def __init__(self, session: Session, rules: Sequence[Asking], known: FieldSet, looking: Looking) -> None:
        self.session, self.looking = session, looking
        asked = [(each.rule, to_sql(each.criteria, known, on=looking.on, fiscal=looking.fiscal)) for each in rules]
        self.rules = [rule for rule, _ in asked]
        self.conditions = {rule.id: condition for rule, (condition, _) in asked}
        self.joins: tuple[Join, ...] = tuple(join for _, (_, joins) in asked for join in joins)

    @property
    def reasons(self) -> Field:
        """How many rules somebody answers to, as something to sort by."""
        flags: Any = sum((case((one, 1), else_=0) for one in self.conditions.values()), case((false(), 1), else_=0))
        return Field("reasons", "Reasons", Kind.NUMBER, SUBJECT, flags)

    def statement(self, beside: Sequence[Field], rule_id: int | None, joins: Sequence[Join]) -> Select[Any]:
        flags = [case((self.conditions[rule.id], 1), else_=0).label(f"rule_{rule.id}") for rule in self.rules]
        columns: list[Any] = [field.column.label(f"f_{field.name}") for field in beside]
        wanted: Select[Any] = select(Constituent.id, Constituent.kind, Constituent.name, *flags, *columns)
        wanted = joined(wanted.select_from(Constituent), (*self.joins, *joins_of(beside), *joins))
        chosen = [self.conditions[rule_id]] if rule_id in self.conditions else list(self.conditions.values())
        return wanted.where(or_(false(), *chosen), *free(self.looking))

    def row(self, found: Any, beside: Sequence[Field]) -> Suggested:
        one, kind, name, *rest = found
        flags, values = rest[: len(self.rules)], rest[len(self.rules) :]
        rules = tuple(rule for rule, flag in zip(self.rules, flags, strict=True) if flag)
        return Suggested(one, kind, name, rules, dict(zip((field.name for field in beside), values, strict=True)))

    def counts(self) -> tuple[tuple[SuggestionRule, int], ...]:
        if not self.rules:
            return ()
        sums = [func.coalesce(func.sum(case((self.conditions[rule.id], 1), else_=0)), 0) for rule in self.rules]
        wanted = joined(select(*sums).select_from(Constituent), self.joins).where(*free(self.looking))
        return tuple(zip(self.rules, map(int, self.session.execute(wanted).one()), strict=True))


def free(looking: Looking) -> list[ColumnElement[bool]]:
    """The conditions on constituents whom nobody has in hand and whom we may turn to."""
    prospect = select(Prospect.id).where(
        Prospect.constituent_id == Constituent.id, or_(Prospect.is_active, Prospect.returns_on > looking.on)
    )
    lead = select(Lead.id).where(Lead.constituent_id == Constituent.id, Lead.status != CONVERTED)
    return [
        is_listed(looking.sees),
        Constituent.kind != HOUSEHOLD,
        Constituent.is_deceased.is_(False),
        Constituent.do_not_contact.is_(False),
        Constituent.is_unknown_giver.is_(False),
        ~exists(prospect),
        ~exists(lead),
        ~is_left_alone(),
        ~_refuses_all(),
    ]


def _refuses_all() -> ColumnElement[bool]:
    """That somebody has spoken about channels, and the last word on each is no."""
    last = ~exists(
        select(_later.id).where(
            _later.constituent_id == Consent.constituent_id, _later.channel == Consent.channel, _later.id > Consent.id
        )
    )
    said = select(Consent.id).where(Consent.constituent_id == Constituent.id, last)
    return exists(said) & ~exists(said.where(Consent.granted))
