"""An import as it stands: its figures, its rows by verdict, and the file of results."""

from flask import Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from donors.constituents.queries import constituents
from donors.core.db import current_session
from donors.imports import queries
from donors.imports.judge import VERDICTS, WRITTEN
from donors.imports.leaf import counts, leaf
from donors.imports.map import columns_told
from donors.imports.models import BUSY, UPLOADED, FileImport
from donors.imports.receive import headers_of
from donors.imports.result import lines, result_rows, words_of
from donors.web.session import note_export, viewer

PER_PAGE = 25
TABS = (
    ("All", None),
    ("To decide", "likely"),
    ("Differs", "differs"),
    ("Left out", "bad"),
    ("New", "new"),
    ("Matched", "matched"),
    ("Giver unknown", "unknown"),
    ("Here already", "same"),
    ("Updated", "updated"),
    ("Decided out", "left"),
)
"""Name of a tab → verdict."""


def one(import_id: int) -> AnyResponse:
    """The import: its columns first, then its check, its progress, its result."""
    session = current_session()
    row = queries.file_import(session, import_id)
    if row.state == UPLOADED:
        return redirect(url_for(".columns", import_id=import_id), 303)
    if row.state in BUSY:
        answer = make_response(render_template("imports/busy.html", row=row, done=_share(row)))
        answer.headers["Refresh"] = "2"
        return answer
    return make_response(_checked(row))


def _checked(row: FileImport) -> str:
    session, found = current_session(), counts(row)
    verdict = request.args.get("show", "likely" if found.get("likely") else "all")
    chosen = verdict if verdict in VERDICTS else None
    page = max(1, request.args.get("page", 1, int))
    total = found.get(chosen, 0) if chosen else row.rows
    shown = leaf(session, row, verdict=chosen, limit=PER_PAGE, offset=(page - 1) * PER_PAGE) if row.parts else []
    ids = {one.constituent_id for one in shown if one.constituent_id}
    return render_template(
        "imports/one.html",
        row=row,
        found=found,
        ready=sum(found.get(name, 0) for name in WRITTEN),
        decided=queries.count_decided(session, row.id),
        shown=shown,
        people=constituents(session, ids, sees=viewer().sees),
        tabs=[(name, verdict, found.get(verdict, 0) if verdict else row.rows) for name, verdict in TABS],
        current=next(name for name, verdict in TABS if verdict == chosen),
        columns=columns_told(row.kind, headers_of(row), row.mapping),
        words=words_of(row.kind),
        page=page,
        per_page=PER_PAGE,
        total=total,
        currency=g.organization.currency,
    )


def _share(row: FileImport) -> int | None:
    """How far it is, in percent; none where that is not known."""
    if row.state not in {"checking", "applying"} or not row.parts:
        return None
    return 100 * row.cursor // row.parts


def result(import_id: int) -> Response:
    """The file with a verdict for each row."""
    row = queries.file_import(current_session(), import_id)
    note_export("import result", import_id=import_id, rows=row.rows)
    stem = row.name.removesuffix(".gz").removesuffix(".csv")
    name = "".join(letter if letter.isalnum() or letter in "-_. " else "_" for letter in stem)
    text = "".join(lines(headers_of(row), result_rows(current_session(), row)))
    answer = Response(text, content_type="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}-result.csv")
    return answer
