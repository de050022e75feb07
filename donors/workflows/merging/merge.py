"""Merging two records of one constituent: one change set holds it all, so that it can be undone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents import household
from donors.constituents.contact import KEYS, Point, make_primary, same_point
from donors.constituents.edit import EDITABLE, edit
from donors.constituents.models import Alias, Constituent, EmailAddress, Phone, PostalAddress
from donors.constituents.queries import households_of
from donors.constituents.restraint import why_frozen
from donors.constituents.words import rewrite_words
from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Blocked, NotFound
from donors.rollups.dirty import reach
from donors.rollups.refresh import hold
from donors.workflows.merging.holdings import Place, holdings
from donors.workflows.merging.rules import carry_over
from donors.workflows.merging.under_way import Merging
from donors.workflows.refresh import refresh_constituents

STRICTER = ("is_anonymous", "do_not_contact", "confidential")
"""What one of the two asked for holds for both."""

CHOICES = EDITABLE - {"named_by_key", *STRICTER}
"""Columns that may be taken from the record that goes. A person's `name` follows from its parts."""

PRIMARIES: dict[str, type[Point]] = {"email": EmailAddress, "phone": Phone, "address": PostalAddress}
"""Ways to reach somebody, of which the other's may be the one that is used first from now on."""

NAME_PARTS = frozenset({"title", "given_name", "middle_name", "family_name", "suffix"})


@dataclass(frozen=True)
class Pair:
    """Whom to merge: `survivor_id` stays, `other_id` leads to it; `take` names what to keep from the other.

    Columns of `CHOICES`, and kinds of `PRIMARIES` of which the other's primary one becomes that of both.
    """

    survivor_id: int
    other_id: int
    take: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Merged:
    """What came of it: the record that stays, the id that leads to it, and sentences on what was resolved by rule."""

    survivor: Constituent
    other_id: int
    notes: tuple[str, ...]


def merge_constituents(session: Session, pair: Pair, *, within: ChangeSet, on: date) -> Merged:
    """Makes one record of two. The survivor's facts rule, where it has none the other's fill in.

    Raises NotFound, Blocked (different kinds, the unknown giver, deleted records, records that must not be changed).
    """
    (merged,) = merge_all(session, [pair], within=within, on=on)
    return merged


def merge_all(session: Session, pairs: Sequence[Pair], *, within: ChangeSet, on: date) -> list[Merged]:
    """The same for many pairs, one after the other; names, search, figures and levels follow for all at the end.

    Nobody who goes in one pair may stay in a later one.
    """
    ids = {one for pair in pairs for one in (pair.survivor_id, pair.other_id)}
    hold(session, reach(session, ids).now, alone=True)
    held = holdings(session, ids)
    homes = {home.id: home for one in sorted(ids) for home in household.following(session, one)}
    touched = ids | households_of(session, ids)
    merged = [_join(session, pair, held[pair.other_id], within, on) for pair in pairs]
    household.rename(session, homes.values(), within=within)
    rewrite_words(session, sorted(ids))
    refresh_constituents(session, touched, within=within, on=on, cause="merge")
    return merged


def _join(session: Session, pair: Pair, held: Collection[Place], within: ChangeSet, on: date) -> Merged:
    survivor, other = _found(session, pair.survivor_id), _found(session, pair.other_id)
    refuse(survivor, other)
    merging = Merging(session, survivor, other, within, on)
    first = [(kind, _primary(session, kind, other)) for name, kind in PRIMARIES.items() if name in pair.take]
    carry_over(merging, held)
    for kind, point in first:
        if point is not None:
            make_primary(session, next(one for one in merging.own(kind) if same_point(one, point)), within=within)
    amend(session, other, within=within, deleted_at=within.at)
    insert(session, Alias(old_id=other.id, constituent_id=survivor.id), within=within)
    _fill_in(session, survivor, other, take=pair.take, within=within)
    return Merged(survivor, other.id, tuple(dict.fromkeys(merging.notes)))


def _primary(session: Session, model: type[Any], owner: Constituent) -> Any:
    """The way to reach somebody that is used first; a copy, for the same one twice becomes one."""
    wanted = select(model).where(model.constituent_id == owner.id, model.is_primary, model.is_active)
    point: Any = session.scalar(wanted)
    return point and model(**{name: getattr(point, name) for name in KEYS[model.__tablename__]})


def _found(session: Session, constituent_id: int) -> Constituent:
    row = session.get(Constituent, constituent_id, with_for_update=True)
    if row is None:
        raise NotFound("constituent", constituent_id)
    return row


def refuse(survivor: Constituent, other: Constituent) -> None:
    """Raises Blocked where two records cannot be made one."""
    reasons = (
        (survivor.id == other.id, "These are one and the same record."),
        (survivor.kind != other.kind, f"A {survivor.kind} and a {other.kind} cannot be one."),
        (survivor.is_unknown_giver or other.is_unknown_giver, "One stands for all givers who are not known."),
        (survivor.deleted_at is not None or other.deleted_at is not None, "One of them was deleted or merged before."),
        *((bool(frozen), frozen) for frozen in map(why_frozen, (survivor, other))),
    )
    against = tuple(reason for holds, reason in reasons if holds)
    if against:
        raise Blocked("Not merged", against)


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
    if other.objected_on is not None and (survivor.objected_on is None or other.objected_on < survivor.objected_on):
        amend(session, survivor, within=within, objected_on=other.objected_on)
