"""Starting the plan of a template for several constituents: for few with all tasks, for many by asking for them."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.errors import Blocked
from donors.plans.starting.start import Start, plans_made, start, start_many
from donors.workflows.held_out import with_lots
from donors.workflows.plans import owners

AT_ONCE = 20
"""Where more than these start a plan together, the scheduler makes its tasks."""


def plans_for(
    session: Session, ids: Sequence[int], what: Start, *, within: ChangeSet, together: int | None = None
) -> dict[int, int]:
    """Starts a plan for each who may have one now; constituent → plan. The others are left out.

    The share that the template holds out get theirs on paper only. `together`: how many start it in this act, where
    these are a part of them.
    """
    what = with_lots(session, ids, what)
    if (len(ids) if together is None else together) <= AT_ONCE:
        return _started(session, ids, what, within)
    start_many(session, ids, what, within=within)
    return plans_made(session, ids, template_id=what.template_id, made_in=within.id)


def _started(session: Session, ids: Sequence[int], what: Start, within: ChangeSet) -> dict[int, int]:
    """With its tasks; whoever got one from somebody else this very moment is left out."""
    owner_of = owners(session, ids, on=what.on)
    found = {}
    for one in ids:
        try:
            found[one] = start(session, one, what, owner_of, within=within).id
        except Blocked:
            continue
    return found
