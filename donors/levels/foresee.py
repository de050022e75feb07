"""What a track would make of everybody on a day, as it is or as somebody drafts it. Writes nothing.

The SQL is that of assignment: who may stand and which level the rules give comes from `compile`, what is known of
somebody from `found`, what holds a level back from `settled`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Subquery, cast, null, or_, select

from donors.constituents.models import Constituent
from donors.core.bulk import table_of
from donors.core.fields import Join
from donors.levels.compile import Pinned, rules_level
from donors.levels.found import PERSON, columns_of
from donors.levels.ladders import Ladder
from donors.levels.settled import settled
from donors.rollups.models import rollup_value, slot_column


@dataclass(frozen=True)
class Figures:
    """Where figures are read from: those that are stored, or a subquery of `constituent_id` and figures by key."""

    made: Subquery | None = None

    def of(self, ladder: Ladder) -> Any:
        """The column of a track's measure."""
        if self.made is not None and ladder.measure in self.made.c:
            return self.made.c[ladder.measure]
        return rollup_value.c[slot_column(ladder.slot)]

    def beside(self, start: Any, joins: Iterable[Join]) -> Any:
        """Constituents with their figures, and the joins of criteria."""
        start = start.outerjoin(rollup_value, rollup_value.c.constituent_id == PERSON)
        if self.made is not None:
            start = start.outerjoin(self.made, self.made.c.constituent_id == PERSON)
        for join in dict.fromkeys(joins):
            if join.target is not rollup_value and join.target is not self.made:
                start = start.outerjoin(join.target, join.on)
        return start


STORED = Figures()


def foreseen(one: Pinned, before: Ladder | None, *, on: date, figures: Figures = STORED) -> Subquery:
    """A subquery of all who stand on a track now, or would: `before` is the track as it is (none: a new one).

    Columns: constituent_id, old_level, new_level (none: no level), was (the figure by the measure of now), figure,
    falls_on, falls_to (what would be noted of a fall that waits), why (a word of `settled`).
    """
    ladder = one.ladder
    start, columns = columns_of(one, table_of(Constituent))
    known = {column.name.removesuffix(f"_{ladder.id}"): column.element for column in columns}
    figure = figures.of(ladder)
    verdict = settled(one, known, rules_level(one, figure), on=on)
    was = rollup_value.c[slot_column(before.slot)] if before is not None else cast(null(), BigInteger)
    found = select(
        PERSON.label("constituent_id"),
        known["level"].label("old_level"),
        verdict.level.label("new_level"),
        was.label("was"),
        figure.label("figure"),
        verdict.falls_on.label("falls_on"),
        verdict.falls_to.label("falls_to"),
        verdict.why.label("why"),
    ).select_from(figures.beside(start, one.joins))
    return found.where(or_(known["standing"].is_not(None), verdict.level.is_not(None))).subquery(
        f"foreseen_{ladder.id}"
    )
