"""Flow: where everybody stood then, where they stand now, and who went which way. Bands keep their exact widths."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from donors.web.charts.scale import Words, near, shorten, spread, width_of

TOP = 30
BOTTOM = 8
GAP = 16
NODE = 9
THIN = 0.6


@dataclass(frozen=True)
class Stand:
    """A place to stand, from the top down. `rank` tells up from down; the one with rank 0 is "no level"."""

    key: str
    name: str
    rank: int
    left_name: str | None = None
    right_name: str | None = None


@dataclass(frozen=True)
class Node:
    """One stand at one side, drawn. `size` is its exact height, `height` what is drawn."""

    key: str
    rank: int
    x: float
    y: float
    size: float
    height: float
    count: int
    change: int | None
    label: Words
    figure: str


@dataclass(frozen=True)
class Band:
    """Those who went from one stand to another. `way` is stay, up, down, in or out. `size` is exact."""

    origin: str
    target: str
    count: int
    way: str
    path: str
    y0: float
    y1: float
    size: float
    href: str | None
    name: str


@dataclass(frozen=True)
class Flow:
    """The whole chart. `rows` is the table below: from, to, count."""

    width: float
    height: float
    unit: float
    left: tuple[Node, ...]
    right: tuple[Node, ...]
    bands: tuple[Band, ...]
    heads: tuple[Words, Words]
    rows: tuple[tuple[str, str, str], ...]


def flow(
    stands: Sequence[Stand],
    counts: Mapping[tuple[str, str], int],
    *,
    heads: tuple[str, str],
    hrefs: Mapping[tuple[str, str], str] | None = None,
    width: float = 620,
    height: float = 450,
) -> Flow:
    """`counts` maps (from, to) to people; stands are drawn in the order given, the same at both sides."""
    then = {stand.key: sum(counts.get((stand.key, other.key), 0) for other in stands) for stand in stands}
    now = {stand.key: sum(counts.get((other.key, stand.key), 0) for other in stands) for stand in stands}
    room = max(height - TOP - BOTTOM - GAP * max(len(stands) - 1, 0), 1)
    unit = room / (max(sum(then.values()), sum(now.values())) or 1)
    gutter = min(
        max((width_of(f"{_longest(stand)} {then[stand.key]:,} +999") for stand in stands), default=0) + 16, width * 0.35
    )
    x0, x1 = near(gutter), near(width - gutter - NODE)
    left = _nodes(stands, then, None, x=x0, unit=unit, height=height)
    right = _nodes(stands, now, then, x=x1, unit=unit, height=height)
    bands = _bands(stands, counts, hrefs or {}, sides=(left, right), unit=unit)
    return Flow(
        width=near(width),
        height=near(height),
        unit=unit,
        left=left,
        right=right,
        bands=bands,
        heads=(Words(heads[0], near(x0 + NODE), 12), Words(heads[1], x1, 12)),
        rows=tuple(
            (_side(one, 0), _side(two, 1), f"{counts[one.key, two.key]:,}")
            for one in stands
            for two in stands
            if counts.get((one.key, two.key))
        ),
    )


def _longest(stand: Stand) -> str:
    return max((_side(stand, 0), _side(stand, 1)), key=len)


def _side(stand: Stand, side: int) -> str:
    return (stand.left_name, stand.right_name)[side] or stand.name


def _nodes(
    stands: Sequence[Stand],
    totals: Mapping[str, int],
    before: Mapping[str, int] | None,
    *,
    x: float,
    unit: float,
    height: float,
) -> tuple[Node, ...]:
    y, tops = float(TOP), []
    for stand in stands:
        tops.append(y)
        y += totals[stand.key] * unit + GAP
    middles = [top + totals[stand.key] * unit / 2 for top, stand in zip(tops, stands, strict=True)]
    places = spread(middles, apart=13, low=TOP, high=height - 4)
    return tuple(
        Node(
            key=stand.key,
            rank=stand.rank,
            x=x,
            y=near(top),
            size=totals[stand.key] * unit,
            height=near(max(totals[stand.key] * unit, 1 if totals[stand.key] else 0)),
            count=totals[stand.key],
            change=None if before is None or stand.rank == 0 else totals[stand.key] - before[stand.key],
            label=Words(
                shorten(_side(stand, 0 if before is None else 1), 160),
                near(x - 8 if before is None else x + NODE + 8),
                near(place + 4),
            ),
            figure=f"{totals[stand.key]:,}",
        )
        for stand, top, place in zip(stands, tops, places, strict=True)
    )


def _bands(
    stands: Sequence[Stand],
    counts: Mapping[tuple[str, str], int],
    hrefs: Mapping[tuple[str, str], str],
    *,
    sides: tuple[Sequence[Node], Sequence[Node]],
    unit: float,
) -> tuple[Band, ...]:
    left, right = ({node.key: node for node in side} for side in sides)
    out = {key: node.y for key, node in left.items()}
    into = {key: node.y for key, node in right.items()}
    found: list[Band] = []
    for one in stands:
        for two in stands:
            count = counts.get((one.key, two.key), 0)
            if not count:
                continue
            size = count * unit
            y0, y1 = out[one.key], into[two.key]
            out[one.key], into[two.key] = y0 + size, y1 + size
            ends = (left[one.key].x + NODE, right[two.key].x)
            found.append(
                Band(
                    origin=one.key,
                    target=two.key,
                    count=count,
                    way=_way(one.rank, two.rank),
                    path=_path(ends, y0, y1, max(size, THIN)),
                    y0=y0,
                    y1=y1,
                    size=size,
                    href=hrefs.get((one.key, two.key)),
                    name=f"{_side(one, 0)} to {_side(two, 1)}: {count:,}",
                )
            )
    return tuple(sorted(found, key=lambda band: band.way != "stay"))


def _way(before: int, after: int) -> str:
    if before == after:
        return "stay"
    if before == 0 or after == 0:
        return "in" if before == 0 else "out"
    return "up" if after > before else "down"


def _path(ends: tuple[float, float], y0: float, y1: float, size: float) -> str:
    x0, x1 = ends
    bend = near((x0 + x1) / 2)
    top = f"M{near(x0)} {near(y0)}C{bend} {near(y0)} {bend} {near(y1)} {near(x1)} {near(y1)}"
    return f"{top}V{near(y1 + size)}C{bend} {near(y1 + size)} {bend} {near(y0 + size)} {near(x0)} {near(y0 + size)}Z"
