"""`flask person`: the file on the standard output, an erasure that takes the name, and the list for restores."""

import json

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import AuditEvent
from tests.constituents.people import person

one_system = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@one_system
def test_the_file_the_erasure_and_who_was_erased(app: Flask, session: Session) -> None:
    anna = person(session, "Anna Berg", note="Sings").id
    session.commit()
    run = app.test_cli_runner().invoke
    told = run(args=["person", "file", str(anna)])
    assert json.loads(told.output)["person"] == "Anna Berg"
    assert [one["name"] for one in session.scalars(select(AuditEvent.detail))] == ["person"]
    session.rollback()
    refused = run(args=["person", "erase", str(anna), "--name", "Anna"])
    assert (refused.exit_code, "Type Anna Berg" in refused.output) == (1, True)
    assert run(args=["person", "erase", str(anna), "--name", "Anna Berg"]).output == f"Person {anna} is erased.\n"
    assert run(args=["person", "erased"]).output.startswith(f"{anna}\t")
    assert "Berg" not in run(args=["person", "file", str(anna)]).output
    assert run(args=["person", "file", "999"]).exit_code == 1
