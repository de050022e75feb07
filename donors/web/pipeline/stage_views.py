"""The sheet of a step to another stage: what the stage asks for, what the records prove, and the step itself."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import flash, g, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import open_change
from donors.core.db import Session, current_session
from donors.core.errors import Blocked, Conflict, Invalid
from donors.pipeline.decide import Vouched
from donors.pipeline.evidence.decide import Finding, direction
from donors.pipeline.evidence.queries import findings
from donors.pipeline.evidence.required import OF_ASK, Required, lacking
from donors.pipeline.models import BACK, Prospect, Stage
from donors.pipeline.prospect import Entry
from donors.pipeline.queries.board import card
from donors.pipeline.queries.prospects import prospect
from donors.pipeline.queries.stages import stage_of, stages
from donors.web.forms import number, number_in, refuse, typed
from donors.web.pipeline.forms import StepForm
from donors.web.pipeline.proofs import fill, link, remedy
from donors.web.pipeline.sheet_ask import AskPart, ask_part, write_ask
from donors.web.pipeline.undo_views import carried_out
from donors.web.session import viewer, web_act
from donors.workflows.advance import Advanced, advance
from donors.workflows.plans import Refusal

Page = str | Response | tuple[str, int]
KEPT = ("pipeline", "officer", "only", "sort", "view", "lanes", "match", "f")


@dataclass(frozen=True)
class Asked:
    """What a step to a stage would need: evidence with the records found, and what is not filled in."""

    stage: Stage
    is_back: bool
    findings: tuple[Finding, ...] = ()
    lacking: tuple[Required, ...] = ()

    @property
    def barring(self) -> tuple[Required, ...]:
        """What has to be filled in elsewhere first: the sheet itself takes what belongs to an ask."""
        return tuple(one for one in self.lacking if one not in OF_ASK)

    @property
    def missing(self) -> tuple[Finding, ...]:
        """What no record proves."""
        return tuple(one for one in self.findings if one.proof is None)


def stage(prospect_id: int) -> Page:
    """Shows the sheet, or makes the step; cards that are dropped further back send it at once."""
    session = current_session()
    found = prospect(session, prospect_id, sees=viewer().sees)
    form = StepForm(request.form, data={"version": found.version, "entered_on": g.today})
    wanted = number(request.values.get("stage", ""))
    to = _next(session, found) if wanted is None else stage_of(session, wanted)
    part = _part(session, found, to)
    if request.method == "GET" or not _fit(form, part):
        return _sheet(found, to, form, 200 if request.method == "GET" else 422, part=part)
    try:
        return _step(session, found, to, form, part)
    except Conflict:
        return _sheet(found, to, form, 409, part=part, conflict=f"You wanted to move the prospect to {to.name}.")
    except Invalid as error:
        refuse(part.form if part and error.field in part.form else form, error)
    except Blocked as error:
        form.form_errors.append(error.message)
    return _sheet(found, to, form, 422, part=part)


def _part(session: Session, found: Prospect, to: Stage) -> AskPart | None:
    asked = asked_by(session, found, to)
    return None if asked.is_back else ask_part(session, found, to, asked.lacking)


def _fit(form: StepForm, part: AskPart | None) -> bool:
    return form.validate() and (part is None or part.form.validate())


def _step(session: Session, found: Prospect, to: Stage, form: StepForm, part: AskPart | None) -> Page:
    confirmed = frozenset(filter(None, map(number, request.form.getlist("confirmed"))))
    vouched = Vouched(confirmed, typed(form.claim))
    entry = Entry(form.entered_on.data or g.today, to.id, typed(form.why), vouched)
    within = open_change(session, "prospect.advance", act=web_act(entry.why))
    with session.begin_nested():
        if part and part.is_filled:
            write_ask(session, found, part, within=within)
        moved = advance(session, found.id, entry, within=within, expect=number_in(form.version))
    say_plan(moved)
    shown = card(session, found.id, on=g.today, sees=viewer().sees)
    name = shown.name if shown else "The prospect"
    return carried_out(within, back(found.id), f"{name} is in {to.name} now.")


def say_plan(moved: Advanced) -> None:
    """Tells what became of the plan of a stage."""
    if isinstance(moved.plan, Refusal):
        flash("The stage’s plan was not started: " + " ".join(moved.plan.reasons), "warn")
    elif moved.plan is not None:
        flash("The stage’s plan was started.", "good")


def back(prospect_id: int) -> str:
    """A step from the board or the list leads back there, one from the prospect to the prospect."""
    places = {"board": ".board_page", "list": ".list_page"}
    if request.args.get("from") not in places:
        return url_for("pipeline.prospect_page", prospect_id=prospect_id)
    kept = [(name, value) for name in KEPT for value in request.args.getlist(name)]
    return f"{url_for(places[request.args['from']])}?{urlencode(kept)}"


def asked_by(session: Session, found: Prospect, to: Stage) -> Asked:
    """What a stage asks for, before a prospect enters it today."""
    here = stage_of(session, found.stage_id)
    if direction(here.position, to.position) == BACK or to.id == here.id:
        return Asked(to, is_back=True)
    sought = findings(session, [found.id], to.id, on=g.today, sees=viewer().sees)[found.id]
    without = lacking(session, [found.id], to.required, on=g.today)
    return Asked(to, is_back=False, findings=sought, lacking=without.get(found.id, ()))


def next_stage(ladder: tuple[Stage, ...], stage_id: int) -> Stage | None:
    """The stage after one, if any."""
    places = [one.id for one in ladder]
    at = places.index(stage_id) + 1 if stage_id in places else 0
    return ladder[at] if at < len(ladder) else None


def _next(session: Session, found: Prospect) -> Stage:
    ladder = tuple(stages(session, found.pipeline_id))
    return next_stage(ladder, found.stage_id) or ladder[-1]


def _sheet(
    found: Prospect, to: Stage, form: StepForm, status: int, *, part: AskPart | None, conflict: str = ""
) -> Page:
    session = current_session()
    kept = [(name, value) for name in ("from", *KEPT) for value in request.args.getlist(name)]
    page = render_template(
        "pipeline/stage.html",
        card=card(session, found.id, on=g.today, sees=viewer().sees),
        asked=asked_by(session, found, to),
        form=form,
        its_ask=part,
        fill=fill,
        ladder=[one for one in stages(session, found.pipeline_id) if one.id != found.stage_id],
        confirmed={number(one) for one in request.form.getlist("confirmed")},
        conflict=conflict,
        kept=kept,
        query=urlencode(kept),
        back=back(found.id),
        link=link,
        remedy=remedy,
    )
    return page if status == 200 else (page, status)
