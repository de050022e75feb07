"""Which row a figure chose: the largest, the smallest, the first, the last. Ties fall by order of creation.

The main pass packs what decides into one number. Where rows can be sought one owner at a time, it packs twice: of the
largest amount the last day and the first, of the last day the most and the least amount. Where the two agree the row
is known; elsewhere it is sought. Where they cannot be sought, the rows that were found are joined once more.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import CTE, ColumnElement, Integer, Select, Subquery, and_, case, cast, func, select
from sqlalchemy.sql.functions import FunctionElement

from donors.rollups.definition import Operation, Returns
from donors.rollups.extent import Expression, big, number
from donors.rollups.stages import Task, labeled

ID_BITS = 46
DAY_BITS = 17
EPOCH_OFFSET = 2 ** (DAY_BITS - 1)
AMOUNT_BITS = 47
"""Amounts, with their sign (`money.LARGEST`)."""

LARGE, SMALL, FIRST, LAST = Operation.LARGEST, Operation.SMALLEST, Operation.FIRST, Operation.LAST
Found = Mapping[str, Expression]
BY_AMOUNT = (LARGE, SMALL)
LATE = (LARGE, LAST)
"""Of ties, the row that was created last; of others, the one that was created first."""


def deciding(task: Task) -> Operation | None:
    """The operation that chooses a row for a task, if one does."""
    operation = LAST if task.one.operation is Operation.DAYS_SINCE else task.one.operation
    return operation if operation in (*BY_AMOUNT, FIRST, LAST) else None


def choice_name(task: Task) -> str:
    """The name of what the definition keeps of the chosen row."""
    return task.pool.named(f"{deciding(task)} chosen {task.one.returns}")


def parts(task: Task, *, seeks: bool) -> tuple[str, ...]:
    """What the main pass must find for the choice of a task."""
    operation = deciding(task)
    if operation is None:
        return ()
    if not seeks or task.one.returns is Returns.ROW:
        return (f"{operation}",)
    return (f"{operation} packed", *([f"{operation} contrary"] if _needs_both(task) else []))


def _needs_both(task: Task) -> bool:
    return task.one.returns is (Returns.DATE if deciding(task) in BY_AMOUNT else Returns.AMOUNT)


def packed(part: str, rows: Subquery) -> FunctionElement[int]:
    """The aggregate of a part of the main pass."""
    word, _, how = part.partition(" ")
    operation = Operation(word)
    day, amount = rows.c.given_on, rows.c.amount
    if not how:
        made: Expression = amount if operation in BY_AMOUNT else big(day) * number(2**ID_BITS) + rows.c.row_id
    else:
        first, second, bits = (amount, day, DAY_BITS) if operation in BY_AMOUNT else (day, amount, AMOUNT_BITS)
        made = first * number(2**bits)
        made = made - second if how == "contrary" else made + second
    return pick(part)(made)


def pick(part: str) -> Callable[[Expression], FunctionElement[int]]:
    """The aggregate that finds a part, and finds it again among what it found."""
    made: Callable[[Expression], FunctionElement[int]] = func.max if part.partition(" ")[0] in LATE else func.min
    return made


def needs_row(task: Task) -> bool:
    """Whether, without seeking, the row that was found must be read again for what the definition keeps of it."""
    if deciding(task) in BY_AMOUNT:
        return task.one.returns is not Returns.AMOUNT
    return deciding(task) is not None and task.one.returns is Returns.AMOUNT


def joined_again(tasks: Iterable[Task], rows: Subquery, found: CTE) -> Select[tuple[int]]:
    """The rows that were found, by a join with all rows of the owners: id and day, or the amount."""
    columns: dict[str, Expression] = {}
    for task in tasks:
        operation = deciding(task)
        here = task.pool.holds(rows)
        best = found.c[task.pool.named(f"{operation}")]
        made: FunctionElement[int]
        if operation in BY_AMOUNT:
            day = rows.c.given_on + number(EPOCH_OFFSET)
            made = pick(f"{operation}")(big(rows.c.row_id) * number(2**DAY_BITS) + day)
            here = and_(here, rows.c.amount == best)
        else:
            made = func.sum(rows.c.amount)
            here = and_(here, rows.c.row_id == best.bitwise_and(number(2**ID_BITS - 1)))
        columns.setdefault(task.pool.named(f"{operation} again"), big(made.filter(here)))
    # Not outer: SQLite would go through all rows for each owner where they are grouped first.
    joined = rows.join(found, rows.c.owner_id == found.c.owner_id)
    return select(found.c.owner_id, *labeled(columns)).select_from(joined).group_by(found.c.owner_id)


def chosen(task: Task, found: Found) -> Expression:
    """What the definition keeps of the chosen row, where rows are not sought."""
    operation, returns = deciding(task), task.one.returns
    best = found[task.pool.named(f"{operation}")]
    if operation in BY_AMOUNT:
        if returns is Returns.AMOUNT:
            return best
        again = found[task.pool.named(f"{operation} again")]
        return _right(again, DAY_BITS) if returns is Returns.ROW else _low(again, DAY_BITS) - number(EPOCH_OFFSET)
    if returns is Returns.AMOUNT:
        return found[task.pool.named(f"{operation} again")]
    return _low(best, ID_BITS) if returns is Returns.ROW else _right(best, ID_BITS)


@dataclass(frozen=True)
class Everybody:
    """All rows, among which those of one owner of the main pass may be sought."""

    rows: Subquery
    found: CTE

    def chosen(self, task: Task) -> Expression:
        """What the definition keeps of the chosen row."""
        operation, returns = deciding(task), task.one.returns
        if returns is Returns.ROW:
            best = self.found.c[task.pool.named(f"{operation}")]
            if operation not in BY_AMOUNT:
                return _low(best, ID_BITS)
            return self._sought(task, self.rows.c.row_id, self.rows.c.amount == best)
        bits = DAY_BITS if operation in BY_AMOUNT else AMOUNT_BITS
        packed = self.found.c[task.pool.named(f"{operation} packed")]
        first = _right(packed + number(2 ** (bits - 1)), bits)
        if not _needs_both(task):
            return first
        contrary = self.found.c[task.pool.named(f"{operation} contrary")]
        whole = first * number(2**bits)
        kept, by = self.rows.c.given_on, self.rows.c.amount
        if operation not in BY_AMOUNT:
            kept, by = by, kept
        return case((packed - whole == whole - contrary, packed - whole), else_=self._sought(task, kept, by == first))

    def _sought(self, task: Task, kept: Expression, here: ColumnElement[bool]) -> Expression:
        order = self.rows.c.row_id.desc() if deciding(task) in LATE else self.rows.c.row_id
        own = select(kept).where(self.rows.c.owner_id == self.found.c.owner_id, task.pool.holds(self.rows), here)
        return own.order_by(order).limit(number(1)).offset(number(0)).correlate(self.found).scalar_subquery()


def _low(packed: Expression, bits: int) -> Expression:
    return packed.bitwise_and(number(2**bits - 1))


def _right(packed: Expression, bits: int) -> Expression:
    return packed.bitwise_rshift(cast(number(bits), Integer))
