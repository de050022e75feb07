"""What the merge page shows of two records: every field, how to reach them, what they allow, what hangs on them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from donors.constituents.consent import CHANNELS
from donors.constituents.contact import same_point
from donors.constituents.models import Constituent, PostalAddress
from donors.constituents.queries import ContactPoints, consents_now, contact_points
from donors.core.db import Session
from donors.web.constituents.counts import seen
from donors.web.filters import place
from donors.workflows.merging.fuller import fuller
from donors.workflows.merging.holdings import holdings, in_words, weights
from donors.workflows.merging.merge import CHOICES, PRIMARIES

FIELDS = (
    ("name", "Name"),
    ("title", "Title"),
    ("given_name", "Given name"),
    ("middle_name", "Middle name"),
    ("family_name", "Family name"),
    ("suffix", "Suffix"),
    ("nickname", "Called"),
    ("born_on", "Born on"),
    ("formal_salutation", "Formal salutation"),
    ("informal_salutation", "Friendly salutation"),
    ("addressee", "On the envelope"),
    ("note", "Good to know"),
)
REACHED = (
    ("email", "E-mail used first", "emails"),
    ("phone", "Phone used first", "phones"),
    ("address", "Address used first", "addresses"),
)
PARTS = ("given_name", "family_name", "suffix")
MARKS = (
    ("do_not_contact", "No contact at all"),
    ("is_anonymous", "Name hidden in what goes out"),
    ("confidential", "Confidential"),
    ("is_deceased", "Deceased"),
    ("objected_on", "Objected to fundraising"),
)
CHANNEL_WORDS = {"email": "E-mail", "phone": "Phone", "post": "Post", "text": "Texts"}


Reach = tuple[str, tuple[str, ...], tuple[str, ...]]
"""A kind of contact points, and those of each of the two."""


@dataclass(frozen=True)
class Field:
    """A field that can be chosen: what each of the two says, and whose value is marked (0: both say the same)."""

    column: str
    label: str
    values: tuple[Any, Any]
    chosen: int


@dataclass(frozen=True)
class Ruled:
    """What a rule decides: what each of the two says, and what will hold."""

    label: str
    values: tuple[str, str]
    holds: str


@dataclass(frozen=True)
class Sides:
    """All of it; `survivor_id` is the record that stays, as it was chosen or is suggested."""

    survivor_id: int
    suggested_id: int
    fields: tuple[Field, ...]
    ruled: tuple[Ruled, ...]
    reach: tuple[Reach, ...]
    held: tuple[tuple[str, int, int], ...]


def sides(session: Session, both: tuple[Constituent, Constituent], typed: Mapping[str, str], *, on: date) -> Sides:
    """Both records side by side. `typed` is what was chosen on the page before: `survivor`, and `from-<column>`."""
    ids = [one.id for one in both]
    suggested = fuller(weights(session, ids, columns=sorted(CHOICES)))
    chosen = next((one for one in ids if str(one) == typed.get("survivor")), suggested)
    stays, goes = both if both[0].id == chosen else both[::-1]
    held = {one: seen(in_words(places)) for one, places in holdings(session, ids).items()}
    words = dict.fromkeys(word for one in ids for word in held[one])
    points = contact_points(session, ids[0]), contact_points(session, ids[1])
    marked = {kind: goes.id if typed.get(f"from-{kind}") == str(goes.id) else stays.id for kind in PRIMARIES}
    return Sides(
        survivor_id=chosen,
        suggested_id=suggested,
        fields=(
            *(_field(column, label, both, _pick(column, stays, goes, typed)) for column, label in _shown(both)),
            *_used_first(points, marked),
        ),
        ruled=(*_marks(both), *_consents(session, both, on=on)),
        reach=_reach(*points),
        held=tuple((word, held[ids[0]].get(word, 0), held[ids[1]].get(word, 0)) for word in words),
    )


def _shown(both: tuple[Constituent, Constituent]) -> list[tuple[str, str]]:
    """The fields in which at least one says something; the name as a whole only where it has no parts."""
    has_parts = any(getattr(one, name) for one in both for name in PARTS)
    said = [(column, label) for column, label in FIELDS if any(getattr(one, column) for one in both)]
    return [one for one in said if one[0] != "name" or not has_parts]


def _pick(column: str, stays: Constituent, goes: Constituent, typed: Mapping[str, str]) -> int:
    """Whose value is marked: what was typed, else that of the one that stays, if it has any."""
    if getattr(stays, column) == getattr(goes, column):
        return 0
    wanted = typed.get(f"from-{column}")
    return goes.id if wanted == str(goes.id) or not getattr(stays, column) else stays.id


def _field(column: str, label: str, both: tuple[Constituent, Constituent], chosen: int) -> Field:
    return Field(column, label, (getattr(both[0], column), getattr(both[1], column)), chosen)


def _used_first(points: tuple[ContactPoints, ContactPoints], marked: Mapping[str, int]) -> Iterator[Field]:
    """Of what both are reached by differently: which of the two is used first from now on."""
    for kind, label, told in REACHED:
        used = [next((one for one in getattr(of, told) if one.is_primary and one.is_active), None) for of in points]
        mine, theirs = used
        if mine is not None and theirs is not None and not same_point(mine, theirs):
            yield Field(kind, label, (_words(mine), _words(theirs)), marked[kind])


def _words(point: Any) -> str:
    return place(point) if isinstance(point, PostalAddress) else getattr(point, "address", "") or point.number


def _marks(both: tuple[Constituent, Constituent]) -> list[Ruled]:
    found = []
    for column, label in MARKS:
        said = [bool(getattr(one, column)) for one in both]
        if any(said):
            values = ("yes" if said[0] else "no", "yes" if said[1] else "no")
            found.append(Ruled(label, values, "yes"))
    return found


def _consents(session: Session, both: tuple[Constituent, Constituent], *, on: date) -> list[Ruled]:
    """The newest word of each on each channel; the strictest of both will hold."""
    now = [consents_now(session, one.id, on=on) for one in both]
    found = []
    for channel in CHANNELS:
        said = [one[channel].granted if channel in one else None for one in now]
        if said != [None, None]:
            values = (WORD[said[0]], WORD[said[1]])
            found.append(Ruled(CHANNEL_WORDS[channel], values, WORD[all(word is not False for word in said)]))
    return found


WORD = {None: "never asked", True: "agreed", False: "refused"}


def _reach(mine: ContactPoints, theirs: ContactPoints) -> tuple[Reach, ...]:
    """Kind, and the points of each: all are kept, the same one once."""
    kinds: tuple[Reach, ...] = (
        ("E-mail", tuple(one.address for one in mine.emails), tuple(one.address for one in theirs.emails)),
        ("Phone", tuple(one.number for one in mine.phones), tuple(one.number for one in theirs.phones)),
        ("Address", tuple(map(place, mine.addresses)), tuple(map(place, theirs.addresses))),
    )
    return tuple(one for one in kinds if one[1] or one[2])
