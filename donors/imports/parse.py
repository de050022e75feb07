"""From text to rows: delimiter, headers, strict CSV. Faults of a row are kept with it, those of a file raised."""

import csv
import io
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from donors.core.errors import Invalid
from donors.imports.unpack import Source, decoding_fault, opened

LONGEST_CELL = 1 << 20
MOST_COLUMNS = 500
MOST_BREAKS = 20
"""A cell with more line breaks than this has most likely lost a quote."""

ROWS_IN_PART, TEXT_IN_PART = 4000, 4 << 20
"""So many rows are written in one transaction: half a second or so, so that others get in between."""

DELIMITERS = (",", ";", "\t", "|")
QUOTED = re.compile(r'"[^"]*"')
INVISIBLE = re.compile("[\ufeff\u200b\u200c\u200d\u2060]")

Fault = dict[str, Any]
Row = tuple[int, list[str], Fault | None]
"""Line (the first is 1), cells as they stand in the file, and why the row cannot be taken."""


@dataclass(frozen=True)
class Reading:
    """What a file is: how it was read, its headers, its rows in compressed parts, and how many they are."""

    encoding: str
    delimiter: str
    headers: tuple[str, ...]
    parts: tuple[bytes, ...]
    rows: int


def read(source: Source, *, encoding: str | None = None) -> Reading:
    """Reads a whole file once. Raises Invalid, naming the line, when it cannot be taken as it is."""
    text, chosen = opened(source, encoding)
    # The limit is the process's, and only ever raised to this value.
    csv.field_size_limit(LONGEST_CELL)
    try:
        with text:
            return _read(text, chosen, source.name)
    except UnicodeDecodeError as error:
        raise decoding_fault(source, chosen) from error


def _read(text: io.TextIOWrapper, encoding: str, name: str) -> Reading:
    first, skipped = text.readline(), 0
    said = re.fullmatch(r"\ufeff?sep=(.)\r?\n?", first)
    if said:
        first, skipped = text.readline(), 1
    delimiter = said[1] if said else _delimiter(first)
    rows = _rows(_Lines(first, text), delimiter, skipped)
    headers = _headers(rows, name)
    parts, count = _parts(_judged(rows, len(headers)))
    if count == 0:
        raise Invalid("file", name, "has headers but no rows", "Choose a file with rows below the headers.")
    return Reading("utf-8" if encoding == "utf-8-sig" else encoding, delimiter, headers, parts, count)


class _Lines:
    """The first line again, and then the others: what the csv module reads."""

    def __init__(self, first: str, text: io.TextIOWrapper) -> None:
        self._first: str | None = first
        self._text = text

    def __iter__(self) -> Iterator[str]:
        if self._first:
            yield self._first
        yield from self._text


def _delimiter(line: str) -> str:
    counts = Counter({mark: QUOTED.sub("", line).count(mark) for mark in DELIMITERS})
    mark, found = counts.most_common(1)[0]
    return mark if found else ","


def _rows(lines: _Lines, delimiter: str, skipped: int) -> Iterator[Row]:
    try:
        reader = csv.reader(iter(lines), delimiter=delimiter, strict=True)
    except (TypeError, ValueError) as error:
        raise Invalid("line 1", f"sep={delimiter}", "names no delimiter", "Use a comma or a semicolon.") from error
    while True:
        line = reader.line_num + 1 + skipped
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, [], _broken(line, error)
            continue
        if any(cells):
            last = reader.line_num + skipped
            yield line, cells, _swallowed(last) if last - line > MOST_BREAKS else None


def _broken(line: int, error: csv.Error) -> Fault:
    said = str(error)
    if "unexpected end" in said:
        raise Invalid(f"line {line}", "", "opens a quote that is never closed", "Close it, or double it.") from error
    if "field larger" in said:
        return fault("row", "", f"has a cell of more than {LONGEST_CELL >> 20} MB", "Shorten it.")
    return fault("row", "", f"is not sound CSV ({said})", "Double the quotes inside of a cell.")


def _swallowed(last: int) -> Fault:
    return fault("row", "", f"goes on to line {last} inside of one cell", "A closing quote is missing; add it.")


def _headers(rows: Iterator[Row], name: str) -> tuple[str, ...]:
    _, cells, broken = next(rows, (1, [], None))
    headers = [" ".join(INVISIBLE.sub("", cell).split()) for cell in cells]
    if broken or not any(headers):
        raise Invalid("line 1", name, "has no headers", "Put the names of the columns into the first line.")
    if any("\0" in cell or len(cell) > 200 for cell in headers):
        raise Invalid("line 1", name, "has headers that cannot be read", "Give every column a short name.")
    if len(headers) > MOST_COLUMNS:
        raise Invalid("line 1", len(headers), "columns are too many", f"Keep at most {MOST_COLUMNS}.")
    twice = [header for header, count in Counter(h.casefold() for h in headers if h).items() if count > 1]
    if twice:
        raise Invalid("line 1", twice[0], "heads more than one column", "Give every column a name of its own.")
    return tuple(header or f"(column {place})" for place, header in enumerate(headers, start=1))


def _judged(rows: Iterator[Row], width: int) -> Iterator[Row]:
    for line, cells, known in rows:
        if known is None and len(cells) != width:
            if len(cells) > width and not any(cells[width:]):
                del cells[width:]
            else:
                yield line, cells, _ragged(len(cells), width)
                continue
        yield line, cells, known


def _ragged(found: int, width: int) -> Fault:
    remedy = "Quote cells that hold the delimiter." if found > width else "Fill in the missing cells, if only as empty."
    return fault("row", "", f"has {found} cells where the headers have {width}", remedy)


def _parts(rows: Iterator[Row]) -> tuple[tuple[bytes, ...], int]:
    parts: list[bytes] = []
    some: list[Row] = []
    count = weight = 0
    for row in rows:
        some.append(row)
        weight += sum(map(len, row[1]))
        if len(some) >= ROWS_IN_PART or weight >= TEXT_IN_PART:
            parts.append(packed_rows(some))
            count, weight, some = count + len(some), 0, []
    if some:
        parts.append(packed_rows(some))
    return tuple(parts), count + len(some)


def packed_rows(rows: list[Row]) -> bytes:
    """Rows as they are kept. Cells that no database takes are replaced and their rows marked."""
    plain = json.dumps(rows, separators=(",", ":"))
    if "\\u0000" in plain or "\\ud" in plain:
        plain = json.dumps([_without_nul(row) for row in rows], separators=(",", ":"))
    return zlib.compress(plain.encode(), 1)


def _without_nul(row: Row) -> Row:
    line, cells, known = row
    whole = "".join(cells)
    if "\0" not in whole and not any("\ud800" <= letter <= "\udfff" for letter in whole):
        return row
    clean = [cell.replace("\0", "␀").encode("utf-8", "replace").decode() for cell in cells]
    at = next(place for place, cell in enumerate(cells) if clean[place] != cell)
    return line, clean, known or fault(f"column {at + 1}", clean[at][:60], "holds a NUL character", "Remove it.")


def unpacked_rows(packed: bytes) -> list[Row]:
    """The rows of a part."""
    rows: list[Row] = json.loads(zlib.decompress(packed))
    return rows


def fault(field: str, value: object, problem: str, remedy: str = "") -> Fault:
    """Why a row cannot be taken, as it is kept and shown."""
    return {"field": field, "value": "" if value is None else str(value)[:200], "problem": problem, "remedy": remedy}


def fault_of(error: Invalid) -> Fault:
    """An error as the fault of a row."""
    return fault(error.field, error.value, error.problem, error.remedy)
