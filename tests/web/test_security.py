"""Headers, cookies, hosts, proxies, redirects, errors: what holds for every answer."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import ROOT
from donors.core.errors import AlreadyDone, Blocked, Conflict, Invalid, NotFound
from donors.web.access import TABLE
from donors.web.door import local_path
from tests.cast import ADA, OLIVE, PASSWORD, Person, sign_in
from tests.harness.application import application, configuration, let_go

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
INLINE = re.compile(r"""<[^>]*\s(style|on\w+)\s*=\s*["']|<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>""")


@pytest.fixture
def secure_app(database: str, tmp_path: Path) -> Iterator[Flask]:
    """The application behind TLS and one proxy."""
    made = application(
        configuration(database, tmp_path, public_url="https://donors.example.org", trusted_proxies=1, host="0.0.0.0")
    )
    yield made
    let_go(made)


def some_answers(client: FlaskClient) -> list[TestResponse]:
    """A page, a redirect, errors, a file."""
    asset = re.search(r'href="(/static/[^"]+\.css)"', client.get("/accounts/sign-in").text)
    assert asset is not None
    return [
        client.get("/accounts/sign-in"),
        client.get("/accounts/me"),
        client.get("/no-such-page"),
        client.delete("/accounts/sign-in"),
        client.get("/accounts/link/nothing"),
        client.post("/accounts/sign-in", data={}),
        client.get(asset[1]),
        client.get("/static/none.css"),
        client.get("/", headers={"Host": "evil.example"}),
    ]


def test_headers_stand_on_every_answer(client: FlaskClient) -> None:
    for answer in some_answers(client):
        policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
        assert "unsafe" not in str(policy)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in answer.headers
        assert len(answer.headers.getlist("Content-Security-Policy")) == 1


def test_strict_transport_when_secure(secure_app: Flask) -> None:
    for answer in some_answers(secure_app.test_client()):
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_pages_are_not_stored_and_files_are(client: FlaskClient, cast: dict[Person, int]) -> None:
    page = client.get("/accounts/sign-in")
    assert page.headers["Cache-Control"] == "no-store"
    sheet = re.search(r'href="(/static/[^"]+\.css)"', page.text)
    assert sheet is not None
    assert "immutable" in client.get(sheet[1]).headers["Cache-Control"]
    sign_in(client, OLIVE)
    assert client.get("/accounts/me").headers["Cache-Control"] == "no-store"


def cookies_of(app: Flask, base_url: str) -> list[str]:
    """The cookies that a sign-in sets."""
    client = app.test_client()
    data = {"email": OLIVE.email, "password": PASSWORD}
    answer = client.post("/accounts/sign-in", data=data, base_url=base_url)
    assert answer.status_code == 303
    return answer.headers.getlist("Set-Cookie")


def test_cookies_on_this_machine(app: Flask, cast: dict[Person, int]) -> None:
    cookies = cookies_of(app, "http://localhost")
    assert sorted(cookie.split("=")[0] for cookie in cookies) == ["perennial", "perennial_device"]
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie


def test_cookies_behind_tls(secure_app: Flask, cast: dict[Person, int]) -> None:
    cookies = cookies_of(secure_app, "https://donors.example.org")
    assert sorted(cookie.split("=")[0] for cookie in cookies) == ["__Host-perennial", "__Host-perennial_device"]
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


def test_no_inline_style_or_script_in_templates() -> None:
    assert TEMPLATES
    for path in TEMPLATES:
        found = INLINE.search(re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL))
        assert found is None, f"{path.relative_to(ROOT)}: {found[0] if found else ''}"


def test_unknown_hosts_are_refused(client: FlaskClient, secure_app: Flask) -> None:
    assert client.get("/accounts/sign-in", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/accounts/sign-in", headers={"Host": "127.0.0.1:8000"}).status_code == 200
    there = secure_app.test_client()
    assert there.get("/accounts/sign-in", headers={"Host": "evil.example"}).status_code == 400
    assert there.get("/accounts/sign-in", headers={"Host": "donors.example.org"}).status_code == 200


def test_a_short_key_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="SECRET_KEY"):
        application(configuration(f"sqlite:///{tmp_path}/x.db", tmp_path, secret_key="secret"))


FORGED = {"X-Forwarded-For": "198.51.100.1", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}


