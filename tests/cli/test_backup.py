"""`flask backup` and `flask restore`, from one database into an empty one of either kind."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from donors.constituents.create import create_many
from donors.constituents.records import NewConstituent
from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.core.db import transaction
from donors.core.settings import Organization, organization, set_organization
from donors.levels.models import Level
from donors.pipeline.asks.decide import Terms
from donors.pipeline.asks.models import ProposalFile
from donors.pipeline.models import Pipeline
from donors.pipeline.prospect import Entry
from donors.workflows.advance import add_prospect
from donors.workflows.begin import begin
from tests.harness.application import application, configuration, let_go
from tests.harness.asks import ask_with_proposal


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_backup_is_restored_into_an_empty_database(app: Flask, empty_database: str, tmp_path: Path) -> None:
    with app.app_context(), transaction() as session:
        within = open_change(session, "organization.begin", act=Act(by=None, at=now(), through="cli"))
        set_organization(session, Organization(name="Rivermouth"), within=within)
        begin(session, within=within)
        levels = sorted(session.scalars(select(Level.name)))
        person = NewConstituent(given_name="Harold", family_name="Nakamura")
        [harold] = create_many(session, [person], within=within)
        pipeline_id = session.scalars(select(Pipeline.id)).one()
        standing = add_prospect(session, harold, pipeline_id, Entry(within.at.date()), within=within).prospect
        ask_with_proposal(session, standing.id, Terms(5_00, "The roof"), on=within.at.date(), within=within)
    file = tmp_path / "whole.zip"
    assert app.test_cli_runner().invoke(args=["backup", str(file)]).exit_code == 0
    other = application(configuration(empty_database, tmp_path))
    first = other.test_cli_runner().invoke(args=["restore", str(file)])
    assert first.exit_code == 0, first.output
    with other.app_context(), transaction() as session:
        assert organization(session).name == "Rivermouth"
        assert sorted(session.scalars(select(Level.name))) == levels
        assert session.scalars(select(ProposalFile.content)).one() == b"%PDF-1.7 a plan"
    second = other.test_cli_runner().invoke(args=["restore", str(file)])
    assert second.exit_code == 1
    assert "is not empty" in second.output
    let_go(other)
