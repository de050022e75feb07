"""Choosing a constituent in a form: by the id that the finder filled in, or by what was typed without it."""

from collections.abc import Mapping
from dataclasses import dataclass

from donors.constituents.models import Constituent
from donors.constituents.queries import constituent, reached
from donors.constituents.search import search
from donors.core.db import Session
from donors.web.forms import number
from donors.web.session import viewer

MOST = 8
LONGEST = 100


@dataclass(frozen=True)
class Choice:
    """What a finder holds: somebody chosen (id and name), or what was typed with those who may be meant."""

    chosen: tuple[int, str] | None = None
    typed: str = ""
    candidates: tuple[tuple[int, str, str], ...] = ()

    @property
    def id(self) -> int | None:
        """The id of who was chosen."""
        return self.chosen[0] if self.chosen else None

    @property
    def said(self) -> bool:
        """Whether anybody was named at all."""
        return bool(self.chosen or self.typed)

    @property
    def problem(self) -> str:
        """What to tell somebody who has named a person but chosen none."""
        return "Choose who is meant." if self.candidates else "Nobody answers to this name. Try fewer letters."


def by_id(session: Session, text: str) -> Constituent | None:
    """Whom an address or a form means by an id, if any. Raises NotFound for one that the viewer may not see."""
    found = number(text)
    return None if found is None else constituent(session, found, sees=viewer().sees)


def choice(session: Session, values: Mapping[str, str], name: str, *, kind: str | None = None) -> Choice:
    """Reads the field `name` of a form or an address; to what is typed those of `kind` may answer.

    Raises NotFound for an id that the viewer may not see.
    """
    text, typed = values.get(name, ""), values.get(f"{name}_name", "").strip()[:LONGEST]
    cleared = f"{name}_name" in values and not typed
    if text.isascii() and text.isdigit() and len(text) < 18 and not cleared:
        found = constituent(session, int(text), sees=viewer().sees)
        if typed in ("", found.name):
            return Choice((found.id, found.name), found.name)
        # Without script the id of an earlier choice stays when another name is typed: it counts no longer then.
        candidates = _candidates(session, typed, kind)
        if any(found.id == id_ for id_, _, _ in candidates):
            return Choice((found.id, found.name), found.name)
        return Choice(None, typed, candidates)
    return Choice(None, typed, _candidates(session, typed, kind) if typed else ())


def _candidates(session: Session, typed: str, kind: str | None) -> tuple[tuple[int, str, str], ...]:
    hits = search(session, typed, sees=viewer().sees, kind=kind, limit=MOST)
    at = reached(session, [hit.id for hit in hits])
    return tuple(
        (hit.id, hit.name, " · ".join(filter(None, (at[hit.id].city, at[hit.id].email, hit.why)))) for hit in hits
    )
