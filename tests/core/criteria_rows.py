"""A table, its fields, and strategies for rows and trees, for tests of criteria."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import BigInteger, Boolean, Column, Connection, Date, ForeignKey, Integer, MetaData, Table, Text, insert

from donors.core.criteria.periods import FARTHEST, UNITS, Period
from donors.core.criteria.tree import OPERATORS, WITH_LIST, WITHOUT_VALUE, All, AnyOf, Compare, Criteria, Not, Operator
from donors.core.db import Day
from donors.core.fields import Field, FieldSet, Join, Kind, Option

TABLES = MetaData()
GIVER = Table("giver", TABLES, Column("id", Integer, primary_key=True), Column("town", Text), Column("since", Day))
ROW = Table(
    "row",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("name", Text),
    Column("count", BigInteger),
    Column("amount", BigInteger),
    Column("minutes", Integer),
    Column("seen_on", Date),
    Column("given_on", Day),
    Column("active", Boolean),
    Column("shape", Text),
    Column("giver_id", ForeignKey("giver.id")),
)
TAG = Table("tag", TABLES, Column("row_id", ForeignKey("row.id")), Column("name", Text))
TO_TAGS = Join(TAG, TAG.c.row_id == ROW.c.id)
TAGS = (Option("new", "New"), Option("board", "Board"), Option("press", "Press"))
TO_GIVER = Join(GIVER, ROW.c.giver_id == GIVER.c.id)
SHAPES = (Option("round", "Round"), Option("square", "Four-cornered"))
FIELDS = FieldSet(
    "row",
    [
        Field("name", "Name", Kind.TEXT, "row", ROW.c.name),
        Field("count", "Count", Kind.NUMBER, "row", ROW.c.count),
        Field("odds", "Odds", Kind.NUMBER, "row", ROW.c.count, digits=2),
        Field("amount", "Amount", Kind.MONEY, "row", ROW.c.amount),
        Field("minutes", "Time given", Kind.MINUTES, "row", ROW.c.minutes),
        Field("seen_on", "Seen on", Kind.DATE, "row", ROW.c.seen_on),
        Field("given_on", "Given on", Kind.DATE, "row", ROW.c.given_on),
        Field("active", "Active", Kind.BOOLEAN, "row", ROW.c.active),
        Field("shape", "Shape", Kind.CHOICE, "row", ROW.c.shape, options=SHAPES),
        Field("giver_id", "Giver", Kind.ID, "row", ROW.c.giver_id),
        Field("tags", "Tags", Kind.SET, "row", TAG.c.name, options=TAGS, members=TO_TAGS),
        Field("town", "Town", Kind.TEXT, "row", GIVER.c.town, joins=(TO_GIVER,)),
        Field("since", "Giver since", Kind.DATE, "row", GIVER.c.since, joins=(TO_GIVER,)),
    ],
)
TODAY = date(2026, 6, 17)

WORDS = st.sampled_from(
    [
        "",
        "a",
        "A",
        "Ana",
        "ANA",
        "aña",
        "Éva",
        "éVA",
        "Groß",
        "GROẞ",
        "Σοφός",
        "ΣΟΦΌΣ",
        "İz",
        "100%",
        "a_b",
        r"\\",
        "/",
        "'",
    ]
)
DAYS = st.integers(-800, 800).map(lambda days: TODAY + timedelta(days=days))
NUMBERS = st.integers(-3, 3) | st.integers(-(2**40), 2**40)
PERIODS = st.sampled_from(UNITS).flatmap(
    lambda unit: st.builds(Period, st.just(unit), st.integers(-3, 3) | st.integers(-FARTHEST[unit], FARTHEST[unit]))
) | st.builds(Period, st.just("day"), st.integers(1, 900).flatmap(lambda n: st.sampled_from([n, -n])), st.just(True))
CONSTANTS: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: WORDS.filter(bool),
    Kind.NUMBER: NUMBERS,
    Kind.MONEY: NUMBERS,
    Kind.MINUTES: st.integers(0, 100000),
    Kind.DATE: DAYS | PERIODS,
    Kind.BOOLEAN: st.booleans(),
    Kind.CHOICE: st.sampled_from(["round", "square"]),
    Kind.ID: st.integers(1, 4),
    Kind.SET: st.sampled_from(["new", "board", "press"]),
}

GIVERS = st.fixed_dictionaries({"town": st.none() | WORDS, "since": st.none() | DAYS})
ROWS = st.fixed_dictionaries(
    {
        "name": st.none() | WORDS,
        "count": st.none() | NUMBERS,
        "amount": st.none() | NUMBERS,
        "minutes": st.none() | st.integers(0, 3),
        "seen_on": st.none() | DAYS,
        "given_on": st.none() | DAYS,
        "active": st.none() | st.booleans(),
        "shape": st.none() | st.sampled_from(["round", "square"]),
        "giver_id": st.none() | st.integers(1, 3),
        "tags": st.sets(st.sampled_from(["new", "board", "press"])),
    }
)


@st.composite
def comparisons(draw: st.DrawFn) -> Compare:
    """One comparison that its field allows."""
    field = draw(st.sampled_from(list(FIELDS.values())))
    operator = draw(st.sampled_from(OPERATORS[field.kind]))
    constant = CONSTANTS[field.kind]
    if operator in WITHOUT_VALUE:
        return Compare(field.name, operator)
    if operator is Operator.BETWEEN:
        return Compare(field.name, operator, draw(st.tuples(constant, constant)))
    if operator in WITH_LIST:
        return Compare(field.name, operator, tuple(draw(st.lists(constant, min_size=1, max_size=3, unique=True))))
    return Compare(field.name, operator, draw(constant))


def _groups(parts: st.SearchStrategy[Criteria]) -> st.SearchStrategy[Criteria]:
    some = st.lists(parts, max_size=3).map(tuple)
    return st.builds(All, some) | st.builds(AnyOf, some.filter(bool)) | st.builds(Not, parts)


TREES: st.SearchStrategy[Criteria] = st.recursive(comparisons(), _groups, max_leaves=6)


def write(connection: Connection, rows: list[dict[str, Any]], givers: list[dict[str, Any]]) -> None:
    """Makes the tables, and writes these givers (ids from 1), rows (ids from 0) and their tags."""
    TABLES.create_all(connection)
    connection.execute(insert(GIVER), [{"id": place, **giver} for place, giver in enumerate(givers, 1)])
    plain = [{name: value for name, value in row.items() if name != "tags"} for row in rows]
    if plain:
        connection.execute(insert(ROW), [{"id": place, **row} for place, row in enumerate(plain)])
    tags = [{"row_id": place, "name": tag} for place, row in enumerate(rows) for tag in sorted(row["tags"])]
    if tags:
        connection.execute(insert(TAG), tags)


def values_of(row: dict[str, Any], givers: list[dict[str, Any]]) -> dict[str, Any]:
    """The values of a row by the names of its fields."""
    giver = givers[row["giver_id"] - 1] if row["giver_id"] else {}
    return {**row, "odds": row["count"], **giver}
