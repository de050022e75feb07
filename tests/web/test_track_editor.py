"""The editor of a track without script: criteria, order, grace, and what its versions tell."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.levels.ladders import ladder
from donors.levels.models import Track
from tests.cast import ADA, Person, sign_in
from tests.reports.givers import Givers, givers

Pairs = list[tuple[str, str]]


@pytest.fixture
def made(session: Session, cast: dict[Person, int]) -> Givers:
    return givers(session)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def typed(html: str) -> Pairs:
    """What the editor's form would send, in its order; buttons are left to the test."""
    editor = html[html.index('class="form ladder"') :].split("</form>", maxsplit=1)[0]
    pairs: Pairs = []
    for tag in re.findall(r"<input[^>]*>|<select[^>]*>.*?</select>", editor, re.DOTALL):
        said = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag.partition(">")[0]))
        if tag.startswith("<input") and said.get("type") != "checkbox":
            pairs.append((said["name"], said.get("value", "")))
        elif tag.startswith("<select"):
            options = re.findall(r'<option(?=[^>]*value="([^"]*)")([^>]*)>', tag)
            pairs.append((said["name"], next((value for value, more in options if "selected" in more), options[0][0])))
    return pairs


def given(pairs: Pairs, **changes: str) -> Pairs:
    return [(name, changes.get(name.replace("-", "_"), value)) for name, value in pairs]


def send(client: FlaskClient, address: str, pairs: Pairs, act: str) -> Any:
    body = "&".join(f"{name}={_quoted(value)}" for name, value in [*pairs, ("act", act)])
    return client.post(address, data=body, content_type="application/x-www-form-urlencoded")


def _quoted(value: str) -> str:
    return "".join(f"%{ord(one):02X}" if not one.isalnum() else one for one in value.encode().decode("latin-1"))


def with_condition(client: FlaskClient, address: str, place: str, line: tuple[str, str, str]) -> Pairs:
    """The form with one condition at a level, put together press by press."""
    pairs = typed(client.get(address).text)
    added = send(client, address, pairs, f"in:{place}:add:0")
    assert added.status_code == 200
    field, operator, value = line
    pairs = typed(added.text)
    at = next(i for i, (name, _) in enumerate(pairs) if name == "field")
    pairs[at] = ("field", field)
    chosen = typed(send(client, address, pairs, "look").text)
    at = next(i for i, (name, _) in enumerate(chosen) if name == "operator")
    chosen[at : at + 2] = [("operator", operator), ("value", value)]
    return chosen


def test_a_level_asks_for_more_and_waits_before_it_falls(client: FlaskClient, session: Session, made: Givers) -> None:
    address = f"/settings/tracks/{made.giving}"
    sign_in(client, ADA)
    pairs = with_condition(client, address, "3", ("gift_count", "at least", "2"))
    wrong = send(client, address, [(n, "many" if n == "value" else v) for n, v in pairs], "save")
    assert wrong.status_code == 422
    assert "Is not a number" in words(wrong.text)
    pairs = given(pairs, falls="after days", maximum_2="")
    assert send(client, address, pairs, "save").status_code == 422
    pairs = given(pairs, grace_days="60")
    assert send(client, address, pairs, "save").status_code == 422
    pairs = given(pairs, maximum_2="1,000")
    gap = send(client, address, pairs, "save")
    assert gap.status_code == 422
    assert "From 1,000 to under 5,000" in words(gap.text)
    meant = re.findall(r'name="gaps" value="([^"]+)"', gap.text)[0]
    assert send(client, address, [*pairs, ("gaps", meant)], "save").status_code == 303
    kept = ladder(session, made.giving)
    assert (kept.falls, kept.grace_days, kept.bands[2].criteria) == (
        "after days",
        60,
        '{"field": "gift_count", "operator": "at least", "value": 2}',
    )
    session.rollback()
    shown = words(client.get("/settings/tracks").text)
    assert "where number of gifts is at least 2" in shown
    assert "Who falls does so after 60 days of grace." in shown
    assert "Version 2" in words(client.get(address).text)
    assert "Ada Administrator" in words(client.get(address).text)


def test_levels_change_places_and_versions_say_whom_they_moved(
    client: FlaskClient, session: Session, made: Givers
) -> None:
    address = f"/settings/tracks/{made.giving}"
    sign_in(client, ADA)
    pairs = typed(client.get(address).text)
    moved = dict(typed(send(client, address, pairs, "down:2").text))
    assert (moved["name-1"], moved["name-2"]) == ("Supporter", "Friend")
    narrow = given(pairs, maximum_1="200", minimum_2="200")
    assert send(client, address, narrow, "save").status_code == 303
    lower = given(typed(client.get(address).text), maximum_2="600", minimum_3="600")
    assert send(client, address, lower, "save").status_code == 303
    shown = words(client.get(address).text)
    assert "Supporter from 200 to under 600; Patron from 600 to under 5,000" in shown
    assert re.search(r"\d rose", shown)


def test_a_track_that_leans_on_itself_is_refused(client: FlaskClient, session: Session, made: Givers) -> None:
    address = f"/settings/tracks/{made.giving}"
    sign_in(client, ADA)
    pairs = with_condition(client, address, "0", ("level_since", "is not empty", ""))
    refused = send(client, address, [pair for pair in pairs if pair[0] != "value"], "save")
    assert refused.status_code == 422
    assert "depends on this track" in words(refused.text)
    assert session.scalars(select(Track.rule_version).where(Track.id == made.giving)).one() == 1
