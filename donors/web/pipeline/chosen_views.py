"""Many prospects to another stage: a page that says what will become of whom, then the act, then the way back."""

from dataclasses import dataclass

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import open_change
from donors.core.db import Session, current_session
from donors.core.errors import HouseError, NotFound
from donors.pipeline.decide import Vouched
from donors.pipeline.evidence.models import CLAIMED
from donors.pipeline.models import BACK, Stage
from donors.pipeline.prospect import Entry
from donors.pipeline.queries.board import ids, seen_of
from donors.pipeline.queries.stages import stages
from donors.pipeline.steps import Step
from donors.web.answer import done
from donors.web.filters import plural
from donors.web.forms import number
from donors.web.pipeline.asked import Asked, asked
from donors.web.session import viewer, web_act
from donors.workflows.advance_many import advance_many, outlook

Page = str | Response | tuple[str, int]
MOST, SHOWN = 2000, 12


@dataclass(frozen=True)
class Foreseen:
    """What would become of the chosen: prospect id → name, the steps that would be made, reason → who is left out."""

    names: dict[int, str]
    steps: dict[int, Step]
    left: dict[str, list[str]]

    @property
    def back(self) -> int:
        """How many would go a step back."""
        return sum(step.how == BACK for step in self.steps.values())

    @property
    def claimed(self) -> int:
        """For how many something would be claimed."""
        return sum(any(one.how == CLAIMED for one in step.met) for step in self.steps.values())


def choose() -> Page:
    """Leads the chosen rows to the page of the act."""
    session = current_session()
    wanted = asked(session)
    rows = {"everybody": "yes"} if request.form.get("everybody") else {"ids": request.form.getlist("ids")}
    return redirect(url_for(".chosen_stage", **wanted.exactly, **rows), 303)


def chosen_stage() -> Page:
    """All of the chosen to one stage."""
    session = current_session()
    # Opened before anything is read: a form that was sent before leads to what it did then.
    within = open_change(session, "prospects.advance", act=web_act()) if request.method == "POST" else None
    wanted = asked(session)
    ladder = list(stages(session, wanted.pipeline.id))
    if not ladder:
        raise NotFound("stage of the pipeline", wanted.pipeline.id)
    to = _stage(ladder)
    claim = request.values.get("claim", "").strip()[:300]
    entry = Entry(g.today, to.id, request.values.get("why", "").strip()[:300], Vouched(claim=claim))
    found = _foreseen(session, _chosen(session, wanted), entry)
    agreed = request.form.get("agreed") == str(len(found.steps))
    if within is not None and agreed and found.steps and len(found.names) <= MOST:
        made = advance_many(session, list(found.steps), entry, within=within)
        also = f" For {made.without_plan} the stage’s plan did not start." if made.without_plan else ""
        said = f"{plural(len(made.moved), 'prospect')} moved to {to.name}.{also}"
        there = url_for("constituents.chosen_result", change_set_id=within.id)
        answer = done(within, there)
        left = {reason: len(names) for reason, names in found.left.items()}
        back = url_for(".list_page", **wanted.exactly)
        within.outcome = {"location": there, "chosen": said, "left": left, "back": back}
        return answer
    page = render_template(
        "pipeline/chosen.html",
        found=found,
        to=to,
        ladder=ladder,
        claim=claim,
        why=entry.why,
        wanted=wanted,
        chosen=list(found.names),
        everybody=bool(request.values.get("everybody")),
        too_many=len(found.names) > MOST,
        most=MOST,
        shown=SHOWN,
        moved=within is not None,
        back=url_for(".list_page", **wanted.exactly),
    )
    return page if within is None else (page, 409)


def _stage(ladder: list[Stage]) -> Stage:
    named = number(request.values.get("to", ""))
    return next((one for one in ladder if one.id == named), ladder[min(1, len(ladder) - 1)])


def _chosen(session: Session, wanted: Asked) -> dict[int, str]:
    """Prospect id → name, of those whom the viewer sees."""
    seen = viewer().sees
    if request.values.get("everybody"):
        return seen_of(session, ids(session, wanted.sieve, on=g.today, sees=seen, limit=MOST + 1), sees=seen)
    given = [number(one) for one in request.values.getlist("ids")]
    return seen_of(session, [one for one in given if one is not None][: MOST + 1], sees=seen)


def _foreseen(session: Session, names: dict[int, str], entry: Entry) -> Foreseen:
    steps: dict[int, Step] = {}
    left: dict[str, list[str]] = {}
    for prospect_id, step in outlook(session, list(names), entry).items() if len(names) <= MOST else ():
        if isinstance(step, HouseError):
            left.setdefault(step.message, []).append(names[prospect_id])
        else:
            steps[prospect_id] = step
    return Foreseen(names, steps, left)
