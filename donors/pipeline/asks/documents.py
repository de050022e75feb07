"""Which documents are taken as proposals, told by what they hold and not by their names. Pure."""

import hashlib
import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from donors.core.errors import Invalid

LARGEST = 10 * 1024 * 1024
"""Bytes: a proposal of some pages with pictures is a tenth of it."""
PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OPEN_TEXT = "application/vnd.oasis.opendocument.text"
RICH_TEXT = "application/rtf"
ENDINGS = {PDF: ".pdf", WORD: ".docx", OPEN_TEXT: ".odt", RICH_TEXT: ".rtf"}
"""Media type → the ending of its file names."""
TAKEN = "PDF, Word (.docx), OpenDocument (.odt) or RTF"
LONGEST_NAME = 120


@dataclass(frozen=True)
class Document:
    """A document that may be kept: its name with the ending of what it is, its type, its bytes and their SHA-256."""

    name: str
    media_type: str
    content: bytes
    digest: str


def document(name: str, content: bytes) -> Document:
    """The document in a file. Raises Invalid (file): empty, too large, or of another kind."""
    if not content:
        raise Invalid("file", name, "is empty", "Choose the document itself.")
    if len(content) > LARGEST:
        size, most = len(content) / 2**20, LARGEST // 2**20
        raise Invalid("file", name, f"has {size:.1f} MB, more than {most}", "Save it with smaller pictures.")
    kind = _kind(content)
    if kind is None:
        raise Invalid("file", name, "is not a document that we keep", f"Choose {TAKEN}.")
    return Document(_named(name, ENDINGS[kind]), kind, content, hashlib.sha256(content).hexdigest())


def _kind(content: bytes) -> str | None:
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"{\\rtf"):
        return RICH_TEXT
    return _packed_kind(content) if content.startswith(b"PK\x03\x04") else None


def _packed_kind(content: bytes) -> str | None:
    """What a zip is, by its list of members; nothing in it is unpacked, and macros are refused."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            names = set(packed.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return None  # broken, of a kind that cannot be read, or with names that are no text: it is refused in words
    if {"[Content_Types].xml", "word/document.xml"} <= names and "word/vbaProject.bin" not in names:
        return WORD
    return OPEN_TEXT if content[30:].startswith(b"mimetype" + OPEN_TEXT.encode()) else None


def _named(name: str, ending: str) -> str:
    """The bare name of a file, in letters that every computer keeps, with the ending of what it is."""
    bare = PurePosixPath(name.replace("\\", "/")).stem
    clean = re.sub(r"[^\w .,()&+-]+", "_", bare).strip(" .") or "proposal"
    return clean[:LONGEST_NAME] + ending
