"""Pages of a list: counted, sorted and cut by the database, never in Python."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, Select, SQLColumnExpression, Table, TypeCoerce, func, literal, select
from sqlalchemy.orm import Session

from donors.core.fields import Field, FieldSet

SIZES = (25, 50, 100, 200)
"""The page sizes that people are offered."""

LARGEST = 500
MOST_SORTS = 3
T = TypeVar("T")
Statement = TypeVar("Statement", bound="Select[*tuple[Any, ...]]")


@dataclass(frozen=True)
class Sort:
    """A field to sort by. Empty values come last either way."""

    field: str
    descending: bool = False

    def __str__(self) -> str:
        return f"-{self.field}" if self.descending else self.field


@dataclass(frozen=True)
class Paging:
    """Which page somebody asks for: `number` from 1, `size` rows, sorted by up to three fields."""

    number: int = 1
    size: int = 50
    sort: tuple[Sort, ...] = ()


@dataclass(frozen=True)
class Part:
    """A part of a list that has an order of its own: `limit` rows (none: all) after `offset`.

    `sort` is one of its keys, or "-key" for falling; any other word leaves the list as it is.
    """

    limit: int | None = None
    offset: int = 0
    sort: str = ""

    def of(self, statement: Statement, keys: Mapping[str, Any], *own: Any) -> Statement:
        """The rows of a statement by the key, empty values last, and then by its own order."""
        return statement.order_by(*by_key(keys, self.sort), *own).limit(self.limit).offset(self.offset)


ALL = Part()


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list, and where it stands in it. `number` is the page shown: past the end it is the last one."""

    rows: tuple[T, ...]
    total: int
    number: int
    size: int
    sort: tuple[Sort, ...] = ()

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return count_pages(self.total, self.size)

    @property
    def first(self) -> int:
        """The place of the first row shown, from 1; 0 when there is none."""
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The place of the last row shown."""
        return self.first + len(self.rows) - 1 if self.rows else 0

    @property
    def previous(self) -> int | None:
        """The number of the page before."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The number of the page after."""
        return self.number + 1 if self.number < self.pages else None


def by_key(keys: Mapping[str, Any], sort: str) -> tuple[Any, ...]:
    """The order by "key" or "-key", empty values last; nothing where there is no such key."""
    key = keys.get(sort.removeprefix("-"))
    if key is None:
        return ()
    return ((key.desc() if sort.startswith("-") else key.asc()).nulls_last(),)


def count_pages(total: int, size: int) -> int:
    """How many pages some rows fill; at least one."""
    return max(1, -(-total // size))


def read_paging(number: str | None, size: str | None, sort: str | None, *, fields: Iterable[str]) -> Paging:
    """What an address asks for, such as `?page=2&size=50&sort=-lifetime_total,name`.

    Nonsense and fields that there are not fall away without a word: addresses are kept and shared for years.
    """
    known = set(fields)
    sorts = (Sort(name.removeprefix("-"), name.startswith("-")) for name in (sort or "").split(","))
    kept = tuple({each.field: each for each in sorts if each.field in known}.values())
    return Paging(
        number=_bounded(number, default=1, largest=10**6),
        size=_bounded(size, default=Paging.size, largest=LARGEST),
        sort=kept[:MOST_SORTS],
    )


def _bounded(text: str | None, *, default: int, largest: int) -> int:
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 9:
        return default
    return min(max(int(text), 1), largest)


def page_of(session: Session, statement: Select[*tuple[Any, ...]], number: int, *, size: int) -> Page[Any]:
    """The page asked for of a statement that has an order of its own; past the end, the last page."""
    every = statement.order_by(None).with_only_columns(literal(1)).subquery()
    total = session.scalar(select(func.count()).select_from(every)) or 0
    place = min(max(number, 1), count_pages(total, size))
    found = session.execute(statement.limit(size).offset((place - 1) * size))
    return Page(tuple(found), total, place, size)


def turn(
    session: Session,
    statement: Select[Any],
    paging: Paging,
    *,
    fields: FieldSet,
    tie: SQLColumnExpression[int],
    scalars: bool = False,
) -> Page[Any]:
    """The page asked for of a statement without order or limit; past the end, the last page.

    The statement has made all joins in one call: `joined(…, (*joins of criteria, *joins_of(columns and sorted_by)))`.
    `tie` is the root's id, the last sort key, so that pages never overlap. Rows, or with `scalars` first columns.
    Raises Invalid for a sort by a field that there is not.
    """
    total = session.scalar(select(func.count()).select_from(_only(statement, tie))) or 0
    size = min(max(paging.size, 1), LARGEST)
    number = min(max(paging.number, 1), count_pages(total, size))
    start = (number - 1) * size

    def cut(ordered: Select[Any]) -> tuple[Any, ...]:
        part = ordered.limit(size).offset(start)
        return tuple(session.scalars(part) if scalars else session.execute(part))

    found = cut(_filled(statement, paging.sort, fields, tie)) if _may_have_index(paging.sort, fields) else ()
    if len(found) < min(size, total - start):
        found = cut(in_order(statement, paging.sort, fields=fields, tie=tie))
    return Page(found, total, number, size, paging.sort)


def _may_have_index(sort: Sequence[Sort], fields: FieldSet) -> bool:
    """Whether the first key is a column of a table, not reckoned when it is asked."""
    key = fields.named(sort[0].field).sort_key if sort else None
    plain = key.clause if isinstance(key, TypeCoerce) else key
    return isinstance(plain, Column) and isinstance(plain.table, Table)


def _filled(
    statement: Select[Any], sort: Sequence[Sort], fields: FieldSet, tie: SQLColumnExpression[int]
) -> Select[Any]:
    """The rows whose first key is not empty, in order: those come first anyway, and an index gives them in order.

    PostgreSQL takes it: it makes an inner join of the outer one, and need not put empty values last. SQLite does not.
    """
    key = fields.named(sort[0].field).sort_key
    first = statement.where(key.is_not(None)).order_by(key.desc() if sort[0].descending else key.asc())
    return in_order(first, sort[1:], fields=fields, tie=tie)


def sorted_by(paging: Paging, fields: FieldSet) -> tuple[Field, ...]:
    """The fields that a page is sorted by; their joins must be made. Raises Invalid."""
    return tuple(fields.named(each.field) for each in paging.sort)


def _only(statement: Select[Any], tie: SQLColumnExpression[int]) -> Any:
    return statement.with_only_columns(tie).order_by(None).subquery()


def in_order(
    statement: Select[Any], sort: Iterable[Sort], *, fields: FieldSet, tie: SQLColumnExpression[int]
) -> Select[Any]:
    """The statement sorted by fields, empty values last, ties by id. The joins of these fields must have been made."""
    for each in sort:
        key = fields.named(each.field).sort_key
        statement = statement.order_by((key.desc() if each.descending else key.asc()).nulls_last())
    return statement.order_by(tie)
