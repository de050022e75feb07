"""What parts again and what stays when a merge is undone on a later day: pure rules over what was done since.

What the merge gave to the record that stays goes back. What somebody set since is kept, field by field, and named.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from donors.core.undo_reach import Row, Spared
from donors.core.undo_since import Setting, Since

OWNERS = frozenset({"constituent_id", "household_id", "other_id", "prospect_id", "introducer_id", "low_id", "high_id"})
"""Columns that say whose a row is. A later merge only passes a row on: it goes back all the same."""

TOGETHER: Mapping[str, Mapping[str, Collection[str]]] = {
    "constituent": {
        "name": (
            *("name", "sort_name", "search_text", "named_by_key"),
            *("title", "given_name", "middle_name", "family_name", "suffix"),
        ),
        "death": ("is_deceased", "deceased_on"),
    },
    "prospect": {
        "stage": (
            *("stage_id", "in_stage_since", "is_active"),
            *("closed_on", "closed_as", "closed_reason", "returns_on"),
        ),
        "strategy": ("strategy", "strategy_on"),
    },
}
"""Columns of a table that only make sense together. Elsewhere all of a row do, but for those that say whose it is."""

BY_FIELD = frozenset(TOGETHER)
"""Tables in which every other column stands for itself."""

REST = ""
LIVES_ON = frozenset({REST, "stage"})
"""Units whose later setting means that work went on with a row."""


@dataclass(frozen=True)
class Clash:
    """Fields that the merge had set and somebody set again since. The later ones are kept unless the merge's go back.

    `unit` says which fields of the row belong together.
    """

    row: Row
    unit: str
    settings: tuple[Setting, ...]

    @property
    def key(self) -> str:
        """What forms call it."""
        table, row_id = self.row
        return f"{table}-{row_id}-{self.unit}"

    @property
    def is_choice(self) -> bool:
        """Whether it may be set back all the same: what a record says of somebody, not what was done with them."""
        return self.row[0] == "constituent" and self.unit not in OWNERS

    @property
    def columns(self) -> frozenset[str]:
        """All fields of the unit that the merge had set."""
        return frozenset(one for one in self.settings[0].among if unit_of(self.row[0], one) == self.unit)


def unit_of(table: str, column: str) -> str:
    """The unit that a column belongs to."""
    if column in OWNERS:
        return column
    named = (unit for unit, columns in TOGETHER.get(table, {}).items() if column in columns)
    return next(named, column if table in BY_FIELD else REST)


def clashes(settings: Iterable[Setting], *, merges: Collection[int]) -> list[Clash]:
    """Where the merge and what was done since meet. `merges` are the change sets that merged others since."""
    units: dict[tuple[Row, str], list[Setting]] = defaultdict(list)
    for one in settings:
        units[one.row, unit_of(one.row[0], one.column)].append(one)
    return [
        Clash(row, unit, tuple(told))
        for (row, unit), found in units.items()
        if (told := [one for one in found if _differs(one, merges)])
    ]


def _differs(one: Setting, merges: Collection[int]) -> bool:
    if one.column in OWNERS and set(one.by) <= set(merges):
        return False
    return one.now not in (one.before, one.after)


def spared(since: Since, found: Iterable[Clash], *, yielding: Collection[str], standings: Mapping[Row, Row]) -> Spared:
    """What the undo leaves as it is. `yielding` are keys of clashes where the merge is taken back all the same.

    Rows that the merge made stay where they were worked on since, with all that hangs together with them: a plan with
    its tasks. `standings` are the levels that it began or ended, each with the person and track: they go back as one.
    """
    kept = [one for one in found if one.key not in yielding or not one.is_choice]
    rows = set(since.gone) | _built(since, kept, standings)
    columns: dict[Row, frozenset[str]] = {}
    for one in kept:
        columns[one.row] = columns.get(one.row, frozenset()) | one.columns
        if columns[one.row] == one.settings[0].among:
            rows.add(one.row)
    return with_also(Spared(columns=columns), rows, {})


def with_also(kept: Spared, rows: Iterable[Row], columns: Mapping[Row, frozenset[str]]) -> Spared:
    """What is spared, with more rows and columns."""
    by_table: dict[str, set[int]] = defaultdict(set, {table: set(ids) for table, ids in kept.rows.items()})
    for table, row_id in rows:
        by_table[table].add(row_id)
    both = {
        row: kept.columns.get(row, frozenset()) | columns.get(row, frozenset()) for row in {*kept.columns, *columns}
    }
    return Spared({table: frozenset(ids) for table, ids in by_table.items()}, both)


def _built(since: Since, kept: Iterable[Clash], standings: Mapping[Row, Row]) -> set[Row]:
    """The rows that hang together with one that was worked on since: those that the merge made, and standings."""
    ties = [tie for tie in since.ties if tie[1][0] != "constituent"]
    seeds = {row for row in since.built_upon if row[0] != "constituent_alias"}
    seeds |= {one.row for one in kept if one.unit in LIVES_ON and one.row[0] != "constituent"}
    stay = set(_reached(seeds, [*ties, *standings.items()]))
    return {row for row in stay if row in since.made or row in standings}


def _reached(seeds: Iterable[Row], ties: Iterable[tuple[Row, Row]]) -> Iterator[Row]:
    """All that hangs together with the seeds, along the ties."""
    beside: dict[Row, list[Row]] = defaultdict(list)
    for one, other in ties:
        beside[one].append(other)
        beside[other].append(one)
    left = list(seeds)
    seen = set(left)
    while left:
        here = left.pop()
        yield here
        new = [one for one in beside[here] if one not in seen]
        seen.update(new)
        left += new
