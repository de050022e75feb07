"""A matrix of movement: rows then, columns now. The diagonal stays, one side of it rises, the other falls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from donors.web.charts.flow import Stand

HEATS = (0.04, 0.16, 0.45)
"""Shares of the largest movement at which a cell gets warmer: four steps in all."""


@dataclass(frozen=True)
class Cell:
    """One movement: its count, its way (stay, up, down) and how warm it is (1 to 4; 0 for those who stayed)."""

    count: int
    way: str
    heat: int
    href: str | None
    name: str


@dataclass(frozen=True)
class Row:
    """All who stood at one place then."""

    stand: Stand
    cells: tuple[Cell | None, ...]
    total: int


@dataclass(frozen=True)
class Matrix:
    """The whole table, with totals of rows, of columns and of all."""

    columns: tuple[Stand, ...]
    rows: tuple[Row, ...]
    totals: tuple[int, ...]
    total: int


def matrix(
    stands: Sequence[Stand],
    counts: Mapping[tuple[str, str], int],
    *,
    hrefs: Mapping[tuple[str, str], str] | None = None,
) -> Matrix:
    """Rows in the order of `stands` (highest first), columns by rising rank, so that a rise lies to the right."""
    columns = tuple(sorted(stands, key=lambda stand: stand.rank))
    moved = [count for (one, two), count in counts.items() if one != two]
    most = max(moved, default=0)
    rows = tuple(
        Row(
            one,
            tuple(
                _cell(
                    one, two, counts.get((one.key, two.key), 0), most=most, href=(hrefs or {}).get((one.key, two.key))
                )
                for two in columns
            ),
            sum(counts.get((one.key, two.key), 0) for two in columns),
        )
        for one in stands
    )
    totals = tuple(sum(counts.get((one.key, two.key), 0) for one in stands) for two in columns)
    return Matrix(columns, rows, totals, sum(totals))


def _cell(one: Stand, two: Stand, count: int, *, most: int, href: str | None) -> Cell | None:
    if not count:
        return None
    way = "stay" if one.rank == two.rank else "up" if two.rank > one.rank else "down"
    heat = 0 if way == "stay" else 1 + sum(count / most >= share for share in HEATS)
    names = (one.left_name or one.name, two.right_name or two.name)
    return Cell(count, way, heat, href, f"{names[0]} to {names[1]}: {count:,}")
