"""Many sure pairs become one record each, in one change set, by the rules of single merges."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.matching.apart import decisions
from donors.constituents.models import Alias, Constituent
from donors.core.bulk import among
from donors.core.changes import ChangeSet
from donors.core.errors import Blocked
from donors.workflows.merging.fuller import fuller, groups
from donors.workflows.merging.holdings import weights
from donors.workflows.merging.merge import CHOICES, Merged, Pair, merge_all, refuse

Two = tuple[int, int]
APART = "Somebody decided that these, or others that would become one with them, are not the same."


@dataclass(frozen=True)
class Sorted:
    """What is to be merged, in its order, and the pairs that are left out, each with the reason in a sentence."""

    pairs: tuple[Pair, ...]
    left_out: Mapping[Two, str]


def sort_out(session: Session, pairs: Iterable[Two]) -> Sorted:
    """Which record stays of each group that the pairs make: the fuller one, of equal ones the older.

    Old ids stand for the records that they lead to. Pairs that cannot be one are left out. Writes nothing.
    """
    asked = list(dict.fromkeys((min(two), max(two)) for two in pairs))
    now = _now(session, {one for two in asked for one in two})
    left_out = {two: reason for two in asked if (reason := _against(now, two))}
    living = {two: (now[two[0]].id, now[two[1]].id) for two in asked if two not in left_out}
    found = groups(living.values())
    torn = {ids for ids in found if decisions(session, list(combinations(ids, 2)))}
    left_out |= {two: APART for two, (one, _) in living.items() if any(one in ids for ids in torn)}
    found = [ids for ids in found if ids not in torn]
    known = weights(session, {one for ids in found for one in ids}, columns=sorted(CHOICES))
    wanted = []
    for ids in found:
        stays = fuller({one: known[one] for one in ids})
        wanted += [Pair(stays, one) for one in ids if one != stays]
    return Sorted(tuple(wanted), left_out)


def merge_many(session: Session, pairs: Iterable[Two], *, within: ChangeSet, on: date) -> list[Merged]:
    """Merges all pairs that can be merged: A with B and B with C make one of three. Pairs are ids in any order."""
    return merge_all(session, sort_out(session, pairs).pairs, within=within, on=on)


def _now(session: Session, ids: set[int]) -> dict[int, Constituent]:
    """The record that an id, old ones too, leads to."""
    aliases = select(Alias.old_id, Alias.constituent_id).where(among(session, Alias.old_id, ids))
    newer = {old: living for old, living in session.execute(aliases)}
    living = {newer.get(one, one) for one in ids}
    rows = {row.id: row for row in session.scalars(select(Constituent).where(among(session, Constituent.id, living)))}
    return {one: rows[newer.get(one, one)] for one in ids if newer.get(one, one) in rows}


def _against(now: Mapping[int, Constituent], two: Two) -> str:
    """Why two cannot be one; empty where they can."""
    if not all(one in now for one in two):
        return "One of them is not there."
    try:
        refuse(now[two[0]], now[two[1]])
    except Blocked as error:
        return " ".join(error.reasons)
    return ""
