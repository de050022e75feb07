"""Everything about a person in one file: to be read and printed, or as data to take along."""

import json
from functools import partial

from flask import Response, g, render_template

from donors.core.db import current_session, snapshot
from donors.levels.then import measures
from donors.rights.printed import printed_acts, printed_changes, printed_rows
from donors.rights.tell import File, file_of
from donors.rollups.queries import definitions
from donors.web.session import note_export, viewer


def file_page(constituent_id: int) -> str:
    """The file as a page that prints."""
    told = _told(constituent_id, "page")
    session = current_session()
    figures, decided = {one.label: one for one in definitions(session)}, measures(session)
    rows = partial(printed_rows, own=told.numbers, figures=figures, measures=decided)
    return render_template(
        "rights/file.html",
        file=told,
        id=told.numbers[0],
        sections=[(one, rows(one)) for one in told.sections if one.rows],
        changes=printed_changes(told),
        acts=printed_acts(told),
    )


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
