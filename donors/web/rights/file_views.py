"""Everything about a person in one file: to be read and printed, or as data to take along."""

import json

from flask import Response, g, render_template

from donors.core.db import snapshot
from donors.rights.tell import File, file_of
from donors.web.session import note_export, viewer

MONEY = ("amount", "base_amount", "ask_amount")


def file_page(constituent_id: int) -> str:
    """The file as a page that prints."""
    told = _told(constituent_id, "page")
    return render_template("rights/file.html", file=told, id=told.numbers[0], money=MONEY)


def file_data(constituent_id: int) -> Response:
    """The file as JSON."""
    told = _told(constituent_id, "json")
    return Response(
        json.dumps(told.as_json(), ensure_ascii=False, indent=1, default=str),
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="person-{told.numbers[0]}-{g.today.isoformat()}.json"'},
    )


def _told(constituent_id: int, form: str) -> File:
    with snapshot() as session:
        told = file_of(session, constituent_id, on=g.today, sees=viewer().sees)
    rows = sum(len(section.rows) for section in told.sections)
    note_export("person", constituent=told.numbers[0], rows=rows, form=form, left_out=told.left_out)
    return told
