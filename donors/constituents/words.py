"""The words by which search finds a constituent, kept in `search_word` with each change of what they come from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent, EmailAddress, ExternalId, Phone, SearchWord
from donors.constituents.nicknames import OTHER_FORMS
from donors.core.bulk import load
from donors.core.folding import fold
from donors.core.search_text import search_words

NAME, NICKNAME, EMAIL, PHONE, EXTERNAL_ID = "name", "nickname", "email", "phone", "external_id"
CHUNK = 400

WordRow = tuple[int, str, str, str]
"""Constituent id, kind, word, and the word backward."""


@dataclass(frozen=True)
class Known:
    """What search knows a constituent by. E-mails folded, phones as digits."""

    names: tuple[str, ...]
    given: str = ""
    nickname: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    external_ids: tuple[str, ...] = ()


def words_of(known: Known) -> frozenset[tuple[str, str]]:
    """(kind, word) pairs. Other forms of the given name and the person's own nickname count as nicknames."""
    names = {word for text in known.names for word in search_words(text)}
    given = search_words(known.given)
    nicknames = {form for word in given for form in OTHER_FORMS.get(word, ())} | set(search_words(known.nickname))
    return frozenset(
        [(NAME, word) for word in names]
        + [(NICKNAME, word) for word in nicknames - names]
        + [(EMAIL, address) for address in known.emails]
        + [(PHONE, digits) for digits in known.phones]
        + [(EXTERNAL_ID, fold(value)) for value in known.external_ids]
    )


def rows_of(constituent_id: int, known: Known) -> Iterator[WordRow]:
    """The rows of `search_word` for a constituent."""
    for kind, word in sorted(words_of(known)):
        yield constituent_id, kind, word, word[::-1]


def add_words(session: Session, rows: Iterable[WordRow]) -> None:
    """Writes words of constituents that have none yet."""
    load(session, SearchWord, ("constituent_id", "kind", "word", "backward"), rows)


def rewrite_words(session: Session, ids: Iterable[int]) -> None:
    """Makes the words of these constituents anew from their rows. Those who were deleted or erased have none."""
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        session.execute(delete(SearchWord).where(SearchWord.constituent_id.in_(chunk)))
        rows = [row for key, known in _known(session, chunk).items() for row in rows_of(key, known.frozen())]
        add_words(session, rows)


@dataclass
class _Gathered:
    names: tuple[str, ...]
    given: str
    nickname: str
    emails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    external_ids: list[str] = field(default_factory=list)

    def frozen(self) -> Known:
        return Known(
            self.names, self.given, self.nickname, tuple(self.emails), tuple(self.phones), tuple(self.external_ids)
        )


def _known(session: Session, ids: Sequence[int]) -> dict[int, _Gathered]:
    one = Constituent
    statement = select(one.id, one.name, one.given_name, one.middle_name, one.family_name, one.nickname).where(
        one.id.in_(ids), one.deleted_at.is_(None), one.erased_on.is_(None)
    )
    found = {
        row.id: _Gathered(
            names=(row.name, row.given_name, row.middle_name, row.family_name),
            given=row.given_name,
            nickname=row.nickname,
        )
        for row in session.execute(statement)
    }
    emails = select(EmailAddress.constituent_id, EmailAddress.folded).where(EmailAddress.constituent_id.in_(found))
    phones = select(Phone.constituent_id, Phone.digits).where(Phone.constituent_id.in_(found))
    others = select(ExternalId.constituent_id, ExternalId.value).where(ExternalId.constituent_id.in_(found))
    for key, address in session.execute(emails):
        found[key].emails.append(address)
    for key, digits in session.execute(phones):
        found[key].phones.append(digits)
    for key, value in session.execute(others):
        found[key].external_ids.append(value)
    return found
