"""The language of mail templates: text with fields in braces, and nothing else that could be carried out.

    Dear {dear}, thank you for {last_amount, or: your gift}.

`{name}` stands for a field. `{name, or: words}` says what stands there when the field is empty for somebody; without
such words an empty field is a fault, never a blank in a mail. `{{` and `}}` are braces. In HTML what fields hold is
escaped. `{unsubscribe}` stays as it is until the mail leaves: the link is made then.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape

from donors.core.errors import Invalid

UNSUBSCRIBE = "unsubscribe"
LINK = f"{{{UNSUBSCRIBE}}}"
"""Where the unsubscribe link goes, until the mail leaves."""
TOKEN = re.compile(r"\{\{|\}\}|\{([^{}\n]*)\}|[{}]")
INSIDE = re.compile(r"\s*([a-z][a-z0-9_]*)\s*(?:,\s*or:(.*))?", re.DOTALL)


@dataclass(frozen=True)
class Place:
    """Where a field stands. `otherwise` stands there when the field is empty; none: that is a fault."""

    name: str
    otherwise: str | None = None


Piece = str | Place
"""A part of a template: words as they are, or a place for a field."""


def parse(text: str, *, field: str) -> tuple[Piece, ...]:
    """The pieces of a text. Raises Invalid, at this field, with the line of what cannot be read."""
    pieces: list[Piece] = []
    end = 0
    for found in TOKEN.finditer(text):
        pieces.append(text[end : found.start()])
        end = found.end()
        pieces.append(_piece(found, line=text.count("\n", 0, found.start()) + 1, field=field))
    pieces.append(text[end:])
    return tuple(piece for piece in pieces if piece != "")


def _piece(found: re.Match[str], *, line: int, field: str) -> Piece:
    whole, inside = found.group(0), found.group(1)
    if whole in ("{{", "}}"):
        return whole[0]
    read = INSIDE.fullmatch(inside) if inside is not None else None
    if read is None:
        remedy = "Write {name} or {name, or: other words}; {{ and }} for braces themselves."
        raise Invalid(field, whole, f"in line {line} is not a field", remedy)
    return Place(read.group(1), None if read.group(2) is None else read.group(2).strip())


def names_in(pieces: Iterable[Piece]) -> tuple[str, ...]:
    """The fields that stand in a text, each once, in order."""
    return tuple(dict.fromkeys(piece.name for piece in pieces if isinstance(piece, Place)))


@dataclass(frozen=True)
class Filled:
    """A text with its fields filled in, and the names of those that were empty and have no other words."""

    text: str
    missing: tuple[str, ...]


def fill(pieces: Iterable[Piece], values: Mapping[str, str], *, in_html: bool = False) -> Filled:
    """Fills the fields of a text. A missing one is shown as `[name?]`, for previews; such a text must not leave."""
    kept: Callable[[str], str] = escape if in_html else _as_it_is
    missing: dict[str, None] = {}
    parts = []
    for piece in pieces:
        if isinstance(piece, str):
            parts.append(piece)
        elif piece.name == UNSUBSCRIBE:
            parts.append(LINK)
        else:
            value = values.get(piece.name, "").strip() or piece.otherwise
            if value is None:
                missing[piece.name] = None
                value = f"[{piece.name}?]"
            parts.append(kept(value))
    return Filled("".join(parts), tuple(missing))


def _as_it_is(value: str) -> str:
    return value


ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]|\{unsubscribe\}")
FRAME = (
    '<!doctype html><html><head><meta charset="utf-8"></head><body style="margin:0;padding:24px;background:#fff;'
    'color:#222;font:16px/1.6 Georgia,\'Times New Roman\',serif"><div style="max-width:36em;margin:0 auto">'
)


def as_letter(text: str) -> str:
    """HTML made from the text of a mail: paragraphs, lists of lines that begin with a dash, addresses as links."""
    blocks = [block.strip("\n") for block in re.split(r"\n\s*\n", text) if block.strip()]
    return FRAME + "".join(map(_block, blocks)) + "</div></body></html>"


def _block(block: str) -> str:
    lines = block.split("\n")
    if all(line.lstrip().startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{_linked(line.lstrip()[2:])}</li>" for line in lines) + "</ul>"
    return f"<p>{'<br>'.join(map(_linked, lines))}</p>"


def _linked(line: str) -> str:
    parts, end = [], 0
    for found in ADDRESS.finditer(line):
        there = escape(found.group(0))
        parts += [escape(line[end : found.start()]), f'<a href="{there}">{there}</a>']
        end = found.end()
    return "".join(parts) + escape(line[end:])
