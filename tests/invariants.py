"""What must hold in any database of ours, whoever wrote it and in whatever order: each invariant as a query.

`broken(session)` names those that do not, with the first ids of the rows that break them.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import Dialect, Integer, Select, Table, and_, case, cast, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from donors.constituents.models import Alias, Constituent, ExternalId, HouseholdMembership
from donors.core.changes import ChangeSet, JournalEntry
from donors.core.db import Base
from donors.core.settings import organization
from donors.giving.models import HARD, REFUND, Credit, Gift, GiftAdjustment, GiftSplit
from donors.levels.models import Level, Standing
from donors.pipeline.models import Assignment, Prospect, Stage, StageEntry
from donors.plans.models import DONE, ONGOING, RUNNING, STARTING, RunningPlan, Step, Task

SHOWN = 5

Query = Select[Any]


def broken(session: Session) -> dict[str, list[Any]]:
    """Name of the invariant → the first ids that break it. Empty when all is well."""
    found: dict[str, list[Any]] = {}
    connection = session.connection()
    for name, row_id in connection.exec_driver_sql(_all_at_once(connection.dialect)):
        found.setdefault(name, []).append(row_id)
    mislabeled = _mislabeled(session)
    return found | ({"the fiscal year of a credit is that of its day": mislabeled} if mislabeled else {})


@cache
def _all_at_once(dialect: Dialect) -> str:
    """One statement for all, written out once: it takes longer to put together than to answer."""
    each = [_named(name, query()) for name, query in QUERIES.items()]
    for table in Base.metadata.sorted_tables:
        if "created_in" in table.c:
            each.append(_named(f"{table.name}: created_in exists", _orphans(table)))
        if "created_in" in table.c and "version" in table.c:
            each.append(_named(f"{table.name}: an image for every version", _unrecorded(table)))
    return str(union_all(*each).compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def _named(name: str, query: Query) -> Query:
    first = query.limit(SHOWN).subquery()
    return select(literal(name), first.c[0])


def _adjusted(gift_id: Any) -> Any:
    """What a gift is worth now beyond its amount: the sum of its adjustments."""
    total = select(func.coalesce(func.sum(GiftAdjustment.amount), 0)).where(GiftAdjustment.gift_id == gift_id)
    return total.scalar_subquery()


def splits_add_up() -> Query:
    """Splits of a gift, when it has any, add up to it, in both currencies."""
    totals = (
        select(
            GiftSplit.gift_id, func.sum(GiftSplit.amount).label("own"), func.sum(GiftSplit.base_amount).label("base")
        )
        .group_by(GiftSplit.gift_id)
        .subquery()
    )
    return (
        select(Gift.id)
        .join(totals, totals.c.gift_id == Gift.id)
        .where(or_(totals.c.own != Gift.amount, totals.c.base != Gift.base_amount))
    )


def hard_credits_add_up() -> Query:
    """The open hard credits of a gift add up to it and its adjustments."""
    own = (
        select(func.coalesce(func.sum(Credit.amount), 0))
        .where(Credit.gift_id == Gift.id, Credit.kind == HARD, Credit.counts_to.is_(None))
        .scalar_subquery()
    )
    return select(Gift.id).where(own != Gift.amount + _adjusted(Gift.id))


def nothing_counts_after_a_full_refund() -> Query:
    """A gift that was given back in full has no open credit."""
    refunded = select(GiftAdjustment.id).where(GiftAdjustment.gift_id == Gift.id, GiftAdjustment.kind == REFUND)
    counting = select(Credit.id).where(Credit.gift_id == Gift.id, Credit.counts_to.is_(None))
    return select(Gift.id).where(refunded.exists(), Gift.amount + _adjusted(Gift.id) == 0, counting.exists())


def no_gift_is_below_zero() -> Query:
    """More was never given back than was given."""
    return select(Gift.id).where(Gift.amount >= 0, Gift.amount + _adjusted(Gift.id) < 0)


def credits_stand_at_their_gift() -> Query:
    """A credit carries its gift's day and its span does not begin before it."""
    joined = select(Credit.id).join(Gift, Gift.id == Credit.gift_id)
    return joined.where(
        or_(Credit.given_on != Gift.received_on, Credit.counts_from < Gift.received_on, _ends_early(Credit))
    )


