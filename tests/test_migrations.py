"""Migrations lead from nothing to the tables that the models describe, and back again, on both databases."""

from pathlib import Path

import flask_migrate
from alembic import command
from flask import Flask, current_app
from sqlalchemy import inspect, text

from tests.harness.application import application, configuration, let_go


def leftovers(app: Flask) -> list[str]:
    """The tables of the app's database, but for Alembic's own."""
    names = inspect(app.extensions["sqlalchemy"].engine).get_table_names()
    return [name for name in names if name != "alembic_version"]


def test_there_and_back_and_there_again(empty_database: str, tmp_path: Path) -> None:
    app = application(configuration(empty_database, tmp_path))
    with app.app_context():
        flask_migrate.upgrade()
        assert leftovers(app)
        flask_migrate.downgrade(revision="base")
        assert leftovers(app) == []
        flask_migrate.upgrade()
    let_go(app)


def test_the_newest_migration_equals_the_models(app: Flask) -> None:
    """Raises with the differences, if there are any."""
    with app.app_context():
        command.check(current_app.extensions["migrate"].migrate.get_config())


def test_the_plan_of_a_level_becomes_an_effect_and_back(empty_database: str, tmp_path: Path) -> None:
    app = application(configuration(empty_database, tmp_path))
    with app.app_context():
        flask_migrate.upgrade(revision="0009_past_values")
        with app.extensions["sqlalchemy"].engine.begin() as connection:
            for statement in ONE_LEVEL:
                connection.execute(text(statement))
        flask_migrate.upgrade()
        effects = "SELECT track_id, level_id, occasion, act, template_id, users FROM level_effect"
        with app.extensions["sqlalchemy"].engine.begin() as connection:
            [found] = connection.execute(text(effects)).all()
        assert (*found[:5], str(found[5])) == (1, 2, "rise", "start plan", 1, "[]")
        flask_migrate.downgrade(revision="0009_past_values")
        with app.extensions["sqlalchemy"].engine.begin() as connection:
            plans = connection.execute(text("SELECT plan_template_id FROM level ORDER BY id")).scalars().all()
        assert plans == [None, 1]
    let_go(app)


ONE_LEVEL = (
    "INSERT INTO change_set (id, kind, at, why, through, state)"
    " VALUES (1, 'test', '2026-03-10 12:00:00+00:00', '', 'cli', 'done')",
    "INSERT INTO rollup_definition (id, key, label, description, source, operation, returns, frame, value_kind, target,"
    " years, number, field, formula, slot, position, is_active, created_in, version) VALUES (1, 'total', 'Total', '',"
    " 'hard', 'total', 'sum', 'all time', 'money', 'constituent', 'fiscal year', 0, '', '', 1, 1, true, 1, 1)",
    "INSERT INTO plan_template (id, name, description, is_active, rule_version, created_in, version)"
    " VALUES (1, 'Welcome', '', true, 1, 1, 1)",
    "INSERT INTO track (id, name, description, target, measure_id, position, is_active, rule_version, deceased,"
    " anonymous, falls, grace_days, created_in, version)"
    " VALUES (1, 'Giving', '', 'all', 1, 1, true, 1, 'stand', 'stand', 'at once', 0, 1, 1)",
    "INSERT INTO level (id, track_id, name, position, minimum, is_active, plan_template_id, created_in, version)"
    " VALUES (1, 1, 'Friend', 1, 100, true, NULL, 1, 1), (2, 1, 'Patron', 2, 900, true, 1, 1, 1)",
)
"""A track with two levels, one of which starts a plan, as they were kept before."""


def test_a_parent_becomes_a_link_and_a_version_that_follows_is_told_by_its_steps(
    empty_database: str, tmp_path: Path
) -> None:
    app = application(configuration(empty_database, tmp_path))
    with app.app_context():
        flask_migrate.upgrade(revision="0016_start_rules")
        with app.extensions["sqlalchemy"].engine.begin() as connection:
            for statement in TWO_VERSIONS:
                connection.execute(text(statement))
        flask_migrate.upgrade(revision="0017_plans_as_graphs")
        with app.extensions["sqlalchemy"].engine.begin() as connection:
            steps = connection.execute(text("SELECT id, after, days FROM step ORDER BY id")).all()
            links = connection.execute(text("SELECT step_id, parent_id, outcome FROM step_link ORDER BY id")).all()
            tasks = connection.execute(text("SELECT state, kind, outcome, reason FROM task ORDER BY id")).all()
        assert steps == [(1, "start", 2), (2, "parent done", 3), (3, "start", 2), (4, "parent due", 3)]
        assert links == [(2, 1, ""), (4, 3, "")]
        assert tasks == [("skipped", "task", "", "she wrote"), ("cancelled", "task", "", "moved away")]
        flask_migrate.downgrade(revision="0016_start_rules")
        with app.extensions["sqlalchemy"].engine.begin() as connection:
            parents = connection.execute(text("SELECT parent_id, days_after FROM step ORDER BY id")).all()
            follows = connection.execute(text("SELECT follows_completion FROM template_version ORDER BY id"))
            assert [bool(each) for each in follows.scalars()] == [True, False]
            states = connection.execute(text("SELECT state, outcome FROM task ORDER BY id")).all()
        assert parents == [(None, 2), (1, 3), (None, 2), (3, 3)]
        assert states == [("cancelled", "she wrote"), ("cancelled", "moved away")]
    let_go(app)


TWO_VERSIONS = (
    ONE_LEVEL[0],
    ONE_LEVEL[2],
    "INSERT INTO app_user (id, email, name, role, practice, wants_digest, created_in, version)"
    " VALUES (1, 'o@example.org', 'Olive', 'officer', false, false, 1, 1)",
    "INSERT INTO template_version (id, template_id, number, skips_weekends, reschedule, follows_completion, created_in)"
    " VALUES (1, 1, 1, true, 'monday', true, 1), (2, 1, 2, true, 'monday', false, 1)",
    "INSERT INTO step (id, version_id, position, parent_id, kind, subject, note, days_after, owner_role, reminds,"
    " created_in) VALUES (1, 1, 1, NULL, 'task', 'Call', '', 2, 'officer', true, 1),"
    " (2, 1, 2, 1, 'task', 'Write', '', 3, 'officer', true, 1),"
    " (3, 2, 1, NULL, 'task', 'Call', '', 2, 'officer', true, 1),"
    " (4, 2, 2, 3, 'task', 'Write', '', 3, 'officer', true, 1)",
    "INSERT INTO task (id, subject, note, original_due_on, due_on, state, done_on, done_by, outcome, reminds,"
    " recorded_at, created_in, version) VALUES"
    " (1, 'Call', '', '2026-03-02', '2026-03-02', 'cancelled', '2026-03-03', 1, 'she wrote', true,"
    " '2026-03-01 12:00:00+00:00', 1, 1),"
    " (2, 'Write', '', '2026-03-02', '2026-03-02', 'cancelled', '2026-03-03', NULL, 'moved away', true,"
    " '2026-03-01 12:00:00+00:00', 1, 1)",
)
"""A template of which one version follows completions and the other does not; a task that was skipped and one that was
stopped, as they were kept before."""
