"""The page of a move, and the way to it from the figures that count it."""

from dataclasses import replace

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.pipeline.move import Report
from donors.workflows.begin import begin
from donors.workflows.moves import log_move
from tests.cast import OLIVE, SAM, Person, sign_in
from tests.constituents.people import person
from tests.web.test_pipeline_pages import TODAY, get, words


def test_a_move_has_a_page_that_figures_lead_to(client: FlaskClient, session: Session, cast: dict[Person, int]) -> None:
    change = open_change(session, "test", act=Act(by=cast[OLIVE], at=now(), through="web"))
    begin(session, within=change)
    harold = person(session, "Harold Nakamura").id
    open_one = Report(TODAY, "visit", "positive", "Liked the roof.", "Show the roof", cast[OLIVE])
    shown, hidden = (
        log_move(session, harold, report, within=change, on=TODAY).id
        for report in (open_one, replace(open_one, purpose="Her illness", confidential=True))
    )
    session.commit()
    sign_in(client, SAM)
    page = get(client, f"/constituents/{harold}/why/move_count")
    assert f"/pipeline/moves/{shown}" in page
    assert f"/pipeline/moves/{hidden}" not in page
    assert "Her illness" not in page
    assert "2 moves" in words(page)
    assert "Liked the roof." in get(client, f"/pipeline/moves/{shown}")
    get(client, f"/pipeline/moves/{hidden}", 404)
    sign_in(client, OLIVE)
    assert "Her illness" in get(client, f"/pipeline/moves/{hidden}")
