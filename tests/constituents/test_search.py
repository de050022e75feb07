"""Search finds people as people type: beginnings, nicknames, one slip, accents, e-mail, phone, ids."""

import pytest
from sqlalchemy.orm import Session

from donors.accounts.models import Grant
from donors.accounts.visible import EVERYTHING, Sight
from donors.constituents.contact import add_point
from donors.constituents.create import create
from donors.constituents.edit import delete, edit, restore
from donors.constituents.models import ORGANIZATION
from donors.constituents.records import Email, NewConstituent, PhoneNumber
from donors.constituents.search import search
from donors.core.changes import insert
from tests.cast import OLIVE
from tests.constituents.people import AT, change, person


@pytest.fixture
def crowd(session: Session) -> Session:
    """A handful of people, each found in one way."""
    person(session, "Robert Schmidt", emails=(Email("r.schmidt@example.org"),))
    person(session, "José Martínez", phones=(PhoneNumber("+1 212 555 0100"),))
    person(session, "Anna Bergström", nickname="Pip", external_ids=(("crm", "D-10023"),))
    person(session, "Annabel Berg")
    person(session, "Margaret O’Neill")
    create(session, NewConstituent(kind=ORGANIZATION, name="The Lund Trust"), within=change(session))
    return session


def names(session: Session, text: str) -> list[str]:
    """Who is found, in order."""
    return [hit.name for hit in search(session, text, sees=EVERYTHING)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("an", ["Annabel Berg", "Anna Bergström"]),
        ("bob", ["Robert Schmidt"]),
        ("pip", ["Anna Bergström"]),
        ("peg on", ["Margaret O’Neill"]),
        ("jose martinez", ["José Martínez"]),
        ("MARTÍNEZ", ["José Martínez"]),
        ("oneill", ["Margaret O’Neill"]),
        ("o'neill", ["Margaret O’Neill"]),
        ("shmidt", ["Robert Schmidt"]),
        ("schmitd", ["Robert Schmidt"]),
        ("scmhidt", ["Robert Schmidt"]),
        ("schmxdt", ["Robert Schmidt"]),
        ("schhmidt", ["Robert Schmidt"]),
        ("shcmitd", []),
        ("lnud", []),
        ("lund", ["The Lund Trust"]),
        ("berg anna", ["Anna Bergström", "Annabel Berg"]),
        ("r.schmidt@ex", ["Robert Schmidt"]),
        ("555 0100", ["José Martínez"]),
        ("212-555-0100", ["José Martínez"]),
        ("d-10023", ["Anna Bergström"]),
        ("", []),
        ("%", []),
        ("anna nobody", []),
    ],
)
def test_what_is_typed_finds_whom_it_means(crowd: Session, typed: str, found: list[str]) -> None:
    assert sorted(names(crowd, typed)) == sorted(found)


def test_better_matches_come_first_and_say_why(crowd: Session) -> None:
    person(crowd, "Anne Schmidd")
    hits = search(crowd, "schmidt", sees=EVERYTHING)
    assert [(hit.name, hit.why) for hit in hits] == [("Robert Schmidt", ""), ("Anne Schmidd", "similar name")]
    assert search(crowd, "bob", sees=EVERYTHING)[0].why == "nickname"


def test_words_follow_what_they_come_from(crowd: Session) -> None:
    (hit,) = search(crowd, "lund", sees=EVERYTHING)
    row = person(crowd, "Old Name")
    edit(crowd, row, values={"family_name": "Newman"}, within=change(crowd))
    add_point(crowd, row, given=Email("new@example.org"), within=change(crowd))
    assert (names(crowd, "newman"), names(crowd, "new@example"), names(crowd, "name")) == (
        ["Old Newman"],
        ["Old Newman"],
        [],
    )
    assert names(crowd, f"#{hit.id}") == ["The Lund Trust"]
    delete(crowd, row, at=AT, within=change(crowd))
    assert names(crowd, "newman") == []
    restore(crowd, row, within=change(crowd))
    assert names(crowd, "newman") == ["Old Newman"]


def test_confidential_people_are_found_by_those_who_may(session: Session, cast) -> None:
    row = person(session, "Secret Agent", confidential=True)
    olive = Sight(user_id=cast[OLIVE], role=OLIVE.role, everything=False)
    assert search(session, "secret", sees=olive) == []
    insert(session, Grant(user_id=cast[OLIVE], constituent_id=row.id, reason="test"), within=change(session))
    assert [hit.id for hit in search(session, "secret", sees=olive)] == [row.id]
