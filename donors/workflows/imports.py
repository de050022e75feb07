"""What imports write: people, gifts and shifts within one change set, figures and levels afterwards, in parts.

Nothing is refreshed while rows go in: the import itself goes on to `refresh_some` when they are all there, and its
state says so until then.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent, EmailAddress, ExternalId, SearchWord
from donors.constituents.words import rewrite_words
from donors.core.bulk import look_over
from donors.core.changes import Act, ChangeSet
from donors.core.settings import Organization, settled
from donors.core.undo import begin_undo, undo_part, values_touched
from donors.giving import adjust, record
from donors.giving.columns import check_constituents
from donors.giving.credits import credited, decided, rows_of
from donors.giving.decide import Share, credit_shares, split_shares
from donors.giving.gift_input import CreditInput, GiftInput, SplitInput
from donors.giving.models import Credit, Gift, GiftSplit
from donors.levels.assign import Because
from donors.rollups.marks import mark_change
from donors.rollups.refresh import hold, refresh_all
from donors.volunteering import record as shifts
from donors.volunteering.models import Shift
from donors.volunteering.shift_input import ShiftInput
from donors.workflows.levels import assign_between
from donors.workflows.refresh import refresh_people
from donors.workflows.starts import ACTS, run_starts_between
from donors.workflows.undone import ALONG, FIGURES, NAMES

FILLED = (Constituent, ExternalId, EmailAddress, SearchWord, Gift, Credit, Shift)
FEW, MANY = 400, 10_000
"""Constituents refreshed in one part: one by one through lists of ids, or as a whole range of them."""


def look_over_books(session: Session) -> None:
    """Lets the database count the tables that an import fills, so that it finds rows by their indexes."""
    look_over(session, *FILLED)


def hold_people(session: Session, ids: Iterable[int], *, gifts: Iterable[int] = ()) -> None:
    """Lets merges of these constituents wait until the end of the transaction, and of all for whom the gifts count.

    To be called before anything else is written: whoever locks gifts and people takes the people first, in order of
    id, so that no two wait for each other. Raises NotFound when one of `ids` was merged or removed meanwhile.
    """
    people = set(ids)
    hold(session, people.union(*(credited(session, gift) for gift in gifts)))
    check_constituents(session, people)


def _of_now(session: Session, known: Organization) -> Organization:
    """What an import began by, with the fiscal year of now: it may have changed between two parts."""
    now = settled(session)
    return replace(known, fiscal_start_month=now.fiscal_start_month, fiscal_named_for_end=now.fiscal_named_for_end)


def take_gifts(
    session: Session, wanted: Sequence[GiftInput], *, within: ChangeSet, organization: Organization
) -> list[int]:
    """Records gifts of a file and returns their ids in order. All or none: raises as `record_gift` does."""
    return record.record_gifts(session, wanted, within=within, organization=_of_now(session, organization))


def change_gift(
    session: Session, gift_id: int, wanted: GiftInput, *, within: ChangeSet, organization: Organization
) -> set[int]:
    """Makes a gift what a file says of it now; splits and further credits keep their proportions.

    Returns the constituents whose figures it touches. Raises Invalid, NotFound.
    """
    gift = adjust.gift_by_id(session, gift_id)
    shares = decided(rows_of(session, gift_id))
    kept = replace(wanted, splits=wanted.splits or _splits(session, gift, wanted.amount))
    if not wanted.credits and any(one.to_id != gift.constituent_id or one.kind != "hard" for one in shares):
        kept = replace(kept, credits=_credits(gift, shares, wanted))
    return adjust.edit(session, gift, kept, within=within, organization=_of_now(session, organization))


def _splits(session: Session, gift: Gift, amount: int) -> tuple[SplitInput, ...]:
    rows = session.scalars(select(GiftSplit).where(GiftSplit.gift_id == gift.id).order_by(GiftSplit.id))
    shares = [Share(row.fund_id, row.amount, row.amount) for row in rows]
    return tuple(SplitInput(one.to_id, one.amount) for one in split_shares(shares, (amount, amount)))


def _credits(gift: Gift, shares: Sequence[Share], wanted: GiftInput) -> tuple[CreditInput, ...]:
    moved = [replace(one, to_id=wanted.constituent_id) if _is_givers(gift, one) else one for one in shares]
    scaled = credit_shares(moved, (wanted.amount, wanted.amount))
    return tuple(CreditInput(one.to_id, one.amount, one.kind, one.role) for one in scaled)


def _is_givers(gift: Gift, share: Share) -> bool:
    return share.to_id == gift.constituent_id and share.kind == "hard"


def take_shifts(
    session: Session, wanted: Sequence[ShiftInput], *, within: ChangeSet, organization: Organization
) -> list[int]:
    """Records shifts of a file and returns their ids in order. All or none: raises as `record_shift` does."""
    return shifts.record_shifts(session, wanted, within=within, organization=_of_now(session, organization))


def change_shift(
    session: Session, shift_id: int, wanted: ShiftInput, *, within: ChangeSet, organization: Organization
) -> set[int]:
    """Makes a shift what a file says of it now; returns whom it touches. Raises Invalid, NotFound."""
    shift = shifts.shift_by_id(session, shift_id)
    return shifts.edit_shift(session, shift, wanted, within=within, organization=_of_now(session, organization))


@dataclass(frozen=True)
class Stale:
    """Whose figures an import or its undo has left stale, in order of id; `most` of all there are, or a few."""

    ids: tuple[int, ...]
    most: bool
    cause: str


def stale(ids: Collection[int], *, of: int, cause: str) -> Stale:
    """Those ids as a task: ranges of everybody when they are a good part of all `of` constituents."""
    return Stale(tuple(sorted(ids)), most=len(ids) > FEW and len(ids) * 3 > of, cause=cause)


def refresh_some(session: Session, task: Stale, *, after: int, within: ChangeSet, on: date) -> int | None:
    """Brings figures and levels of the next of them above the id `after` in line; none when all are done.

    One part of at most a second or so, for a transaction of its own. The last leaves funds, campaigns and portfolios
    to the queue.
    """
    because = Because(task.cause, on)
    if task.most:
        last = refresh_all(session, on=on, after=after, limit=MANY)
        if last is not None:
            assign_between(session, low=after, high=last, because=because, within=within)
            _start_between(session, low=after, high=last, because=because, within=within)
    else:
        some = [one for one in task.ids if one > after][:FEW]
        refresh_people(session, some, because=because, within=within)
        last = some[-1] if some else None
    if last is None:
        mark_change(session, within)
    return last


def _start_between(session: Session, *, low: int, high: int, because: Because, within: ChangeSet) -> None:
    if because.cause in ACTS and within.undoes_id is None:
        run_starts_between(session, low=low, high=high, on=because.on, within=within)


def touched(session: Session, change: ChangeSet) -> set[int]:
    """Everybody whose figures a change set has changed: those for whom its rows count, now or before it."""
    found = left_stale(session, change)
    for column in (Constituent.id, Credit.constituent_id, Shift.constituent_id):
        found.update(session.scalars(select(column).where(column.class_.created_in == change.id).distinct()))
    return found


def begin_taking_back(session: Session, change: ChangeSet, *, act: Act) -> ChangeSet:
    """Opens the undo of an import, or takes up one that was begun. Raises Blocked with what stands in its way."""
    return begin_undo(session, change, act=act, along=ALONG)


def take_back_some(session: Session, change: ChangeSet, *, within: ChangeSet, limit: int) -> int:
    """Undoes some rows of an import, for a transaction of its own; 0 when it is undone. Raises Blocked."""
    return undo_part(session, change, within=within, limit=limit)


def left_stale(session: Session, undoing: ChangeSet) -> set[int]:
    """The constituents whose figures or search words a change or an undo has touched, gone ones among them.

    Rows that are new are told by their change set alone: `touched` knows them too.
    """
    places = {*FIGURES, *NAMES}
    every = (values_touched(session, undoing, table=table, column=column) for table, column in sorted(places))
    return set().union(*every)


def restore_words(session: Session, ids: Iterable[int]) -> None:
    """Makes the search words of these constituents anew."""
    rewrite_words(session, ids)
