"""Several tasks at once, chosen from a list: completing, putting off, handing over, skipping, and the way back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form

from donors.core.changes import ChangeSet, open_change
from donors.core.db import current_session
from donors.core.errors import Invalid, NotFound
from donors.plans.queries.after import plans_over
from donors.plans.queries.mine import tasks_by_id
from donors.plans.queries.tasks import TaskLine
from donors.plans.running.close import Completion
from donors.plans.running.put_off import Snooze, snooze_many
from donors.plans.running.task import Handover, hand_over_many
from donors.web.answer import done
from donors.web.door import local_path
from donors.web.filters import plural
from donors.web.forms import number, refuse, typed
from donors.web.plans.chosen_forms import CloseForm, PassOnForm, SkipForm, SnoozeForm
from donors.web.plans.forms import CHOOSE, ends
from donors.web.plans.later import chosen_day, days_to_choose, next_working_day
from donors.web.plans.people import handed_word, takers
from donors.web.plans.undo_views import carried_out
from donors.web.session import viewer, web_act
from donors.workflows.tasks import close_tasks

Page = str | Response | tuple[str, int]
MOST = 200
NOTHING: Mapping[int, str] = {}
Carry = Callable[[Sequence[int], Any, ChangeSet], dict[int, str]]


@dataclass(frozen=True)
class Act:
    """What can be done with several tasks: its words, the kind of its change, its form, and how it is carried out.

    `carry` returns task → why it was left as it is.
    """

    title: str
    past: str
    kind: str
    form: type[Form]
    carry: Carry


def _close(ids: Sequence[int], form: Any, within: ChangeSet) -> dict[int, str]:
    how = Completion(g.today, typed(form.outcome), None, typed(form.result))
    return close_tasks(current_session(), ids, how, within=within)


def _snooze(ids: Sequence[int], form: Any, within: ChangeSet) -> dict[int, str]:
    how = Snooze(chosen_day(form.until), typed(form.reason), g.today)
    return snooze_many(current_session(), ids, how, within=within)


def _pass_on(ids: Sequence[int], form: Any, within: ChangeSet) -> dict[int, str]:
    how = Handover(form.owner.data, handed_word(typed(form.word)))
    return hand_over_many(current_session(), ids, how, within=within)


def _skip(ids: Sequence[int], form: Any, within: ChangeSet) -> dict[int, str]:
    return close_tasks(current_session(), ids, Completion(g.today, typed(form.reason)), within=within, skipped=True)


ACTS = {
    "done": Act("Mark them done", "marked done", "task.complete", CloseForm, _close),
    "snooze": Act("Put them off", "put off", "task.snooze", SnoozeForm, _snooze),
    "hand-over": Act("Hand them over", "handed over", "task.owner", PassOnForm, _pass_on),
    "skip": Act("Skip them", "skipped", "task.skip", SkipForm, _skip),
}
"""Word in the address → act."""


def choose_tasks() -> Response:
    """Takes the ticked boxes of a list to the page of an act."""
    act = request.form.get("act", "")
    if act not in ACTS:
        raise NotFound("act", act[:40])
    ids = request.form.getlist("ids")[:MOST]
    return redirect(url_for(".chosen_tasks", act=act, ids=ids, back=_back()), 303)


def chosen_tasks(act: str) -> Page:
    """What is to be said about the chosen tasks; then it is done to all of them."""
    if act not in ACTS:
        raise NotFound("act", act[:40])
    chosen, session = ACTS[act], current_session()
    # Opened before anything is read: a form that was sent before leads to what it did then.
    within = open_change(session, chosen.kind, act=web_act()) if request.method == "POST" else None
    ids = [each for each in map(number, request.values.getlist("ids")[:MOST]) if each is not None]
    lines = tasks_by_id(session, ids, sees=viewer().sees)
    form = _form(chosen, lines)
    if within is None:
        return _page(chosen, form, lines)
    if not lines or not form.validate():
        return _page(chosen, form, lines), 422
    try:
        refused = chosen.carry([line.task.id for line in lines], form, within)
    except Invalid as error:
        refuse(form, error)
        return _page(chosen, form, lines), 422
    if len(refused) == len(lines):
        form.form_errors.append(f"No task was {chosen.past}.")
        return _page(chosen, form, lines, refused), 422
    return _told(chosen, within, lines, refused)


def _page(act: Act, form: Form, lines: Sequence[TaskLine], refused: Mapping[int, str] = NOTHING) -> str:
    """The page of an act. `refused`: task → why nothing was done to it."""
    asking = sum(line.asks for line in lines) if act.form is CloseForm else 0
    return render_template(
        "plans/chosen.html",
        act=act,
        form=form,
        lines=lines,
        asking=asking,
        days=days_to_choose() if act.form is SnoozeForm else [],
        refused=refused,
        back=_back(),
    )


def _told(act: Act, within: ChangeSet, lines: Sequence[TaskLine], refused: dict[int, str]) -> Response:
    """Back to the list with a way to take it back; or to a page that says what was left out and why."""
    touched = [line.task for line in lines if line.task.id not in refused]
    said = f"{plural(len(touched), 'task')} {act.past}."
    over = plans_over(current_session(), {each.plan_id for each in touched if each.plan_id is not None})
    said += f" With that, {plural(over, 'plan')} {'is' if over == 1 else 'are'} over." if over else ""
    if not refused:
        return carried_out(within, _back(), said)
    there = url_for("constituents.chosen_result", change_set_id=within.id)
    answer = done(within, there)
    left: dict[str, int] = {}
    for reason in refused.values():
        left[reason] = left.get(reason, 0) + 1
    within.outcome = {"location": there, "chosen": said, "left": left, "back": _back(), "from": "Tasks"}
    return answer


def _form(act: Act, lines: Sequence[TaskLine]) -> Any:
    form: Any = act.form(request.form or None, data={"until": next_working_day()})
    if act.form is PassOnForm:
        mine = all(line.task.owner_id == viewer().id for line in lines)
        form.owner.choices = takers(but=viewer().id if mine else None)
    if act.form is CloseForm and any(line.asks for line in lines):
        all_ask = all(line.asks for line in lines)
        form.result.choices = ends(CHOOSE if all_ask else "done; those that ask how they ended stay open")
    return form


def _back() -> str:
    return local_path(request.values.get("back"), url_for(".tasks_page"))
