"""Searches in the database: what they find, keep, leave alone and remember."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING, sight
from donors.constituents.contact import add_point
from donors.constituents.create import create
from donors.constituents.edit import delete, edit
from donors.constituents.matching.apart import declare_apart, withdraw
from donors.constituents.matching.learned import model_of
from donors.constituents.matching.models import DuplicatePair, MatchModel, MatchSearch
from donors.constituents.matching.pairs import PairFilter, count_pairs, groups_of, pairs_page, visible_pairs
from donors.constituents.matching.search import ask, search
from donors.constituents.matching.tie import tops
from donors.constituents.models import HOUSEHOLD, ORGANIZATION, PERSON, Constituent
from donors.constituents.records import Address, Email, NewConstituent, PhoneNumber
from donors.core.changes import ChangeSet
from donors.core.db import transaction
from tests.constituents.people import AT, change, person

HOME = (Address(street="1 Elm St", city="Albany", postal_code="12207"),)
MAIL = (Email("anna@example.org"),)


def look(session: Session, *, everybody: bool | None = True) -> int:
    """Commits, orders a search and carries it out, as the jobs do."""
    session.commit()
    with transaction() as writing:
        ask(writing, at=AT, everybody=everybody)
    return search(lambda: AT + timedelta(minutes=1), through="job")


def found(session: Session) -> set[tuple[int, int]]:
    """The pairs that are kept."""
    rows = session.execute(select(DuplicatePair.low_id, DuplicatePair.high_id))
    return {(low, high) for low, high in rows}


def test_pairs_are_found_with_reasons_and_families_are_left_alone(session: Session) -> None:
    anna = person(session, "Anna Bergström", emails=MAIL, addresses=HOME, born_on=AT.date()).id
    ann = person(session, "Ann Bergstrom", emails=MAIL, addresses=HOME).id
    person(session, "Thomas Bergström", addresses=HOME, phones=(PhoneNumber("212 555 0100"),))
    person(session, "Eve Holm")
    reach = {"emails": (Email("office@lakeside.example"),), "phones": (PhoneNumber("212 555 0199"),)}
    firm = NewConstituent(kind=ORGANIZATION, name="Lakeside Foundation, Inc.", **reach)
    bank = create(session, firm, within=change(session)).id
    again = NewConstituent(kind=ORGANIZATION, name="The Lakeside Foundation", **reach)
    twin = create(session, again, within=change(session)).id
    assert look(session) == 2
    assert found(session) == {(anna, ann), (bank, twin)}
    page = pairs_page(session, PairFilter(kind=PERSON), sees=EVERYTHING)
    (line,) = page.rows
    assert (line.low.id, line.high.id, line.band) == (anna, ann, "sure" if line.probability >= 9_900 else "likely")
    assert any(str(reason).startswith("same e-mail (+") for reason in line.reasons)
    (done,) = session.scalars(select(MatchSearch))
    assert (done.everybody, done.told["pairs"], done.told[PERSON]["constituents"]) == (True, 2, 4)
    assert done.told[HOUSEHOLD]["constituents"] == 0


def test_a_search_around_what_was_changed_brings_those_in_line_and_leaves_the_others(session: Session) -> None:
    anna, again = (person(session, "Anna Berg", emails=MAIL).id for _ in range(2))
    ben, other = (person(session, name, emails=(Email(f"{name[:3]}@x.org"),)).id for name in ("Ben Cole", "Tom Cole"))
    eve, gone = (person(session, "Eve Holm", emails=(Email("eve@x.org"),)).id for _ in range(2))
    look(session)
    assert found(session) == {(anna, again), (eve, gone)}
    tom = session.get_one(Constituent, other)
    edit(session, tom, values={"given_name": "Benny"}, within=change(session))
    add_point(session, tom, given=Email("ben.cole@x.org"), within=change(session))
    add_point(session, session.get_one(Constituent, ben), given=Email("ben.cole@x.org"), within=change(session))
    delete(session, session.get_one(Constituent, gone), at=AT, within=change(session))
    look(session, everybody=False)
    assert found(session) == {(anna, again), (ben, other)}
    for key, born_on in ((ben, date(1950, 3, 7)), (other, date(1981, 11, 24))):
        row = session.get_one(Constituent, key)
        edit(session, row, values={"given_name": f"{row.given_name[:2]}x", "born_on": born_on}, within=change(session))
    look(session, everybody=False)
    before = found(session)
    look(session)
    assert found(session) == before >= {(anna, again)}


def test_what_an_act_under_way_writes_later_is_looked_at_by_the_next_search(session: Session) -> None:
    anna = person(session, "Anna Berg", emails=MAIL).id
    going_on = change(session, "import")
    going_on.state, key = "open", going_on.id
    person(session, "Eve Holm")
    look(session)
    going_on = session.get_one(ChangeSet, key)
    again = create(session, NewConstituent(name="Anna Berg", emails=MAIL), within=going_on).id
    going_on.state = "done"
    look(session, everybody=False)
    assert found(session) == {(anna, again)}


def test_nothing_happens_without_an_order_and_two_orders_are_one(session: Session) -> None:
    assert search(lambda: AT, through="job") == 0
    first = ask(session, at=AT, everybody=False)
    assert ask(session, at=AT).id == first.id
    assert first.everybody


def test_once_a_week_everybody_is_looked_at(session: Session) -> None:
    look(session)
    assert not ask(session, at=AT + timedelta(days=1)).everybody
    session.rollback()
    assert ask(session, at=AT + timedelta(days=7)).everybody


def test_weights_are_learned_where_there_are_enough(session: Session) -> None:
    for number in range(60):
        for _ in range(2 if number < 12 else 1):
            person(session, f"G{chr(97 + number % 26)}en N{number}am", emails=(Email(f"p{number}@x{number}.org"),))
            person(session, f"Ann{chr(97 + number % 26)} F{number}is", emails=(Email(f"q{number}@y{number}.org"),))
    assert look(session) >= 20
    (row,) = session.scalars(select(MatchModel))
    assert (row.kind, row.people) == (PERSON, 144)
    assert row.found == pytest.approx(24, abs=4)
    assert model_of(session, PERSON).people == 144
    look(session)
    assert len(session.scalars(select(MatchModel)).all()) == 1


def test_what_is_no_duplicate_stays_decided_until_that_is_taken_back(session: Session) -> None:
    anna, again = (person(session, "Anna Berg", emails=MAIL).id for _ in range(2))
    look(session)
    open_, decided = PairFilter(), PairFilter(decided=True)
    assert declare_apart(session, [(again, anna), (anna, again)], within=change(session), note="Cousins.") == 1
    assert declare_apart(session, [(anna, again)], within=change(session)) == 0
    look(session)
    assert [count_pairs(session, which, sees=EVERYTHING) for which in (open_, decided)] == [0, 1]
    (line,) = pairs_page(session, decided, sees=EVERYTHING).rows
    assert line.decision is not None
    assert (line.decision.note, line.decision.at) == ("Cousins.", AT)
    assert withdraw(session, [(anna, again)], within=change(session)) == 1
    assert [count_pairs(session, which, sees=EVERYTHING) for which in (open_, decided)] == [1, 0]


def test_three_of_one_hang_together(session: Session) -> None:
    first = person(session, "Anna Berg", emails=MAIL).id
    middle = person(session, "Anna Berg", emails=(*MAIL, Email("a.berg@work.example"))).id
    last = person(session, "Anna Lind", emails=(Email("a.berg@work.example"),)).id
    look(session)
    assert found(session) >= {(first, middle), (middle, last)}
    lines = pairs_page(session, PairFilter(), sees=EVERYTHING).rows
    assert {line.group_id for line in lines} == {first}
    group = groups_of(session, [first], sees=EVERYTHING)[first]
    assert [name for _, name in group.members] == ["Anna Berg", "Anna Berg", "Anna Lind"]
    assert group.apart == (() if (first, last) in found(session) else (("Anna Berg", "Anna Lind"),))
    declare_apart(session, [(middle, last), (first, last)], within=change(session))
    look(session)
    assert groups_of(session, [first], sees=EVERYTHING) == {}
    assert tops([(1, 2), (4, 5), (2, 3), (5, 3)]) == dict.fromkeys(range(1, 6), 1)


def test_pairs_are_searched_and_filtered_and_confidential_people_stay_hidden(session: Session) -> None:
    anna, _ = (person(session, "Anna Berg", emails=MAIL).id for _ in range(2))
    person(session, "Ben Cole", addresses=HOME, emails=(Email("b@x.org"),), confidential=True)
    secret = person(session, "Ben Cole", addresses=HOME, emails=(Email("b@x.org"),)).id
    look(session)
    officer = sight(1, "officer")

    def named(which: PairFilter, sees=EVERYTHING) -> list[str]:
        return [line.low.name for line in pairs_page(session, which, sees=sees).rows]

    assert sorted(named(PairFilter())) == ["Anna Berg", "Ben Cole"]
    assert named(PairFilter(), sees=officer) == ["Anna Berg"]
    assert named(PairFilter(text="ben co")) == ["Ben Cole"]
    assert named(PairFilter(kind=ORGANIZATION)) == []
    bands = {band: set(named(PairFilter(band=band))) for band in ("sure", "likely")}
    assert bands["sure"] | bands["likely"] == {"Anna Berg", "Ben Cole"}
    assert not bands["sure"] & bands["likely"]
    ids = [(secret - 1, secret), (anna, anna + 1)]
    assert visible_pairs(session, ids, sees=officer) == [(anna, anna + 1)]
