"""The style guide shows every component and keeps the content policy; its files are served for ever under a digest."""

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import ROOT
from donors.web import assets, filters, icons
from donors.web.style.views import blueprint

FORBIDDEN = re.compile(r"<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE)
JINJA = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}", re.DOTALL)
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class _Outline(HTMLParser):
    """Ids, references to ids, and tags that were not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.wanted: list[str] = []
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.ids += [found["id"]] if "id" in found else []
        for name in ("for", "aria-labelledby", "aria-describedby", "popovertarget", "commandfor", "form"):
            self.wanted += found.get(name, "").split()
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.fixture
def guide() -> Flask:
    """The interface kit on its own: no database, no accounts."""
    app = Flask("donors", root_path=str(ROOT / "donors"), template_folder=str(ROOT / "templates"), static_folder=None)
    app.secret_key = "only here"
    for kit in (assets, filters, icons):
        kit.register(app)
    app.register_blueprint(blueprint())
    return app


@pytest.fixture
def visitor(guide: Flask) -> FlaskClient:
    return guide.test_client()


@pytest.mark.parametrize("path", ["/style", "/style/dialog", "/style/people?q=whit"])
def test_the_guide_is_well_formed_and_names_only_what_is_there(visitor: FlaskClient, path: str) -> None:
    answer = visitor.get(path)
    outline = _Outline()
    outline.feed(answer.text)
    assert answer.status_code == 200
    assert outline.wrong == []
    assert outline.open == []
    assert {one for one in outline.ids if outline.ids.count(one) > 1} == set()
    assert set(outline.wanted) - set(outline.ids) == set()


@pytest.mark.parametrize("path", ["/style", "/style/dialog", "/style/people?q=whit"])
def test_nothing_in_it_breaks_the_content_policy(visitor: FlaskClient, path: str) -> None:
    assert FORBIDDEN.search(visitor.get(path).text) is None


def test_no_template_has_a_style_or_script_of_its_own() -> None:
    files = [*(ROOT / "templates").rglob("*.html")]
    assert [path.name for path in files if FORBIDDEN.search(JINJA.sub("", path.read_text("utf-8")))] == []


def test_every_macro_stands_in_the_guide() -> None:
    shown = "".join(path.read_text("utf-8") for path in (ROOT / "templates/style").glob("*.html"))
    for path in (ROOT / "templates/components").glob("*.html"):
        for macro in re.findall(r"{% macro ([a-z]\w*)\(", path.read_text("utf-8")):
            called = "sheet" if (path.name, macro) == ("form.html", "form") else macro
            inside = {"hidden"}
            assert macro in inside or re.search(rf"\b{called}\(", shown), f"{path.name}: {macro}"


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 429, 500])
def test_errors_say_what_happened_and_what_to_do(guide: Flask, status: int) -> None:
    with guide.test_request_context():
        text = guide.jinja_env.get_template(f"errors/{status}.html").render(receipt="7KQ-2M4")
    assert re.search(r"<h1>[^<]{12,}</h1>\s*<p>[^<]{12,}</p>\s*<p>[^<]{8,}</p>", text)
    assert "7KQ-2M4" in text


def test_files_are_sent_for_ever_and_small(visitor: FlaskClient) -> None:
    found = re.search(r'href="(/static/\w+/css/app\.css)"', visitor.get("/style").text)
    assert found
    small = visitor.get(found[1], headers={"Accept-Encoding": "gzip, br"})
    plain = visitor.get(found[1])
    assert gzip.decompress(small.data) == plain.data
    assert small.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert b"@import" not in plain.data
    assert plain.text.index("@layer reset, tokens") < plain.text.index("@layer reset {")
    assert visitor.get("/static/0123456789ab/css/app.css").status_code == 404
    assert visitor.get(found[1].replace("css/app.css", "../assets.py")).status_code == 404


def test_the_digest_changes_with_any_file(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("1")
    before = assets.load(tmp_path)
    (tmp_path / "a.js").write_text("2")
    assert assets.load(tmp_path).digest != before.digest
    with pytest.raises(KeyError):
        before.url("b.js")


def test_every_import_of_a_script_is_there() -> None:
    for path in (assets.ROOT / "js").glob("*.js"):
        for name in re.findall(r'(?:import|from) "\./([\w.-]+)"', path.read_text("utf-8")):
            assert (path.parent / name).is_file(), f"{path.name} imports {name}"


def _loaded(name: str) -> set[Path]:
    """A script and all that it imports; those of the service worker and of single pages come only when asked for."""
    path = assets.ROOT / "js" / name
    imported = re.findall(r'import (?:\S.* from )?"\./([\w.-]+)"', path.read_text("utf-8"))
    return {path}.union(*(_loaded(one) for one in imported))


def test_the_page_stays_small_over_the_wire(visitor: FlaskClient) -> None:
    sheet = re.search(r'href="(/static/\w+/css/app\.css)"', visitor.get("/style").text)
    assert sheet
    scripts = sum(len(gzip.compress(path.read_bytes())) for path in _loaded("app.js"))
    css = len(visitor.get(sheet[1], headers={"Accept-Encoding": "gzip"}).data)
    page = len(gzip.compress(visitor.get("/style/dialog").data))
    assert scripts + css + page < 40_000
