"""The households of a person who is erased: called by those who are left, or erased with their last member."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from donors.constituents import household
from donors.constituents.models import Constituent, HouseholdMembership
from donors.constituents.words import rewrite_words
from donors.core.changes import ChangeSet, JournalEntry
from donors.core.search_text import search_words
from donors.rights.redact import ERASE

NAMED = ("name", "sort_name", "search_text", "formal_salutation", "informal_salutation", "addressee")


@dataclass(frozen=True)
class Homes:
    """The households of a person, now or once: those in which others live or lived, and those of which nobody is left.

    `theirs` are the words, as search compares them, by which those who are left are named.
    """

    left: tuple[int, ...]
    empty: tuple[int, ...]
    theirs: frozenset[str]


def homes_of(session: Session, ids: Sequence[int]) -> Homes:
    """The households of persons who are about to be erased."""
    stay = HouseholdMembership
    theirs = session.scalars(select(stay.household_id).where(stay.constituent_id.in_(ids)).distinct()).all()
    others = (
        select(stay.household_id, Constituent.given_name, Constituent.family_name)
        .join(Constituent, Constituent.id == stay.constituent_id)
        .where(stay.household_id.in_(theirs), stay.constituent_id.not_in(ids), Constituent.erased_on.is_(None))
    )
    found = session.execute(others).all()
    left = {home for home, _given, _family in found}
    kept = frozenset(word for _home, *names in found for text in names for word in search_words(text))
    return Homes(tuple(sorted(left)), tuple(sorted(set(theirs) - left)), kept)


def call_anew(session: Session, homes: Homes, words: Collection[str], *, within: ChangeSet) -> None:
    """Takes the person's words out of the names and salutations of these households, and out of their before-images."""
    own = set(words) - homes.theirs
    rows = select(Constituent).where(Constituent.id.in_(homes.left)).order_by(Constituent.id)
    for home in session.scalars(rows).all():
        told = _naming(own, {name: getattr(home, name) for name in NAMED})
        if letters := told - {"name", "sort_name", "search_text"}:
            entry = {"change_set_id": within.id, "table_name": "constituent", "row_id": home.id, "act": ERASE}
            session.add(JournalEntry(**entry, version=home.version, before={}))
            for name in letters:
                setattr(home, name, "")
            session.flush()
        if told:
            household.rename(session, [home], within=within)
        _forget_names(session, home, own)
    rewrite_words(session, homes.left)


def _naming(own: Collection[str], texts: Mapping[str, str | None]) -> set[str]:
    """Which of these texts name the person."""
    return {name for name, text in texts.items() if not set(own).isdisjoint(search_words(text or ""))}


def _forget_names(session: Session, home: Constituent, own: Collection[str]) -> None:
    """Before-images of a household hold what it is called now where they would name the person."""
    wanted = select(JournalEntry.id, JournalEntry.before).where(
        JournalEntry.table_name == "constituent", JournalEntry.row_id == home.id
    )
    for entry_id, before in session.execute(wanted).all():
        named = _naming(own, {name: before.get(name) for name in NAMED})
        if named:
            image = before | {name: getattr(home, name) for name in named}
            session.execute(update(JournalEntry).where(JournalEntry.id == entry_id).values(before=image))
