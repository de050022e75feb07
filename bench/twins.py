"""Drawn people with planted duplicates: families at one address, fathers and sons, slips, moves, other e-mails.

What a second record of somebody gets wrong is drawn field by field, as people write: short forms, slips, married
names, days and months swapped, another address, another way to write the same street and telephone number.
"""

import random
import string
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate

from donors.constituents.nicknames import FORMS, OTHER_FORMS
from donors.constituents.records import Address, Email, NewConstituent, PhoneNumber

ONSETS = (
    "b",
    "br",
    "c",
    "ch",
    "d",
    "f",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "kl",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "sch",
    "st",
    "t",
)
VOWELS = ("a", "e", "i", "o", "u", "ai", "ei", "ee", "oo")
ENDS = ("berg", "ley", "man", "n", "r", "s", "son", "ston", "t", "tz", "ton", "well", "sky", "o", "a", "er", "ing")
HOSTS = ("gmail.com", "yahoo.com", "outlook.com", "icloud.com", "aol.com", "comcast.net")
STREETS = ("Street", "Avenue", "Road", "Lane", "Drive", "Court", "Boulevard")
SHORT = {"Street": "St", "Avenue": "Ave", "Road": "Rd", "Lane": "Ln", "Drive": "Dr", "Court": "Ct", "Boulevard": "Blvd"}
TWICE = 0.05
"""Of the people this share stands in the database twice."""


@dataclass(frozen=True)
class Drawn:
    """A record, and the number of the person that it is of."""

    person: int
    record: NewConstituent


class Names:
    """Names with a long tail: few that many have, many that few have."""

    def __init__(self, drawn: random.Random, families: int = 40_000, givens: int = 2_000) -> None:
        usual = [row.split()[0] for row in FORMS.split("\n") if row]
        self.given = usual + [_word(drawn, 1) for _ in range(givens)]
        self.family = list(dict.fromkeys(_word(drawn, 2) for _ in range(families)))
        self._of_given, self._of_family = (
            list(accumulate(1 / (rank + 8) for rank in range(len(some)))) for some in (self.given, self.family)
        )
        self._drawn = drawn

    def givens(self, count: int) -> list[str]:
        """So many given names."""
        return self._drawn.choices(self.given, cum_weights=self._of_given, k=count)

    def families(self, count: int) -> list[str]:
        """So many family names."""
        return self._drawn.choices(self.family, cum_weights=self._of_family, k=count)


def _word(drawn: random.Random, parts: int) -> str:
    return "".join(drawn.choice(ONSETS) + drawn.choice(VOWELS) for _ in range(parts)) + drawn.choice(ENDS)


