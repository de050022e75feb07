"""Which track leans on which: a criteria may ask for the level on another track, which then has to be settled first."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from donors.core.errors import Invalid
from donors.levels.ladders import Ladder

FIRST = "level"
"""The name of the first track's level as a field of constituents; that of the others carries their id."""
OF_LEVELS = re.compile(r"level(?:_(\d+))?(?:_(?:since|before|reached|falls_on|falls_to|ruling))?")


def field_name(ladder: Ladder, place: int) -> str:
    """The name of the level on a track as a field. `place` is the track's among those in use, from 0."""
    return FIRST if place == 0 else f"{FIRST}_{ladder.id}"


@lru_cache(maxsize=256)
def fields_in(criteria: str) -> frozenset[str]:
    """The names of the fields that stored criteria ask for."""
    return frozenset(_fields(json.loads(criteria))) if criteria else frozenset()


def _fields(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for one in part:
            yield from _fields(one)
    elif isinstance(part, dict):
        if isinstance(part.get("field"), str):
            yield part["field"]
        yield from _fields([value for name, value in part.items() if name in ("all", "any", "not")])


def asked_by(ladder: Ladder) -> frozenset[str]:
    """The names of all fields that the criteria of a track and of its levels ask for."""
    return fields_in(ladder.criteria).union(*(fields_in(band.criteria) for band in ladder.bands))


def leans_on(ladder: Ladder, tracks: Iterable[Ladder]) -> frozenset[int]:
    """The ids of the tracks whose levels a track asks for. `tracks` are those in use, in their order."""
    first = next((one.id for one in tracks), None)
    found = {_track(name, first) for name in asked_by(ladder)}
    return frozenset(one for one in found if one is not None)


def _track(name: str, first: int | None) -> int | None:
    match = OF_LEVELS.fullmatch(name)
    if match is None:
        return None
    return int(match[1]) if match[1] else first


def in_turn(tracks: Iterable[Ladder], every: Iterable[Ladder] | None = None) -> tuple[tuple[Ladder, ...], ...]:
    """The tracks in waves: each after those that it leans on. Mostly that is one wave. `every`: all in use."""
    left = tuple(tracks)
    if not any(ladder.asks_more for ladder in left):
        return (left,) if left else ()
    known = left if every is None else tuple(every)
    needs = {ladder.id: leans_on(ladder, known) & {one.id for one in left} for ladder in left}
    return tuple(_waves(left, needs))


def _waves(left: tuple[Ladder, ...], needs: Mapping[int, frozenset[int]]) -> Iterator[tuple[Ladder, ...]]:
    settled: set[int] = set()
    while left:
        ready = tuple(one for one in left if needs[one.id] <= settled) or left  # a circle cannot be kept: see below
        yield ready
        settled |= {one.id for one in ready}
        left = tuple(one for one in left if one.id not in settled)


def with_leaning(tracks: tuple[Ladder, ...], chosen: set[int]) -> frozenset[int]:
    """These tracks and all that lean on them."""
    found: set[int] = set()
    while chosen - found:
        found |= chosen
        chosen = {one.id for one in tracks if leans_on(one, tracks) & found}
    return frozenset(found)


def check_no_circle(tracks: Iterable[Ladder]) -> None:
    """Raises Invalid where a track leans on itself, by way of others too."""
    known = tuple(tracks)
    needs = {ladder.id: leans_on(ladder, known) for ladder in known}
    for ladder in known:
        if ladder.id in _reached(needs[ladder.id], needs):
            problem = "ask for a level that itself depends on this track"
            raise Invalid("criteria", ladder.name, problem, "Ask for something else, or for another track's level.")


def _reached(ids: Iterable[int], needs: Mapping[int, frozenset[int]]) -> set[int]:
    found, left = set[int](), set(ids)
    while left:
        found |= left
        left = {one for id_ in left for one in needs.get(id_, frozenset())} - found
    return found
