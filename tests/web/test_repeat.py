"""A form that met another one in the database is carried out anew, and all of it once."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from donors.core import retry
from donors.core.changes import ChangeSet
from donors.core.db import transaction
from donors.giving import purposes
from donors.giving.models import Fund
from tests.cast import ADA, Person, sign_in

ADDED = "/settings/purposes/funds/add"


class Deadlock(Exception):
    """What psycopg raises, as far as it matters."""

    sqlstate = "40P01"


class Waited(Exception):
    """A lock that was waited for in vain."""

    sqlstate = "55P03"


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch, cause: type[Exception], met: int) -> list[int]:
    """Lets adding a fund fail so many times, after it has written."""
    monkeypatch.setattr(retry, "FIRST_PAUSE", 0)
    add, tries = purposes.add_fund, list[int]()

    def adding(*given: Any, **named: Any) -> Any:
        made = add(*given, **named)
        tries.append(1)
        if len(tries) <= met:
            raise OperationalError("INSERT", None, cause())
        return made

    monkeypatch.setattr(purposes, "add_fund", adding)
    return tries


@pytest.mark.parametrize(
    ("cause", "met", "tries", "status"),
    [(Deadlock, 2, 3, 303), (Deadlock, 3, 3, 503), (Waited, 1, 1, 503)],
    ids=["at last", "in vain", "after a long wait"],
)
def test_a_form_is_carried_out_anew_after_a_collision(
    app: Flask, client: FlaskClient, cast: dict[Person, int], times: list[int], tries: int, status: int
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    sign_in(client, ADA)
    answer = client.post(ADDED, data={"name": "Roof fund", "request_key": "a"})
    assert (answer.status_code, len(times)) == (status, tries)
    kept = int(status == 303)
    with app.app_context(), transaction() as session:
        assert session.scalar(select(func.count()).select_from(Fund)) == kept
        assert session.scalar(select(func.count()).where(ChangeSet.kind == "fund.add")) == kept
    assert client.get("/settings/purposes").text.count("Roof fund is added.") == kept
