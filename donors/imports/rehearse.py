"""A check that writes nothing at all: for `--dry-run`."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from donors.imports.apply import worth
from donors.imports.judge import WRITTEN, judge
from donors.imports.models import FileImport
from donors.imports.parse import Reading, unpacked_rows
from donors.imports.receive import Incoming
from donors.imports.result import result_row
from donors.imports.work import open_desk


@dataclass
class Rehearsal:
    """What an import would do: counts by verdict, with `amount` in minor units."""

    counts: Counter[str] = field(default_factory=Counter)


def rehearse(
    session: Session, incoming: Incoming, *, on: date, told: Callable[[Sequence[Any]], None] | None = None
) -> Rehearsal:
    """Judges all rows of a file. `told` is given the result row of each."""
    reading: Reading = incoming.reading
    row = FileImport(
        kind=incoming.kind,
        source=incoming.source,
        headers={"names": list(reading.headers)},
        mapping=dict(incoming.mapping),
        options=dict(incoming.options),
    )
    desk, done = open_desk(session, row, on=on), Rehearsal()
    for part in reading.parts:
        for one in judge(session, desk, unpacked_rows(part), {}):
            done.counts[one.verdict] += 1
            if one.facts is not None and one.verdict in WRITTEN:
                done.counts["amount"] += worth(one.facts, desk)
            if told is not None:
                verdict = [one.line, one.verdict, one.constituent_id, one.target_id]
                told(result_row(row, one.cells, verdict, one.problem or {}))
    return done
