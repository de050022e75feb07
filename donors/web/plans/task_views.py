"""Tasks: the list, one of them, completing, skipping, opening again, another date, another owner, one's own."""

from datetime import timedelta
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import Form

from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Blocked, Conflict, Invalid
from donors.core.paging import read_paging
from donors.mail.queries import mail_of_step
from donors.plans.models import CLOSED
from donors.plans.queries.tasks import SHOWN, TaskFilter, TaskLine, count_tasks, task, tasks
from donors.plans.running import task as writing
from donors.plans.running.close import Completion
from donors.plans.running.put_off import Snooze, snooze
from donors.plans.running.queues import take
from donors.plans.running.reopen import reopen as open_again
from donors.plans.running.task import Handover, OwnTask
from donors.web.answer import done
from donors.web.choose import by_id
from donors.web.door import local_path
from donors.web.forms import number_in, refuse, typed
from donors.web.plans.about import about
from donors.web.plans.ended import ended
from donors.web.plans.forms import CHOOSE, DateForm, EndForm, OwnerForm, PutOffForm, TaskForm, ends
from donors.web.plans.later import chosen_day, days_to_choose, next_working_day
from donors.web.plans.people import handed_word, owner_options, takers
from donors.web.plans.undo_views import carried_out
from donors.web.session import viewer, web_act
from donors.workflows.tasks import complete_task, skip_task

Page = str | Response | tuple[str, int]
PER_PAGE = 50


def tasks_page() -> str:
    """Tasks of the viewer, of all, or of nobody."""
    session, seen = current_session(), viewer().sees
    shown = request.args.get("show", "open")
    shown = shown if shown in SHOWN else "open"
    whose = request.args.get("whose", "mine")
    text, sort = request.args.get("q", "").strip()[:100], request.args.get("sort", "")[:20]
    owner_id = viewer().id if whose == "mine" else None
    which = TaskFilter(shown, owner_id, unowned=whose == "nobody", text=text, sort=sort)
    number = read_paging(request.args.get("page"), None, None, fields=()).number
    return render_template(
        "plans/tasks.html",
        rows=tasks(session, which, on=g.today, sees=seen, limit=PER_PAGE, offset=(number - 1) * PER_PAGE),
        total=count_tasks(session, which, on=g.today, sees=seen),
        page=number,
        per_page=PER_PAGE,
        shown=shown,
        q=which.text,
        sort=which.sort or ("-ended" if shown in CLOSED else "due"),
        whose=whose if whose in ("mine", "all", "nobody") else "mine",
        words=SHOWN,
    )


def new_task() -> Page:
    """A task that belongs to no plan."""
    session = current_session()
    about = by_id(session, request.values.get("constituent", ""))
    first = {"due_on": g.today + timedelta(days=1), "owner": viewer().id, "constituent": str(about.id) if about else ""}
    form = TaskForm(request.form, data=first)
    form.owner.choices = owner_options()
    if request.method == "POST" and form.validate():
        try:
            within = open_change(session, "task.add", act=web_act())
            own = OwnTask(
                typed(form.subject),
                form.due_on.data or g.today,
                form.owner.data,
                about.id if about else None,
                typed(form.note),
            )
            writing.add(session, own, within=within)
            return done(within, _after(url_for(".tasks_page")), "The task is on the list.")
        except Invalid as error:
            refuse(form, error)
    page = render_template("plans/new_task.html", form=form, about=about, next=request.values.get("next", ""))
    return page if request.method == "GET" else (page, 422)


def task_page(task_id: int) -> Page:
    """One task and what can be done with it."""
    return _page(task_id)


def complete(task_id: int) -> Page:
    """Marks a task done."""
    return _end(task_id, "task.complete", skips=False)


def skip(task_id: int) -> Page:
    """Skips a task; the steps after it go on."""
    return _end(task_id, "task.skip", skips=True)


def _end(task_id: int, kind: str, *, skips: bool) -> Page:
    session = current_session()
    task(session, task_id, sees=viewer().sees)
    form = EndForm(request.form)
    if not form.validate():
        return _page(task_id, form), 422
    how = Completion(g.today, typed(form.outcome), number_in(form.version), typed(form.result))
    try:
        within = open_change(session, kind, act=web_act(how.outcome if skips else ""))
        closed = (skip_task if skips else complete_task)(session, task_id, how, within=within)
    except (Conflict, Blocked) as error:
        return _page(task_id, form, error.message), 409
    except Invalid as error:
        refuse(form, error)
        return _page(task_id, form), 422
    return carried_out(within, _after(url_for(".task_page", task_id=task_id)), ended(closed, skipped=skips))


