"""Who was chosen from the list: rows by their boxes, or all that answer to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from werkzeug.datastructures import MultiDict

from donors.constituents.queries import constituents
from donors.core.db import Session
from donors.segments.members import all_members
from donors.web.constituents.asked import here_asked
from donors.web.constituents.list_views import numbers
from donors.web.session import viewer
from donors.workflows.chosen import Outlook

SHOWN, LEFT = 12, 60
"""Names of those whom an act reaches, and of those who are left out for one reason."""
LARGEST = 20_000


@dataclass(frozen=True)
class Chosen:
    """The chosen: their ids; whether they are all of a list, and its sentence; whether there are too many."""

    ids: tuple[int, ...]
    everybody: bool
    sentence: str
    too_many: bool = False


def chosen(session: Session, values: MultiDict[str, str], *, on: date) -> Chosen:
    """Reads the boxes of a form or an address; only those whom the viewer sees."""
    asked = here_asked(session)
    if not values.get("everybody"):
        ids = numbers(values.getlist("ids"))
        seen = constituents(session, ids, sees=viewer().sees)
        return Chosen(tuple(dict.fromkeys(seen[one].id for one in ids if one in seen)), False, "")
    rows = all_members(session, asked.wanted, asked.paging, sees=viewer().sees, on=on)
    ids = [row.id for row in islice(rows, LARGEST + 1)]
    return Chosen(tuple(ids[:LARGEST]), True, asked.sentence, len(ids) > LARGEST)


@dataclass(frozen=True)
class Some:
    """Some of many, by name, for a line on a page."""

    names: tuple[tuple[int, str], ...]
    more: int


def some(session: Session, ids: Sequence[int], *, shown: int = SHOWN) -> Some:
    """The first of some constituents by name."""
    found = constituents(session, ids[:shown], sees=viewer().sees)
    names = tuple((one, found[one].name) for one in ids[:shown] if one in found)
    return Some(names, len(ids) - len(names))


def named(session: Session, outlook: Outlook) -> Mapping[str, tuple[int, Some]]:
    """Those who are left out: reason → how many, and the first of them."""
    return {reason: (len(ids), some(session, ids, shown=LEFT)) for reason, ids in outlook.left_out.items()}
