"""An erasure takes every word of a person out of the whole database, and no money, no day and no total."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.constituents.edit import edit
from donors.constituents.household import join
from donors.constituents.models import Constituent, EmailAddress, SearchWord
from donors.constituents.records import Email
from donors.constituents.requests import Asked
from donors.constituents.search import search
from donors.constituents.spans import Span
from donors.core.changes import Act, ChangeSet, JournalEntry, open_change
from donors.core.errors import Blocked, Invalid
from donors.core.known import KnownAt
from donors.giving.models import Credit, Gift, GiftSplit
from donors.imports.queries import part_rows
from donors.levels.standard import install_standard as install_levels
from donors.pipeline.models import Prospect
from donors.plans.models import ONGOING, RunningPlan
from donors.plans.running.stop import stop_all
from donors.rights.erase import confirmed, erase
from donors.rights.tell import file_of
from donors.rollups.models import owner_value, rollup_value
from donors.rollups.standard import install_standard as install_figures
from donors.rollups.verify import verify
from donors.workflows.begin import begin
from donors.workflows.merging.merge import Pair, merge_constituents
from donors.workflows.plans import start_plan
from donors.workflows.restraints import follow_objection, restrict
from donors.workflows.undo import undo_change
from tests.constituents.people import AT, TODAY, change, home, person
from tests.imports.files import taken
from tests.rights.places import places, say_again
from tests.rights.whole_life import Life, template

ACT = Act(by=None, at=AT, through="web")


@pytest.fixture
def life(session: Session) -> Life:
    """One whole life, in an organization with figures and levels."""
    install_figures(session, within=change(session))
    install_levels(session, currency="USD", within=change(session))
    return Life(session)


def money(session: Session) -> dict[str, Any]:
    """All figures, gifts, credits and splits, but for the words."""
    session.expire_all()
    found: dict[str, Any] = {}
    for table in (rollup_value, owner_value, Credit.__table__, GiftSplit.__table__):
        found[table.name] = sorted(str(tuple(row)) for row in session.execute(select(table)))
    gifts = select(Gift.id, Gift.constituent_id, Gift.amount, Gift.base_amount, Gift.received_on, Gift.method)
    found["gift"] = sorted(str(tuple(row)) for row in session.execute(gifts))
    return found


def test_no_word_is_left_and_no_cent_is_lost(life: Life, session: Session) -> None:
    say_again(session, life.who.id)
    before = money(session)
    assert len(places(session)) > 60
    within = change(session, "person.erase")
    done = erase(session, life.who.id, on=TODAY, within=within)
    assert places(session) == set(), list(places(session))
    assert money(session) == before
    assert verify(session, on=TODAY, at=AT).faults == 0
    row = session.get_one(Constituent, life.who.id)
    assert (row.name, row.erased_on, row.born_on, row.search_text) == (f"Erased person {row.id}", TODAY, None, "")
    assert session.scalar(select(func.count()).where(SearchWord.constituent_id == row.id)) == 0
    assert search(session, "erased person", sees=EVERYTHING) == search(session, "quetzal", sees=EVERYTHING) == []
    assert session.get_one(Constituent, life.home.id).name == "Cole household"
    assert session.scalars(select(RunningPlan.id).where(RunningPlan.state.in_(ONGOING))).all() == []
    assert session.scalars(select(Prospect.id).where(Prospect.is_active)).all() == []
    assert (done.ended.plans, done.ended.leads, done.ended.mails > 0, done.images > 0) == (1, 1, True, True)


def test_it_is_for_good_and_no_earlier_act_brings_anything_back(life: Life, session: Session) -> None:
    later = say_again(session, life.who.id)
    within = change(session, "person.erase")
    erase(session, life.who.id, on=TODAY, within=within)
    with pytest.raises(Blocked):
        undo_change(session, within, act=ACT, on=TODAY)
    try:
        with session.begin_nested():
            undo_change(session, later, act=ACT, on=TODAY)
    except Blocked:
        assert session.scalar(select(ChangeSet.state).where(ChangeSet.id == later.id)) == "done"
    assert places(session) == set()
    with pytest.raises(Blocked):
        erase(session, life.who.id, on=TODAY, within=change(session))
    with pytest.raises(Blocked):
        edit(session, session.get_one(Constituent, life.who.id), values={"nickname": "Q"}, within=change(session))


def test_an_undo_of_what_was_said_before_gives_back_empty_words(session: Session) -> None:
    anna = person(session, "Quetzal Berg", note="quetzal one")
    said = change(session)
    edit(session, anna, values={"note": "quetzal two"}, within=said)
    erase(session, anna.id, on=TODAY, within=change(session))
    undo_change(session, said, act=ACT, on=TODAY)
    session.expire_all()
    assert (anna.note, anna.name) == ("", f"Erased person {anna.id}")
    assert places(session) == set()


def test_an_undo_lets_nobody_pursue_whom_it_finds_erased(session: Session) -> None:
    anna = person(session, "Anna Berg")
    plan = start_plan(session, anna.id, template(session), cause="by hand", within=change(session), on=TODAY)
    stopping = change(session)
    stop_all(session, anna.id, reason="enough", on=TODAY, within=stopping)
    erase(session, anna.id, on=TODAY, within=change(session))
    try:
        undo_change(session, stopping, act=ACT, on=TODAY)
    except Blocked:
        pytest.fail("what was done before an erasure can still be undone")
    session.expire_all()
    assert isinstance(plan, RunningPlan)
    assert (plan.state, plan.ended_reason) == ("stopped", "erased")


def test_an_undo_begins_nothing_with_who_objects(session: Session) -> None:
    anna = person(session, "Anna Berg")
    plan = start_plan(session, anna.id, template(session), cause="by hand", within=change(session), on=TODAY)
    stopping, objecting = change(session), change(session)
    stop_all(session, anna.id, reason="enough", on=TODAY, within=stopping)
    follow_objection(session, anna, Asked("objection", TODAY), on=TODAY, within=objecting)
    undo_change(session, stopping, act=ACT, on=TODAY)
    session.expire_all()
    assert isinstance(plan, RunningPlan)
    assert (plan.state, plan.ended_reason) == ("stopped", "objected to fundraising")
    assert anna.objected_on == TODAY


def test_nothing_of_a_restricted_record_is_undone(session: Session) -> None:
    anna = person(session, "Anna Berg")
    named = change(session)
    edit(session, anna, values={"nickname": "Ann"}, within=named)
    restricting = change(session)
    restrict(session, anna, Asked("restriction", TODAY), on=TODAY, within=restricting)
    with pytest.raises(Blocked), session.begin_nested():
        undo_change(session, named, act=ACT, on=TODAY)
    session.expire_all()
    with pytest.raises(Blocked):
        erase(session, anna.id, on=TODAY, within=change(session))
    undo_change(session, session.get_one(ChangeSet, restricting.id), act=ACT, on=TODAY)
    undo_change(session, session.get_one(ChangeSet, named.id), act=ACT, on=TODAY)
    session.expire_all()
    assert (anna.restricted_on, anna.nickname) == (None, "")


def test_a_household_of_which_nobody_is_left_goes_with_its_last_member(session: Session) -> None:
    anna, ben, house = person(session, "Anna Berg"), person(session, "Ben Berg"), home(session)
    for one in (anna, ben):
        join(session, house, one, span=Span(None, None), within=change(session))
    edit(session, house, values={"formal_salutation": "Dear Anna and Ben"}, within=change(session))
    erase(session, anna.id, on=TODAY, within=change(session))
    assert (house.name, house.formal_salutation, house.erased_on) == ("Berg household", "", None)
    assert places(session, "anna") == set()
    erase(session, ben.id, on=TODAY, within=change(session))
    assert house.name == f"Erased household {house.id}"
    assert places(session, "berg") == set()


def test_a_merged_record_is_erased_with_the_one_it_became_and_no_undo_parts_them(session: Session) -> None:
    anna, other = person(session, "Quetzal Berg", note="quetzal"), person(session, "Quetzalia Berg", nickname="Quetzi")
    merging = change(session, "constituent.merge")
    merge_constituents(session, Pair(anna.id, other.id), within=merging, on=TODAY)
    erase(session, other.id, on=TODAY, within=change(session))
    assert places(session) == set()
    with pytest.raises(Blocked, match="Not changed") as refused:
        undo_change(session, merging, act=ACT, on=TODAY)
    assert refused.value.reasons == ("This person was erased on 2026-03-02.",)
    assert places(session) == set()


def test_lines_of_files_keep_the_gift_and_forget_the_giver(session: Session) -> None:
    begin(session, within=change(session))
    session.commit()
    text = "gift id,donor id,name,email,amount,date,campaign,memo\n"
    text += "G1,D1,Quetzal Lee,quetzal@example.org,50.00,2026-03-02,Spring,quetzal\n"
    text += "G2,D2,Ben Cole,ben@example.org,7.00,2026-03-02,Spring,\n"
    taken(text + "G3,D3,Quetzal Lee,quetzal@example.org,x,2026-03-02,Spring,quetzal\n")
    quetzal = session.scalars(select(Gift.constituent_id).where(Gift.external_id == "G1")).one()
    told = file_of(session, quetzal, on=TODAY, sees=EVERYTHING)
    assert [one.line for one in told.lines] == [2, 4]
    done = erase(session, quetzal, on=TODAY, within=change(session))
    assert done.lines == 2
    assert places(session) == set()
    kept = [cells for _line, cells, _fault in part_rows(session, 1, 0)]
    assert kept[0] == ["G1", "", "", "", "50.00", "2026-03-02", "Spring", ""]
    assert kept[1][2] == "Ben Cole"
    session.rollback()


def test_what_an_erasure_did_is_on_record_and_what_was_there_is_not(session: Session) -> None:
    anna = person(session, "Quetzal Berg")
    within = change(session)
    erase(session, anna.id, on=TODAY, within=within)
    entries = session.scalars(select(JournalEntry).where(JournalEntry.change_set_id == within.id)).all()
    erased = [(one.table_name, one.row_id, one.before) for one in entries if one.act == "erase"]
    assert ("constituent", anna.id, {}) in erased
    assert within.state == "final"


def test_what_was_known_before_names_nobody(session: Session) -> None:
    anna = person(session, "Quetzal Berg", emails=(Email("quetzal@example.org"),))
    edit(session, anna, values={"note": "quetzal"}, within=change(session))
    later = Act(by=None, at=AT + timedelta(days=2), through="web")
    erase(session, anna.id, on=TODAY, within=open_change(session, "person.erase", act=later))
    known = KnownAt(session, AT + timedelta(days=1))
    names = session.scalars(known.see(select(Constituent.name).where(Constituent.id == anna.id))).all()
    assert names == [f"Erased person {anna.id}"]
    assert session.scalars(known.see(select(EmailAddress.address))).all() == []


def test_the_name_has_to_be_typed(session: Session) -> None:
    anna = person(session, "Anna  Berg")
    confirmed(anna, "anna berg ")
    with pytest.raises(Invalid):
        confirmed(anna, "Anna")
