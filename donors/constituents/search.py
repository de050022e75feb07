"""Search: names by their beginnings, nicknames and with one slip; e-mails, phones, external ids (why so: docs/adr)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.check import phone_digits
from donors.constituents.edits import one_edit_apart
from donors.constituents.models import Constituent, SearchWord
from donors.constituents.queries import is_listed
from donors.constituents.words import EMAIL, EXTERNAL_ID, NAME, NICKNAME, PHONE
from donors.core.folding import fold
from donors.core.search_text import search_words

FORGIVEN_FROM = 5
"""From this many letters on, a word may have one slip."""

FEWEST_DIGITS = 4
MOST_WORDS = 6
LAST = "\U0010ffff"
EXACT, BEGINS, NICK, SLIP = 8, 6, 4, 1
WHY = {EXACT: "", BEGINS: "", NICK: "nickname", SLIP: "similar name"}


@dataclass(frozen=True)
class Hit:
    """Somebody whom search found; `why` is e-mail, phone, id, nickname, similar name, or empty for the name itself."""

    id: int
    kind: str
    name: str
    is_deceased: bool
    score: int
    why: str


def search(
    session: Session, text: str, *, sees: Sight, kind: str | None = None, limit: int = 20, offset: int = 0
) -> list[Hit]:
    """Who matches what was typed, best first: all its words, or all of it as an e-mail, phone number or id."""
    matches = _matches(session, text)
    if matches is None:
        return []
    best = (
        select(matches.c.constituent_id, func.max(matches.c.score).label("score"), func.max(matches.c.why).label("why"))
        .group_by(matches.c.constituent_id)
        .subquery()
    )
    one = Constituent
    statement = (
        select(one.id, one.kind, one.name, one.is_deceased, best.c.score, best.c.why)
        .join(best, best.c.constituent_id == one.id)
        .where(is_listed(sees))
        .order_by(best.c.score.desc(), one.sort_name, one.id)
        .limit(limit)
        .offset(offset)
    )
    if kind is not None:
        statement = statement.where(one.kind == kind)
    return [Hit(*row) for row in session.execute(statement)]


def matching_ids(session: Session, text: str) -> Select[Any] | None:
    """The ids of all who match, as a statement to filter lists by; None when nothing was typed that can be searched."""
    matches = _matches(session, text)
    return None if matches is None else select(matches.c.constituent_id)


def _matches(session: Session, text: str) -> Subquery | None:
    words = search_words(text)[:MOST_WORDS]
    found = [*_by_words(session, words), *_by_key(text)]
    return union_all(*found).subquery() if found else None


def _by_words(session: Session, words: Sequence[str]) -> list[Select[Any]]:
    if not words:
        return []
    each = [_one_word(session, word, place) for place, word in enumerate(words)]
    every = union_all(*each).subquery()
    weakest = func.min(every.c.score)
    why = case((weakest == SLIP, WHY[SLIP]), (weakest == NICK, WHY[NICK]), else_="")
    statement = (
        select(every.c.constituent_id, func.sum(every.c.score).label("score"), why.label("why"))
        .group_by(every.c.constituent_id)
        .having(func.count() == len(words))
    )
    return [statement]


def _one_word(session: Session, word: str, place: int) -> Select[Any]:
    begins = and_(SearchWord.kind.in_((NAME, NICKNAME)), *_range(SearchWord.word, word))
    worth = case((SearchWord.kind == NICKNAME, NICK), (SearchWord.word == word, EXACT), else_=BEGINS)
    found = [select(SearchWord.constituent_id, worth.label("score")).where(begins)]
    slips = _slips(session, word) if len(word) >= FORGIVEN_FROM else []
    if slips:
        close = and_(SearchWord.kind == NAME, SearchWord.word.in_(slips))
        found.append(select(SearchWord.constituent_id, literal(SLIP).label("score")).where(close))
    both = union_all(*found).subquery(f"word_{place}")
    return select(both.c.constituent_id, func.max(both.c.score).label("score")).group_by(both.c.constituent_id)


def _slips(session: Session, word: str) -> list[str]:
    """Names that are one slip away: one half of the word is intact then, or two letters at its middle are swapped."""
    half = len(word) // 2
    lengths = (len(word) - 1, len(word) + 1)
    starts = select(SearchWord.word).where(*_near(SearchWord.word, word[:half], lengths)).distinct()
    ends = select(SearchWord.backward).where(*_near(SearchWord.backward, word[half:][::-1], lengths)).distinct()
    swapped = word[: half - 1] + word[half] + word[half - 1] + word[half + 1 :]
    candidates = {*session.scalars(starts), *(found[::-1] for found in session.scalars(ends)), swapped}
    return sorted(one for one in candidates if one != word and not one.startswith(word) and one_edit_apart(one, word))


def _near(column: SQLColumnExpression[str], start: str, lengths: tuple[int, int]) -> tuple[ColumnElement[bool], ...]:
    return (*_range(column, start), SearchWord.kind == NAME, func.length(column).between(*lengths))


def _range(column: SQLColumnExpression[str], start: str) -> tuple[ColumnElement[bool], ...]:
    return column >= start, column < start + LAST


def _by_key(text: str) -> list[Select[Any]]:
    """The whole of the text as an e-mail, an external id, a phone number or our own id."""
    whole = fold(text.strip())
    if len(whole) < 2:
        return []
    kinds = (EMAIL, EXTERNAL_ID)
    why = case((SearchWord.kind == EMAIL, "e-mail"), else_="external id")
    worth = case((SearchWord.word == whole, EXACT + 1), else_=BEGINS - 1)
    begins = and_(SearchWord.kind.in_(kinds), *_range(SearchWord.word, whole))
    found = [select(SearchWord.constituent_id, worth.label("score"), why.label("why")).where(begins)]
    digits = phone_digits(text)
    if len(digits) >= FEWEST_DIGITS and not any(letter.isalpha() for letter in text):
        found.append(_by_phone(digits))
    number = text.strip().removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) <= 18:
        found.append(
            select(Constituent.id, literal(EXACT + 1).label("score"), literal("id").label("why")).where(
                Constituent.id == int(number)
            )
        )
    return found


def _by_phone(digits: str) -> Any:
    """From its beginning or its end, for people leave the country or the area out."""
    either = or_(and_(*_range(SearchWord.word, digits)), and_(*_range(SearchWord.backward, digits.lstrip("0")[::-1])))
    columns = select(SearchWord.constituent_id, literal(EXACT).label("score"), literal("phone").label("why"))
    return columns.where(SearchWord.kind == PHONE, either)
