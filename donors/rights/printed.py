"""A file as people read it: plain words instead of names of columns, names before numbers, days as days.

What only the program goes by, such as the form of a name by which lists are sorted, is left to the file as data.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from donors.core.db import Base
from donors.core.images import decoded
from donors.rights.column_words import label_of
from donors.rights.held import HELD
from donors.rights.tell import File, Row, Section
from donors.rollups.definition import Definition, ValueKind

Measures = Mapping[tuple[int, int], Definition]
"""(Track, version of its rules) → the figure that it went by."""
NOT_PRINTED = frozenset(
    {"version", "sort_name", "search_text", "group_id", "group_size", "named_by_key", "is_unknown_giver"}
)
LAST = frozenset({"id", "created_in"})
"""What stands behind all that a row says: its number, and the act that wrote it."""
MONEY, MINUTES, HUNDREDTHS = "money", "minutes", "hundredths"
MEASURES: Mapping[str, str] = {
    "amount": MONEY,
    "base_amount": MONEY,
    "ask_amount": MONEY,
    "minutes": MINUTES,
    "probability": HUNDREDTHS,
}
"""Columns of whole numbers → what those are; `probability` is in hundredths of a per cent."""
IN_BASE = frozenset({"base_amount", "ask_amount"})
"""Amounts that are in the currency of the organization, whatever the row is in."""
CODES = frozenset(
    {
        "kind",
        "role",
        "method",
        "outcome",
        "state",
        "status",
        "result",
        "how",
        "cause",
        "ended_by",
        "closed_as",
        "answer",
    }
)
"""Columns of the program's own words."""
DID = {"update": "changed", "delete": "taken away", "restore": "brought back", "erase": "erased"}
"""What happened to a row, by the word of the journal."""


@dataclass(frozen=True)
class Said:
    """A value with its label. `measure` says what a whole number is; `currency` is empty for that of the organization.

    A figure comes with its definition; `as_of` is its day in ISO form where it is not one of now.
    """

    label: str
    value: Any
    measure: str = ""
    currency: str = ""
    definition: Definition | None = None
    as_of: str = ""


@dataclass(frozen=True)
class Changed:
    """A row as it was before an act changed it or took it away."""

    what: str
    row: int
    act: int
    how: str
    before: tuple[Said, ...]


def printed_rows(
    section: Section, *, own: Collection[int], figures: Mapping[str, Definition], measures: Measures
) -> list[tuple[Said, ...]]:
    """The rows of a section. `own` are the numbers of the person, `figures` all figures by their labels."""
    return [tuple(_said(section.table, row, own, {**figures, **_measure(row, measures)})) for row in section.rows]


def printed_changes(file: File) -> list[Changed]:
    """What was changed, the oldest first."""
    titles = {held.table: held.title for held in reversed(HELD)}
    return [
        Changed(
            what=titles[one["table"]],
            row=one["row"],
            act=one["act"],
            how=DID[one["what"]],
            before=tuple(_said(one["table"], one["before"] | _currency(one), file.numbers, {})),
        )
        for one in file.changes
    ]


def printed_acts(file: File) -> list[Row]:
    """Who wrote all this, with the instant as one."""
    return [one | {"at": datetime.fromisoformat(one["at"])} for one in file.acts]


def _currency(change: Row) -> Row:
    return {"currency": change["currency"]} if "currency" in change else {}


def _said(table: str, row: Row, own: Collection[int], figures: Mapping[str, Definition]) -> Iterator[Said]:
    names = {f"{key.removesuffix('_id')}_name": key for key in row}
    for key, value in sorted(row.items(), key=lambda each: each[0] in LAST):
        if key in NOT_PRINTED or names.get(key) in row or (key == "constituent_id" and value in own):
            continue
        if key in figures:
            one, day = figures[key], row.get("as_of") or row.get("from_on", "")
            yield Said(one.label, _figure(one, value), definition=one, as_of=day)
            continue
        name = row.get(f"{key.removesuffix('_id')}_name")
        shown = _value(table, key, value) if name is None else f"{name} (number {value})"
        measure = MEASURES.get(key, "") if isinstance(value, int) else ""
        currency = row.get("currency", "") if measure == MONEY and key not in IN_BASE else ""
        yield Said(label_of(table, key), shown, measure, currency)


def _measure(row: Row, measures: Measures) -> dict[str, Definition]:
    """The figure that brought a level, by the rules of then."""
    one = measures.get((row.get("track_id", 0), row.get("rule_version", 0)))
    return {"measure": one} if one else {}


def _figure(one: Definition, value: Any) -> Any:
    return date.fromisoformat(value) if one.value_kind is ValueKind.DATE else value


def _value(table: str, key: str, value: Any) -> Any:
    """The value as it is meant; a word of the program's own without its underscores, several values in one line."""
    columns = Base.metadata.tables[table].c
    found = decoded(columns[key], value) if key in columns else value
    if isinstance(found, Mapping):
        return ", ".join(f"{name}: {each}" for name, each in found.items())
    if isinstance(found, list):
        return ", ".join(map(str, found))
    return str(found).replace("_", " ") if key in CODES and found is not None else found
