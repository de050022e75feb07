"""The real file, end to end: 156,956 gifts go in by the command, and lists and reports agree with the file."""

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from donors.constituents.models import Constituent
from donors.core.db import transaction
from donors.giving.models import Gift
from tests.reports.real_gifts import check_movement, check_retention

FILE = Path(__file__).parents[1] / "data" / "marathon-gifts.csv.gz"
FIELDS = "external_id,lifetime_total,gift_count,largest_gift,first_gift_on,last_gift_on,current_streak"
AGAIN = 20_000
"""About so many rows, from all over the file, come a second time; tests of small files take all of theirs twice."""

AS_OF = date(2015, 12, 31)


@dataclass
class Giver:
    """What the file says of one giver."""

    sums: list[Decimal] = field(default_factory=list)
    days: list[date] = field(default_factory=list)

    def line(self) -> tuple[str, ...]:
        """The values of FIELDS after the key, as the command writes them."""
        return (
            str(sum(self.sums)),
            str(len(self.sums)),
            str(max(self.sums)),
            min(self.days).isoformat(),
            max(self.days).isoformat(),
            str(streak({day.year for day in self.days})),
        )


def streak(years: set[int]) -> int:
    """Consecutive years up to this one, or up to last year while this one has nothing yet."""
    last = AS_OF.year if AS_OF.year in years else AS_OF.year - 1
    length = 0
    while last - length in years:
        length += 1
    return length


def givers(rows: Iterable[dict[str, str]]) -> dict[str, Giver]:
    """The named givers of the file."""
    found: dict[str, Giver] = defaultdict(Giver)
    for row in rows:
        if row["donor_key"]:
            found[row["donor_key"]].sums.append(Decimal(row["amount"]))
            found[row["donor_key"]].days.append(date.fromisoformat(row["received_at"][:10]))
    return found


def run(app: Flask, *args: str) -> str:
    """What a command prints; it must succeed."""
    result = app.test_cli_runner().invoke(args=list(args))
    assert result.exit_code == 0, result.output
    return result.output


def books(app: Flask) -> tuple[int, ...]:
    """Gifts and their sum in cents, those of the unknown giver, and how many people are known by name."""
    unknown = select(Constituent.id).where(Constituent.is_unknown_giver).scalar_subquery()
    with app.app_context(), transaction() as session:
        gifts = session.execute(select(func.count(Gift.id), func.sum(Gift.base_amount))).one()
        anonymous = session.execute(
            select(func.count(Gift.id), func.sum(Gift.base_amount)).where(Gift.constituent_id == unknown)
        ).one()
        people = session.scalar(select(func.count(Constituent.id)).where(~Constituent.is_unknown_giver))
    return (*map(int, gifts), *map(int, anonymous), int(people or 0))


def test_every_giver_agrees_with_the_file(app: Flask, tmp_path: Path) -> None:
    """An empty organization in UTC and dollars: all go in, many a second time to no effect, every figure is right."""
    run(app, "setup", "begin")
    run(app, "import", "gifts", str(FILE), "--result", str(tmp_path / "result.csv"))
    assert books(app) == (156_956, 556_250_093, 29_573, 102_153_563, 52_760)
    with gzip.open(FILE, "rt", encoding="utf-8", newline="") as file:
        lines = file.readlines()
    again = tmp_path / "again.csv"
    again.write_text("".join([lines[0], *lines[1 :: len(lines) // AGAIN]]), encoding="utf-8")
    run(app, "import", "gifts", str(again), "--result", str(tmp_path / "result.csv"))
    assert books(app) == (156_956, 556_250_093, 29_573, 102_153_563, 52_760)
    expected = givers(csv.DictReader(lines))
    written = run(app, "list", "constituents", "--as-of", str(AS_OF), "--fields", FIELDS, "--format", "csv")
    shown = {row[0]: tuple(row[1:]) for row in csv.reader(io.StringIO(written)) if row and row[0] in expected}
    assert len(shown) == 52_760
    assert {key: (shown[key], giver.line()) for key, giver in expected.items() if shown[key] != giver.line()} == {}
    check_retention(app, list(csv.DictReader(lines)))
    check_movement(app, list(csv.DictReader(lines)))
