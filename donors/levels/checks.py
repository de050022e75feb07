"""Whether the criteria of tracks can be: fields that there are, no circle, nothing gone that others ask for."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from donors.core.criteria.parse import from_json, to_json
from donors.core.errors import Blocked, Invalid
from donors.core.fields import REGISTRY
from donors.core.settings import organization
from donors.levels.compile import SUBJECT
from donors.levels.decide import Band
from donors.levels.ladders import Ladder, ladders
from donors.levels.models import Track
from donors.levels.turns import check_no_circle, field_name, leans_on


def check_criteria(session: Session, tree: dict[str, Any] | None, *, of: str) -> dict[str, Any] | None:
    """Criteria over fields of constituents as they are kept. `of` names the level (empty: the whole track).

    Raises Invalid that names the level.
    """
    if not tree:
        return None
    fields, here = REGISTRY.fields(session, SUBJECT), organization(session)
    try:
        return to_json(from_json(tree, fields, here), fields, here)
    except Invalid as error:
        field = f"criteria of {of}" if of else "criteria"
        raise Invalid(field, error.value, f"({error.field}) {error.problem}", error.remedy) from error


def text_of(tree: dict[str, Any] | None) -> str:
    """Criteria as a band carries them."""
    return json.dumps(tree, sort_keys=True) if tree else ""


def check_leaning(session: Session, track: Track, bands: Sequence[Band], trees: Iterable[dict[str, Any]]) -> None:
    """Raises Invalid: the track would depend on its own level, or a level goes that other tracks ask for by name."""
    known = ladders(session)
    whole = json.dumps({"all": list(trees)})
    changed = tuple(replace(one, criteria=whole, bands=()) if one.id == track.id else one for one in known)
    check_no_circle(changed)
    own = next((one for one in known if one.id == track.id), None)
    if own is not None:
        _check_names(own, known, {band.name for band in bands})


def _check_names(own: Ladder, known: tuple[Ladder, ...], names: set[str]) -> None:
    gone = {band.name for band in own.bands} - names
    field = field_name(own, known.index(own))
    for other in known:
        asked = gone & {value for tree in _trees(other) for value in _values(tree, field)}
        if other.id != own.id and asked:
            problem = f"is asked for by the criteria of the track {other.name}"
            raise Invalid("level name", min(asked), problem, "Change those criteria first.")


def _trees(ladder: Ladder) -> Iterator[Any]:
    return (json.loads(text) for text in (ladder.criteria, *(band.criteria for band in ladder.bands)) if text)


def _values(part: Any, field: str) -> Iterator[str]:
    if isinstance(part, list):
        for one in part:
            yield from _values(one, field)
    elif isinstance(part, dict):
        if part.get("field") == field:
            value = part.get("value")
            yield from value if isinstance(value, list) else [str(value)]
        yield from _values([value for name, value in part.items() if name in ("all", "any", "not")], field)


def check_retiring(session: Session, track: Track) -> None:
    """Raises Blocked where the criteria of other tracks ask for the level on this one, or would ask for another's."""
    known = ladders(session)
    left = tuple(one for one in known if one.id != track.id)
    needing = [
        one.name for one in left if leans_on(one, known) != leans_on(one, left) or track.id in leans_on(one, known)
    ]
    if needing:
        reason = f"The criteria of {', '.join(needing)} ask for levels by it. Change those first."
        raise Blocked("This cannot be done", (reason,))
