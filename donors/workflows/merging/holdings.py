"""What hangs on records: how many rows of which kind. For previews, and to tell which of two is the fuller one."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from sqlalchemy import TextClause, bindparam, select, text
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.rollups.refresh import IDS_IN_A_STATEMENT
from donors.workflows.merging.rules import RULES, stays_behind

Place = tuple[str, str]
"""A table and its column that holds a constituent's id."""

WORDS: Mapping[str, str] = {
    "gift": "Gifts",
    "credit": "Credits of gifts",
    "shift": "Shifts",
    "move": "Moves and call reports",
    "prospect": "Prospects",
    "assignment": "Officers",
    "running_plan": "Plans",
    "task": "Tasks",
    "email_address": "E-mail addresses",
    "phone": "Phones",
    "postal_address": "Postal addresses",
    "consent": "Words on consent",
    "household_membership": "Stays in households",
    "relationship": "Relationships",
    "external_id": "Ids in other systems",
    "rating": "Ratings",
    "ruling": "Levels decided by hand",
    "lead": "Leads",
    "outbox": "Mails",
    "sight_grant": "Grants of sight",
}
"""Table → what pages call its rows. Those of other tables go along unnamed."""


def holdings(session: Session, ids: Collection[int]) -> dict[int, Counter[Place]]:
    """Constituent → place → rows there: one statement for 500 of them."""
    found: dict[int, Counter[Place]] = {one: Counter() for one in ids}
    wanted = sorted(found)
    for start in range(0, len(wanted), IDS_IN_A_STATEMENT):
        part = {"ids": wanted[start : start + IDS_IN_A_STATEMENT]}
        for table, column, one, rows in session.execute(_counting(), part):
            found[one][table, column] = rows
    return found


@lru_cache(maxsize=1)
def _counting() -> TextClause:
    """Written out, for it would take long to put together."""
    each = "SELECT '{0}', '{1}', {1}, count(*) FROM {0} WHERE {1} IN :ids GROUP BY {1}"
    counts = (each.format(*place) for place, rule in RULES.items() if rule is not stays_behind)
    return text(" UNION ALL ".join(counts)).bindparams(bindparam("ids", expanding=True))


def in_words(held: Mapping[Place, int]) -> dict[str, int]:
    """What pages say of holdings: words → rows, in the order of WORDS."""
    rows: Counter[str] = Counter()
    for (table, _), count in held.items():
        rows[table] += count
    return {words: rows[table] for table, words in WORDS.items() if rows[table]}


def weights(session: Session, ids: Collection[int], *, columns: Sequence[str]) -> dict[int, int]:
    """Constituent → how many of the columns say something, and how many rows hang on it."""
    held = holdings(session, ids)
    rows = session.scalars(select(Constituent).where(Constituent.id.in_(held)))
    return {row.id: sum(map(bool, (getattr(row, name) for name in columns))) + held[row.id].total() for row in rows}
