"""What stages ask for in the rules as a document: out and in again, taken back, and errors that name the place."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import Act
from donors.core.errors import Invalid
from donors.core.history import wrote
from donors.core.undo import undo
from donors.pipeline.evidence.models import Evidence
from donors.pipeline.models import Stage
from donors.workflows.begin import begin
from donors.workflows.rules.apply import apply
from donors.workflows.rules.export import export
from tests.workflows.test_rules import AT, change

ASKED = tomllib.loads("""
[[evidence]]
name = "Three visits in a year"
source = "moves"
at_least = 3
within_days = 365
[evidence.criteria]
all = [{ field = "substantive", operator = "equals", value = true }, { field = "outcome", operator = "is not empty" }]
[[evidence]]
name = "The board knows"
""")["evidence"]


def document(*asked: dict[str, Any], kind: str = "cultivation") -> dict[str, Any]:
    """The rules of a pipeline of one stage that asks for these things."""
    return {"pipeline": [{"name": "Grants", "stage": [{"name": "Talks", "kind": kind, "evidence": list(asked)}]}]}


def told(session: Session) -> list[dict[str, Any]]:
    """What the stage asks for, as an export has it."""
    [stage] = next(one["stage"] for one in export(session)["pipeline"] if one["name"] == "Grants")
    found: list[dict[str, Any]] = stage.get("evidence", [])
    return found


def test_what_stages_ask_for_goes_out_and_in_again(session: Session) -> None:
    begin(session, within=change(session))
    apply(session, document(*ASKED), within=change(session))
    assert told(session) == ASKED
    written = tomli_w.dumps(export(session))
    again = change(session)
    apply(session, tomllib.loads(written), within=again)
    assert wrote(session, again.id) == ()
    standard = session.scalars(select(Evidence.name).join(Stage, Stage.id == Evidence.stage_id)).all()
    assert "Thanked within two days" in standard
    for row in session.scalars(select(Evidence).where(Evidence.name == "Thanked within two days")):
        row.is_active = False
    apply(session, tomllib.loads(written), within=change(session))
    assert tomli_w.dumps(export(session)) == written


def test_the_tables_are_all_that_is_asked_for_and_can_be_taken_back(session: Session) -> None:
    apply(session, document(*ASKED), within=change(session))
    rows = {row.name: row.id for row in session.scalars(select(Evidence))}
    later = change(session)
    apply(session, document({"name": "The board knows"}, {"name": "Fits"}), within=later)
    assert [one["name"] for one in told(session)] == ["The board knows", "Fits"]
    active = session.scalars(select(Evidence).where(Evidence.is_active, Evidence.name == "The board knows")).one()
    assert active.id == rows["The board knows"]
    bare = {"pipeline": [{"name": "Grants", "stage": [{"name": "Talks"}]}]}
    apply(session, bare, within=change(session))
    assert len(told(session)) == 2
    undo(session, later, act=Act(by=None, at=AT + timedelta(hours=1), through="web"))
    session.expire_all()
    assert told(session) == ASKED
    apply(session, document(), within=change(session))
    assert told(session) == []


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"name": "X", "source": "moons"}, "pipeline[1].stage[1].evidence[2]"),
        ({"name": "X", "source": "moves", "at_least": 0}, "pipeline[1].stage[1].evidence[2]"),
        ({"name": "X", "source": "moves", "criteria": {"field": "moon"}}, "pipeline[1].stage[1].evidence[2]"),
        ({"name": "X", "days": 3}, "pipeline[1].stage[1].evidence[2].days"),
        ({"source": "moves"}, "pipeline[1].stage[1].evidence[2].name"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_wrong_names_its_place(session: Session, wrong: dict[str, Any], place: str) -> None:
    with pytest.raises(Invalid) as caught:
        apply(session, document({"name": "Fine"}, wrong), within=change(session))
    assert caught.value.field == place


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_rehearsal_says_what_would_be_written(app: Flask, session: Session, tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(tomli_w.dumps(document(*ASKED)))
    said = app.test_cli_runner().invoke(args=["setup", "apply", "--rehearse", str(file)]).output
    assert "evidence: 2 added" in said
    assert "Nothing was written." in said
    assert session.scalars(select(Evidence)).all() == []
