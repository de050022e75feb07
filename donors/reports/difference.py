"""What lies between two states of one figure: rows that came in, rows that left, rows that count for another sum."""

from collections.abc import Sequence
from dataclasses import dataclass

from donors.rollups.queries import Reason


@dataclass(frozen=True)
class Step:
    """One row that makes a difference: what it counted for before and what it counts for after; none: not at all."""

    row: Reason
    before: int | None
    after: int | None

    @property
    def change(self) -> int:
        """How much more it counts for."""
        return (self.after or 0) - (self.before or 0)

    @property
    def way(self) -> str:
        """Whether it came, left, or was changed: in its sum, or in its day."""
        if self.before is None:
            return "came"
        return "left" if self.after is None else "changed"


def difference(before: Sequence[Reason], after: Sequence[Reason]) -> tuple[Step, ...]:
    """The rows by which two states of a figure differ, the newest first; those that count alike are left out."""
    was, now = ({each.row_id: each for each in rows} for rows in (before, after))
    steps = [Step(each, None, each.amount) for row_id, each in now.items() if row_id not in was]
    steps += [Step(each, each.amount, None) for row_id, each in was.items() if row_id not in now]
    both = ((was[row_id], each) for row_id, each in now.items() if row_id in was)
    steps += [
        Step(each, old.amount, each.amount) for old, each in both if (old.amount, old.on) != (each.amount, each.on)
    ]
    return tuple(sorted(steps, key=lambda step: (step.row.on, step.row.row_id), reverse=True))
