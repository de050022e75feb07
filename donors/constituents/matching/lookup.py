"""Whom a new record is held against: found by index, a few statements for many records, never a scan."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from donors.constituents.check import folded_email, phone_digits
from donors.constituents.matching.facts import Told
from donors.constituents.matching.normalize import TAX_LIKE, Dialled, email_key, given_key
from donors.constituents.models import (
    HOUSEHOLD,
    PERSON,
    Constituent,
    EmailAddress,
    Phone,
    PostalAddress,
    SearchWord,
)
from donors.constituents.nicknames import OTHER_FORMS
from donors.constituents.words import NAME
from donors.core.bulk import among
from donors.core.folding import fold
from donors.core.search_text import search_text, search_words

Found = dict[int, set[int]]
"""Place of a newcomer → ids of constituents."""

MOST = 300
"""How many of one given name, whose family names begin alike, are looked at."""
BEGINNING = 3


def candidates(session: Session, newcomers: Sequence[Told], dialled: Dialled) -> Found:
    """Whom each of the newcomers may be: the same e-mail, phone, name or id, or a word of the name nearby."""
    found: Found = defaultdict(set)
    _look(session, found, EmailAddress.folded, EmailAddress.constituent_id, [_emails(one) for one in newcomers])
    _look(session, found, Phone.digits, Phone.constituent_id, [_phones(one, dialled) for one in newcomers])
    _look(session, found, Constituent.search_text, Constituent.id, [_names(one) for one in newcomers])
    _look(session, found, SearchWord.word, SearchWord.constituent_id, [_ids(one) for one in newcomers])
    _nearby(session, found, newcomers)
    if len(newcomers) == 1:
        found[0] |= set(_beginnings(session, newcomers[0]))
    return found


def _look(session: Session, found: Found, column: Any, key: Any, wanted: Sequence[set[str]]) -> None:
    """Adds those whose column holds a value that a newcomer has."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, values in enumerate(wanted):
        for value in values:
            places[value].append(place)
    if places:
        for value, constituent_id in session.execute(select(column, key).where(among(session, column, [*places]))):
            for place in places[value]:
                found[place].add(constituent_id)


def _emails(one: Told) -> set[str]:
    return {way(address) for address in one.emails for way in (folded_email, email_key)} - {""}


def _phones(one: Told, dialled: Dialled) -> set[str]:
    """The digits under which a number may have been typed: with and without the codes of country and region."""
    found = set()
    for number in one.phones:
        found |= {phone_digits(number), *dialled.forms(dialled.key(number))}
    return found - {""}


def _ids(one: Told) -> set[str]:
    """Ids that a state gives, as search keeps them; that of another source falls away when both are compared."""
    return {fold(value.strip()) for source, value in one.external_ids if TAX_LIKE.search(source.lower())} - {""}


def _names(one: Told) -> set[str]:
    """The name as search keeps it, with other forms of the given name, and with the family name first."""
    if one.kind == HOUSEHOLD and one.name == "Household":
        return set()
    found = {search_text(one.name)}
    if one.kind == PERSON and one.given_name and one.family_name:
        given, family, suffix = (search_text(text) for text in (one.given_name, one.family_name, one.suffix))
        for form in _forms(given):
            found |= {f"{form} {family}", f"{form} {family} {suffix}".strip(), f"{family} {form}"}
    return found - {""}


def _forms(given: str) -> set[str]:
    first = given.partition(" ")[0]
    return {given, first} | set(OTHER_FORMS.get(first, ()))


def _nearby(session: Session, found: Found, newcomers: Sequence[Told]) -> None:
    """Adds those of the same postal code with whom a newcomer shares a word of the name, or a form of it."""
    wanted: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, one in enumerate(newcomers):
        codes = {each.postal_code.upper() for each in one.addresses} - {""}
        for word in _words(one) if codes else ():
            for code in codes:
                wanted[code, word].append(place)
    if not wanted:
        return
    there = PostalAddress
    named = and_(SearchWord.constituent_id == there.constituent_id, SearchWord.kind == NAME)
    statement = (
        select(there.postal_code, SearchWord.word, there.constituent_id)
        .join(SearchWord, named)
        .where(among(session, there.postal_code, {code for code, _ in wanted}))
        .where(among(session, SearchWord.word, {each for _, each in wanted}))
    )
    for code, each, constituent_id in session.execute(statement):
        for place in wanted.get((code, each), ()):
            found[place].add(constituent_id)


def _words(one: Told) -> Iterable[str]:
    words = set(search_words(one.name)) | {form for word in search_words(one.given_name) for form in _forms(word)}
    return (word for word in words if len(word) > 1)


def _beginnings(session: Session, one: Told) -> Iterator[int]:
    """Those of the given name whose family names begin alike, as they do after most slips."""
    given, family = given_key(one.given_name), search_text(one.family_name)
    if not given or len(family) <= BEGINNING:
        return
    first, last = aliased(SearchWord), aliased(SearchWord)
    begins = family[:BEGINNING]
    statement = (
        select(first.constituent_id)
        .join(last, last.constituent_id == first.constituent_id)
        .where(first.kind == NAME, first.word == given)
        .where(last.kind == NAME, last.word >= begins, last.word < begins[:-1] + chr(ord(begins[-1]) + 1))
        .limit(MOST)
    )
    yield from session.scalars(statement)
