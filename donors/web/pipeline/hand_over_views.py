"""Handing a portfolio over: to whom, a proposal for each constituent that can be changed, then one act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, render_template, request, url_for

from donors.accounts.models import User
from donors.accounts.queries import user
from donors.core.changes import ChangeSet, open_change
from donors.core.db import Session, current_session
from donors.core.errors import Invalid
from donors.core.paging import Part
from donors.pipeline.assign import PRIMARY
from donors.pipeline.decide import ROLES
from donors.pipeline.portfolios.belongings import Belongings, belongings
from donors.pipeline.portfolios.cautions import homes, loads
from donors.pipeline.portfolios.holdings import Holding, holdings
from donors.pipeline.portfolios.load import limits_of, share, warned
from donors.pipeline.queries.portfolio import sizes
from donors.pipeline.queries.prospects import officers
from donors.web.answer import done
from donors.web.charges import limits
from donors.web.filters import plural
from donors.web.forms import number
from donors.web.pipeline.prospect_views import Page
from donors.web.session import viewer, web_act
from donors.workflows.hand_over import Handed, Handing
from donors.workflows.hand_over import hand_over as carry_out

MOST = 1000


@dataclass(frozen=True)
class Proposed:
    """Who hands over, who could take and who does, the rows that are meant, to whom each would go (id → officer)."""

    giver: User
    able: Sequence[User]
    takers: Sequence[User]
    rows: Sequence[Holding]
    to: Mapping[int, int]
    stage: str


def hand_over(user_id: int) -> Page:
    """The proposal and the act. Raises NotFound."""
    session = current_session()
    # Opened before anything is read: a form that was sent before leads to what it did then.
    acts = request.method == "POST" and not request.form.get("look")
    within = open_change(session, "portfolio.hand_over", act=web_act(_reason())) if acts else None
    found = _proposed(session, user(session, user_id))
    if within is None or not found.to:
        return _shown(session, found), 422 if within is not None else 200
    try:
        handed = carry_out(session, Handing(user_id, found.to, g.today, _reason()), within=within)
    except Invalid as error:
        return _shown(session, found, error), 422
    return _done(found, handed, within)


def _reason() -> str:
    return request.values.get("reason", "")[:300]


def _proposed(session: Session, giver: User) -> Proposed:
    every = holdings(session, giver.id, Part(MOST, sort="name"), on=g.today, sees=viewer().sees)
    stage = request.values.get("stage", "")
    rows = [row for row in every if not stage or stage in {place.stage.name for place in row.places}]
    able = [one for one in officers(session) if one.id != giver.id]
    wanted = {number(text) for text in request.values.getlist("taker")}
    takers = [one for one in able if one.id in wanted]
    ids = list(dict.fromkeys(row.assignment.constituent_id for row in rows))
    to = _sent(ids, {one.id for one in able}) if request.method == "POST" else _shared(session, ids, takers)
    return Proposed(giver, able, takers, rows, to, stage)


def _sent(ids: Sequence[int], able: set[int]) -> dict[int, int]:
    """To whom each goes, as the form says."""
    said = {one: number(request.form.get(f"to-{one}", "")) for one in ids}
    return {one: officer for one, officer in said.items() if officer in able and officer is not None}


def _shared(session: Session, ids: Sequence[int], takers: Sequence[User]) -> dict[int, int]:
    """Shared out with homes together, the least loaded first; nothing without takers."""
    if not takers:
        return {}
    held = sizes(session, on=g.today)
    return share(_units(ids, homes(session, ids)), {one.id: held.get(one.id, 0) for one in takers})


def _units(ids: Sequence[int], pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The constituents, those of one home together."""
    mates: dict[int, set[int]] = {}
    for one, other in pairs:
        mates.setdefault(one, set()).add(other)
    left, units = dict.fromkeys(ids), list[list[int]]()
    while left:
        unit, todo = [], [next(iter(left))]
        while todo:
            one = todo.pop()
            if one in left:
                del left[one]
                unit.append(one)
                todo += mates.get(one, ())
        units.append(unit)
    return units


def _done(found: Proposed, handed: Handed, within: ChangeSet) -> Page:
    there = url_for("constituents.chosen_result", change_set_id=within.id)
    answer = done(within, there)
    left: dict[str, int] = {}
    for why in handed.refused.values():
        left[why] = left.get(why, 0) + 1
    said = f"{found.giver.name} handed {plural(handed.constituents, 'constituent')} over{_with(handed.along)}."
    back = url_for(".holdings", user_id=found.giver.id)
    within.outcome = {"location": there, "chosen": said, "left": left, "back": back, "from": "Portfolio"}
    return answer


def _with(along: Belongings) -> str:
    counted = ((along.tasks, "task"), (along.moves, "planned move"), (along.asks, "open ask"))
    told = [plural(count, word) for count, word in counted if count]
    return f", with {', '.join(told)}" if told else ""


def _shown(session: Session, found: Proposed, error: Invalid | None = None) -> str:
    ids = [row.assignment.constituent_id for row in found.rows]
    theirs = belongings(session, ids, found.giver.id)
    changes = loads(session, found.to, PRIMARY, on=g.today) if found.to else ()
    held = sizes(session, on=g.today)
    told: dict[str, Any] = {
        "found": found,
        "theirs": theirs,
        "along": sum((theirs.get(one, Belongings()) for one in found.to), Belongings()),
        "loads": changes,
        "cautions": [said for each in changes if (said := warned(each, limits_of(g.organization)))],
        "held": held,
        "limits": limits(),
        "roles": ROLES,
        "stages": list(dict.fromkeys(place.stage.name for row in found.rows for place in row.places)),
        "reason": _reason(),
        "error": error,
        "nobody": request.method == "POST" and not found.to,
    }
    return render_template("pipeline/hand_over.html", **told)
