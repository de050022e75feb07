"""Settings › Jobs: what the administrator sees and may do."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from donors.mail.deliver import Courier, deliver
from donors.mail.smtp import NotTaken
from tests.cast import ADA, DORA, Person, sign_in
from tests.jobs.bodies import Hands, daily, in_parts, made, states
from tests.mail.letters import Wire, letter, mail, put


@pytest.fixture
def trouble(app: Flask, cast: dict[Person, int], clock: Hands) -> None:
    """A run that is due, one that was failed, and a mail that was given up."""
    with app.app_context():
        made(daily("prune", in_parts(1)), at=clock())
        put(letter(), clock=clock)
        deliver(Courier(Wire(NotTaken("550 no such user", final=True)), "give.example.org"), clock=clock)


@pytest.mark.usefixtures("trouble")
def test_the_page_shows_schedule_runs_and_mails(client: FlaskClient) -> None:
    sign_in(client, ADA)
    page = client.get("/settings/jobs").text
    for words in (
        "No scheduler is running",
        "deliver",
        "2026-06-10",
        "550 no such user",
        "older than 90 days",
    ):
        assert words in page
    assert "2026-06-10" not in client.get("/settings/jobs?state=done").text


@pytest.mark.usefixtures("trouble")
def test_skip_retry_and_send_again(app: Flask, client: FlaskClient) -> None:
    sign_in(client, ADA)
    assert client.post("/settings/jobs/prune/2026-06-10/skip").status_code == 303
    with app.app_context():
        assert states("prune") == {"2026-06-10": "skipped"}
    assert client.post("/settings/jobs/prune/2026-06-10/retry").status_code == 303
    assert client.post("/settings/jobs/prune/2026-06-10/retry").status_code == 409
    assert client.post("/settings/jobs/prune/2026-06-11/retry").status_code == 404
    with app.app_context():
        assert states("prune") == {"2026-06-10": "todo"}
        assert client.post(f"/mail/{mail().id}/again").status_code == 303
        assert mail().state == "todo"


@pytest.mark.usefixtures("trouble")
def test_others_may_not(client: FlaskClient) -> None:
    sign_in(client, DORA)
    assert client.get("/settings/jobs").status_code == 403
    assert client.post("/settings/jobs/prune/2026-06-10/skip").status_code == 403
