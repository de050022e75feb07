"""Own hosts: what counts as an address on one of them, and which hosts can be named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.core.errors import Invalid
from donors.leads.hosts import host_of, is_own, read_hosts
from donors.web.lead_form.decide import ASKED_AGAIN, Came, asks_again, came_from
from donors.web.lead_form.limits import Limit
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
