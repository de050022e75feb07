"""Reports as files: CSV that spreadsheets read as UTF-8, or JSON; each leaves a row in the audit record."""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from io import StringIO

from flask import Response, request

from donors.reports.plain.values import Row
from donors.web.session import note_export


def answer(
    name: str, keep: Mapping[str, str], rows: Callable[[], Sequence[Row]], document: Callable[[], Row]
) -> Response:
    """The rows of a report as CSV, or all of it as JSON where the form says so. `keep` tells what was asked."""
    form = "json" if request.form.get("form") == "json" else "csv"
    count, text = _json(document()) if form == "json" else _csv(rows())
    note_export(f"report {name}", rows=count, form=form, **keep)
    made = Response(text, content_type=TYPES[form])
    day = keep.get("as_of", "now")
    made.headers["Content-Disposition"] = f'attachment; filename="{name.replace(" ", "-")}-{day}.{form}"'
    return made


TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


def _csv(rows: Sequence[Row]) -> tuple[int, str]:
    text = StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else ["id"], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return len(rows), "\ufeff" + text.getvalue()


def _json(document: Row) -> tuple[int, str]:
    lists = (len(value) for value in document.values() if isinstance(value, list))
    return max(lists, default=0), json.dumps(document, indent=1)