def _ends_early(credit: type[Credit]) -> Any:
    return credit.counts_to < credit.counts_from


def nobody_gone_is_credited() -> Query:
    """Nothing that counts belongs to a record that was merged away."""
    return select(Credit.id).join(Alias, Alias.old_id == Credit.constituent_id)


def no_gift_of_nobody() -> Query:
    """No gift belongs to a record that was merged away."""
    return select(Gift.id).join(Alias, Alias.old_id == Gift.constituent_id)


def aliases_lead_somewhere() -> Query:
    """An alias leads from a deleted record to a live one."""
    old, new = aliased(Constituent), aliased(Constituent)
    return (
        select(Alias.id)
        .join(old, old.id == Alias.old_id)
        .join(new, new.id == Alias.constituent_id)
        .where(or_(old.deleted_at.is_(None), new.deleted_at.is_not(None)))
    )


def external_ids_are_unique() -> Query:
    """One external id names one constituent."""
    return select(func.min(ExternalId.id)).group_by(ExternalId.source, ExternalId.value).having(func.count() > 1)


def nobody_lives_in_two_households() -> Query:
    """The stays of one person do not overlap."""
    one, other = aliased(HouseholdMembership), aliased(HouseholdMembership)
    same = (one.constituent_id == other.constituent_id) & (one.id < other.id)
    ends_later = or_(one.to_on.is_(None), other.from_on.is_(None), one.to_on > other.from_on)
    begins_earlier = or_(other.to_on.is_(None), one.from_on.is_(None), other.to_on > one.from_on)
    return select(one.id).join(other, same).where(ends_later, begins_earlier)


def prospects_stand_where_they_entered() -> Query:
    """A prospect's stage is that of its newest entry into one, and of its own pipeline."""
    joined = select(Prospect.id).join(Stage, Stage.id == Prospect.stage_id)
    newest = _newest_entry(StageEntry.to_stage_id, StageEntry.to_stage_id.is_not(None))
    return joined.where(or_(newest.is_distinct_from(Prospect.stage_id), Stage.pipeline_id != Prospect.pipeline_id))


def prospects_are_closed_when_they_left() -> Query:
    """A prospect is closed, and as what, exactly when its newest entry says that it left."""
    left = and_(~Prospect.is_active, _newest_entry(StageEntry.to_stage_id).is_(None))
    as_said = Prospect.closed_as == _newest_entry(StageEntry.how)
    return select(Prospect.id).where(~or_(Prospect.is_active, and_(left, as_said)))


def _newest_entry(column: Any, *which: Any) -> Any:
    entry = aliased(StageEntry)
    newest = select(func.max(StageEntry.id)).where(StageEntry.prospect_id == Prospect.id, *which)
    last = entry.id == newest.correlate(Prospect).scalar_subquery()
    return select(getattr(entry, column.key)).where(last).scalar_subquery()


def stage_entries_are_a_chain() -> Query:
    """Each stage entry begins where the one before it ended."""
    entry, before, each = aliased(StageEntry), aliased(StageEntry), aliased(StageEntry)
    earlier = select(func.max(each.id)).where(each.prospect_id == entry.prospect_id, each.id < entry.id)
    last = select(before.to_stage_id).where(before.id == earlier.correlate(entry).scalar_subquery())
    return select(entry.id).where(entry.from_stage_id.is_distinct_from(last.scalar_subquery()))


def one_current_standing() -> Query:
    """At most one current standing for a person and track."""
    current = select(func.min(Standing.id)).where(Standing.to_on.is_(None))
    return current.group_by(Standing.constituent_id, Standing.track_id).having(func.count() > 1)


def standings_do_not_overlap() -> Query:
    """The standings of one person on a track follow one another."""
    one, other = aliased(Standing), aliased(Standing)
    same = (one.constituent_id == other.constituent_id, one.track_id == other.track_id, one.id < other.id)
    ends_later = or_(one.to_on.is_(None), one.to_on > other.from_on)
    begins_earlier = or_(other.to_on.is_(None), other.to_on > one.from_on)
    return select(one.id).join(other, same[0] & same[1] & same[2]).where(ends_later, begins_earlier)


