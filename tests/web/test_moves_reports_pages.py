"""Pages of the briefing, the pack, and of reports on moves; their files."""

import json

from flask.testing import FlaskClient

from tests.cast import OLIVE, Person, sign_in
from tests.web.test_pipeline_pages import World, get, words, world

__all__ = ["world"]  # the fixture


def test_a_briefing_says_what_the_visit_is_for(client: FlaskClient, world: World) -> None:
    sign_in(client, OLIVE)
    assert f"/pipeline/{world.harold}/briefing" in get(client, f"/pipeline/{world.harold}")
    page = words(get(client, f"/pipeline/{world.harold}/briefing"))
    assert "Send the roof budget Mail" in page
    assert "Nobody has written of a contact yet." in page
    assert "No move is planned" in words(get(client, f"/pipeline/{world.bettina}/briefing"))
    get(client, f"/pipeline/{world.hidden}/briefing", 404)


def test_a_pack_has_a_sheet_for_each(client: FlaskClient, world: World, cast: dict[Person, int]) -> None:
    sign_in(client, OLIVE)
    page = words(get(client, f"/pipeline/portfolios/{cast[OLIVE]}/pack"))
    assert "1 sheet" in page
    assert "Harold Nakamura" in page
    get(client, "/pipeline/portfolios/9999/pack", 404)


def test_reports_on_moves_and_their_files(client: FlaskClient, world: World, cast: dict[Person, int]) -> None:
    sign_in(client, OLIVE)
    lacking = words(get(client, "/reports/no-next-move"))
    assert "Bettina Kroll" in lacking
    assert "Make the first contact" in lacking
    assert "Carl Hidden" not in lacking
    assert "Every prospect has a next move" in words(get(client, f"/reports/no-next-move?officer={cast[OLIVE]}"))
    get(client, "/reports/no-next-move?as_of=2020-01-01&page=9&pipeline=x")
    late = words(get(client, "/reports/overdue-moves"))
    assert "Send the roof budget" in late
    assert "3 days" in late
    assert "No move is overdue" in words(get(client, "/reports/overdue-moves?age=3"))
    table = client.post("/reports/no-next-move/file", data={"form": "csv"}).text
    assert "Bettina Kroll" in table
    told = json.loads(client.post("/reports/overdue-moves/file", data={"form": "json"}).text)
    assert told["by_age"]["1 to 7"] == len(told["rows"]) == 1
