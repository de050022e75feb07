"""Values as matching compares them: names, e-mails, telephone numbers, streets, postal codes. Pure.

Empty text, or 0, says that a value is not known. Nothing here is shown to people.
"""

import re
from datetime import date
from functools import lru_cache

from anyascii import anyascii
from jellyfish import metaphone
from phonenumbers import NumberParseException, PhoneMetadata, parse

from donors.constituents.check import EXTENSION
from donors.constituents.nicknames import FORMS

NOT_LETTER = re.compile(r"[^a-z0-9]+")
NOT_DIGIT = re.compile(r"\D+")
PLAIN_PHONE = re.compile(r"\+?[\d ().\-/]+")
UNIT = re.compile(r"(?:\b(?:apt|apartment|unit|suite|ste|flat|fl|floor|room|rm|no)\b\.?|#)\s*\w+")
HOUSE = re.compile(r"\b\d+\w?\b")
_FREE = """
gmail.com googlemail.com yahoo.com hotmail.com outlook.com live.com aol.com icloud.com me.com msn.com mail.com
gmx.com gmx.de gmx.net web.de t-online.de comcast.net verizon.net att.net proton.me protonmail.com
"""
FREE_MAIL = frozenset(_FREE.split())
"""Hosts at which anybody has an address: sharing one says nothing."""

STREET_WORDS = {
    "st": "street", "str": "street", "ave": "avenue", "av": "avenue", "rd": "road", "dr": "drive", "ln": "lane",
    "blvd": "boulevard", "ct": "court", "pl": "place", "cres": "crescent", "cct": "circuit", "cir": "circle",
    "pkwy": "parkway", "hwy": "highway", "ter": "terrace", "tce": "terrace", "sq": "square", "pde": "parade",
    "cl": "close", "n": "north", "s": "south", "e": "east", "w": "west", "mt": "mount", "strasse": "street",
}  # fmt: skip
_LEGAL = """
inc incorporated llc llp lp ltd limited corp corporation co company gmbh ag ev sa sarl bv nv plc pty kg the and of
"""
LEGAL_FORMS = frozenset(_LEGAL.split())
"""Words of organizations' names that do not tell them apart."""

GENERATIONS = {
    "sr": 1, "senior": 1, "i": 1, "jr": 2, "junior": 2, "ii": 2, "2nd": 2, "iii": 3, "3rd": 3, "iv": 4, "4th": 4
}  # fmt: skip
TAX_LIKE = re.compile(r"\b(?:tax|ssn|social security|ein|tin|vat|national id|passport|nino|abn|charity number)\b")
"""Sources of ids that the world gives a person once. An id from a file says nothing of who somebody is."""


def _roots() -> dict[str, str]:
    known: dict[str, str] = {}
    for row in FORMS.split("\n"):
        full, *short = row.split() or [""]
        for form in (full, *short):
            known.setdefault(form, full)
    return known


ROOT = _roots()
"""A short form of a given name → the full name that it stands for most often."""


def words(text: str) -> list[str]:
    """The words of a text in the letters a to z and digits: `Łukasz O’Brien` becomes lukasz, obrien."""
    plain = (text if text.isascii() else anyascii(text)).lower().replace("'", "")
    return NOT_LETTER.sub(" ", plain).split()


@lru_cache(maxsize=200_000)
def given_key(text: str) -> str:
    """The first given name; the others are told too seldom to be compared."""
    return next(iter(words(text)), "")


@lru_cache(maxsize=200_000)
def family_key(text: str) -> str:
    """A family name in one word, so that `van den Berg` and `Vandenberg` are the same. An initial tells none."""
    found = "".join(words(text))
    return found if len(found) > 1 else ""


@lru_cache(maxsize=200_000)
def organization_key(text: str) -> str:
    """The words of an organization's or household's name without legal forms and small words.

    A household that is only called so has no name.
    """
    found = [word for word in words(text) if word != "household"]
    return " ".join([word for word in found if word not in LEGAL_FORMS] or found)


def root_of(given: str) -> str:
    """The full name that a given name stands for: robert for bob."""
    return ROOT.get(given, given)


def sound_of(word: str) -> str:
    """How a word sounds: the same for Meyer and Meier. What has no sound is itself."""
    return metaphone(word[:1] + word[1:].replace("y", "i")) or word