def people(count: int, *, seed: int = 7) -> Iterator[Drawn]:
    """So many records, in an order in which duplicates stand anywhere."""
    drawn = random.Random(seed)
    names, towns = Names(drawn), [_word(drawn, 2).title() for _ in range(max(20, count // 400))]
    roads = [f"{_word(drawn, 2).title()} {drawn.choice(STREETS)}" for _ in range(4_000)]
    later: list[Drawn] = []
    person = made = 0
    while made < count:
        for record in _home(drawn, names, _address(drawn, towns, roads)):
            person += 1
            yield Drawn(person, record)
            made += 1
            if drawn.random() < TWICE:
                later.append(Drawn(person, _again(drawn, record, names, _address(drawn, towns, roads))))
            if later and drawn.random() < 2 * TWICE:
                yield later.pop(drawn.randrange(len(later)))
                made += 1
    yield from later


def _address(drawn: random.Random, towns: list[str], roads: list[str]) -> Address:
    place = int(len(towns) * drawn.random() ** 2)
    code = 10_000 + place * 7 % 89_999
    return Address(f"{drawn.randint(1, 400)} {drawn.choice(roads)}", towns[place], "", f"{code:05d}", "US")


def _home(drawn: random.Random, names: Names, address: Address) -> Iterator[NewConstituent]:
    """One to four people at an address; a family shares its name most often, a telephone half the time."""
    size = drawn.choices((1, 2, 3, 4), (50, 30, 12, 8))[0]
    family, landline = names.families(1)[0], _phone(drawn)
    eldest = date(1930, 1, 1) + timedelta(drawn.randrange(25_000))
    givens = names.givens(size)
    joint = _emails(drawn, givens[0], family) if drawn.random() < 0.1 else ()
    heir = size > 2 and drawn.random() < 0.02
    for place, given in enumerate(givens):
        own = family if place == 0 or drawn.random() < 0.85 else names.families(1)[0]
        called = givens[0] if heir and place == 2 else given
        born = eldest + timedelta(
            drawn.randint(-1_500, 1_500) if place == 1 else drawn.randint(7_000, 14_000) * (place > 1)
        )
        yield NewConstituent(
            given_name=called.title(),
            family_name=own.title(),
            suffix="Jr" if heir and place == 2 and drawn.random() < 0.6 else "",
            born_on=born if drawn.random() < 0.6 else None,
            emails=joint or _emails(drawn, called, own),
            phones=(PhoneNumber(landline if drawn.random() < 0.4 else _phone(drawn)),) if drawn.random() < 0.7 else (),
            addresses=(address,) if drawn.random() < 0.92 else (),
        )


def _emails(drawn: random.Random, given: str, family: str) -> tuple[Email, ...]:
    if drawn.random() >= 0.7:
        return ()
    return (Email(f"{given}.{family}{drawn.randrange(100_000)}@{drawn.choice(HOSTS)}"),)


def _phone(drawn: random.Random) -> str:
    return f"({drawn.randint(201, 989)}) {drawn.randint(200, 999)}-{drawn.randint(0, 9_999):04d}"


def _again(drawn: random.Random, first: NewConstituent, names: Names, elsewhere: Address) -> NewConstituent:
    """A second record of somebody, as another person wrote it on another day."""
    lucky = drawn.random
    record = replace(
        first,
        given_name=_other_given(drawn, first.given_name),
        family_name=names.families(1)[0].title() if lucky() < 0.03 else _slip(drawn, first.family_name, 0.06),
        suffix=first.suffix if lucky() < 0.5 else "",
        born_on=_other_day(drawn, first.born_on),
        emails=first.emails if lucky() < 0.55 else _emails(drawn, first.given_name[:1].lower(), "x"),
        phones=tuple(PhoneNumber(_other_way(drawn, one.number)) for one in first.phones) if lucky() < 0.6 else (),
        addresses=tuple(_other_line(drawn, one) for one in first.addresses) if lucky() < 0.8 else (elsewhere,),
    )
    if lucky() < 0.01:
        return replace(record, given_name=record.family_name, family_name=record.given_name)
    return record


def _other_given(drawn: random.Random, given: str) -> str:
    forms = sorted(OTHER_FORMS.get(given.lower(), ()))
    if forms and drawn.random() < 0.25:
        return drawn.choice(forms).title()
    return given[:1] if drawn.random() < 0.03 else _slip(drawn, given, 0.05)


def _slip(drawn: random.Random, word: str, share: float) -> str:
    """The word, or with this share of it one letter wrong, gone, twice, or two the wrong way round."""
    if drawn.random() >= share or len(word) < 3:
        return word
    at, how = drawn.randrange(1, len(word) - 1), drawn.randrange(4)
    if how == 3:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + ("", word[at] * 2, drawn.choice(string.ascii_lowercase))[how] + word[at + 1 :]


def _other_day(drawn: random.Random, born: date | None) -> date | None:
    chance = drawn.random()
    if born is None or chance < 0.3:
        return None
    if chance < 0.33 and born.day <= 12:
        return date(born.year, born.day, born.month)
    return born + timedelta(drawn.choice((-1, 1, 10, 366))) if chance < 0.36 else born


def _other_way(drawn: random.Random, number: str) -> str:
    digits = "".join(letter for letter in number if letter.isdigit())
    return drawn.choice((number, digits, f"+1 {digits[:3]} {digits[3:6]} {digits[6:]}", f"{digits[:3]}.{digits[3:]}"))


def _other_line(drawn: random.Random, address: Address) -> Address:
    street, _, kind = address.street.rpartition(" ")
    line = f"{_slip(drawn, street, 0.04)} {SHORT[kind] if drawn.random() < 0.5 else kind}"
    line += f", Apt {drawn.randint(1, 30)}" if drawn.random() < 0.05 else ""
    return replace(address, street=line, postal_code="" if drawn.random() < 0.05 else address.postal_code)
