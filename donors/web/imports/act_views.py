"""What people do about an import: check, apply, decide, undo, discard."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import ChangeSet, open_change
from donors.core.db import current_session
from donors.core.errors import AlreadyDone
from donors.core.undo_plan import UndoPlan, plan_undo
from donors.imports import queries, receive
from donors.imports.models import BUSY
from donors.imports.work import one_part
from donors.web.accounts.views import Page
from donors.web.imports.small import go_on_if_small
from donors.web.session import web_act
from donors.workflows.undone import ALONG


def check(import_id: int) -> Response:
    """Checks the file again, against what is here now."""
    session = current_session()
    row = queries.file_import(session, import_id, lock=True)
    _note("import.check", import_id)
    receive.start_check(session, row)
    go_on_if_small(session, row, at=g.now)
    return _back(import_id)


def apply(import_id: int) -> Response:
    """Writes the good rows, or those that were decided since."""
    session = current_session()
    row = queries.file_import(session, import_id, lock=True)
    receive.start_apply(session, row, act=web_act())
    go_on_if_small(session, row, at=g.now)
    flash(f"{row.name} goes in. It can be undone at any time.", "good")
    return _back(import_id)


def go_on(import_id: int) -> Response:
    """One part more, for places without a scheduler."""
    session = current_session()
    row = queries.file_import(session, import_id, lock=True)
    if row.state in BUSY:
        one_part(session, row, None, at=g.now)
    return _back(import_id)


def decide(import_id: int, line: int) -> Response:
    """What a person says of one row."""
    session = current_session()
    row = queries.file_import(session, import_id, lock=True)
    _note("import.decide", import_id)
    told = receive.decide(session, row, line, request.form.get("decision", ""))
    flash(f"Decided for {told} rows." if told > 1 else f"Row {line} is decided.", "good")
    return redirect(url_for(".one", import_id=import_id, show=request.args.get("show")), 303)


def decide_all(import_id: int) -> Response:
    """The same for all rows of a verdict."""
    session = current_session()
    row = queries.file_import(session, import_id, lock=True)
    _note("import.decide", import_id)
    verdict = request.form.get("verdict", "")
    told = receive.decide_all(session, row, verdict, request.form.get("decision", ""))
    flash(f"Decided for {told} rows.", "good")
    return redirect(url_for(".one", import_id=import_id, show=verdict), 303)


def undo(import_id: int) -> Page:
    """What an undo would take back and what stands in its way; then the undo."""
    session = current_session()
    row = queries.file_import(session, import_id, lock=request.method == "POST")
    if request.method == "GET":
        return render_template("imports/undo.html", row=row, plan=_plan(row.applied_in))
    try:
        receive.start_undo(session, row, act=web_act())
    except AlreadyDone:
        return _back(import_id)
    go_on_if_small(session, row, at=g.now)
    flash(f"{row.name} is being taken back.", "good")
    return _back(import_id)


def _plan(applied_in: int | None) -> UndoPlan | None:
    change = current_session().get(ChangeSet, applied_in) if applied_in else None
    return None if change is None else plan_undo(current_session(), change, along=ALONG)


def discard(import_id: int) -> Response:
    """Lets go of a file of which nothing was written."""
    session = current_session()
    row = queries.file_import(session, import_id, lock=True)
    _note("import.discard", import_id)
    receive.discard(session, row)
    flash(f"{row.name} is discarded.", "good")
    return redirect(url_for(".index"), 303)


def _note(kind: str, import_id: int) -> None:
    """Who did it, and where the same form leads when it is sent twice."""
    change = open_change(current_session(), kind, act=web_act())
    change.outcome = {"location": url_for(".one", import_id=import_id)}


def _back(import_id: int) -> Response:
    return redirect(url_for(".one", import_id=import_id), 303)
