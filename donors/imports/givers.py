"""Who a row is about: somebody who is known, somebody new, or somebody of whom a person must decide.

Order: the id of the file's source; who was met in this file before; e-mail; name and postal code. Then whoever may be
the same is shown before somebody new is made.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.check import folded_email
from donors.constituents.duplicates import likely_duplicates_many
from donors.constituents.matching.normalize import generation_of
from donors.core.search_text import search_text
from donors.imports import queries
from donors.imports.facts import UNKNOWN, Giver, newcomer
from donors.imports.queries import Person

NEW, LIKELY, GONE, NOBODY = "new", "likely", "gone", "unknown"
BY_KEY, BY_FILE, BY_EMAIL, BY_PLACE = "id", "file", "e-mail", "name and postal code"


@dataclass(frozen=True)
class Match:
    """What was found: `how` is one of the words above; candidates are plain dicts of id, name, score, reasons."""

    how: str
    constituent_id: int | None = None
    candidates: tuple[dict[str, Any], ...] = ()


@dataclass
class Memory:
    """What earlier rows of the file have shown, in this process.

    `people`: sign of a giver → constituent id, 0 where one would be made. `keys`: keys of rows → their facts.
    `repeated` counts equal rows without an id, of which each is a row of its own. `seen`: name or e-mail of somebody
    new → the line where they stand first.
    """

    people: dict[Hashable, int] = field(default_factory=dict)
    keys: dict[str, Hashable] = field(default_factory=dict)
    repeated: dict[str, int] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    _before: list[tuple[dict[Any, Any], Hashable, Any]] = field(default_factory=list)

    def put(self, into: dict[Any, Any], key: Hashable, value: Any) -> None:
        """Notes something in one of them; None takes it out. Until `keep` it can be forgotten."""
        self._before.append((into, key, into.get(key)))
        _set(into, key, value)

    def meet(self, giver: Giver, line: int) -> int | None:
        """Notes somebody new; returns the line above where somebody else of the same name or e-mail stands."""
        signs = [sign for sign in (search_text(giver.called), folded_email(giver.email)) if sign]
        above = next((self.seen[sign] for sign in signs if sign in self.seen), None)
        for sign in signs:
            if sign not in self.seen:
                self.put(self.seen, sign, line)
        return above

    def keep(self) -> None:
        """The rows at hand are settled: what they have shown stays."""
        self._before.clear()

    def forget(self) -> None:
        """The rows at hand were rolled back: what they have shown goes too."""
        while self._before:
            _set(*self._before.pop())


def _set(into: dict[Any, Any], key: Hashable, value: Any) -> None:
    if value is None:
        into.pop(key, None)
    else:
        into[key] = value


def match(session: Session, givers: Iterable[Giver], *, source: str, memory: Memory, sees: Sight) -> dict[Giver, Match]:
    """Whom these givers are."""
    every = list(givers)
    by_key = queries.people_by_key(session, source, {one.external_id for one in every if one.external_id})
    met = _met(session, [one for one in every if one.external_id not in by_key], memory)
    found: dict[Giver, Match] = {}
    for one in every:
        if one == UNKNOWN:
            found[one] = Match(NOBODY)
        elif one.external_id in by_key:
            constituent_id, gone = by_key[one.external_id]
            found[one] = Match(GONE if gone else BY_KEY, constituent_id)
        elif one.sign in met:
            found[one] = Match(BY_FILE, met[one.sign] or None)
    rest = [one for one in every if one not in found]
    found |= _by_signs(session, rest, source)
    return found | _newcomers(session, [one for one in rest if one not in found], source, sees)


def _met(session: Session, givers: Sequence[Giver], memory: Memory) -> dict[Hashable, int]:
    """Those met in this file before, by what they are called now: somebody may have merged them meanwhile."""
    met = {one.sign: memory.people[one.sign] for one in givers if one.sign in memory.people}
    made = {key for key in met.values() if key}
    living = queries.living_ids(session, made) if made else {}
    for sign in [sign for sign, key in met.items() if key and key not in living]:
        memory.put(memory.people, sign, None)
    return {sign: living.get(key, 0) for sign, key in met.items() if key == 0 or key in living}


def _by_signs(session: Session, givers: Sequence[Giver], source: str) -> dict[Giver, Match]:
    emails = {folded_email(one.email) for one in givers if one.email}
    places = {_place(one) for one in givers if one.postal_code and one.called}
    by_email = queries.people_by_email(session, emails) if emails else {}
    by_place = queries.people_by_place(session, places) if places else {}
    people = {person.id for some in (*by_email.values(), *by_place.values()) for person in some}
    taken = queries.ids_with_source(session, source, people) if any(one.external_id for one in givers) else set()
    found: dict[Giver, Match] = {}
    for one in givers if people else ():
        reachable, near = by_email.get(folded_email(one.email), []), by_place.get(_place(one), [])
        answer = _judged(one, reachable, BY_EMAIL, taken) or _judged(one, near, BY_PLACE, taken)
        if answer is not None:
            found[one] = answer
    return found


def _judged(giver: Giver, people: list[Person], how: str, taken: set[int]) -> Match | None:
    if not people:
        return None
    named = [one for one in people if giver.called and one.search_text == search_text(giver.called)]
    chosen = named if len(named) == 1 else [one for one in named if not _clashes(giver, one)] or people
    sure = len(chosen) == 1 and not _clashes(giver, chosen[0]) and not (giver.external_id and chosen[0].id in taken)
    if sure:
        return Match(how, chosen[0].id)
    shown = (candidate(one.id, one.name, 45, [f"same {how}", *_clashes(giver, one)]) for one in people[:5])
    return Match(LIKELY, None, tuple(shown))


def _clashes(giver: Giver, person: Person) -> list[str]:
    """What tells that it is somebody else: couples share an e-mail, father and son name and home."""
    theirs = search_text(person.given_name or person.name)[:1]
    ages = generation_of(giver.suffix), generation_of(person.suffix)
    told = {
        "another given name": giver.initial and theirs and giver.initial != theirs,
        "another birth date": giver.born_on and person.born_on and giver.born_on != person.born_on.isoformat(),
        "another generation": all(ages) and ages[0] != ages[1],
    }
    return [words for words, differs in told.items() if differs]


def _newcomers(session: Session, givers: Sequence[Giver], source: str, sees: Sight) -> dict[Giver, Match]:
    found = {one: Match(NEW) for one in givers}
    named = [one for one in givers if one.called]
    if named:
        likely = likely_duplicates_many(session, [newcomer(one, source) for one in named], sees=sees)
        for one, some in zip(named, likely, strict=True):
            shown = tuple(candidate(each.id, each.name, each.score, each.reasons) for each in some[:5])
            found[one] = Match(LIKELY, None, shown) if shown else found[one]
    return found


def candidate(key: int, name: str, score: int, reasons: Iterable[str]) -> dict[str, Any]:
    """Somebody who may be meant, as it is kept with the row."""
    return {"id": key, "name": name, "score": score, "reasons": list(reasons)}


def _place(giver: Giver) -> tuple[str, str]:
    return search_text(giver.called), giver.postal_code.upper()