def standings_are_of_their_track() -> Query:
    """A standing's level is one of its track, and it does not end before it begins."""
    joined = select(Standing.id).join(Level, Level.id == Standing.level_id)
    return joined.where(or_(Level.track_id != Standing.track_id, Standing.to_on < Standing.from_on))


def one_primary_officer() -> Query:
    """At most one primary officer now."""
    current = select(func.min(Assignment.id)).where(Assignment.to_on.is_(None), Assignment.role == "primary")
    return current.group_by(Assignment.constituent_id).having(func.count() > 1)


def plans_have_each_task_once() -> Query:
    """A plan that has begun has one task for each of its steps; one that is still to start or was held out has none."""
    steps = select(func.count()).where(Step.version_id == RunningPlan.version_id).scalar_subquery()
    tasks = select(func.count()).where(Task.plan_id == RunningPlan.id).scalar_subquery()
    named = select(func.count(Task.step_id.distinct())).where(Task.plan_id == RunningPlan.id).scalar_subquery()
    wanted = case((or_(RunningPlan.state == STARTING, RunningPlan.held_out), 0), else_=steps)
    kept = RunningPlan.state.in_((*ONGOING, DONE))
    return select(RunningPlan.id).where(kept, or_(tasks != wanted, named != tasks))


def one_open_copy_of_a_plan() -> Query:
    """At most one open copy of a plan for one constituent."""
    current = select(func.min(RunningPlan.id)).where(RunningPlan.state.in_(ONGOING))
    same = (RunningPlan.constituent_id, RunningPlan.template_id, RunningPlan.copy)
    return current.group_by(*same).having(func.count() > 1)


def tasks_go_with_their_plan() -> Query:
    """Nothing is left to do of a plan that has ended, and something of one that runs."""
    left = select(Task.id).where(Task.plan_id == RunningPlan.id, Task.state.in_(("open", "waiting")))
    steps = select(Step.id).where(Step.version_id == RunningPlan.version_id)
    stale = or_(
        RunningPlan.state.in_((DONE, "stopped")) & left.exists(),
        (RunningPlan.state == RUNNING) & steps.exists() & ~left.exists(),
    )
    return select(RunningPlan.id).where(stale)


def _orphans(table: Table) -> Query:
    there = select(ChangeSet.id).where(ChangeSet.id == table.c.created_in)
    return select(table.c.id).where(~there.exists())


def _unrecorded(table: Table) -> Query:
    """Rows whose before-images, returns from removal, and erasures are not one fewer than their version.

    That an undo found a row gone, which came back later, is an image of nothing: it bears no version.
    """
    own = (JournalEntry.table_name == table.name, JournalEntry.row_id == table.c.id)
    own = (*own, or_(JournalEntry.act != "update", JournalEntry.version.is_not(None)))
    images = select(func.count()).where(*own, JournalEntry.act.in_(("update", "restore", "erase"))).scalar_subquery()
    return select(table.c.id).where(images != table.c.version - 1)


def _mislabeled(session: Session) -> list[Any]:
    """Compares by spans of days: the calendar is Python's."""
    fiscal = organization(session).fiscal
    years = session.scalars(select(Credit.fiscal_year).distinct())
    wrong = [
        select(Credit.id).where(
            Credit.fiscal_year == year, ~Credit.given_on.between(fiscal.first_day(year), fiscal.last_day(year))
        )
        for year in years
    ]
    if not wrong:
        return []
    return list(session.scalars(select(cast(union_all(*wrong).subquery().c.id, Integer)).limit(SHOWN)))


QUERIES: dict[str, Callable[[], Query]] = {
    (query.__doc__ or query.__name__).rstrip("."): query
    for query in (
        splits_add_up,
        hard_credits_add_up,
        nothing_counts_after_a_full_refund,
        no_gift_is_below_zero,
        credits_stand_at_their_gift,
        nobody_gone_is_credited,
        no_gift_of_nobody,
        aliases_lead_somewhere,
        external_ids_are_unique,
        nobody_lives_in_two_households,
        prospects_stand_where_they_entered,
        prospects_are_closed_when_they_left,
        stage_entries_are_a_chain,
        one_current_standing,
        standings_do_not_overlap,
        standings_are_of_their_track,
        one_primary_officer,
        plans_have_each_task_once,
        one_open_copy_of_a_plan,
        tasks_go_with_their_plan,
    )
}
