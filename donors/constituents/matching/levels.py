"""The fields that are compared and the few levels to which two values of a field can agree, best first.

Level 0 is "not known of one of the two" and says nothing.
"""

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How two values agree. Which of them a field knows, and what they are called for people, stands in FIELDS."""

    UNKNOWN = 0
    SAME = 1
    NEAR = 2
    CLOSE = 3
    PART = 4
    OTHER = 5


UNKNOWN, SAME, NEAR, CLOSE, PART, OTHER = Level
LEVELS = len(Level)
"""Every field has room for as many, so that what two records share is one number in this base."""


@dataclass(frozen=True)
class Compared:
    """A field with its words for people, by level."""

    key: str
    said: dict[Level, str]


def _field(key: str, **said: str) -> Compared:
    return Compared(key, {Level[level.upper()]: words for level, words in said.items()})


GIVEN = _field(
    "given",
    same="same given name",
    near="another form of the given name",
    close="close given name",
    part="an initial of the given name",
    other="different given name",
)
FAMILY = _field(
    "family",
    same="same family name",
    near="family name with one slip",
    close="close family name",
    part="given and family name swapped",
    other="different family name",
)
BORN = _field(
    "born",
    same="same birth date",
    near="birth date with day and month swapped or one slip",
    close="birth dates of one year or one day of the year",
    other="different birth date",
)
GENERATION = _field("generation", same="same suffix", part="a suffix on one of the two", other="different suffix")
EMAIL = _field("email", same="same e-mail", near="e-mail with one slip", close="alike e-mail", other="different e-mail")
PHONE = _field("phone", same="same phone", near="phone with one slip", other="different phone")
STREET = _field(
    "street",
    same="same street and number",
    near="same number, close street",
    close="same street",
    part="same house number",
    other="different street",
)
PLACE = _field(
    "place",
    same="same postal code",
    near="same city, close postal code",
    close="same city",
    part="close postal code",
    other="different city",
)
TAX_ID = _field("tax_id", same="same id number", near="id number with one slip", other="different id number")
NAME = _field(
    "name",
    same="same name",
    near="name with a slip",
    close="close name",
    part="one name holds the other",
    other="different name",
)
DOMAIN = _field("domain", same="same e-mail domain", other="different e-mail domain")

OF_PEOPLE = (GIVEN, FAMILY, BORN, GENERATION, EMAIL, PHONE, STREET, PLACE, TAX_ID)
OF_GROUPS = (NAME, DOMAIN, EMAIL, PHONE, STREET, PLACE, TAX_ID)
"""Of organizations and households."""


def digits_of(pattern: int, fields: int) -> tuple[Level, ...]:
    """The level of each field in a pattern: what two records share, written as one number."""
    return tuple(Level(pattern // LEVELS**place % LEVELS) for place in range(fields))
