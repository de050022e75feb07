"""Own hosts: what counts as an address on one of them, and which hosts can be named; limits of the public form."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.core.errors import Invalid
from donors.leads.hosts import host_of, is_own, read_hosts
from donors.web.lead_form.decide import ASKED_AGAIN, Came, asks_again, came_from
from donors.web.lead_form.guard import Guard
from donors.web.lead_form.limits import Limit, Limits
from donors.web.lead_form.sealed import Seal

OWN = ("river.example", "localhost:8080")


@pytest.mark.parametrize(
    "url",
    ["https://river.example", "http://RIVER.example/thanks?a=b#c", "http://localhost:8080/x"],
)
def test_what_lies_on_an_own_host(url: str) -> None:
    assert is_own(url, OWN)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/thanks",
        "//river.example/",
        "https:river.example",
        "https:///river.example",
        "javascript:alert(1)//river.example",
        "https://river.example.evil.example/",
        "https://evil.example/?river.example",
        "https://river.example@evil.example/",
        "https://river.example\\@evil.example/",
        "https://river.example\\.evil.example/",
        "https://evil.example#@river.example/",
        "https://river.example:8443/",
        "https://river.example:port/",
        "https://river.example/\r\nSet-Cookie: a=b",
        "https://river.example/\x00",
        " https://river.example/",
        "https://localhost/",
        "ftp://river.example/",
        "https://rіver.example/",
    ],
)
def test_what_does_not(url: str) -> None:
    assert not is_own(url, OWN)


@given(st.text(max_size=40))
def test_a_host_has_no_more_than_a_name_and_a_port(text: str) -> None:
    for url in (text, f"https://{text}", f"https://river.example{text}"):
        assert set(host_of(url)) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-:")


def test_hosts_are_read_from_lines() -> None:
    assert read_hosts([" River.example ", "https://www.river.example/give", "", "river.example"]) == (
        "river.example",
        "www.river.example",
    )
    for wrong in ("river example", "river.example/give", "*.river.example", "user@river.example"):
        with pytest.raises(Invalid) as refused:
            read_hosts([wrong])
        assert refused.value.field == "own_hosts"


@pytest.mark.parametrize(
    ("origin", "referrer", "came"),
    [
        ("https://site.example", "", "here"),
        ("https://river.example", "https://site.example/f", "own"),
        ("null", "https://river.example/page", "own"),
        ("null", "", "unknown"),
        ("", "", "unknown"),
        ("https://evil.example", "https://site.example/f", "foreign"),
        ("not a host", "", "foreign"),
    ],
)
def test_where_a_form_came_from(origin: str, referrer: str, came: str) -> None:
    assert came_from(origin, referrer, here={"site.example"}, own=OWN) == came


@pytest.mark.parametrize("came", ["here", "unknown", "own", "foreign"])
@pytest.mark.parametrize("seal", ["none", "good", "quick", "old"])
def test_what_is_asked_once_more(came: Came, seal: Seal) -> None:
    taken = (seal == "good" and came != "foreign") or (came == "own" and seal == "none")
    assert (asks_again(came, seal) == "") is taken
    assert taken or asks_again(came, seal) in ASKED_AGAIN.values()


def test_a_limit_counts_by_the_minute() -> None:
    limit = Limit(2)
    assert [limit.take("a", 0), limit.take("a", 59), limit.take("a", 59.9), limit.take("b", 59.9)] == [
        True,
        True,
        False,
        True,
    ]
    assert limit.take("a", 60)


def test_who_shows_any_key_leaves_others_their_share() -> None:
    now = [datetime(2026, 7, 1, 12, tzinfo=UTC)]
    statuses: list[str] = []

    def sent(second: int, address: str, key: str = "") -> str:
        now[0] = now[0].replace(second=second)
        guard(
            {
                "PATH_INFO": "/f/a-token",
                "REQUEST_METHOD": "POST",
                "REMOTE_ADDR": address,
                "HTTP_AUTHORIZATION": key,
                "CONTENT_LENGTH": "0",
                "wsgi.input": BytesIO(),
            },
            lambda status, _headers, _error=None: statuses.append(status) or (lambda _part: None),
        )
        return statuses.pop() if statuses else "taken"

    guard = Guard(lambda _environ, _start: [], lambda refusal: refusal.title, Limits(), clock=lambda: now[0])
    answers = [sent(second, "203.0.113.9", "Bearer no key") for second in range(59) for _ in range(3)]
    assert (answers.count("taken"), answers[-1]) == (60, "429 Too Many Requests")
    assert sent(59, "198.51.100.9") == "taken"
