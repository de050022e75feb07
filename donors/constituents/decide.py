"""How constituents are named, sorted and addressed: pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass

from donors.core.search_text import search_text

HEAD, PARTNER, MEMBER, CHILD = "head", "partner", "member", "child"
ROLES = (HEAD, PARTNER, MEMBER, CHILD)
"""Places in a household, in the order in which names are written. Children are not named with their parents."""


@dataclass(frozen=True)
class Named:
    """The parts of a person's name that salutations need, and the place in the household."""

    title: str = ""
    given: str = ""
    family: str = ""
    suffix: str = ""
    nickname: str = ""
    whole: str = ""
    role: str = MEMBER
    is_deceased: bool = False

    @property
    def full(self) -> str:
        """Given and family name with suffix, or the whole name when the parts are not known."""
        return spaced(self.given, self.family, self.suffix) if self.given or self.family else self.whole or self.suffix

    @property
    def familiar(self) -> str:
        """What friends say."""
        return self.nickname or self.given or self.whole or self.family

    @property
    def formal(self) -> str:
        """Title and family name; without a title the full name, for we guess no title."""
        return spaced(self.title, self.family) if self.title and self.family else self.full


@dataclass(frozen=True)
class Salutations:
    """How letters address somebody: `Dear {formal}`, `Dear {informal}`, and the line on the envelope."""

    formal: str
    informal: str
    addressee: str


def spaced(*parts: str) -> str:
    """The parts that are not empty, with one space between."""
    return " ".join(part for part in (part.strip() for part in parts) if part)


def listed(names: Sequence[str]) -> str:
    """`Ann`, `Ann and Ben`, `Ann, Ben and Carl`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def sort_name(*, family: str, given: str, middle: str, whole: str) -> str:
    """What lists sort by: family name first, or the whole name without a leading article."""
    folded = search_text(spaced(family, given, middle)) if family else search_text(whole)
    return folded.removeprefix("the ") or folded or whole.casefold()


def addressed(members: Sequence[Named]) -> tuple[Named, ...]:
    """Whom a household's names mention: the living adults in order, else the living, else (all gone) everybody.

    A household keeps its name when its last member has died.
    """
    ordered = sorted(members, key=lambda one: ROLES.index(one.role) if one.role in ROLES else len(ROLES))
    living = [one for one in ordered if not one.is_deceased]
    adults = [one for one in living if one.role != CHILD]
    return tuple(adults or living or ordered)


def household_name(members: Sequence[Named]) -> str:
    """`Berg household`, or `Berg and Cole household` when the names differ. Empty without members."""
    families: dict[str, str] = {}
    for one in addressed(members):
        families.setdefault(search_text(one.family or one.full), one.family or one.full)
    return f"{listed(list(families.values()))} household" if families else ""


def household_salutations(members: Sequence[Named]) -> Salutations:
    """Joint salutations; a family name that all share is written once."""
    people = addressed(members)
    return Salutations(
        formal=_joined(people, [one.formal for one in people], titled=True),
        informal=listed([one.familiar for one in people]),
        addressee=_joined(people, [spaced(one.title, one.full) for one in people], titled=False),
    )


def salutations(person: Named) -> Salutations:
    """The salutations of one person."""
    return Salutations(person.formal, person.familiar, spaced(person.title, person.full))


def _joined(people: Sequence[Named], apart: Sequence[str], *, titled: bool) -> str:
    shared = len(people) > 1 and people[0].family and len({search_text(one.family) for one in people}) == 1
    if not shared or any(one.suffix for one in people):
        return listed(apart)
    if titled and any(one.title for one in people):
        all_titled = all(one.title for one in people)
        return f"{listed([one.title for one in people])} {people[0].family}" if all_titled else listed(apart)
    if not all(one.given for one in people):
        return listed(apart)
    return f"{listed([spaced(one.title, one.given) for one in people])} {people[0].family}"


def split_name(whole: str) -> tuple[str, str]:
    """Given and family name of a name in one piece: `Berg, Anna` or `Anna Maria Berg`. One word is a given name."""
    if "," in whole:
        family, _, given = whole.partition(",")
        return given.strip(), family.strip()
    given, _, family = whole.strip().rpartition(" ")
    return (given.strip(), family) if given else (family, "")
