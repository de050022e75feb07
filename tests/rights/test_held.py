"""The list of what is held about a person is complete, table by table and text by text."""

from sqlalchemy import JSON, LargeBinary, String

from donors.core.db import Base
from donors.rights.held import GOES, HELD, PERSON
from tests.structure.source import import_all

PLAIN_ID = {("sight_grant", "constituent_id"), ("rollup_value", "constituent_id"), ("past_value", "constituent_id")}
"""Constituents' ids that are kept without a foreign key."""


def test_every_column_that_holds_a_constituents_id_is_on_the_list() -> None:
    import_all()
    pointing = {
        (table.name, key.parent.name)
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == PERSON
    }
    listed = {(held.table, held.column) for held in HELD if held.of == PERSON}
    assert listed == pointing | PLAIN_ID | {(PERSON, "id")}


def test_every_table_that_points_at_rows_of_a_person_is_on_the_list() -> None:
    import_all()
    owned = {held.table for held in HELD if held.owns}
    pointing = {
        table.name
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name in owned
    }
    assert pointing - {held.table for held in HELD} == set()


def test_no_row_is_told_or_counted_twice() -> None:
    lines = [(held.table, held.column) for held in HELD]
    assert sorted(set(lines)) == sorted(lines)


def test_who_is_pointed_at_stands_first() -> None:
    seen = {PERSON}
    for held in HELD:
        assert held.of in seen
        seen.add(held.table)


def test_of_what_stays_every_text_is_named_and_every_ground() -> None:
    for table in {held.table for held in HELD if held.fate != GOES}:
        lines = [held for held in HELD if held.table == table]
        texts = {one.name for one in lines[0].rows.c if isinstance(one.type, String | JSON | LargeBinary)}
        named = {name for held in lines for name in (*held.fills, *held.keeps)}
        assert texts - named == set(), table
        assert all(held.ground for held in lines)