def reopen(task_id: int) -> Page:
    """Opens a closed task again."""
    session = current_session()
    line = task(session, task_id, sees=viewer().sees)
    try:
        within = open_change(session, "task.reopen", act=web_act())
        open_again(session, task_id, within=within, on=g.today)
    except Blocked as error:
        return _page(task_id, None, error.message), 409
    return carried_out(within, _after(url_for(".task_page", task_id=task_id)), f"{line.task.subject} is open again.")


def re_date(task_id: int) -> Page:
    """Sets another due date; waiting steps after it move with it."""
    session = current_session()
    task(session, task_id, sees=viewer().sees)
    form = DateForm(request.form)
    if not form.validate() or form.due_on.data is None:
        return _page(task_id, form), 422
    try:
        within = open_change(session, "task.date", act=web_act())
        writing.re_date(session, task_id, form.due_on.data, within=within, expect=number_in(form.version))
    except (Conflict, Blocked) as error:
        return _page(task_id, form, error.message), 409
    return carried_out(within, _after(url_for(".task_page", task_id=task_id)), "The task has a new day.")


def put_off(task_id: int) -> Page:
    """Puts a task off until a day, with the reason."""
    session = current_session()
    task(session, task_id, sees=viewer().sees)
    form = PutOffForm(request.form)
    if not form.validate() or form.until.data is None:
        return _page(task_id, form), 422
    how = Snooze(chosen_day(form.until), typed(form.reason), g.today)
    try:
        within = open_change(session, "task.snooze", act=web_act(how.reason))
        snooze(session, task_id, how, within=within, expect=number_in(form.version))
    except (Conflict, Blocked) as error:
        return _page(task_id, form, error.message), 409
    except Invalid as error:
        refuse(form, error)
        return _page(task_id, form), 422
    return carried_out(within, _after(url_for(".task_page", task_id=task_id)), "The task may wait.")


def take_it(task_id: int) -> Page:
    """Takes a task out of a queue of the viewer's."""
    session = current_session()
    line = task(session, task_id, sees=viewer().sees)
    try:
        within = open_change(session, "task.take", act=web_act())
        take(session, task_id, by=viewer().id, within=within)
    except Blocked as error:
        return _page(task_id, None, error.message), 409
    return carried_out(within, _after(url_for(".task_page", task_id=task_id)), f"{line.task.subject} is yours.")


def hand_over(task_id: int) -> Page:
    """Gives a task to somebody else, or back to the queue that it came from."""
    session = current_session()
    line = task(session, task_id, sees=viewer().sees)
    form = OwnerForm(request.form)
    form.owner.choices = _takers(line)
    if not form.validate():
        return _page(task_id, form), 422
    try:
        within = open_change(session, "task.owner", act=web_act())
        how = Handover(form.owner.data or None, handed_word(typed(form.word)))
        writing.hand_over(session, task_id, how, within=within, expect=number_in(form.version))
    except (Conflict, Blocked) as error:
        return _page(task_id, form, error.message), 409
    return carried_out(within, _after(url_for(".task_page", task_id=task_id)), "The task is handed over.")


def _after(otherwise: str) -> str:
    return local_path(request.form.get("next"), otherwise)


def _page(task_id: int, sent: Form | None = None, refusal: str = "") -> str:
    """The page, with the form that was sent as it was typed."""
    line = task(current_session(), task_id, sees=viewer().sees)
    here = MultiDict({"version": str(line.task.version)})
    forms: dict[str, Any] = {
        "end": EndForm(here),
        "date": DateForm(data={"version": str(line.task.version), "due_on": line.task.due_on}),
        "later": PutOffForm(data={"version": str(line.task.version), "until": next_working_day()}),
        "owner": OwnerForm(
            data={
                "version": str(line.task.version),
            }
        ),
    }
    names = {EndForm: "end", DateForm: "date", PutOffForm: "later", OwnerForm: "owner"}
    if sent is not None:
        forms[names[type(sent)]] = sent
    forms["owner"].owner.choices = _takers(line)
    if line.asks:
        forms["end"].result.choices = ends(CHOOSE)
    mail = mail_of_step(current_session(), task_id)
    return render_template(
        "plans/task.html",
        line=line,
        about=about(current_session(), line.task.constituent_id) if line.task.constituent_id else None,
        days=days_to_choose(),
        next=local_path(request.values.get("next"), ""),
        refusal=refusal,
        mail=mail,
        **forms,
    )


def _takers(line: TaskLine) -> list[Any]:
    mine = line.task.owner_id == viewer().id
    return takers(in_queue=line.task.queue_id is not None, but=viewer().id if mine else None)