def generation_of(suffix: str) -> int:
    """Senior is 1, junior and II are 2, III is 3; 0 where a suffix says nothing of it."""
    return next((GENERATIONS[word] for word in words(suffix) if word in GENERATIONS), 0)


def day_key(born_on: date | None) -> int:
    """A day as its eight digits."""
    return 0 if born_on is None else born_on.year * 10_000 + born_on.month * 100 + born_on.day


def email_key(address: str) -> str:
    """An address by the box that it reaches: without case, without what follows a plus, for Gmail without dots."""
    local, _, host = address.strip().lower().rpartition("@")
    local = local.partition("+")[0]
    if host in {"gmail.com", "googlemail.com"}:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{host}" if local else ""


def domain_key(email: str) -> str:
    """The host of a folded address that belongs to an organization; empty for hosts that anybody uses."""
    host = email.rpartition("@")[2]
    return "" if host in FREE_MAIL else host


def postal_key(code: str, country: str = "") -> str:
    """A postal code without spaces; the five digits of an American one."""
    plain = "".join(words(code))
    return plain[:5] if len(plain) == 9 and plain.isdigit() and country in {"", "US"} else plain


@lru_cache(maxsize=100_000)
def city_key(text: str) -> str:
    """A city in one word; St. and Saint are the same."""
    return "".join("saint" if word in {"st", "ste"} else word for word in words(text))


def street_parts(street: str) -> tuple[str, str]:
    """The house number and the street of a line, without flat and floor: `12a Elm St., Apt 5` is (12a, elmstreet)."""
    plain = UNIT.sub(" ", (street if street.isascii() else anyascii(street)).lower())
    house = HOUSE.search(plain)
    rest = f"{plain[: house.start()]} {plain[house.end() :]}" if house else plain
    return house[0] if house else "", _street(rest)


@lru_cache(maxsize=200_000)
def _street(text: str) -> str:
    joined = "".join(STREET_WORDS.get(word, word) for word in words(text))
    stem = joined.removesuffix("strasse").removesuffix("str")
    return joined if stem == joined else f"{stem}street"


def place_key(street: str, city: str) -> str:
    """A street with its number and the city, in one spelling: `12 Elm St., Apt 5` is `12 Elm Street`."""
    return " ".join((*street_parts(street), city_key(city)))


class Dialled:
    """Telephone numbers as they are dialled from anywhere, for an organization in one country."""

    def __init__(self, country: str) -> None:
        self.country = country or "US"
        known = PhoneMetadata.metadata_for_region(self.country)
        self._code = f"{known.country_code}" if known else ""
        prefix = known.national_prefix if known else None
        simple = known and known.national_prefix_transform_rule is None and known.national_prefix_for_parsing == prefix
        self._prefix = prefix if simple else None

    def key(self, number: str) -> int:
        """The number with the code of its country, as a whole number; 0 where there is no number in it.

        What is plain is read at once; the rest goes to the library, which takes ten times as long.
        """
        bare = EXTENSION.sub("", number).strip()
        digits = NOT_DIGIT.sub("", bare)
        if not 5 <= len(digits) <= 15:
            return 0
        plain = self._plain(bare, digits) if PLAIN_PHONE.fullmatch(bare) else ""
        return int(plain or self._parsed(bare) or digits)

    def forms(self, key: int) -> set[str]:
        """The ways in which people type a number, as digits: from abroad, from within, without what the area asks."""
        digits = str(key) if key else ""
        if not self._code or not digits.startswith(self._code):
            return {digits}
        within = digits.removeprefix(self._code)
        return {digits, within, f"{self._prefix or '0'}{within}"}

    def _plain(self, bare: str, digits: str) -> str:
        if bare.startswith("+"):
            return digits if self._code == "1" and digits.startswith("1") and len(digits) == 11 else ""
        if self._code == "1" and self._prefix:
            national = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
            return f"1{national}" if len(national) == 10 and national[0] not in "01" else ""
        if self._prefix == "0" and digits[0] == "0" and digits[1] != "0" and 9 <= len(digits) <= 12:
            return f"{self._code}{digits[1:]}"
        return ""

    def _parsed(self, bare: str) -> str:
        try:
            found = parse(bare, self.country)
        except NumberParseException:
            return ""
        zeros = "0" * (found.number_of_leading_zeros or 1) if found.italian_leading_zero else ""
        return f"{found.country_code}{zeros}{found.national_number}"
