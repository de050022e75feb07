"""The queue of pairs that are likely the same: searched, filtered, sorted and paged by the database."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from donors.accounts.visible import Sight, rows
from donors.constituents.matching.apart import ordered
from donors.constituents.matching.models import LIKELY, SURE, DuplicatePair, NotDuplicate
from donors.constituents.matching.reasons import Reason, as_reasons
from donors.constituents.models import Constituent, SearchWord
from donors.core.changes import ChangeSet
from donors.core.paging import Page, page_of
from donors.core.search_text import search_words

SURE_BAND, LIKELY_BAND = "sure", "likely"
BANDS = {SURE_BAND: (SURE, 10_000), LIKELY_BAND: (LIKELY, SURE - 1)}
"""Band → the probabilities in it, in hundredths of a per cent."""
SIZE = 25
MOST_WORDS = 4
SHOWN = 12
"""Of a group so many are named at most."""

LOW, HIGH = aliased(Constituent, name="low"), aliased(Constituent, name="high")
PAIR = DuplicatePair
UNDECIDED = NotDuplicate.id.is_(None)
COLUMNS: tuple[Any, ...] = (PAIR, LOW, HIGH, NotDuplicate.note, ChangeSet.by_id, ChangeSet.at)


@dataclass(frozen=True)
class PairFilter:
    """Which pairs are asked for; `band` is sure, likely or empty, `decided` shows those that somebody set apart."""

    kind: str = ""
    band: str = ""
    decided: bool = False
    text: str = ""


@dataclass(frozen=True)
class Decision:
    """Who said when that two are not the same."""

    by_id: int | None
    at: datetime
    note: str


@dataclass(frozen=True)
class PairLine:
    """A pair with both sides. `probability` is in hundredths of a per cent, and never quite all of them."""

    low: Constituent
    high: Constituent
    probability: int
    reasons: tuple[Reason, ...]
    group_id: int
    group_size: int
    decision: Decision | None

    @property
    def key(self) -> str:
        """The pair as forms send it."""
        return f"{self.low.id}-{self.high.id}"

    @property
    def band(self) -> str:
        """Sure or likely."""
        return SURE_BAND if self.probability >= SURE else LIKELY_BAND


@dataclass(frozen=True)
class Group:
    """Three or more that pairs tie together; `apart` are those among them whom no pair of their own ties."""

    members: tuple[tuple[int, str], ...]
    size: int
    apart: tuple[tuple[str, str], ...]


def pairs_page(
    session: Session, which: PairFilter, *, sees: Sight, number: int = 1, size: int = SIZE
) -> Page[PairLine]:
    """A page of pairs, the likeliest first. Past the end it is the last one."""
    order = (PAIR.probability.desc(), PAIR.low_id, PAIR.high_id)
    page = page_of(session, _asked(select(*COLUMNS), which, sees).order_by(*order), number, size=size)
    return replace(page, rows=tuple(map(_line, page.rows)))


def pair_of(session: Session, one: int, other: int, *, sees: Sight) -> PairLine | None:
    """The pair of two constituents, decided or not; none where they were not found to be likely the same."""
    low, high = ordered(one, other)
    row = session.execute(_joined(select(*COLUMNS), sees).where(PAIR.low_id == low, PAIR.high_id == high)).first()
    return None if row is None else _line(row)


def count_pairs(session: Session, which: PairFilter, *, sees: Sight) -> int:
    """How many pairs answer."""
    return session.scalar(_asked(select(func.count()), which, sees)) or 0


def count_bands(session: Session, *, sees: Sight, kind: str = "") -> dict[str, int]:
    """How many pairs wait for a decision, by band; all of them under the empty word."""
    sums = [func.sum(case((PAIR.probability.between(low, high), 1), else_=0)) for low, high in BANDS.values()]
    columns: tuple[Any, ...] = (func.count(), *sums)
    row = session.execute(_asked(select(*columns), PairFilter(kind), sees)).one()
    return dict(zip(("", *BANDS), (count or 0 for count in row), strict=True))


def visible_pairs(session: Session, pairs: Iterable[tuple[int, int]], *, sees: Sight) -> list[tuple[int, int]]:
    """Those of some pairs whose both sides are living and may be seen, as they were given."""
    wanted = list(dict.fromkeys(pairs))
    ids = {one for pair in wanted for one in pair}
    statement = select(Constituent.id).where(Constituent.id.in_(ids), _listed(Constituent, sees))
    seen = set(session.scalars(statement)) if ids else set()
    return [pair for pair in wanted if seen.issuperset(pair)]


def groups_of(session: Session, ids: Iterable[int], *, sees: Sight) -> dict[int, Group]:
    """The groups of these ids that have three members or more."""
    wanted = set(ids)
    if not wanted:
        return {}
    columns: tuple[Any, ...] = (PAIR.group_id, LOW.id, LOW.name, HIGH.id, HIGH.name)
    statement = _joined(select(*columns), sees)
    found: dict[int, dict[int, str]] = {}
    tied: dict[int, set[tuple[int, int]]] = {}
    for group, low_id, low, high_id, high in session.execute(
        statement.where(PAIR.group_id.in_(wanted), UNDECIDED).order_by(PAIR.low_id, PAIR.high_id)
    ):
        found.setdefault(group, {}).update({low_id: low, high_id: high})
        tied.setdefault(group, set()).add((low_id, high_id))
    return {group: _group(members, tied[group]) for group, members in found.items() if len(members) > 2}


def _group(members: dict[int, str], tied: set[tuple[int, int]]) -> Group:
    shown = sorted(members)[:SHOWN]
    apart = [(one, other) for one in shown for other in shown if one < other and (one, other) not in tied]
    named = tuple((one, members[one]) for one in shown)
    return Group(named, len(members), tuple((members[one], members[other]) for one, other in apart))


def _asked(columns: Select[Any], which: PairFilter, sees: Sight) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = [not_(UNDECIDED) if which.decided else UNDECIDED]
    if which.kind:
        conditions.append(PAIR.kind == which.kind)
    if which.band in BANDS:
        conditions.append(PAIR.probability.between(*BANDS[which.band]))
    conditions += [_named(word) for word in search_words(which.text)[:MOST_WORDS]]
    return _joined(columns, sees).where(*conditions)


def _joined(columns: Select[Any], sees: Sight) -> Select[Any]:
    decided = and_(NotDuplicate.low_id == PAIR.low_id, NotDuplicate.high_id == PAIR.high_id)
    return (
        columns.select_from(PAIR)
        .join(LOW, LOW.id == PAIR.low_id)
        .join(HIGH, HIGH.id == PAIR.high_id)
        .outerjoin(NotDuplicate, decided)
        .outerjoin(ChangeSet, ChangeSet.id == NotDuplicate.created_in)
        .where(_listed(LOW, sees), _listed(HIGH, sees))
    )


def _listed(side: Any, sees: Sight) -> ColumnElement[bool]:
    seen = rows(sees, confidential=side.confidential, constituent_id=side.id)
    return and_(side.deleted_at.is_(None), side.erased_on.is_(None), side.restricted_on.is_(None), seen)


def _named(word: str) -> ColumnElement[bool]:
    """That one side is found by a word."""
    begins = and_(SearchWord.word >= word, SearchWord.word < f"{word}\U0010ffff")
    return or_(
        exists(select(SearchWord.word).where(SearchWord.constituent_id == PAIR.low_id, begins)),
        exists(select(SearchWord.word).where(SearchWord.constituent_id == PAIR.high_id, begins)),
    )


def _line(row: Any) -> PairLine:
    pair, low, high, note, by_id, at = row
    decision = None if at is None else Decision(by_id, at, note or "")
    return PairLine(
        low, high, pair.probability, tuple(as_reasons(pair.reasons)), pair.group_id, pair.group_size, decision
    )
