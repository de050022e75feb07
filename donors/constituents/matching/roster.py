"""Many constituents as columns of numbers, so that millions of pairs are compared in a few array operations."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from donors.constituents.matching.facts import ADDRESSES, EMAILS, IDS, PHONES, Facts

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


WORDS = ("given", "family", "name", "domain", "number", "street", "postal", "city")
PLACE = ("number", "street", "postal", "city")
PART = 50_000


def enroll(facts: Iterable[Facts]) -> Roster:
    """The columns of some constituents, in their order."""
    lexicons = {name: Lexicon() for name in (*WORDS, "email", "tax_id")}
    parts: list[tuple[Ints, ...]] = []
    waiting: list[Facts] = []
    for one in facts:
        waiting.append(one)
        if len(waiting) == PART:
            parts.append(_part(waiting, lexicons))
            waiting.clear()
    parts.append(_part(waiting, lexicons))
    numbers, coded, elsewhere, emails, phones, tax_ids = (np.concatenate(each) for each in zip(*parts, strict=True))
    words = {name: Column(_column(coded, place), lexicons[name]) for place, name in enumerate(WORDS)}
    words |= {name: _deeper(words[name], elsewhere, place) for place, name in enumerate(PLACE)}
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


def _deeper(first: Column, elsewhere: Ints, place: int) -> Column:
    """A column of first addresses with the others behind it, as far as somebody has them."""
    used = [part for part in np.hsplit(elsewhere, ADDRESSES - 1) if part.any()]
    return Column(np.concatenate([first.codes, *(_column(part, place) for part in used)]), first.lexicon)


def _part(some: Sequence[Facts], lexicons: dict[str, Lexicon]) -> tuple[Ints, ...]:
    email, tax_id = lexicons["email"].code, lexicons["tax_id"].code
    coders = [lexicons[name].code for name in WORDS]
    coded = [
        [
            code(word)
            for code, word in zip(
                coders, (o.given, o.family, o.name, o.domain, o.number, o.street, o.postal, o.city), strict=True
            )
        ]
        for o in some
    ]
    return (
        _table([[one.id, one.born, one.generation] for one in some], 3),
        _table(coded, len(WORDS)),
        _elsewhere(some, lexicons),
        _table([_padded([email(each) for each in one.emails], EMAILS) for one in some], EMAILS),
        _table([_padded(one.phones, PHONES) for one in some], PHONES),
        _table([_padded([tax_id(each) for each in one.tax_ids], IDS) for one in some], IDS),
    )


def _elsewhere(some: Sequence[Facts], lexicons: dict[str, Lexicon]) -> Ints:
    """The other addresses of each, side by side."""
    coders, width = [lexicons[name].code for name in PLACE], len(PLACE) * (ADDRESSES - 1)
    found = np.zeros((len(some), width), np.int64)
    for row, one in enumerate(some):
        for number, at in enumerate(one.elsewhere):
            found[row, number * len(PLACE) : (number + 1) * len(PLACE)] = [
                code(word) for code, word in zip(coders, at, strict=True)
            ]
    return found


def _padded(values: Sequence[int], width: int) -> list[int]:
    return [*values, *[0] * (width - len(values))]


def _table(rows: Sequence[Sequence[int]], width: int) -> Ints:
    return np.array(rows, np.int64).reshape(-1, width)
