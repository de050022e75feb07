"""`flask report` and `flask list`: plain figures for other programs."""

import csv
import json
from io import StringIO

from flask import Flask
from sqlalchemy.orm import Session

from tests.reports.givers import TODAY, YEAR_AGO, givers


def run(app: Flask, *words: str, code: int = 0) -> str:
    """What a command prints."""
    result = app.test_cli_runner().invoke(args=list(words))
    assert result.exit_code == code, result.output
    return result.output


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


def test_reports_and_lists_are_printed_plainly(app: Flask, session: Session) -> None:
    made = givers(session)
    levels = rows(run(app, "report", "levels"))
    assert [row["level"] for row in levels] == ["Circle", "Benefactor", "Patron", "Supporter", "Friend", "All levels"]
    assert levels[-1] == {"level": "All levels", "people": "7", "money": "32960.00", "median": "310.00"} | {
        "lifetime": levels[-1]["lifetime"]
    }
    document = json.loads(run(app, "report", "levels", "--since", str(YEAR_AGO), "--format", "json"))
    assert (document["as_of"], document["since"]) == (str(TODAY), str(YEAR_AGO))
    assert document["moved"] == {"in": 2, "up": 1, "down": 2, "out": 1, "stay": 2}
    assert sum(flow["people"] for flow in document["flows"]) == 8
    assert "Tracks: Giving, Hours" in run(app, "report", "levels", "--track", "No", code=2)
    assert "must not be after" in run(app, "report", "levels", "--since", "2999-01-01", code=2)

    names = "id,name,lifetime_total,gift_count,last_gift_on"
    listed = rows(run(app, "list", "constituents", "--fields", names))
    assert [row["id"] for row in listed] == sorted((row["id"] for row in listed), key=int)
    rita = next(row for row in listed if row["name"] == "Rita Riser")
    assert (rita["lifetime_total"], rita["gift_count"]) == ("1800.00", "2")
    assert rita["last_gift_on"] < str(TODAY)
    then = json.loads(run(app, "list", "constituents", "--fields", names, "--as-of", str(YEAR_AGO), "--format", "json"))
    assert len(then) == len(made.ids)
    assert next(row for row in then if row["name"] == "Rita Riser")["lifetime_total"] == "300.00"
    assert next(row for row in then if row["name"] == "Nina New")["lifetime_total"] is None
    assert "lifetime_total" in run(app, "list", "constituents", "--fields", "nonsense", code=2)


def test_reports_on_givers_are_printed_plainly(app: Flask, session: Session) -> None:
    givers(session)
    years = rows(run(app, "report", "retention", "--by", "rolling"))
    assert (years[-1]["prior_givers"], years[-1]["retained"], years[-1]["rate"]) == ("6", "5", "0.8333")
    whole = json.loads(run(app, "report", "retention", "--by", "rolling", "--unit", "household", "--format", "json"))
    assert whole["unit"] == "households and singles"
    kinds = {row["kind"]: row for row in rows(run(app, "report", "gains", "--by", "rolling"))}
    assert (kinds["lapsed_repeat"]["people"], kinds["new"]["people"]) == ("0", "2")
    assert "There is no such year" in run(app, "report", "gains", "--year", "1066", code=2)
    assert [row["name"] for row in rows(run(app, "report", "lybunt", "--by", "rolling"))] == ["Lena Left"]
    assert rows(run(app, "report", "lybunt", "--by", "rolling", "--sybunt")) == []
    assert run(app, "report", "lybunt", "--as-of", "1990-01-01", "--format", "json").startswith("{")


def test_movement_edges_and_trust_are_printed_plainly(app: Flask, session: Session) -> None:
    givers(session)
    flows = rows(run(app, "report", "movement", "--since", str(YEAR_AGO)))
    assert sum(int(row["people"]) for row in flows) == 8
    assert "must not be after" in run(app, "report", "movement", "--since", "2999-01-01", code=2)
    assert json.loads(run(app, "report", "movement", "--format", "json"))["since"] == str(YEAR_AGO)
    names = {row["name"] for row in rows(run(app, "report", "edges", "--days", "366"))}
    assert "Rita Riser" in names
    lights = {row["check"]: row["light"] for row in rows(run(app, "report", "trust"))}
    assert lights["Gifts equal their hard credits"] == "good"
    assert json.loads(run(app, "report", "trust", "--format", "json"))["light"] == "bad"
