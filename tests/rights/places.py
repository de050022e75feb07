"""Where a word stands in a whole database: in every text, JSON and packed column of all tables."""

import json
import zlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import JSON, LargeBinary, String, select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, remove
from donors.core.db import Base
from donors.rights.gather import about
from donors.rights.held import GOES, HELD
from tests.constituents.people import change

WORD = "quetzal"
CODES = {"kind", "channel", "key", "source", "state", "status", "purpose", "method", "outcome", "country", "granted"}
"""Texts in which a word of the program's own stands."""


def everything(session: Session) -> Iterator[tuple[str, str]]:
    """(table.column, text) of every text, JSON and packed column of all tables, folded."""
    session.expire_all()
    for table in Base.metadata.sorted_tables:
        columns = [one for one in table.c if isinstance(one.type, String | JSON | LargeBinary)]
        for row in session.execute(select(*columns)) if columns else ():
            for column, value in zip(columns, row, strict=True):
                if value is not None:
                    yield f"{table.name}.{column.name}", spelled(value).lower()


def spelled(value: Any) -> str:
    """A value as text; packed ones are unpacked."""
    if isinstance(value, bytes):
        return (zlib.decompress(value) if value[:1] == b"x" else value).decode()
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def places(session: Session, word: str = WORD) -> set[str]:
    """Where the word stands."""
    return {place for place, text in everything(session) if word in text}


def said(what: str) -> str:
    """A text with the word in it."""
    return f"{WORD} {what}"


def say_again(session: Session, constituent_id: int) -> ChangeSet:
    """Changes every text about somebody, and takes rows away: before-images hold all that was said."""
    later = change(session, "test.later")
    models = {one.local_table.name: one.class_ for one in Base.registry.mappers}
    for held in HELD:
        model = models.get(held.table)
        if model is None or not held.owns or not hasattr(model, "created_in"):
            continue
        texts = [one.name for one in held.rows.c if isinstance(one.type, String) and one.name not in CODES]
        planted = [one for one in texts if held.fate == GOES or (one in held.fills and one != "name")]
        for row in session.scalars(select(model).where(about(held, [constituent_id])).order_by(model.id)).all():
            if any(WORD in str(getattr(row, name) or "").lower() for name in texts):
                amend(session, row, within=later, **{name: said(f"again {name} {row.id}") for name in planted})
    for model in (models["email_address"], models["rating"], models["relationship"]):
        for row in session.scalars(select(model).where(model.constituent_id == constituent_id)).all():
            remove(session, row, within=later)
    session.flush()
    return later
