"""House rules on tables: relationships point down the ladder and never load by themselves."""

from collections.abc import Iterator

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import RelationshipProperty, configure_mappers

from donors.core.db import Base
from tests.structure.source import import_all, rung


def relationships() -> Iterator[RelationshipProperty[object]]:
    """Every relationship of every table."""
    import_all()
    configure_mappers()
    for mapper in Base.registry.mappers:
        yield from mapper.relationships


def test_relationships_never_load_by_themselves() -> None:
    assert [str(one) for one in relationships() if one.lazy not in {"raise", "raise_on_sql"}] == []


def test_relationships_point_down_the_ladder() -> None:
    upward = [
        str(one) for one in relationships() if rung(one.mapper.class_.__module__) > rung(one.parent.class_.__module__)
    ]
    assert upward == []


def test_foreign_keys_point_down_the_ladder() -> None:
    import_all()
    at = {mapper.local_table.name: rung(mapper.class_.__module__) for mapper in Base.registry.mappers}
    upward = [
        f"{table.name}.{key.parent.name} -> {key.target_fullname}"
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if table.name in at and at[table.name] < at[key.column.table.name]
    ]
    assert upward == []


def test_keys_of_constituents_and_change_sets_lead_an_index() -> None:
    """A merge, an erasure or an undo would otherwise read the whole table."""
    import_all()
    bare = [
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name in {"constituent", "change_set"} and key.parent.name not in _leading(table)
    ]
    assert bare == []


def _leading(table) -> set[str]:
    keys = [list(table.primary_key.columns)]
    keys += [list(index.columns) for index in table.indexes]
    keys += [list(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)]
    return {columns[0].name for columns in keys if columns}
