"""Who may be there already, before somebody new is made: looked up by index, judged by the model of matching."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.matching import read
from donors.constituents.matching.compare import Comparison
from donors.constituents.matching.facts import Told, facts_of, told_of
from donors.constituents.matching.find import Rarity
from donors.constituents.matching.learned import model_of
from donors.constituents.matching.lookup import candidates
from donors.constituents.matching.model import Model, judge
from donors.constituents.matching.normalize import Dialled, organization_key
from donors.constituents.matching.reasons import reasons, shown_words
from donors.constituents.matching.roster import enroll
from donors.constituents.models import ORGANIZATION
from donors.constituents.queries import is_listed
from donors.constituents.records import NewConstituent
from donors.core.settings import organization

LEAST = 0.3
"""From this probability on somebody is shown to whoever enters a new record; of an organization its name is enough."""
CHUNK = 400


@dataclass(frozen=True)
class Duplicate:
    """Somebody who may be the same. `score` is the probability in per cent; `reasons` are words with their weights."""

    id: int
    name: str
    score: int
    reasons: tuple[str, ...]


def likely_duplicates(session: Session, newcomer: NewConstituent, *, sees: Sight, limit: int = 5) -> list[Duplicate]:
    """Who may be the same as a new constituent, the likeliest first."""
    (found,) = likely_duplicates_many(session, [newcomer], sees=sees)
    return found[:limit]


def likely_duplicates_of(session: Session, constituent_id: int, *, sees: Sight, limit: int = 5) -> list[Duplicate]:
    """Who else may be the same as one who is stored, the likeliest first; nobody for who is compared with nobody."""
    told = read.some(session, [constituent_id])
    found = _of_chunk(session, [replace(one, id=0) for one in told], _dialled(session), sees)
    return [one for some in found for one in some if one.id != constituent_id][:limit]


def likely_duplicates_many(
    session: Session, newcomers: Sequence[NewConstituent], *, sees: Sight
) -> list[list[Duplicate]]:
    """The same for many at once, in the order of the records: a few statements for each 400 of them."""
    new, dialled = [told_of(one) for one in newcomers], _dialled(session)
    found: list[list[Duplicate]] = []
    for start in range(0, len(new), CHUNK):
        found += _of_chunk(session, new[start : start + CHUNK], dialled, sees)
    return found


def _dialled(session: Session) -> Dialled:
    return Dialled(read.country_of(organization(session)))


def _of_chunk(session: Session, new: Sequence[Told], dialled: Dialled, sees: Sight) -> list[list[Duplicate]]:
    near = candidates(session, new, dialled)
    known = read.some(session, {key for some in near.values() for key in some}, is_listed(sees))
    found: list[list[Duplicate]] = [[] for _ in new]
    for kind in {one.kind for one in new} & {one.kind for one in known}:
        people = [*new, *(one for one in known if one.kind == kind)]
        place_of = {one.id: place for place, one in enumerate(people) if one.id}
        pairs = [
            (place, place_of[key])
            for place, one in enumerate(new)
            if one.kind == kind
            for key in sorted(near.get(place, set()) & place_of.keys())
        ]
        for place, likely in _judged(model_of(session, kind), people, pairs, dialled):
            found[place].append(likely)
    return [sorted(some, key=lambda one: (-one.score, one.id)) for some in found]


def _judged(
    model: Model, people: Sequence[Told], pairs: Sequence[tuple[int, int]], dialled: Dialled
) -> Iterator[tuple[int, Duplicate]]:
    """The place of a newcomer with somebody who may be the same, for each pair that is likely enough."""
    if not pairs:
        return
    roster = enroll(facts_of(one, dialled) for one in people)
    a, b = np.array(pairs, np.int64).T
    patterns = Comparison(roster, model.kind).patterns(a, b)
    rarity = Rarity(roster, model)
    for (new, old), pattern in zip(pairs, patterns.tolist(), strict=True):
        judged = judge(model, pattern, rarity.each(new, pattern))
        if judged.probability >= LEAST or (model.kind == ORGANIZATION and _one_name(people[new], people[old])):
            told = reasons(judged, model.kind, shown_words(roster, model.kind, new, old))
            score = round(judged.probability * 100)
            yield new, Duplicate(people[old].id, people[old].name, score, tuple(map(str, told)))


def _one_name(one: Told, other: Told) -> bool:
    """Whether both are called the same: who enters an organization is told, however many are called so."""
    return bool(one.name) and organization_key(one.name) == organization_key(other.name)
