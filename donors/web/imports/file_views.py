"""Imports: the list, the upload, and which column tells what."""

from io import BytesIO

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage

from donors.constituents.check import line
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import AlreadyDone, Invalid
from donors.imports import map as mapping_of
from donors.imports import queries
from donors.imports.fields import DEFAULTS, FIELDS
from donors.imports.models import FileImport
from donors.imports.parse import read
from donors.imports.receive import Incoming, headers_of, receive, set_mapping, start_check
from donors.imports.unpack import Source
from donors.web.accounts.views import Page
from donors.web.forms import refuse, typed
from donors.web.imports.forms import ColumnsForm, UploadForm
from donors.web.imports.small import go_on_if_small
from donors.web.session import web_act

PER_PAGE = 30
EXAMPLES = 3


def index() -> str:
    """All files that came in, the newest first."""
    session, page = current_session(), max(1, request.args.get("page", 1, int))
    found = queries.files(session, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    total = queries.count_files(session)
    return render_template("imports/index.html", files=found, page=page, per_page=PER_PAGE, total=total)


def new() -> Page:
    """Takes a file in."""
    form = UploadForm(request.form if request.method == "POST" else request.args)
    if request.method == "GET":
        return render_template("imports/new.html", form=form)
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        form.file.errors = ["Choose a file."]
    elif form.validate():
        try:
            return redirect(url_for(".columns", import_id=_taken(form, upload)), 303)
        except Invalid as error:
            refuse(form, error)
    return render_template("imports/new.html", form=form), 422


def _taken(form: UploadForm, upload: FileStorage) -> int:
    """The id of the new import. The file is read before anything is written. Raises Invalid."""
    content, name, kind = upload.stream.read(), upload.filename or "", typed(form.kind)
    reading = read(Source(name, lambda: BytesIO(content)), encoding=typed(form.encoding) or None)
    session = current_session()
    earlier = queries.remembered(session, mapping_of.signature(kind, reading.headers))
    incoming = Incoming(
        kind=kind,
        name=name,
        reading=reading,
        size=len(content),
        source=typed(form.source),
        mapping=dict(earlier.mapping) if earlier else mapping_of.recognized(kind, reading.headers),
        options={
            "order": (earlier.options if earlier else {}).get("order", ""),
            "remembered": earlier.name if earlier else "",
        },
    )
    try:
        return receive(session, incoming, act=web_act()).id
    except AlreadyDone as done:
        return int(done.outcome["import_id"])


def columns(import_id: int) -> Page:
    """Which column tells what, and how dates are read."""
    session = current_session()
    row = queries.file_import(session, import_id)
    form = ColumnsForm(request.form if request.method == "POST" else None, data=row.options)
    if request.method == "GET":
        return _columns_page(row, form, dict(row.mapping))
    told = {field.name: request.form.get(f"column.{field.name}", "") for field in FIELDS[row.kind]}
    if form.validate():
        try:
            open_change(session, "import.check", act=web_act())
            options = {"order": typed(form.order), "likely": typed(form.likely), "defaults": _defaults(row.kind)}
            set_mapping(row, told, options)
            start_check(session, row)
        except Invalid as error:
            refuse(form, error)
        else:
            go_on_if_small(session, row, at=g.now)
            flash(f"{row.name} is being checked; nothing is written yet.", "good")
            return redirect(url_for(".one", import_id=import_id), 303)
    return _columns_page(row, form, told), 422


def _defaults(kind: str) -> dict[str, str]:
    """What was typed for all rows of the file. Raises Invalid."""
    typed_in = {name: request.form.get(f"default.{name}", "") for name in DEFAULTS.get(kind, ())}
    return {name: line(name, text) for name, text in typed_in.items()}


def _columns_page(row: FileImport, form: ColumnsForm, mapping: dict[str, str]) -> str:
    rows = queries.part_rows(current_session(), row.id, 0)[:EXAMPLES] if row.parts else []
    headers = headers_of(row)
    examples = {
        header: [cells[spot][:60] for _, cells, _ in rows if spot < len(cells) and cells[spot]]
        for spot, header in enumerate(headers)
    }
    return render_template(
        "imports/columns.html",
        row=row,
        form=form,
        mapping=mapping,
        fields=FIELDS[row.kind],
        defaults=DEFAULTS.get(row.kind, ()),
        headers=headers,
        examples=examples,
    )
