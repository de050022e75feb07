"""Which pairs are compared at all: those that share a key in one of several passes.

A pass gives each row up to a few keys. A key that more rows share than CAP tells too little and makes too many pairs;
it is left out, and the count of such keys is reported. A pair that several passes find is given by the first of them,
so that no pass must remember what another one found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from donors.constituents.matching.likeness import Mask
from donors.constituents.matching.normalize import root_of, sound_of
from donors.constituents.matching.roster import Codes, Ints, Roster
from donors.constituents.models import PERSON

CAP = 100
"""The most rows that a key may have."""
PART = 400_000
"""About how many pairs are given at a time."""


@dataclass(frozen=True)
class Block:
    """The keys of a pass: a row for each row of the roster, a column for each key that it may have; 0 is no key.

    No row has a key twice.
    """

    name: str
    keys: Ints

    @cached_property
    def several(self) -> Mask:
        """Who may have another key than the one in the first column."""
        found: Mask = self.keys[:, 1:].max(axis=1, initial=0) > 0
        return found


@dataclass(frozen=True)
class Overfull:
    """Keys that a pass left out, and how many rows they had."""

    name: str
    keys: int
    rows: int


def blocks(roster: Roster, kind: str) -> tuple[list[Block], list[Overfull]]:
    """The passes over a roster, without keys that are too common."""
    made = _of_people(roster) if kind == PERSON else _of_groups(roster)
    kept, overfull = zip(*(_capped(block) for block in made), strict=True)
    return list(kept), [one for one in overfull if one.keys]


def pairs(passes: Sequence[Block], *, only: Ints | None = None) -> Iterator[tuple[Ints, Ints]]:
    """All pairs of rows that share a key, each once, in parts. With `only` (0 or 1 a row) one of a pair must have 1."""
    for place, block in enumerate(passes):
        for a, b, keys in _of_pass(block if only is None else _around(block, only)):
            fresh = _is_first(block, a, b, keys)
            for earlier in passes[:place]:
                fresh &= ~_shares(earlier, a, b)
            if only is not None:
                fresh &= (only[a] + only[b]) > 0
            if fresh.any():
                yield a[fresh], b[fresh]


def _of_people(roster: Roster) -> list[Block]:
    given, family = roster.given, roster.family
    root, sound = given.mapped(root_of), family.mapped(sound_of)
    tone = given.mapped(lambda word: sound_of(root_of(word)))
    start = family.mapped(lambda word: word[:3])
    area, month = roster.postal.mapped(lambda code: code[:3]), roster.born // 100
    street, number, postal, city = (one.codes for one in (roster.street, roster.number, roster.postal, roster.city))
    pair = _unordered(roster)
    return [
        Block("e-mail", _table(*(one.codes for one in roster.emails))),
        Block("phone", roster.phones),
        Block("id number", _table(*(one.codes for one in roster.tax_ids))),
        Block("names in either order", _table(pair)),
        Block("birth date, given name", _joined(roster.born, tone)),
        Block("birth date, family name", _joined(roster.born, start)),
        Block("birth date, area", _at(roster, area, own=(roster.born,))),
        Block("address", _at(roster, street, number, city)),
        Block("street, postal code", _at(roster, street, postal)),
        Block("sounds", _joined(sound, tone)),
        Block("sounds, area", _at(roster, area, own=(sound, tone))),
        Block("family name, postal code", _at(roster, postal, own=(sound,))),
        Block("family name, street", _at(roster, street, own=(sound,))),
        Block("given name, postal code", _at(roster, postal, own=(root,))),
        Block("given name, house, city", _at(roster, number, city, own=(tone,))),
        Block("sounds, birth month", _joined(sound, tone, month)),
    ]


def _of_groups(roster: Roster) -> list[Block]:
    first = roster.name.mapped(lambda name: sound_of(name.partition(" ")[0]))
    whole = roster.name.mapped(lambda name: " ".join(sorted(name.split())))
    two = roster.name.mapped(lambda name: " ".join(sound_of(word) for word in name.split()[:2]))
    return [
        Block("e-mail", _table(*(one.codes for one in roster.emails))),
        Block("phone", roster.phones),
        Block("id number", _table(*(one.codes for one in roster.tax_ids))),
        Block("name", _table(whole)),
        Block("domain", _table(roster.domain.codes)),
        Block("first words", _table(two)),
        Block("first word, postal code", _at(roster, roster.postal.codes, own=(first,))),
        Block("first word, city", _at(roster, roster.city.codes, own=(first,))),
        Block("address", _at(roster, roster.street.codes, roster.number.codes, roster.city.codes)),
    ]


def _table(*columns: Codes | Ints) -> Ints:
    return np.stack([column.astype(np.int64) for column in columns], axis=1)


def _at(roster: Roster, *columns: Codes, own: Sequence[Codes | Ints] = ()) -> Ints:
    """A key for each address: of what it says, and of what is said of the constituent itself."""
    count = len(roster)
    spans = (slice(place * count, (place + 1) * count) for place in range(roster.depth))
    return np.hstack([_joined(*own, *(column[span] for column in columns)) for span in spans])


def _joined(*columns: Codes | Ints) -> Ints:
    """One key of several values, mixed; no key where one of them is not known. Two keys are the same by chance once in
    some trillions of pairs, which costs a comparison and nothing else."""
    mixed = np.zeros(len(columns[0]), np.uint64)
    known = np.ones(len(columns[0]), np.bool_)
    for column in columns:
        known &= column > 0
        mixed = (mixed ^ column.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return np.where(known, (mixed >> np.uint64(1)).astype(np.int64) | 1, 0)[:, None]


def _unordered(roster: Roster) -> Ints:
    """Given and family name as one key, whichever stands first."""
    known: dict[str, int] = {}
    words = [
        np.fromiter((known.setdefault(word, len(known)) for word in column.lexicon.words), np.int64)[column.codes]
        for column in (roster.given, roster.family)
    ]
    low, high = np.minimum(*words), np.maximum(*words)
    return np.where(low > 0, low << 32 | high, 0)


def _capped(block: Block) -> tuple[Block, Overfull]:
    block = Block(block.name, _once(block.keys))
    values, counts = np.unique(block.keys, return_counts=True)
    many = values[(counts > CAP) & (values != 0)]
    rows = int(counts[(counts > CAP) & (values != 0)].sum())
    keys = np.where(np.isin(block.keys, many), 0, block.keys) if len(many) else block.keys
    return Block(block.name, keys), Overfull(block.name, len(many), rows)


def _once(keys: Ints) -> Ints:
    """Keys without those that a row has already."""
    found = keys.copy()
    for place in range(1, keys.shape[1]):
        for earlier in range(place):
            found[:, place] = np.where(found[:, place] == found[:, earlier], 0, found[:, place])
    return found


def _of_pass(block: Block) -> Iterator[tuple[Ints, Ints, Ints]]:
    """The pairs of rows that share a key of this pass, with that key, in parts, low row first."""
    rows = np.repeat(np.arange(len(block.keys)), block.keys.shape[1])
    flat = block.keys.ravel()
    there = flat != 0
    keys, rows = flat[there], rows[there]
    order = np.lexsort((rows, keys))
    keys, rows = keys[order], rows[order]
    if not len(keys):
        return
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    ends = np.r_[starts[1:], len(keys)]
    after = np.repeat(ends, ends - starts) - np.arange(len(keys)) - 1  # rows of the block behind each row
    total = np.cumsum(after)
    begin = 0
    while begin < len(rows):
        done = total[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(total, done + PART, side="right")))
        counts = after[begin:end]
        places = np.arange(begin, end)
        a = np.repeat(places, counts)
        b = a + 1 + np.arange(len(a)) - np.repeat(np.cumsum(counts) - counts, counts)
        yield rows[a], rows[b], keys[a]
        begin = end


def _around(block: Block, only: Ints) -> Block:
    """The keys that one of these rows has."""
    wanted = np.unique(block.keys[only > 0])
    return Block(block.name, np.where(np.isin(block.keys, wanted), block.keys, 0))


def _is_first(block: Block, a: Ints, b: Ints, keys: Ints) -> Mask:
    """Whether this is the lowest key that each pair shares in its pass: what shares two is given once."""
    found = np.ones(len(a), np.bool_)
    for rest, mine, theirs in _further(block, a, b):
        found[rest] &= (mine != theirs) | (mine == 0) | (mine >= keys[rest])
    return found


def _shares(block: Block, a: Ints, b: Ints) -> Mask:
    """Whether each pair shares a key of a pass."""
    mine = block.keys[a, 0]
    found: Mask = (mine == block.keys[b, 0]) & (mine != 0)
    for rest, left, right in _further(block, a, b):
        found[rest] |= (left == right) & (left != 0)
    return found


def _further(block: Block, a: Ints, b: Ints) -> Iterator[tuple[Ints, Ints, Ints]]:
    """All keys of both against one another, for pairs of which one may have several: those pairs, and keys of each."""
    rest = np.flatnonzero(block.several[a] | block.several[b]) if block.keys.shape[1] > 1 else np.empty(0, np.int64)
    if len(rest):
        mine, theirs = block.keys[a[rest]], block.keys[b[rest]]
        for i in range(mine.shape[1]):
            for j in range(theirs.shape[1]):
                yield rest, mine[:, i], theirs[:, j]
