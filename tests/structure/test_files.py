"""House rules on files: their length, what templates may hold, what must not be named anywhere."""

import re

from tests.structure.source import files, name

LONGEST = {".py": 300, ".html": 120, ".css": 200, ".js": 100}
INLINE = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "style element": re.compile(r"<style\b"),
    "event handler": re.compile(r"<[^>]*\son[a-z]+\s*="),
    "script without a file": re.compile(r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*application/json)"),
    "javascript: address": re.compile(r"""["']javascript:"""),
}
ELSEWHERE = {
    "path of one machine": re.compile(r"(?<![\w.>}])/(?:home|root|work|Users)/"),
    "path outside the project": re.compile(r"\.\./shared"),
    "package registry": re.compile(r"https?://[\w.]*(?:py[p]i|pythonhoste[d]|npmj[s]|deb\.debia[n])"),
}
TEXT = (".py", ".md", ".html", ".css", ".js", ".toml", ".txt", ".in", ".sh", ".yml", ".yaml", ".json", ".ini", "")


def test_files_are_short() -> None:
    lengths = {name(path): (len(path.read_text().splitlines()), LONGEST[path.suffix]) for path in files(*LONGEST)}
    too_long = {place: length for place, (length, most) in lengths.items() if length > most}
    # A migration is history: one step, however long, and never edited.
    assert {place: length for place, length in too_long.items() if not place.startswith("migrations/")} == {}


def test_no_merge_is_half_done() -> None:
    mark = re.compile(r"^(?:<{7}|>{7}|={7}$)", re.MULTILINE)
    assert [name(path) for path in files(*TEXT) if mark.search(path.read_text())] == []


def test_pages_hold_no_inline_style_or_script() -> None:
    """The content security policy would refuse them."""
    markup = [*files(".html", under="templates"), *files(".py", under="donors/web")]
    found = [
        f"{name(path)}: {what}"
        for path in markup
        for what, pattern in INLINE.items()
        if pattern.search(re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL))
    ]
    assert found == []


def test_templates_turn_off_no_escaping() -> None:
    off = re.compile(r"\|\s*safe\b|autoescape\s+false")
    assert [name(path) for path in files(".html", under="templates") if off.search(path.read_text())] == []


def test_nothing_names_the_place_where_it_was_written() -> None:
    found = [
        f"{name(path)}: {what}"
        for path in files(*TEXT)
        for what, pattern in ELSEWHERE.items()
        if pattern.search(path.read_text(errors="replace"))
    ]
    assert found == []


def test_requirements_are_pinned_by_hash_and_name_no_address() -> None:
    for path in files(".txt", under="requirements"):
        text = path.read_text()
        pins = re.findall(r"^[\w.-]+(?:\[[\w,]+\])?==\S+.*\\$", text, re.MULTILINE)
        assert pins
        assert len(pins) == len(re.findall(r"^[\w-]", text, re.MULTILINE))
        assert not re.search(r"^\s*--(?!hash=)|://", text, re.MULTILINE)
