"""Lists as CSV files: the columns are fields, and no cell can act as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response, g

from donors.core.fields import Field, Kind

STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(name: str, columns: Sequence[Field], rows: Iterable[Sequence[Any]]) -> tuple[Response, int]:
    """A file of these rows, with the names of the fields as its head, and how many rows it has."""
    file = io.StringIO()
    write = csv.writer(file, lineterminator="\r\n")
    write.writerow([column.name for column in columns])
    count = 0
    for row in rows:
        write.writerow([_cell(column, value) for column, value in zip(columns, row, strict=True)])
        count += 1
    answer = Response(
        "\ufeff" + file.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}-{g.today.isoformat()}.csv"'},
    )
    return answer, count


def _cell(column: Field, value: Any) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    text = column.plain(value, g.organization) or ""
    return f"'{text}" if column.kind is Kind.TEXT and text.startswith(STARTS_FORMULA) else text
