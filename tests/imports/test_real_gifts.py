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

import pytest
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


def agree(app: Flask, lines: list[str], folder: Path) -> None:
    """All lines go in, many of them a second time to no effect, and every figure of every giver is the file's."""
    rows = list(csv.DictReader(lines))
    cents = [(row["donor_key"], int(Decimal(row["amount"]) * 100)) for row in rows]
    nameless = [amount for key, amount in cents if not key]
    named = {key for key, _ in cents if key}
    counted = (len(cents), sum(amount for _, amount in cents), len(nameless), sum(nameless), len(named))
    run(app, "setup", "begin")
    for name, some in (("gifts", lines[1:]), ("again", lines[1 :: len(lines) // AGAIN or 1])):
        file = folder / f"{name}.csv"
        file.write_text("".join([lines[0], *some]), encoding="utf-8")
        run(app, "import", "gifts", str(file), "--result", str(folder / "result.csv"))
        assert books(app) == counted
    expected = givers(rows)
    written = run(app, "list", "constituents", "--as-of", str(AS_OF), "--fields", FIELDS, "--format", "csv")
    shown = {row[0]: tuple(row[1:]) for row in csv.reader(io.StringIO(written)) if row and row[0] in expected}
    assert len(shown) == len(named)
    assert {key: (shown[key], giver.line()) for key, giver in expected.items() if shown[key] != giver.line()} == {}


def lines_of_file() -> list[str]:
    """The header and the gifts."""
    with gzip.open(FILE, "rt", encoding="utf-8", newline="") as file:
        return file.readlines()


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)], indirect=True)
def test_every_giver_agrees_with_the_file(app: Flask, tmp_path: Path) -> None:
    """An empty organization in UTC and dollars."""
    lines = lines_of_file()
    agree(app, lines, tmp_path)
    assert books(app) == (156_956, 556_250_093, 29_573, 102_153_563, 52_760)
    check_retention(app, list(csv.DictReader(lines)))
    check_movement(app, list(csv.DictReader(lines)))


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_givers_agree_with_a_part_of_the_file(app: Flask, tmp_path: Path) -> None:
    """The first gifts of each event of the years, enough for many chunks; `make soak` takes the whole file."""
    lines = lines_of_file()
    agree(app, [lines[0], *lines[1::8]], tmp_path)
