"""Who may be there already, before somebody new is made: the same e-mail, phone or name, or a close name nearby."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.check import folded_email, phone_digits
from donors.constituents.edits import one_edit_apart
from donors.constituents.models import HOUSEHOLD, PERSON, Constituent, EmailAddress, Phone, PostalAddress
from donors.constituents.nicknames import OTHER_FORMS
from donors.constituents.queries import is_listed
from donors.constituents.records import NewConstituent, composed_name
from donors.core.search_text import search_text, search_words

SAME_NAME, SAME_EMAIL, SAME_PHONE, CLOSE_AT_POSTCODE, SAME_POSTCODE, OTHER_GIVEN = 40, 45, 35, 45, 20, -20
LEAST = 40
CHUNK = 400
LONG_ENOUGH = 5


@dataclass(frozen=True)
class Duplicate:
    """Somebody who may be the same. `score` runs from 0 to 100; `reasons` are words for people."""

    id: int
    name: str
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class _Known:
    id: int
    kind: str
    name: str
    given_name: str
    words: tuple[str, ...]


@dataclass
class _Signs:
    points: dict[str, int] = field(default_factory=dict)

    def add(self, reason: str, worth: int) -> None:
        self.points[reason] = max(worth, self.points.get(reason, worth))

    @property
    def tell(self) -> bool:
        """Whether there is more than a postal code, which a whole quarter shares."""
        return self.points.keys() != {"same postal code"}


def likely_duplicates(
    session: Session, newcomer: NewConstituent, *, sees: Sight, leaving_out: int | None = None, limit: int = 5
) -> list[Duplicate]:
    """Who may be the same as a new constituent, the likeliest first. `leaving_out` is the record itself, if stored."""
    (found,) = likely_duplicates_many(session, [newcomer], sees=sees)
    return [one for one in found if one.id != leaving_out][:limit]


def likely_duplicates_many(
    session: Session, newcomers: Sequence[NewConstituent], *, sees: Sight
) -> list[list[Duplicate]]:
    """The same for many at once, in the order of the records: a few statements for each 400 of them."""
    found: list[list[Duplicate]] = []
    for start in range(0, len(newcomers), CHUNK):
        found += _of_chunk(session, newcomers[start : start + CHUNK], sees)
    return found


def _of_chunk(session: Session, newcomers: Sequence[NewConstituent], sees: Sight) -> list[list[Duplicate]]:
    by_email, by_phone = _by_email(session, newcomers), _by_phone(session, newcomers)
    by_name, by_place = _by_name(session, newcomers), _by_postcode(session, newcomers)
    signs = [_signs(one, by_email, by_phone, by_name, by_place) for one in newcomers]
    people = _people(session, {key for each in signs for key in each}, sees)
    return [_judged(one, each, people) for one, each in zip(newcomers, signs, strict=True)]


Found = dict[str, set[int]]


def _signs(one: NewConstituent, by_email: Found, by_phone: Found, by_name: Found, by_place: Found) -> dict[int, _Signs]:
    signs: dict[int, _Signs] = defaultdict(_Signs)
    for key in (key for each in one.emails for key in by_email.get(folded_email(each.address), ())):
        signs[key].add("same e-mail", SAME_EMAIL)
    for key in (key for each in one.phones for key in by_phone.get(phone_digits(each.number), ())):
        signs[key].add("same phone", SAME_PHONE)
    for key in by_name.get(search_text(composed_name(one)), ()):
        signs[key].add("same name", SAME_NAME)
    for key in (key for each in one.addresses for key in by_place.get(each.postal_code.upper(), ())):
        signs[key].add("same postal code", SAME_POSTCODE)
    return signs


def _judged(one: NewConstituent, signs: dict[int, _Signs], people: dict[int, _Known]) -> list[Duplicate]:
    words = set(search_words(composed_name(one)))
    seen = ((people[key], each) for key, each in signs.items() if key in people)
    judged = (_verdict(one, known, each) for known, each in seen if each.tell or words & set(known.words))
    likely = [verdict for verdict in judged if verdict.score >= LEAST]
    return sorted(likely, key=lambda verdict: (-verdict.score, verdict.id))


def _verdict(one: NewConstituent, known: _Known, signs: _Signs) -> Duplicate:
    points = dict(signs.points)
    if "same name" not in points and _close(one, known):
        points["close name"] = CLOSE_AT_POSTCODE - SAME_POSTCODE
    elif "same name" not in points and _other_given(one, known):
        points["another given name"] = OTHER_GIVEN
    reasons = tuple(reason for reason, worth in sorted(points.items(), key=lambda each: -each[1]))
    score = sum(points.values()) if known.kind == one.kind else sum(points.values()) // 2
    return Duplicate(known.id, known.name, max(0, min(100, score)), reasons)


def _close(one: NewConstituent, known: _Known) -> bool:
    """The same words up to one slip or a nickname each, in any order; nearby, one of them must be the very same."""
    mine, theirs = list(search_words(composed_name(one))), list(known.words)
    if len(mine) != len(theirs) or not mine:
        return False
    for word in mine:
        match = next((other for other in theirs if _alike(word, other)), None)
        if match is None:
            return False
        theirs.remove(match)
    return True


def _alike(one: str, other: str) -> bool:
    if one == other or other in OTHER_FORMS.get(one, ()):
        return True
    return min(len(one), len(other)) >= LONG_ENOUGH - 1 and one_edit_apart(one, other)


def _other_given(one: NewConstituent, known: _Known) -> bool:
    """Two people who share an address or a phone, as couples do, are not the same person."""
    if one.kind != PERSON or known.kind != PERSON or not one.given_name or not known.given_name:
        return False
    mine, theirs = search_text(one.given_name), search_text(known.given_name)
    return mine[:1] != theirs[:1] and not _alike(mine, theirs)


def _by_email(session: Session, newcomers: Sequence[NewConstituent]) -> Found:
    wanted = {folded_email(each.address) for one in newcomers for each in one.emails}
    statement = select(EmailAddress.folded, EmailAddress.constituent_id).where(EmailAddress.folded.in_(wanted))
    return _grouped(session.execute(statement)) if wanted else {}


def _by_phone(session: Session, newcomers: Sequence[NewConstituent]) -> Found:
    wanted = {phone_digits(each.number) for one in newcomers for each in one.phones}
    statement = select(Phone.digits, Phone.constituent_id).where(Phone.digits.in_(wanted))
    return _grouped(session.execute(statement)) if wanted else {}


def _by_name(session: Session, newcomers: Sequence[NewConstituent]) -> Found:
    wanted = {search_text(composed_name(one)) for one in newcomers if one.kind != HOUSEHOLD or one.name} - {""}
    statement = select(Constituent.search_text, Constituent.id).where(
        Constituent.search_text.in_(wanted), Constituent.is_unknown_giver.is_(False)
    )
    return _grouped(session.execute(statement)) if wanted else {}


def _by_postcode(session: Session, newcomers: Sequence[NewConstituent]) -> Found:
    wanted = {each.postal_code.upper() for one in newcomers for each in one.addresses} - {""}
    statement = select(PostalAddress.postal_code, PostalAddress.constituent_id).where(
        PostalAddress.postal_code.in_(wanted)
    )
    return _grouped(session.execute(statement)) if wanted else {}


def _people(session: Session, ids: set[int], sees: Sight) -> dict[int, _Known]:
    people: dict[int, _Known] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), CHUNK):
        one = Constituent
        statement = select(one.id, one.kind, one.name, one.given_name, one.search_text)
        found = session.execute(statement.where(one.id.in_(wanted[start : start + CHUNK]), is_listed(sees)))
        people.update({row.id: _Known(*row[:4], tuple(row.search_text.split())) for row in found})
    return people


def _grouped(pairs: Iterable[Any]) -> Found:
    found: Found = defaultdict(set)
    for value, key in pairs:
        found[value].add(key)
    return found
