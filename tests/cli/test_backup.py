"""`flask backup` and `flask restore`, from one database into an empty one of either kind."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.core.db import transaction
from donors.core.settings import Organization, organization, set_organization
from donors.levels.models import Level
from donors.workflows.begin import begin
from tests.harness.application import application, configuration, let_go


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_backup_is_restored_into_an_empty_database(app: Flask, empty_database: str, tmp_path: Path) -> None:
    with app.app_context(), transaction() as session:
        within = open_change(session, "organization.begin", act=Act(by=None, at=now(), through="cli"))
        set_organization(session, Organization(name="Rivermouth"), within=within)
        begin(session, within=within)
        levels = sorted(session.scalars(select(Level.name)))
    file = tmp_path / "whole.zip"
    assert app.test_cli_runner().invoke(args=["backup", str(file)]).exit_code == 0
    other = application(configuration(empty_database, tmp_path))
    first = other.test_cli_runner().invoke(args=["restore", str(file)])
    assert first.exit_code == 0, first.output
    with other.app_context(), transaction() as session:
        assert organization(session).name == "Rivermouth"
        assert sorted(session.scalars(select(Level.name))) == levels
    second = other.test_cli_runner().invoke(args=["restore", str(file)])
    assert second.exit_code == 1
    assert "is not empty" in second.output
    let_go(other)
