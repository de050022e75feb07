"""Compares pairs of rows of a roster, field by field, into levels: arrays in, arrays out."""

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from donors.constituents.matching.levels import (
    CLOSE,
    LEVELS,
    NEAR,
    OF_GROUPS,
    OF_PEOPLE,
    OTHER,
    PART,
    SAME,
    UNKNOWN,
    Compared,
)
from donors.constituents.matching.likeness import Differing, Mask, digits_slip
from donors.constituents.matching.normalize import NOT_DIGIT, root_of, sound_of
from donors.constituents.matching.roster import Codes, Column, Ints, Roster
from donors.constituents.models import PERSON

Levels = npt.NDArray[np.uint8]
Step = tuple[Mask, int]


def fields_of(kind: str) -> tuple[Compared, ...]:
    """The fields by which two of a kind are compared."""
    return OF_PEOPLE if kind == PERSON else OF_GROUPS


class Comparison:
    """Compares rows of a roster of one kind."""

    def __init__(self, roster: Roster, kind: str) -> None:
        self.roster, self.fields = roster, fields_of(kind)

    def patterns(self, a: Ints, b: Ints) -> Ints:
        """What each pair of rows shares, as one number a pair (see `levels.digits_of`)."""
        found = np.zeros(len(a), np.int64)
        for place, field in enumerate(self.fields):
            levels: Levels = getattr(self, field.key)(a, b)
            found += levels.astype(np.int64) * LEVELS**place
        return found

    def given(self, a: Ints, b: Ints) -> Levels:
        """Given names; `part`: one is only an initial. Where the two names changed places, the family name tells it."""
        one, roots, words = self.roster.given, self._roots, Differing(self.roster.given, a, b)
        short = (self._is_initial[a] | self._is_initial[b]) & (self._initial[a] == self._initial[b])
        swapped, close = (self._swapped(a, b), UNKNOWN), (words.slip | words.alike, CLOSE)
        return _words(one, a, b, swapped, (roots[a] == roots[b], NEAR), close, (short, PART))

    def family(self, a: Ints, b: Ints) -> Levels:
        """Family names; `part`: given and family name changed places."""
        one, sounds, words = self.roster.family, self._sounds, Differing(self.roster.family, a, b)
        close = (sounds[a] == sounds[b]) | words.alike | words.held
        return _words(one, a, b, (self._swapped(a, b), PART), (words.slip, NEAR), (close, CLOSE))

    def born(self, a: Ints, b: Ints) -> Levels:
        """Birth dates; `near`: one digit differs, two stand the wrong way round, or day and month do."""
        mine, theirs = self.roster.born[a], self.roster.born[b]
        day, month = mine % 100, mine // 100 % 100
        turned = mine // 10_000 * 10_000 + day * 100 + month == theirs
        partly = (mine // 10_000 == theirs // 10_000) | (mine % 10_000 == theirs % 10_000)
        return _numbers(mine, theirs, (turned | digits_slip(mine, theirs, width=8), NEAR), (partly, CLOSE))

    def generation(self, a: Ints, b: Ints) -> Levels:
        """Senior and junior; `part`: only one says so, as a second record often does, and a father and his son too."""
        mine, theirs = self.roster.generation[a], self.roster.generation[b]
        levels = _numbers(mine, theirs)
        return np.where((levels == UNKNOWN) & (mine != theirs), np.uint8(PART), levels)

    def email(self, a: Ints, b: Ints) -> Levels:
        """The best of all e-mails of both; `close`: the same name at another host.

        `near`: one slip, though not in a number, for people of one name are numbered.
        """
        columns = self.roster.emails
        levels = _best_of(
            len(columns),
            columns[1].codes > 0,
            lambda i, j, a, b: _numbers(columns[i].codes[a], columns[j].codes[b]),
            a,
            b,
        )
        rest = np.flatnonzero(levels == OTHER)
        left, right = a[rest], b[rest]
        words, same_local = Differing(columns[0], left, right), self._locals[left] == self._locals[right]
        slip = words.slip & (self._numbers[left] == self._numbers[right])
        levels[rest] = np.select([slip, same_local], [NEAR, CLOSE], OTHER)
        return levels

    def phone(self, a: Ints, b: Ints) -> Levels:
        """The best of all numbers of both; a slip in the first one."""
        phones = self.roster.phones
        levels = _best_of(
            phones.shape[1], phones[:, 1] > 0, lambda i, j, a, b: _numbers(phones[a, i], phones[b, j]), a, b
        )
        rest = np.flatnonzero(levels == OTHER)
        levels[rest] = np.where(digits_slip(phones[a[rest], 0], phones[b[rest], 0], width=13), NEAR, OTHER)
        return levels

    def street(self, a: Ints, b: Ints) -> Levels:
        """Streets with their house numbers: the best of all addresses of both."""
        return self._of_addresses(self._street, a, b)

    def place(self, a: Ints, b: Ints) -> Levels:
        """Postal code and city together, for one follows from the other: the best of all addresses of both."""
        return self._of_addresses(self._place, a, b)

    def _of_addresses(self, compare: Callable[[Ints, Ints], Levels], a: Ints, b: Ints) -> Levels:
        count = len(self.roster)
        return _best_of(self.roster.depth, self._moved, lambda i, j, a, b: compare(a + i * count, b + j * count), a, b)

    @cached_property
    def _moved(self) -> Mask:
        """Who has more than one address."""
        count, one = len(self.roster), self.roster
        codes = (column.codes[count : 2 * count] for column in (one.number, one.street, one.postal, one.city))
        found: Mask = np.logical_or.reduce([each > 0 for each in codes])
        return found

    def _street(self, a: Ints, b: Ints) -> Levels:
        street, number = self.roster.street, self.roster.number
        words, house = Differing(street, a, b), number.codes[a] == number.codes[b]
        numbered = (number.codes[a] > 0) & (number.codes[b] > 0)
        levels = _words(street, a, b, (words.slip | words.alike, NEAR))
        same, near = levels == SAME, levels == NEAR
        cases = [levels == UNKNOWN, same & house, near & house, same | near, house & numbered]
        return np.select(cases, [UNKNOWN, SAME, NEAR, CLOSE, PART], OTHER).astype(np.uint8)

    def _place(self, a: Ints, b: Ints) -> Levels:
        codes, cities = Differing(self.roster.postal, a, b), Differing(self.roster.city, a, b)
        code = _words(self.roster.postal, a, b, (codes.slip, NEAR))
        city = _words(self.roster.city, a, b, (cities.slip | cities.alike, NEAR))
        town = (city == SAME) | (city == NEAR)
        cases = [(code == UNKNOWN) & (city == UNKNOWN), code == SAME, town & (code == NEAR), town, code == NEAR]
        return np.select(cases, [UNKNOWN, SAME, NEAR, CLOSE, PART], OTHER).astype(np.uint8)

    def tax_id(self, a: Ints, b: Ints) -> Levels:
        """Ids that a state gives; only those of one source are compared."""
        columns, sources = self.roster.tax_ids, self._sources
        found = []
        for mine, theirs in ((mine.codes[a], theirs.codes[b]) for mine in columns for theirs in columns):
            found.append(np.where(sources[mine] == sources[theirs], _numbers(mine, theirs), UNKNOWN))
        levels = _best(found)
        rest = np.flatnonzero(levels == OTHER)
        levels[rest] = np.where(Differing(columns[0], a[rest], b[rest]).slip, NEAR, OTHER)
        return levels

    def name(self, a: Ints, b: Ints) -> Levels:
        """Names of organizations and households, in whatever order their words stand."""
        words = Differing(self.roster.name, a, b)
        return _words(self.roster.name, a, b, (words.slip, NEAR), (words.reordered, CLOSE), (words.within, PART))

    def domain(self, a: Ints, b: Ints) -> Levels:
        """Hosts of organizations' own addresses."""
        return _numbers(self.roster.domain.codes[a], self.roster.domain.codes[b])

    def _swapped(self, a: Ints, b: Ints) -> Mask:
        given, family = self._in_common
        crossed: Mask = (given[a] > 0) & (given[a] == family[b]) & (family[a] > 0) & (family[a] == given[b])
        return crossed

    @cached_property
    def _in_common(self) -> tuple[Codes, Codes]:
        """Given and family names by numbers of one lexicon, so that one can be held against the other."""
        given, family = self.roster.given, self.roster.family
        known = {word: code for code, word in enumerate(given.lexicon.words)}
        there = (known.get(word, len(known) + code) for code, word in enumerate(family.lexicon.words))
        return given.codes, np.fromiter(there, np.int32, len(family.lexicon.words))[family.codes]

    @cached_property
    def _roots(self) -> Codes:
        return self.roster.given.mapped(root_of)

    @cached_property
    def _sounds(self) -> Codes:
        return self.roster.family.mapped(sound_of)

    @cached_property
    def _initial(self) -> Codes:
        return self.roster.given.mapped(lambda word: word[:1])

    @cached_property
    def _is_initial(self) -> Mask:
        words = self.roster.given.lexicon.words
        return np.fromiter((len(word) == 1 for word in words), np.bool_, len(words))[self.roster.given.codes]

    @cached_property
    def _locals(self) -> Codes:
        return self.roster.emails[0].mapped(lambda address: address.rpartition("@")[0])

    @cached_property
    def _numbers(self) -> Codes:
        return self.roster.emails[0].mapped(lambda address: NOT_DIGIT.sub("", address))

    @cached_property
    def _sources(self) -> Codes:
        return self.roster.tax_ids[0].lexicon.mapped(lambda known: known.partition(":")[0])[0]


def _numbers(mine: Ints | Codes, theirs: Ints | Codes, *steps: Step) -> Levels:
    """Unknown where one is 0, the same, the first step that holds, or other."""
    cases = [(mine == 0) | (theirs == 0), mine == theirs, *(mask for mask, _ in steps)]
    return np.select(cases, [UNKNOWN, SAME, *(level for _, level in steps)], OTHER).astype(np.uint8)


def _words(column: Column, a: Ints, b: Ints, *steps: Step) -> Levels:
    return _numbers(column.codes[a], column.codes[b], *steps)


def _best_of(width: int, several: Mask, compare: Callable[[int, int, Ints, Ints], Levels], a: Ints, b: Ints) -> Levels:
    """The best of what two have of a kind. `compare` is given the places of both among so many, and rows.

    Whoever has but one is compared once; `several` says who has more.
    """
    levels = compare(0, 0, a, b)
    rest = np.flatnonzero(several[a] | several[b]) if width > 1 else ()
    if len(rest):
        left, right = a[rest], b[rest]
        others = [compare(i, j, left, right) for i in range(width) for j in range(width) if i or j]
        levels[rest] = _best([levels[rest], *others])
    return levels


def _best(found: Sequence[Levels]) -> Levels:
    """The best of several comparisons of a pair; unknown only where all are."""
    best = np.minimum.reduce([np.where(levels == UNKNOWN, LEVELS, levels) for levels in found])
    return np.where(best == LEVELS, UNKNOWN, best).astype(np.uint8)
