"""Undoing a merge on any later day: both records are there again, and what was done since is kept.

Gifts, moves and all that was recorded since stay with the record that they were recorded for, except what hangs on
something that goes back: the refund of a gift, the task of a plan, the move with a prospect. The old id answers with
its own record again.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from donors.constituents import household
from donors.constituents.models import Alias, Constituent
from donors.constituents.restraint import refuse_frozen_id
from donors.core.bulk import among
from donors.core.changes import Act, ChangeSet, JournalEntry
from donors.core.errors import Blocked
from donors.core.undo import undo
from donors.core.undo_reach import Row, Spared
from donors.core.undo_since import Since, since
from donors.levels.models import Standing
from donors.rollups.dirty import reach
from donors.rollups.refresh import hold
from donors.workflows.merging.decide import Clash, clashes, spared, with_also
from donors.workflows.merging.follow import follow, give_back, settle_primaries
from donors.workflows.merging.pass_on import pass_on, take_back
from donors.workflows.merging.shares import Outside, merged_by, outside
from donors.workflows.undone import ALONG, bring_up_to_date


@dataclass(frozen=True)
class Parting:
    """What undoing a merge would meet. `pairs` are (id that comes back, id of the record that it is now).

    `homes` are households that it and others since have renamed, and that bear the names of their members all the same.
    `outside` is what concerns only others who were merged with them in one act, `still` says that some of these are.
    `absorbed` are rows that a later merge has removed, for somebody had the same already: row → that merge.
    """

    pairs: tuple[tuple[int, int], ...]
    since: Since
    clashes: tuple[Clash, ...]
    standings: Mapping[Row, Row]
    homes: tuple[Constituent, ...]
    outside: Outside
    still: bool
    absorbed: Mapping[Row, int]

    @property
    def ids(self) -> frozenset[int]:
        """Everybody who parts."""
        return frozenset(one for pair in self.pairs for one in pair)

    def spared(self, yielding: Collection[str] = ()) -> Spared:
        """What stays as it is. `yielding` are keys of clashes where the merge is taken back all the same."""
        kept = spared(self.since, self.clashes, yielding=yielding, standings=self.standings)
        return replace(with_also(kept, self.outside.rows, self.outside.columns), partly=self.still)


def is_merge(session: Session, change: ChangeSet) -> bool:
    """Whether a change set has merged constituents, and they are one still."""
    return bool(pairs_of(session, change))


def pairs_of(session: Session, change: ChangeSet) -> tuple[tuple[int, int], ...]:
    """Who was merged by a change set: (old id, id of the record that it leads to now), in order of id."""
    made = select(Alias.old_id, Alias.constituent_id).where(Alias.created_in == change.id)
    return tuple((old, living) for old, living in session.execute(made.order_by(Alias.old_id)))


def parting(session: Session, change: ChangeSet, *, only: Collection[int] = ()) -> Parting:
    """What undoing a merge would meet now; of one of many, for `only` some old ids. Writes nothing.

    Who was merged into one record parts together. Raises Blocked for what is not a merge, or none any more.
    """
    every = pairs_of(session, change)
    wanted = {now for old, now in every if not only or old in only}
    pairs = tuple(pair for pair in every if pair[1] in wanted)
    if not pairs:
        raise Blocked("This is no merge that stands", ("It was undone, or nobody was merged by it.",))
    found = since(session, change, along=ALONG)
    others = _outside(session, change, found, wanted, {old for old, now in every if now not in wanted})
    later = {by for one in found.settings for by in one.by} | {*found.removed_by.values()}
    merges = {one for one in later if _passes_on(session, one, change)}
    absorbed = {row: by for row, by in found.removed_by.items() if by in merges and row not in others.rows}
    met = [one for one in clashes(found.settings, merges=merges) if one.row not in others.rows]
    homes = _following(session, met, {one for pair in pairs for one in pair})
    renamed = {("constituent", home.id) for home in homes}
    told = tuple(one for one in met if one.row not in renamed)
    standings, still = _standings(session, change), len(pairs) < len(every)
    found = replace(found, built_upon=found.built_upon | _gone_on(session, standings))
    return Parting(pairs, found, told, standings, homes, others, still, absorbed)


def _passes_on(session: Session, change_set_id: int, merge: ChangeSet) -> bool:
    """Whether an act since only passed rows on: it merged others and stands, or it undid what came after the merge.

    The undo of an earlier merge does not: it took its rows out of this one.
    """
    act, undoes = session.get_one(ChangeSet, change_set_id), 0
    while act.undoes_id is not None:
        act, undoes = session.get_one(ChangeSet, act.undoes_id), undoes + 1
    return act.id >= merge.id if undoes % 2 else is_merge(session, act)


def _outside(session: Session, change: ChangeSet, found: Since, wanted: set[int], still: set[int]) -> Outside:
    """What concerns others alone; nothing, where all part whom the act had merged."""
    leads = set(session.scalars(select(Alias.old_id).where(Alias.constituent_id.in_(wanted))))
    if merged_by(session, change) <= leads:
        return Outside(frozenset(), {})
    return outside(session, change, found.made, ids=wanted | leads, still=still)


def _standings(session: Session, change: ChangeSet) -> dict[Row, Row]:
    """The standings that a merge began or changed, each with its person and track."""
    changed = select(JournalEntry.row_id).where(
        JournalEntry.change_set_id == change.id, JournalEntry.table_name == Standing.__tablename__
    )
    touched = or_(Standing.created_in == change.id, Standing.id.in_(changed))
    found = session.execute(select(Standing.id, Standing.constituent_id, Standing.track_id).where(touched))
    return {("standing", row_id): (f"standings of {who}", track) for row_id, who, track in found}


def _gone_on(session: Session, standings: Collection[Row]) -> frozenset[Row]:
    """Those of the standings after which somebody stands on a level that others have begun since."""
    ids, later = [row_id for _, row_id in standings], aliased(Standing)
    same = (later.constituent_id == Standing.constituent_id, later.track_id == Standing.track_id)
    begun = select(Standing.id).join(later, and_(*same, later.to_on.is_(None), ~among(session, later.id, ids)))
    return frozenset(("standing", one) for one in session.scalars(begun.where(among(session, Standing.id, ids))))


def _following(session: Session, met: Iterable[Clash], ids: Collection[int]) -> tuple[Constituent, ...]:
    renamed = {one.row[1] for one in met if one.row[0] == "constituent"} - set(ids)
    rows = session.scalars(select(Constituent).where(Constituent.id.in_(renamed))).all() if renamed else ()
    return tuple(home for home in rows if household.follows(session, home))


def unmerge(
    session: Session,
    change: ChangeSet,
    *,
    act: Act,
    on: date,
    yielding: Collection[str] = (),
    only: Collection[int] = (),
) -> ChangeSet:
    """Undoes a merge, of one pair or of many, and keeps what was done since; returns the undo, an act like others.

    `yielding` are keys of clashes where what was said since gives way to what was before. `only`: of many who were
    merged in one act these old ids alone; the act stands for the others. Raises Blocked.
    """
    ids = {one for pair in pairs_of(session, change) for one in pair}
    hold(session, reach(session, ids).now, alone=True)
    found = parting(session, change, only=only)
    _refuse(session, found)
    homes = [*found.homes, *_homes(session, found.ids)]
    undoing = undo(session, change, act=act, along=ALONG, spared=found.spared(yielding))
    give_back(session, found.absorbed, merge=change, within=undoing)
    take_back(session, found.pairs, merge=change, within=undoing)
    pass_on(session, undoing, on=on)
    homes += _homes(session, found.ids)
    follow(session, found.pairs, merge=change, within=undoing)
    settle_primaries(session, found.ids, merge=change, within=undoing)
    household.refuse_two_homes(session, found.ids, what="The merge cannot be undone yet")
    household.rename(session, {home.id: home for home in homes}.values(), within=undoing)
    bring_up_to_date(session, undoing, on=on)
    return undoing


def _refuse(session: Session, found: Parting) -> None:
    for one in sorted(found.ids):
        refuse_frozen_id(session, one)
    if any(table == "prospect" for table, _ in found.absorbed):
        reason = "A later merge has put its prospect together with another one; undo that merge first."
        raise Blocked("The merge cannot be undone yet", (reason,))


def _homes(session: Session, ids: Iterable[int]) -> list[Constituent]:
    return [home for one in sorted(ids) for home in household.following(session, one)]
