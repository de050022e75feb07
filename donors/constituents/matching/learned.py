"""Keeping and reading what was learned."""

from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.constituents.matching.compare import fields_of
from donors.constituents.matching.levels import LEVELS
from donors.constituents.matching.model import Model, Table, sensible
from donors.constituents.matching.models import MatchModel
from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet, insert


def newest(session: Session, kind: str) -> MatchModel | None:
    """The model of a kind that rules; none where none was learned."""
    wanted = select(MatchModel).where(MatchModel.kind == kind).order_by(MatchModel.id.desc()).limit(1)
    return session.scalar(wanted)


def model_of(session: Session, kind: str) -> Model:
    """The model that judges a kind: the learned one, or the sensible one for about as many constituents."""
    row = newest(session, kind)
    found = None if row is None else as_model(kind, row.people, row.learned)
    return found or sensible(kind, session.scalar(select(func.max(Constituent.id))) or 0)


def keep_model(session: Session, model: Model, *, within: ChangeSet) -> MatchModel:
    """Keeps a model; it rules from now on."""
    row = MatchModel(
        kind=model.kind,
        people=model.people,
        found=round(model.found),
        learned=as_json(model),
        learned_at=within.at,
    )
    return insert(session, row, within=within)


def as_json(model: Model) -> dict[str, Any]:
    """A model as JSON holds it."""
    return {
        "fields": [field.key for field in fields_of(model.kind)],
        "duplicates": model.duplicates,
        "homes": model.homes,
        "one": _rounded(model.one),
        "home": _rounded(model.home),
        "strangers": _rounded(model.strangers),
        "common": {
            key: {word: float(f"{share:.3g}") for word, share in some.items()} for key, some in model.common.items()
        },
        "rare": dict(model.rare),
    }


def as_model(kind: str, people: int, told: dict[str, Any]) -> Model | None:
    """A model from JSON; none when it was learned of other fields than those of now."""
    if told["fields"] != [field.key for field in fields_of(kind)] or len(told["one"][0]) != LEVELS:
        return None
    one, home, strangers = (np.array(told[name]) for name in ("one", "home", "strangers"))
    return Model(kind, told["duplicates"], told["homes"], one, home, strangers, told["common"], told["rare"], people)


def _rounded(table: Table) -> list[list[float]]:
    return [[float(f"{share:.4g}") for share in row] for row in table.tolist()]
