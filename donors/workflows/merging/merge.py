"""Merging two records of one constituent: one change set holds it all, so that it can be undone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from donors.constituents import household
from donors.constituents.edit import EDITABLE, edit
from donors.constituents.models import Alias, Constituent
from donors.constituents.queries import households_of
from donors.constituents.restraint import why_frozen
from donors.constituents.words import rewrite_words
from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Blocked, NotFound
from donors.rollups.dirty import reach
from donors.rollups.refresh import hold
from donors.workflows.leave_alone import leave_alone
from donors.workflows.merging.rules import carry_over
from donors.workflows.merging.under_way import Merging
from donors.workflows.refresh import refresh_constituents

STRICTER = ("is_anonymous", "do_not_contact", "confidential")
"""What one of the two asked for holds for both."""

CHOICES = EDITABLE - {"named_by_key", *STRICTER}
"""Columns that may be taken from the record that goes. A person's `name` follows from its parts."""

NAME_PARTS = frozenset({"title", "given_name", "middle_name", "family_name", "suffix"})


@dataclass(frozen=True)
class Pair:
    """Whom to merge: `survivor_id` stays, `other_id` leads to it; `take` names columns to keep from the other."""

    survivor_id: int
    other_id: int
    take: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Merged:
    """What came of it: the record that stays, and sentences on what was resolved by rule."""

    survivor: Constituent
    notes: tuple[str, ...]


def merge_constituents(session: Session, pair: Pair, *, within: ChangeSet, on: date) -> Merged:
    """Makes one record of two. The survivor's facts rule, where it has none the other's fill in.

    Raises NotFound, Blocked (different kinds, the unknown giver, deleted or frozen records).
    """
    hold(session, reach(session, (pair.survivor_id, pair.other_id)).now, alone=True)
    survivor, other = _found(session, pair.survivor_id), _found(session, pair.other_id)
    _refuse(survivor, other)
    homes = {one.id: one for row in (survivor, other) for one in household.following(session, row.id)}
    touched = {survivor.id, other.id, *households_of(session, [survivor.id, other.id])}
    merging = Merging(session, survivor, other, within, on)
    carry_over(merging)
    amend(session, other, within=within, deleted_at=within.at)
    insert(session, Alias(old_id=other.id, constituent_id=survivor.id), within=within)
    _fill_in(session, survivor, other, take=pair.take, within=within)
    _take_objection(merging)
    household.rename(session, homes.values(), within=within)
    rewrite_words(session, [survivor.id, other.id])
    refresh_constituents(session, touched, within=within, on=on, cause="merge")
    return Merged(survivor, tuple(dict.fromkeys(merging.notes)))


def _found(session: Session, constituent_id: int) -> Constituent:
    row = session.get(Constituent, constituent_id, with_for_update=True)
    if row is None:
        raise NotFound("constituent", constituent_id)
    return row


def _refuse(survivor: Constituent, other: Constituent) -> None:
    reasons = (
        (survivor.id == other.id, "These are one and the same record."),
        (survivor.kind != other.kind, f"A {survivor.kind} and a {other.kind} cannot be one."),
        (survivor.is_unknown_giver or other.is_unknown_giver, "One stands for all givers who are not known."),
        (survivor.deleted_at is not None or other.deleted_at is not None, "One of them was deleted or merged before."),
    )
    frozen = tuple(why for row in (survivor, other) if (why := why_frozen(row)))
    against = (*(reason for holds, reason in reasons if holds), *frozen)
    if against:
        raise Blocked("Not merged", against)


def _take_objection(merging: Merging) -> None:
    """An objection of the one that goes holds for the one that stays, and ends what is under way there."""
    since, survivor = merging.other.objected_on, merging.survivor
    if since is not None and survivor.objected_on is None:
        amend(merging.session, survivor, within=merging.within, objected_on=since)
        reason = "objected to fundraising"
        leave_alone(merging.session, [survivor.id], reason=reason, on=merging.on, within=merging.within)


def _fill_in(
    session: Session, survivor: Constituent, other: Constituent, *, take: Collection[str], within: ChangeSet
) -> None:
    """The other's facts where the survivor has none or they were chosen; a key gives way to a name as a whole."""
    values: dict[str, Any] = {name: True for name in STRICTER if getattr(other, name)}
    for name in CHOICES:
        mine, theirs = getattr(survivor, name), getattr(other, name)
        if theirs not in (None, "") and (name in take or mine in (None, "")):
            values[name] = theirs
    if survivor.named_by_key and not other.named_by_key:
        values |= {name: getattr(other, name) for name in (*NAME_PARTS, "name", "named_by_key")}
    edit(session, survivor, values=values, within=within)
    if other.is_deceased and not survivor.is_deceased:
        amend(session, survivor, within=within, is_deceased=True, deceased_on=other.deceased_on)
