"""Branches: dated stops one below another, with lines from each to what waits for it; a way taken only sometimes parts.

A stop is a row, so that its words can be as long as they are. Lines run in lanes left of the words. What waits for the
same stop in the same case hangs from one line; each case has a line of its own. Time is told by the days at the left,
and a longer wait by a wider gap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from donors.web.charts.scale import near

DOT = 24
MIDDLE = 14
"""Where the middle of a dot lies below the top of its row."""
BEND = 15
"""How far below the middle a line has come into its own lane."""
WIDEST = 124
WIDE, NARROW = 28, 8
GAPS = (2, 6, 15, 45)
"""Days since the row before from which a gap is one step wider."""
ORIGIN = 0
"""The key of the start, from which hangs what waits for nothing."""


@dataclass(frozen=True)
class Stop:
    """One thing to draw: its key (1 and up), its day, and what it waits for with the case in words ("": always)."""

    key: int
    on: date
    after: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Stroke:
    """A line inside a row. `path` bends at the top of the row; `down` runs on to its foot at `x` from `y`, if it does.

    `case` says whether it is a way taken only sometimes.
    """

    x: float
    y: float
    path: str = ""
    down: bool = True
    case: bool = False


@dataclass(frozen=True)
class Row:
    """One stop, drawn, `day` days after the start.

    `fresh`: its day differs from the row above; `gap` from 0 to 4: how long one waits after it.
    """

    stop: Stop
    x: float
    strokes: tuple[Stroke, ...]
    day: int
    fresh: bool
    gap: int


@dataclass(frozen=True)
class Branches:
    """The whole picture: the width of the lanes, where the start stands and what leaves it, and the rows."""

    width: float
    x: float
    strokes: tuple[Stroke, ...]
    rows: tuple[Row, ...]


Trunk = tuple[int, str]


@dataclass
class _Lanes:
    """Which line runs in which lane, and who still hangs from it."""

    held: list[Trunk | None] = field(default_factory=list)
    left: dict[Trunk, set[int]] = field(default_factory=dict)

    def free(self, *, past: int = -1) -> int:
        """The first free lane right of one."""
        lane = next((at for at, held in enumerate(self.held) if held is None and at > past), None)
        if lane is None:
            self.held.append(None)
            lane = len(self.held) - 1
        return lane

    def leave(self, trunk: Trunk, key: int) -> bool:
        """One that hung from a line has been drawn; whether it was the last, so that the line ends."""
        self.left[trunk].discard(key)
        ended = not self.left[trunk]
        if ended:
            self.held[self.held.index(trunk)] = None
        return ended


@dataclass(frozen=True)
class _Laid:
    """A stop in its lane: lines that come in, those that pass, those that leave, each by its lane."""

    stop: Stop
    lane: int
    into: tuple[tuple[int, bool], ...]
    past: tuple[tuple[int, bool], ...]
    out: tuple[tuple[int, bool], ...]


def branches(stops: Sequence[Stop], *, start: date) -> Branches:
    """Stops by their days, none before what it waits for. Keys that are waited for and unknown are left out."""
    keys = {stop.key for stop in stops}
    known = [Stop(stop.key, stop.on, tuple(one for one in stop.after if one[0] in keys)) for stop in stops]
    order = _in_order(known)
    hanging = _hanging(order)
    lanes = _Lanes()
    origin = _Laid(Stop(ORIGIN, start), lanes.free(), (), (), ())
    first = _leave(lanes, ORIGIN, origin.lane, hanging)
    laid = [_lay(stop, lanes, hanging) for stop in order]
    apart = near(min(WIDE, max(NARROW, (WIDEST - DOT) / max(len(lanes.held) - 1, 1))))
    days = [start, *(stop.on for stop in order)]
    rows = tuple(
        Row(
            one.stop,
            _x(one.lane, apart),
            _strokes(one, apart),
            day=(one.stop.on - start).days,
            fresh=days[at + 1] != days[at] or at == 0,
            gap=_gap(days[at + 1], days[at + 2]) if at + 2 < len(days) else 0,
        )
        for at, one in enumerate(laid)
    )
    top = _Laid(origin.stop, origin.lane, (), (), first)
    return Branches(near(DOT + apart * (len(lanes.held) - 1)), _x(origin.lane, apart), _strokes(top, apart), rows)


def _in_order(stops: Sequence[Stop]) -> list[Stop]:
    """By day, then as given; what is waited for comes first. In a circle the first of those left goes on."""
    left = {stop.key: stop for stop in stops}
    rank = {stop.key: (stop.on, place) for place, stop in enumerate(stops)}
    order: list[Stop] = []
    while left:
        ready = [stop for stop in left.values() if not any(key in left for key, _ in stop.after)]
        chosen = min(ready or left.values(), key=lambda stop: rank[stop.key])
        order.append(left.pop(chosen.key))
    return order


def _hanging(order: Sequence[Stop]) -> dict[int, dict[str, set[int]]]:
    """Key → case → who hangs from it, the cases in the order in which they are drawn."""
    found: dict[int, dict[str, set[int]]] = {}
    drawn = {ORIGIN}
    for stop in order:
        for key, case in stop.after or ((ORIGIN, ""),):
            if key in drawn:  # a line never runs upward
                found.setdefault(key, {}).setdefault(case, set()).add(stop.key)
        drawn.add(stop.key)
    return found


def _lay(stop: Stop, lanes: _Lanes, hanging: Mapping[int, Mapping[str, set[int]]]) -> _Laid:
    trunks = [trunk for trunk in dict.fromkeys(stop.after or ((ORIGIN, ""),)) if trunk in lanes.held]
    places = {trunk: lanes.held.index(trunk) for trunk in trunks}
    ended = {trunk for trunk in trunks if lanes.leave(trunk, stop.key)}
    past = tuple((at, bool(held[1])) for at, held in enumerate(lanes.held) if held is not None)
    lane = min(places[trunk] for trunk in ended) if ended else lanes.free(past=min(places.values(), default=-1))
    into = tuple((places[trunk], bool(trunk[1])) for trunk in trunks)
    return _Laid(stop, lane, into, past, _leave(lanes, stop.key, lane, hanging))


def _leave(
    lanes: _Lanes, key: int, lane: int, hanging: Mapping[int, Mapping[str, set[int]]]
) -> tuple[tuple[int, bool], ...]:
    """Gives each case its lane, the first one the stop's own; returns the lanes."""
    out = []
    for case, whom in hanging.get(key, {}).items():
        here = lane if lanes.held[lane] is None else lanes.free(past=lane)
        lanes.held[here] = (key, case)
        lanes.left[key, case] = set(whom)
        out.append((here, bool(case)))
    return tuple(out)


def _strokes(laid: _Laid, apart: float) -> tuple[Stroke, ...]:
    here = _x(laid.lane, apart)
    found = [Stroke(_x(at, apart), 0, case=case) for at, case in laid.past]
    found += [_into(_x(at, apart), here, case=case) for at, case in laid.into]
    found += [_out(here, _x(at, apart), case=case) for at, case in laid.out]
    return tuple(found)


def _into(x: float, here: float, *, case: bool) -> Stroke:
    path = f"M{x} 0V{MIDDLE}" if x == here else f"M{x} 0Q{x} {MIDDLE} {here} {MIDDLE}"
    return Stroke(here, 0, path, down=False, case=case)


def _out(here: float, x: float, *, case: bool) -> Stroke:
    path = "" if x == here else f"M{here} {MIDDLE}Q{x} {MIDDLE} {x} {MIDDLE + BEND}"
    return Stroke(x, MIDDLE + (BEND if path else 0), path, case=case)


def _x(lane: int, apart: float) -> float:
    return near(DOT / 2 + lane * apart)


def _gap(on: date, then: date) -> int:
    return sum((then - on).days >= days for days in GAPS)
