"""Ratings of a file of constituents: kept once, with source and day, for people who are new and who are known."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.constituents.records import Email
from donors.core.changes import open_change
from donors.core.errors import HouseError
from donors.imports.queries import rows_to_see
from donors.imports.ratings import ToldRating
from donors.research.fields import KINDS
from donors.research.models import Rating
from donors.research.rate import Judged, rate, rate_many
from tests.constituents.people import person
from tests.imports.files import ACT, AT, counts, take_back, taken

HEAD = "id,name,email,capacity,linkage,ability,interest,rating date,screening source\n"
ANNA = "D1,Anna Lee,anna@example.org,250000.00,4,0,3,2026-02-01,iWave\n"
BEN = "D2,Ben Okafor,,,2,,,,\n"


def rated(session: Session) -> list[tuple[str, int | None, int | None, date, str]]:
    """All ratings as they were written."""
    rows = session.scalars(select(Rating).order_by(Rating.id)).all()
    told = [(row.kind, row.score, row.amount, row.rated_on, row.source) for row in rows]
    session.rollback()
    return told


def test_ratings_come_in_once_and_go_with_the_import(session: Session) -> None:
    first = taken(HEAD + ANNA + BEN, "constituents", source="research")
    on = date(2026, 2, 1)
    anna = [
        ("linkage", 4, None, on, "iWave"),
        ("ability", 0, None, on, "iWave"),
        ("interest", 3, None, on, "iWave"),
        ("capacity", None, 250_000_00, on, "iWave"),
    ]
    assert rated(session) == [*anna, ("linkage", 2, None, AT.date(), "research")]
    assert counts(session, taken(HEAD + ANNA + BEN, "constituents", source="research")) == {"same": 2}
    newer = HEAD + ANNA.replace(",4,0,3,2026-02-01", ",5,,,2026-03-01") + BEN
    assert counts(session, taken(newer, "constituents", source="research")) == {"differs": 1, "same": 1}
    number = taken(newer, "constituents", source="research", options={"update": True})
    assert counts(session, number) == {"updated": 1, "same": 1}
    assert len(rated(session)) == 7
    take_back(number)
    assert len(rated(session)) == 5
    take_back(first)
    assert rated(session) == []


def test_who_is_found_by_e_mail_is_rated_and_otherwise_left_alone(session: Session) -> None:
    known = person(session, "Anna Lee", emails=(Email("anna@example.org"),)).id
    session.commit()
    head = "name,nickname,email,capacity\n"
    row = "Anna Lee,Annie,anna@example.org,90000.00\n"
    number = taken(head + row, "constituents", options={"update": True})
    assert counts(session, number) == {"updated": 1}
    assert session.get_one(Constituent, known).nickname == ""
    session.rollback()
    assert rated(session) == [("capacity", None, 90_000_00, AT.date(), "file")]
    assert counts(session, taken(head + row, "constituents", options={"update": True})) == {"same": 1}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_no_rating_is_told_by_its_column(session: Session) -> None:
    wrong = (
        "D3,Cleo Day,,0,,,,,\n"
        "D4,Dora Fay,,,6,,,,\n"
        "D5,Emil Gray,,,,good,,,\n"
        "D6,Finn Hall,,,,,1,2027-01-01,\n"
        "D7,Gita Iyer,,lots,,,,,\n"
    )
    number = taken(HEAD + wrong + BEN, "constituents")
    assert counts(session, number) == {"bad": 5, "new": 1}
    told = [(row.problem or {})["field"] for row in rows_to_see(session, number)]
    assert told == ["capacity", "linkage", "ability", "rating date", "capacity"]


SOURCES, DAYS = st.sampled_from(["visit", " screening "]), st.sampled_from([date(2026, 3, 1), date(2026, 3, 9)])
SCORES = st.builds(Judged, st.sampled_from(["ability", "linkage"]), DAYS, SOURCES, st.integers(0, 5))
AMOUNTS = st.builds(Judged, st.just("capacity"), DAYS, SOURCES, st.none() | st.integers(0, 5), st.integers(1, 9))
WRONG = st.builds(
    Judged,
    st.sampled_from([*KINDS, "fame"]),
    st.sampled_from([date(2026, 3, 9), date(2026, 3, 10)]),
    st.sampled_from(["", "visit"]),
    st.none() | st.integers(-1, 7),
    st.none() | st.integers(-1, 7),
)
WANTED = st.lists(st.tuples(st.integers(0, 1), SCORES | AMOUNTS), max_size=4)
REST = st.lists(st.tuples(st.integers(0, 2), WRONG), max_size=1)


@pytest.fixture
def people(session: Session) -> list[int]:
    return [person(session, name).id for name in ("Anna", "Ben")] + [999_999]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sound=WANTED, rest=REST)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_many_judgements_are_kept_as_single_ones_are(
    session: Session, people: list[int], sound: list[tuple[int, Judged]], rest: list[tuple[int, Judged]]
) -> None:
    wanted = [(people[place], judged) for place, judged in (*sound, *rest)]
    told = []
    for bulk in (True, False):
        with session.begin_nested() as nested:
            within = open_change(session, "test", act=ACT)
            try:
                if bulk:
                    rate_many(session, wanted, within=within)
                else:
                    for who, judged in wanted:
                        rate(session, who, judged, within=within)
            except HouseError:
                told.append(None)
            else:
                rows = session.scalars(select(Rating).order_by(Rating.id)).all()
                told.append(
                    [(one.constituent_id, one.kind, one.score, one.amount, one.rated_on, one.source) for one in rows]
                )
            nested.rollback()
            session.expunge_all()
    assert told[0] == told[1]


def test_news_is_what_its_source_has_not_said() -> None:
    def known(day: int, score: int, source: str = "visit") -> Rating:
        return Rating(kind="ability", source=source, score=score, amount=None, rated_on=date(2026, 3, day))

    held = [known(9, 1, "board"), known(5, 2), known(3, 4)]
    told = ToldRating("ability", "visit", 2, None, None)
    assert not told.is_news(held)
    assert told._replace(score=4).is_news(held)
    assert told._replace(source="board").is_news(held)
    assert told.is_news([])
    assert not told._replace(score=4, rated_on=date(2026, 3, 3)).is_news(held)
    assert told._replace(score=2, rated_on=date(2026, 3, 3)).is_news(held)
