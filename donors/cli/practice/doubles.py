"""People of the practice charity who were entered twice, so that the queue of duplicates has something to show."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time

from donors.cli.practice.story import Charity
from donors.constituents.create import create_many
from donors.constituents.matching.search import ask, search
from donors.constituents.nicknames import OTHER_FORMS
from donors.constituents.records import Address, Email, NewConstituent, PhoneNumber
from donors.core.changes import ChangeSet
from donors.core.db import Session, transaction

Again = Callable[[NewConstituent], NewConstituent]
ELSEWHERE = Address("88 Lighthouse Road", "Seaside", "OR", "97138", "US")


def _short(one: NewConstituent) -> NewConstituent:
    """Under the name that friends say, from a form on the web."""
    form = min(OTHER_FORMS.get(one.given_name.lower(), {one.given_name}))
    return replace(one, given_name=form.title(), addresses=(), phones=(), title="", born_on=None)


def _slip(one: NewConstituent) -> NewConstituent:
    """Typed in a hurry: two letters of the family name the wrong way round."""
    name = one.family_name
    return replace(one, family_name=f"{name[:2]}{name[3]}{name[2]}{name[4:]}", emails=(), born_on=None)


def _married(one: NewConstituent) -> NewConstituent:
    """With another family name since the wedding, and at another address."""
    return replace(one, family_name="Lindqvist", title="", addresses=(ELSEWHERE,), phones=())


def _moved(one: NewConstituent) -> NewConstituent:
    """From a list of last year, at the address of now, the telephone as others write it."""
    phones = tuple(PhoneNumber("+1 " + each.number.strip("(").replace(") ", "-")) for each in one.phones)
    return replace(one, addresses=(ELSEWHERE,), phones=phones, emails=(), born_on=None)


def _turned(one: NewConstituent) -> NewConstituent:
    """Family name in the field of the given name, day and month the wrong way round."""
    born = one.born_on
    turned = born.replace(day=born.month, month=born.day) if born and born.day <= 12 else born
    return replace(one, given_name=one.family_name, family_name=one.given_name, born_on=turned, phones=())


def _at_work(one: NewConstituent) -> NewConstituent:
    """With the address at work."""
    mail = Email(f"{one.given_name[0]}.{one.family_name}@harborworks.example".lower())
    return replace(one, emails=(*one.emails, mail), addresses=(), phones=())


WAYS: tuple[Again, ...] = (_short, _slip, _married, _moved, _turned, _at_work)
TIMES = 2
"""How often each way happens."""


def load_doubles(session: Session, charity: Charity, *, within: ChangeSet) -> None:
    """Enters some people a second time, one of them a third time."""
    create_many(session, list(_again(charity)), within=within)


def _again(charity: Charity) -> Iterator[NewConstituent]:
    known = [one for one in charity.people if _is_told(one)]
    for place, way in enumerate(WAYS * TIMES):
        if place < len(known):
            yield replace(way(known[-1 - place]), note="", is_anonymous=False, do_not_contact=False)
    if known:
        yield replace(_at_work(known[-1]), given_name=known[-1].given_name[:1], emails=known[-1].emails)


def _is_told(one: NewConstituent) -> bool:
    """Whether enough is known of a drawn person, none of the cast, for a second record to be recognized."""
    name = len(one.family_name) > 4 and one.given_name.lower() in OTHER_FORMS
    return bool(name and not one.note and not one.is_deceased and one.emails and one.phones and one.born_on)


def find_doubles(on: date) -> None:
    """Looks for duplicates as the night would."""
    at = datetime.combine(on, time(12), UTC)
    with transaction() as session:
        ask(session, at=at, everybody=True)
    search(lambda: at, through="demo")
