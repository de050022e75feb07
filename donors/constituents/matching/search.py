"""A search for duplicates among what is stored: read while nothing is locked, then kept in short transactions.

Among everybody, or only around those changed since the last search. Whoever is asked to search twice at once finds the
same; nothing is lost when a search is killed, for its order stands until it is done.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from donors.constituents.matching import read
from donors.constituents.matching.changed import changed_since, last_change, under_way
from donors.constituents.matching.facts import facts_of
from donors.constituents.matching.find import Likely, Plan, Rarity, learned, likely, plan
from donors.constituents.matching.learned import keep_model, model_of, newest
from donors.constituents.matching.model import Model, judge
from donors.constituents.matching.models import LIKELY, DuplicatePair, MatchSearch
from donors.constituents.matching.normalize import Dialled
from donors.constituents.matching.reasons import kept, shown_words
from donors.constituents.matching.roster import Ints, Roster, enroll
from donors.constituents.matching.tie import tie
from donors.constituents.models import KINDS
from donors.core.bulk import among, load
from donors.core.changes import Act, Through, open_change
from donors.core.clock import Clock
from donors.core.db import snapshot
from donors.core.retry import retried
from donors.core.settings import organization

EVERYBODY_AFTER = timedelta(days=7)
"""How old the last search among everybody, and a model, may become."""
ENOUGH = 100
"""Of fewer than these nothing is learned."""
PART = 2_000
COLUMNS = ("low_id", "high_id", "kind", "probability", "reasons", "found_at", "group_id", "group_size")
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Seen:
    """What a search has read; `around` is None for everybody. A kind without a model learns one.

    `seen_to` is the newest change set, `under_way` are those before it that went on writing.
    """

    order: int
    around: frozenset[int] | None
    seen_to: int
    under_way: list[int]
    rosters: dict[str, Roster]
    models: dict[str, Model | None]


@dataclass
class Found:
    """What a search found: rows of pairs, models learned on the way, counts."""

    rows: list[Row] = field(default_factory=list)
    models: list[Model] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)


def ask(session: Session, *, at: datetime, everybody: bool | None = None) -> MatchSearch:
    """Orders a search; one that waits already is that order, made larger where everybody is wanted.

    Without a word on it everybody is looked at when that was longer ago than EVERYBODY_AFTER.
    """
    wanted = _is_due(session, at) if everybody is None else everybody
    order = waiting(session)
    if order is None:
        order = MatchSearch(everybody=wanted, asked_at=at, told={})
        session.add(order)
    order.everybody = order.everybody or wanted
    session.flush()
    return order


def last_search(session: Session, *, everybody: bool = False) -> MatchSearch | None:
    """The newest search that was done, of all or of those among everybody."""
    done = select(MatchSearch).where(MatchSearch.done_at.is_not(None)).order_by(MatchSearch.id.desc())
    return session.scalars(done.where(MatchSearch.everybody) if everybody else done).first()


def search(clock: Clock, *, through: Through) -> int:
    """Carries out the order that waits, if there is one; returns how many pairs it wrote, at least 1 for an order."""
    at = clock()
    with snapshot() as session:
        order = waiting(session)
        seen = None if order is None else look(session, order, at=at)
    if seen is None:
        return 0
    found = compare(seen, at=at)
    for write in _writes(seen, found):
        retried(write)
    retried(lambda session: _settle(session, seen, found, Act(by=None, at=clock(), through=through)))
    return max(1, len(found.rows))


def look(session: Session, order: MatchSearch, *, at: datetime) -> Seen:
    """Reads all that is compared; writes nothing."""
    last = last_search(session)
    around: frozenset[int] | None = None
    if last is not None and not order.everybody:
        around = frozenset(changed_since(session, last.seen_to, besides=last.told.get("under way", ())))
    dialled = Dialled(read.country_of(organization(session)))
    rosters: dict[str, Roster] = {}
    models: dict[str, Model | None] = {}
    for kind in KINDS if around is None or around else ():
        rosters[kind] = enroll(facts_of(one, dialled) for one in read.everybody(session, kind))
        learns = around is None and len(rosters[kind]) >= ENOUGH and not _is_fresh(session, kind, at)
        models[kind] = None if learns else model_of(session, kind)
    return Seen(order.id, around, last_change(session), under_way(session), rosters, models)


def compare(seen: Seen, *, at: datetime) -> Found:
    """The pairs that are likely the same. Asks nothing of the database, so that nothing is held meanwhile."""
    found = Found()
    for kind, roster in seen.rosters.items():
        planned, model = plan(roster, kind), seen.models[kind]
        if model is None:
            model = learned(planned)
            found.models.append(model)
        found.rows += _rows(planned, model, seen.around, at)
        found.told[kind] = {
            "constituents": len(roster),
            "left out": {one.name: [one.keys, one.rows] for one in planned.overfull},
        }
    return found


def _is_fresh(session: Session, kind: str, at: datetime) -> bool:
    row = newest(session, kind)
    return row is not None and at - row.learned_at < EVERYBODY_AFTER - timedelta(hours=12)


def _rows(planned: Plan, model: Model, around: frozenset[int] | None, at: datetime) -> Iterator[Row]:
    only: Ints | None = None
    if around is not None:
        only = np.isin(planned.roster.ids, np.fromiter(around, np.int64, len(around))).astype(np.int64)
    rarity = Rarity(planned.roster, model)
    for some in likely(planned, model, least=LIKELY / 10_000, only=only):
        yield from _of_part(planned, model, rarity, some, at)


def _of_part(planned: Plan, model: Model, rarity: Rarity, some: Likely, at: datetime) -> Iterator[Row]:
    ids = planned.roster.ids
    for a, b, pattern, probability in zip(
        some.a.tolist(), some.b.tolist(), some.patterns.tolist(), some.probability.tolist(), strict=True
    ):
        judged = judge(model, pattern, rarity.each(a, pattern))
        told = kept(judged, planned.kind, shown_words(planned.roster, planned.kind, a, b))
        low, high = sorted((int(ids[a]), int(ids[b])))
        yield low, high, planned.kind, min(9_999, round(probability * 10_000)), told, at, low, 2


def _writes(seen: Seen, found: Found) -> Iterator[Callable[[Session], None]]:
    """Short acts that bring the table in line, in order of the lower id."""
    rows = sorted({row[:2]: row for row in found.rows}.values(), key=lambda row: row[:2])
    if seen.around is not None:
        ids = sorted(seen.around)
        for start in range(0, len(ids), PART):
            yield partial(_forget, ids=ids[start : start + PART])
    after = 0
    for start in range(0, max(len(rows), 1), PART):
        part = rows[start : start + PART]
        upto = part[-1][0] if start + PART < len(rows) else None
        yield partial(_replace, rows=part, span=(after, upto), all_of_it=seen.around is None)
        after = upto or after


def _forget(session: Session, ids: Sequence[int]) -> None:
    pair = DuplicatePair
    session.execute(delete(pair).where(or_(among(session, pair.low_id, ids), among(session, pair.high_id, ids))))


def _replace(session: Session, rows: Sequence[Row], span: tuple[int, int | None], all_of_it: bool) -> None:
    """Puts rows in; where everybody was looked at, in the place of all whose lower id lies in a span."""
    after, upto = span
    if all_of_it:
        old = delete(DuplicatePair).where(DuplicatePair.low_id > after)
        session.execute(old if upto is None else old.where(DuplicatePair.low_id <= upto))
    load(session, DuplicatePair, COLUMNS, rows)


def _settle(session: Session, seen: Seen, found: Found, act: Act) -> None:
    if found.models:
        within = open_change(session, "duplicates.learn", act=act)
        for model in found.models:
            keep_model(session, model, within=within)
    tie(session)
    order = session.get_one(MatchSearch, seen.order)
    order.done_at, order.seen_to = act.at, seen.seen_to
    order.told = {**found.told, "pairs": len(found.rows), "under way": seen.under_way}
    if seen.around is None:
        order.everybody = True


def waiting(session: Session) -> MatchSearch | None:
    """The order that waits, if there is one."""
    return session.scalars(select(MatchSearch).where(MatchSearch.done_at.is_(None)).order_by(MatchSearch.id)).first()


def _is_due(session: Session, at: datetime) -> bool:
    last = last_search(session, everybody=True)
    return last is None or at - last.asked_at >= EVERYBODY_AFTER - timedelta(hours=12)
