"""Defining rollups, with the figures and levels that follow: at once for few constituents, by the queue for many."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import Act, ChangeSet, open_change
from donors.core.errors import Blocked
from donors.levels.assign import Because
from donors.levels.ladders import ladders
from donors.levels.turns import asked_by
from donors.rollups.define import Draft, define, redefine, row_of, set_active
from donors.rollups.everybody import mark_all
from donors.rollups.formulas import reckoned_from
from donors.rollups.keep import compute as compute_figures
from donors.rollups.keep import write
from donors.rollups.marks import mark_all_owners
from donors.rollups.models import RollupDefinition
from donors.rollups.queries import definitions
from donors.rollups.refresh import last_of_part, refresh_between
from donors.rollups.targets import Target
from donors.workflows.levels import assign_between

AT_ONCE = 2_000
"""More constituents than this are left to the queue."""


def define_rollup(session: Session, draft: Draft, *, act: Act, on: date) -> RollupDefinition:
    """Keeps a new definition and computes it, and nothing else. Raises Invalid."""
    change = open_change(session, "rollup.define", act=act)
    row = define(session, draft, within=change)
    compute(session, row.key, within=change, on=on)
    return row


@dataclass(frozen=True)
class Keeping:
    """How a changed definition is kept: based on which version of its row (none: any), and whether effects of levels
    run for whom it moves.
    """

    expect: int | None = None
    effects: bool = True


def redefine_rollup(
    session: Session, key: str, draft: Draft, *, act: Act, on: date, keeping: Keeping = Keeping()
) -> RollupDefinition:
    """Changes a definition and computes it, the formulas that name it, and the levels that follow.

    Raises Invalid, NotFound, Conflict; Blocked when a track measures by it and it would read in another way.
    """
    change = open_change(session, "rollup.redefine", act=act)
    before = row_of(session, key).value_kind
    row = redefine(session, key, draft, within=change, expect=keeping.expect)
    if row.value_kind != before:
        _not_measured(session, key, f"It is kept as {before}, and would be kept as {row.value_kind}.")
    compute(session, key, within=change, on=on, effects=keeping.effects)
    return row


def switch_rollup(
    session: Session, key: str, *, active: bool, act: Act, on: date, expect: int | None = None
) -> RollupDefinition:
    """Switches a definition on (and computes it) or off. Raises Blocked while a track or a formula needs it."""
    change = open_change(session, "rollup.switch", act=act)
    if not active:
        _not_measured(session, key, "Choose another one there first.")
    row = set_active(session, key, active=active, within=change, expect=expect)
    if active:
        compute(session, key, within=change, on=on)
    return row


def _not_measured(session: Session, key: str, remedy: str) -> None:
    tracks = ladders(session)
    names = [ladder.name for ladder in tracks if ladder.measure == key]
    if names:
        raise Blocked("This cannot be done", (f"The track {', '.join(names)} measures by this figure. {remedy}",))
    names = [ladder.name for ladder in tracks if key in asked_by(ladder)]
    if names:
        reason = f"The criteria of the track {', '.join(names)} ask for this figure. {remedy}"
        raise Blocked("This cannot be done", (reason,))


def compute(session: Session, key: str, *, within: ChangeSet, on: date, effects: bool = True) -> None:
    """Brings a figure, those reckoned from it, and the levels by them in line for everybody.

    `effects`: whether effects of levels run for whom it moves.
    """
    owner = Target(row_of(session, key).target).owner
    many = (session.scalar(select(func.count(Constituent.id))) or 0) > AT_ONCE
    if owner is not Target.CONSTITUENT:
        _compute_owners(session, owner, None if many else key, within=within, on=on)
        return
    if many:
        order = mark_all(session, reason="rules", at=within.at, change_set_id=within.id, key=key)
        order.effects = effects
        return
    session.flush()
    some = reckoned_from(definitions(session), key)
    high = last_of_part(session, after=0, limit=AT_ONCE)
    if high is not None:
        refresh_between(session, low=0, high=high, on=on, known=some)
        assign_between(session, low=0, high=high, because=Because("rules", on, effects=effects), within=within)


def _compute_owners(session: Session, owner: Target, key: str | None, *, within: ChangeSet, on: date) -> None:
    """The same for funds, campaigns or portfolios: by the queue, and the figure with this key at once.

    The queue goes over what was computed at once: gifts may come in while this act is not to be seen yet.
    """
    mark_all_owners(session, [owner], at=within.at)
    if key is not None:
        session.flush()
        write(session, compute_figures(session, owner, on=on, known=reckoned_from(definitions(session, owner), key)))
