"""Settings › Rollups: a definition is typed, tried, kept and changed; nothing is written before it is saved."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from donors.core.changes import ChangeSet
from donors.rollups.models import RollupDefinition
from tests.cast import ADA, Person, sign_in
from tests.reports.givers import Givers, givers

LIST, NEW = "/settings/rollups", "/settings/rollups/new"
LARGEST = (
    ("label", "Largest for the roof"),
    ("source", "hard"),
    ("operation", "largest"),
    ("returns", "amount"),
    ("span", "last years"),
    ("many", "2"),
    ("frame_years", "fiscal"),
    ("open", "all"),
    ("field", "amount"),
    ("operator", "at least"),
    ("value", "10"),
    ("open", "any"),
    ("field", "method"),
    ("operator", "is not empty"),
    ("field", "amount"),
    ("operator", "at least"),
    ("value", "1"),
    ("close", "1"),
    ("close", "1"),
)


@pytest.fixture
def made(session: Session, cast: dict[Person, int]) -> Givers:
    return givers(session)


def words(html: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


def count(session: Session) -> int:
    """How many change sets there are."""
    found = session.scalar(select(func.count(ChangeSet.id))) or 0
    session.rollback()
    return found


def send(client: FlaskClient, address: str, *pairs: tuple[str, str]) -> TestResponse:
    """Posts pairs in their order, as a browser does."""
    body = "&".join(f"{name}={value.replace(' ', '+')}" for name, value in pairs)
    return client.post(address, data=body, content_type="application/x-www-form-urlencoded")


def test_a_definition_is_tried_and_kept(client: FlaskClient, session: Session, made: Givers) -> None:
    sign_in(client, ADA)
    assert client.get(NEW).status_code == 200
    before = count(session)
    shown = send(client, NEW, *LARGEST, ("act", "what-if"))
    assert shown.status_code == 200, words(shown.text)
    said = words(shown.text)
    assert "Amount of the largest of gifts by hard credit in the last 2 full fiscal years, where Amount" in said
    assert "The largest changes" in said
    assert count(session) == before
    kept = send(client, NEW, *LARGEST, ("act", "save"))
    assert kept.headers["Location"] == f"{LIST}/largest_for_the_roof", words(kept.text)
    page = words(client.get(f"{LIST}/largest_for_the_roof").text)
    assert "Version 1" in page
    row = session.scalar(select(RollupDefinition).where(RollupDefinition.key == "largest_for_the_roof"))
    assert row is not None
    assert row.frame == "last 2 fiscal years"
    assert (
        "largest_for_the_roof" in client.get("/constituents?col=largest_for_the_roof&sort=-largest_for_the_roof").text
    )


def test_a_figure_returns_a_field_of_its_gift(client: FlaskClient, session: Session, made: Givers) -> None:
    sign_in(client, ADA)
    method = (("label", "How they gave last"), ("source", "hard"), ("operation", "last"), ("returns", "row"))
    shown = send(client, NEW, *method, ("field", "method"), ("act", "preview"))
    assert "Which field" in words(shown.text)
    assert "Method of the last of gifts by hard credit of all time" in words(shown.text)
    assert re.search(r'<option value="method" selected>Method', shown.text)
    wrong = send(client, NEW, *method, ("field", "shoe_size"), ("act", "save"))
    assert (wrong.status_code, "Choose one of" in words(wrong.text)) == (422, True), words(wrong.text)
    kept = send(client, NEW, *method, ("field", "method"), ("act", "save"))
    assert kept.headers["Location"] == f"{LIST}/how_they_gave_last"
    assert client.get("/constituents?col=how_they_gave_last&sort=how_they_gave_last").status_code == 200
    changed = send(client, f"{LIST}/how_they_gave_last", *method, ("field", "note"), ("act", "what-if"))
    assert "Nothing changes" in words(changed.text)
