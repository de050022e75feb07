"""Many constituents as columns of numbers, so that millions of pairs are compared in a few array operations."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from donors.constituents.matching.facts import ADDRESSES, EMAILS, IDS, PHONES, Facts, Place

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]


class Lexicon:
    """Words with a number each, counted from 1; 0 is the empty word."""

    def __init__(self) -> None:
        self.words: list[str] = [""]
        self._codes: dict[str, int] = {"": 0}

    def code(self, word: str) -> int:
        """The number of a word, which is new or known."""
        found = self._codes.get(word)
        if found is None:
            found = self._codes[word] = len(self.words)
            self.words.append(word)
        return found

    def mapped(self, change: Callable[[str], str]) -> tuple[Codes, "Lexicon"]:
        """For each word the number of what it becomes, and the lexicon of those. Done once a word, not once a row."""
        other = Lexicon()
        return np.fromiter((other.code(change(word)) for word in self.words), np.int32, len(self.words)), other


@dataclass(frozen=True)
class Column:
    """The words of a column: a number a row and what the numbers stand for."""

    codes: Codes
    lexicon: Lexicon = field(repr=False)

    def of(self, rows: Ints) -> list[str]:
        """The words of some rows."""
        words = self.lexicon.words
        return [words[code] for code in self.codes[rows].tolist()]

    def mapped(self, change: Callable[[str], str]) -> Codes:
        """The column after a change of its words, as numbers."""
        return self.lexicon.mapped(change)[0][self.codes]

    @cached_property
    def lengths(self) -> Codes:
        """How many letters the word of each row has."""
        words = self.lexicon.words
        return np.fromiter(map(len, words), np.int32, len(words))[self.codes]

    @cached_property
    def ends(self) -> tuple[Codes, Codes]:
        """The first and the last letter of each row, as numbers of their own."""
        return self.mapped(lambda word: word[:1]), self.mapped(lambda word: word[-1:])


@dataclass(frozen=True)
class Roster:
    """Constituents of one kind as columns; a row is a place, not an id. Emails, phones and ids have several columns.

    Columns of addresses are `depth` times as long as others: behind all first addresses stand all second ones, and so
    on; those of a row are as many rows apart as there are constituents.
    """

    ids: Ints
    given: Column
    family: Column
    name: Column
    domain: Column
    number: Column
    street: Column
    postal: Column
    city: Column
    born: Ints
    generation: Ints
    emails: tuple[Column, ...]
    phones: Ints
    tax_ids: tuple[Column, ...]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def depth(self) -> int:
        """How many addresses the one has that has the most, of those that are compared."""
        return len(self.city.codes) // len(self) if len(self) else 1


WORDS = ("given", "family", "name", "domain")
PART = 50_000


def enroll(facts: Iterable[Facts]) -> Roster:
    """The columns of some constituents, in their order."""
    lexicons = {name: Lexicon() for name in (*WORDS, *Place._fields, "email", "tax_id")}
    parts: list[tuple[Ints, ...]] = []
    waiting: list[Facts] = []
    for one in facts:
        waiting.append(one)
        if len(waiting) == PART:
            parts.append(_part(waiting, lexicons))
            waiting.clear()
    parts.append(_part(waiting, lexicons))
    numbers, coded, places, emails, phones, tax_ids = (np.concatenate(each) for each in zip(*parts, strict=True))
    words = {name: Column(_column(coded, place), lexicons[name]) for place, name in enumerate(WORDS)}
    words |= {name: Column(_of_all(places, place), lexicons[name]) for place, name in enumerate(Place._fields)}
    return Roster(
        ids=numbers[:, 0].copy(),
        born=numbers[:, 1].copy(),
        generation=numbers[:, 2].copy(),
        emails=tuple(Column(_column(emails, place), lexicons["email"]) for place in range(EMAILS)),
        phones=phones,
        tax_ids=tuple(Column(_column(tax_ids, place), lexicons["tax_id"]) for place in range(IDS)),
        **words,
    )


def _column(table: Ints, place: int) -> Codes:
    return table[:, place].astype(np.int32)


def _of_all(places: Ints, place: int) -> Codes:
    """A column of first addresses with the others behind it, as far as somebody has them."""
    first, *others = np.hsplit(places, ADDRESSES)
    return np.concatenate([_column(part, place) for part in (first, *(part for part in others if part.any()))])


def _part(some: Sequence[Facts], lexicons: dict[str, Lexicon]) -> tuple[Ints, ...]:
    email, tax_id = lexicons["email"].code, lexicons["tax_id"].code
    words, place = ([lexicons[name].code for name in names] for names in (WORDS, Place._fields))
    told = ((one.given, one.family, one.name, one.domain) for one in some)
    coded = [[code(word) for code, word in zip(words, each, strict=True)] for each in told]
    places = [[code(word) for at in one.places for code, word in zip(place, at, strict=True)] for one in some]
    width = len(place) * ADDRESSES
    return (
        _table([[one.id, one.born, one.generation] for one in some], 3),
        _table(coded, len(WORDS)),
        _table([_padded(codes, width) for codes in places], width),
        _table([_padded([email(each) for each in one.emails], EMAILS) for one in some], EMAILS),
        _table([_padded(one.phones, PHONES) for one in some], PHONES),
        _table([_padded([tax_id(each) for each in one.tax_ids], IDS) for one in some], IDS),
    )


def _padded(values: Sequence[int], width: int) -> list[int]:
    return [*values, *[0] * (width - len(values))]


def _table(rows: Sequence[Sequence[int]], width: int) -> Ints:
    return np.array(rows, np.int64).reshape(-1, width)