def test_forwarding_headers_count_only_with_a_configured_proxy(own_app: Flask, secure_app: Flask) -> None:
    seen = {}
    for name, each in (("plain", own_app), ("proxied", secure_app)):
        each.add_url_rule("/echo", "echo", lambda: f"{request.remote_addr} {request.scheme}")
        TABLE[""] = {"echo": "public"}
        headers = FORGED if name == "plain" else FORGED | {"X-Forwarded-Host": "donors.example.org"}
        seen[name] = each.test_client().get("/echo", headers=headers).text
        del TABLE[""]
    assert seen == {"plain": "127.0.0.1 http", "proxied": "198.51.100.1 https"}


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "/\\evil.example",
        "\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "/%09/evil.example\n",
        "///evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "evil.example",
        " /accounts/me",
        "/accounts\\..\\evil",
        "",
        None,
    ],
)
def test_no_way_leads_elsewhere(wanted: str | None) -> None:
    assert local_path(wanted, "/safe") == "/safe"


@pytest.mark.parametrize(
    "wanted", ["/", "/accounts/me", "/constituents?q=a&page=2", "/a#b", "/%09/evil.example", "/a//b"]
)
def test_ways_on_this_site_stay(wanted: str) -> None:
    assert local_path(wanted, "/safe") == wanted


def test_sign_in_goes_on_only_to_this_site(client: FlaskClient, cast: dict[Person, int]) -> None:
    data = {"email": OLIVE.email, "password": PASSWORD}
    for wanted, expected in (("//evil.example", "/today"), ("/accounts/me", "/accounts/me")):
        answer = client.post("/accounts/sign-in", query_string={"next": wanted}, data=data)
        assert answer.headers["Location"] == expected


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("gift", 812), 404),
        (Invalid("amount", "x", "is not a sum"), 422),
        (Conflict("gift", {}, {}), 409),
        (Blocked("This cannot go on", ("A reason.",)), 409),
        (AlreadyDone(1, {}), 409),
    ],
)
def test_errors_have_their_page(own_app: Flask, cast: dict[Person, int], error: Exception, status: int) -> None:
    answer = provoked(own_app, error)
    assert answer.status_code == status
    assert answer.content_type == "text/html; charset=utf-8"
    assert "<h1>" in answer.text


@pytest.mark.parametrize(("location", "led_to"), [("/accounts/me", "/accounts/me"), ("//evil.example", "/today")])
def test_what_was_done_before_leads_to_its_outcome(
    own_app: Flask, cast: dict[Person, int], location: str, led_to: str
) -> None:
    assert provoked(own_app, AlreadyDone(1, {"location": location})).headers["Location"] == led_to


def test_the_unforeseen_shows_a_number_and_nothing_else(
    own_app: Flask, cast: dict[Person, int], caplog: pytest.LogCaptureFixture
) -> None:
    own_app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = provoked(own_app, RuntimeError("secret detail"))
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    receipt = re.search(r"\b[0-9a-f]{8}\b", answer.text)
    assert receipt is not None
    assert receipt[0] in caplog.text


def test_programs_get_errors_as_json(client: FlaskClient) -> None:
    answer = client.get("/no-such-page", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.content_type) == (404, "application/json")
    assert client.get("/accounts/me", headers={"Accept": "application/json"}).status_code == 401


def test_a_form_with_its_token_is_taken(app: Flask, client: FlaskClient, cast: dict[Person, int]) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    data = {"email": OLIVE.email, "password": PASSWORD}
    assert client.post("/accounts/sign-in", data=data).status_code == 400
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/accounts/sign-in").text)
    assert token is not None
    assert client.post("/accounts/sign-in", data=data | {"csrf_token": token[1]}).status_code == 303
    stale = client.post("/accounts/sign-out", data={"csrf_token": token[1]})
    assert stale.status_code == 400, "a token from before the sign-in is worth nothing after it"


def test_a_post_that_may_not_be_is_refused_before_its_body_is_read(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post("/settings/users/add", data=b"x" * 100, content_type="application/x-www-form-urlencoded")
    assert "/accounts/sign-in" in answer.headers["Location"]


def provoked(app: Flask, error: Exception) -> TestResponse:
    """The answer of a page that fails."""

    def fail() -> str:
        raise error

    app.add_url_rule("/fail", "fail", fail)
    TABLE[""] = {"fail": "signed in"}
    try:
        client = app.test_client()
        sign_in(client, ADA)
        return client.get("/fail")
    finally:
        del TABLE[""]
