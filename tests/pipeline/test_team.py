"""A prospect kept to its team, its strategy, and putting it off."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.permissions import ADMINISTRATOR, DIRECTOR, OFFICER
from donors.accounts.visible import Sight, sight
from donors.constituents.models import Constituent
from donors.core.calendar import FiscalCalendar
from donors.core.changes import ChangeSet
from donors.core.criteria.compile import to_sql
from donors.core.criteria.tree import Compare, Operator
from donors.core.errors import Blocked, Invalid, NotFound
from donors.core.fields import joined
from donors.core.paging import Paging
from donors.pipeline.assign import Charge, assign, release
from donors.pipeline.confide import confide
from donors.pipeline.models import Pipeline
from donors.pipeline.move import Plan, plan_move
from donors.pipeline.prospect import Entry
from donors.pipeline.queries.board import Page as Part
from donors.pipeline.queries.board import cards, count
from donors.pipeline.queries.moves import planned_of
from donors.pipeline.queries.prospects import prospect, prospects_of
from donors.pipeline.queries.sieve import Matching, Sieve
from donors.pipeline.strategy import set_strategy
from donors.pipeline.turn.snooze import snooze, wake
from donors.segments.members import Wanted, all_members, fields, member_ids, members
from donors.workflows.advance import add_prospect
from tests.cast import ADA, DORA, OLIVE, SAM, Person
from tests.pipeline.conftest import TODAY, MakePerson


def test_a_confidential_prospect_is_for_its_team(
    session: Session, cast: dict[Person, int], pipeline: Pipeline, change: ChangeSet, person: MakePerson
) -> None:
    one = person("Nora")
    made = add_prospect(session, one, pipeline.id, Entry(TODAY), within=change).prospect
    charge = assign(session, one, Charge(cast[OLIVE], TODAY), within=change)
    plan_move(session, one, Plan("Ask about the estate", TODAY, officer_id=cast[OLIVE]), within=change)
    olive, sam = sight(cast[OLIVE], OFFICER), sight(cast[SAM], OFFICER)
    with pytest.raises(Blocked, match="Only somebody in charge"):
        confide(session, made.id, confidential=True, sees=sam, within=change)
    confide(session, made.id, confidential=True, sees=olive, within=change)

    def told(sees: Sight) -> tuple[int, int, int]:
        lists = cards(session, Sieve(pipeline.id), Part(), on=TODAY, sees=sees)
        moves = planned_of(session, one, sees=sees)
        return len(lists), len(prospects_of(session, one, sees=sees)), len(moves)

    everything = sight(cast[DORA], DIRECTOR), sight(cast[ADA], ADMINISTRATOR), olive
    assert [told(one) for one in everything] == [(1, 1, 1)] * 3
    assert told(sam) == (0, 0, 0)
    with pytest.raises(NotFound):
        prospect(session, made.id, sees=sam)
    assign(session, one, Charge(cast[SAM], TODAY, "volunteer"), within=change)
    release(session, charge.id, on=TODAY + timedelta(days=1), reason="moved", within=change)
    assert told(sam) == (1, 1, 1)
    assert told(olive)[:2] == (0, 0)


def test_lists_and_files_show_a_confidential_prospect_to_its_team(
    session: Session, cast: dict[Person, int], pipeline: Pipeline, change: ChangeSet, person: MakePerson
) -> None:
    one, olive, sam = person("Nora"), sight(cast[OLIVE], OFFICER), sight(cast[SAM], OFFICER)
    made = add_prospect(session, one, pipeline.id, Entry(TODAY), within=change, officer_id=cast[OLIVE]).prospect
    plan_move(session, one, Plan("Ask about the estate", TODAY), within=change)
    confide(session, made.id, confidential=True, sees=olive, within=change)
    session.flush()
    standing = Compare("stage", Operator.EQUALS, "Identification")
    listed = Wanted(("stage", "pipeline", "next_move_on"))

    def told(sees: Sight) -> tuple[object, ...]:
        [row] = all_members(session, listed, Paging(), sees=sees, on=TODAY)
        page = members(session, replace(listed, criteria=standing), Paging(), sees=sees, on=TODAY)
        matching = Matching(standing, fields(session), FiscalCalendar(1))
        shown = count(session, Sieve(pipeline.id, matching=matching), on=TODAY, sees=sees)
        ids = session.scalars(member_ids(session, replace(listed, criteria=standing), sees=sees, on=TODAY)).all()
        return (*row.values.values(), page.total, len(page.rows), shown, len(ids))

    seen = ("Identification", "Major gifts", TODAY, 1, 1, 1, 1)
    for viewer in (olive, sight(cast[DORA], DIRECTOR), sight(cast[ADA], ADMINISTRATOR)):
        assert told(viewer) == seen
    assert told(sam) == (None, None, None, 0, 0, 0, 0)
    condition, joins = to_sql(standing, fields(session), on=TODAY, fiscal=FiscalCalendar(1))
    of_rules = session.scalars(joined(select(Constituent.id), joins).where(condition)).all()
    assert of_rules == [], "rules know no viewer"


def test_putting_off_needs_a_day_ahead_and_a_reason(
    session: Session, pipeline: Pipeline, change: ChangeSet, person: MakePerson
) -> None:
    made = add_prospect(session, person("Nora"), pipeline.id, Entry(TODAY), within=change).prospect
    for days, why in ((0, "travels"), (400, "travels"), (5, " ")):
        with pytest.raises(Invalid):
            snooze(session, made.id, until=TODAY + timedelta(days=days), why=why, on=TODAY, within=change)
    snooze(session, made.id, until=TODAY + timedelta(days=5), why=" Travels ", on=TODAY, within=change)
    assert (made.snoozed_until, made.snoozed_why) == (TODAY + timedelta(days=5), "Travels")
    wake(session, made.id, within=change)
    assert (made.snoozed_until, made.snoozed_why) == (None, "")


def test_a_strategy_has_the_day_on_which_it_was_thought_over(
    session: Session, pipeline: Pipeline, change: ChangeSet, person: MakePerson
) -> None:
    made = add_prospect(session, person("Nora"), pipeline.id, Entry(TODAY), within=change).prospect
    set_strategy(session, made.id, " The hall. ", on=TODAY, within=change)
    later = TODAY + timedelta(days=90)
    set_strategy(session, made.id, "The hall.", on=later, within=change)
    assert (made.strategy, made.strategy_on) == ("The hall.", later)
    set_strategy(session, made.id, "", on=later, within=change)
    assert made.strategy_on is None
    with pytest.raises(Invalid, match="longer than"):
        set_strategy(session, made.id, "x" * 4001, on=later, within=change)
