"""From a file as it came to text: gzip within limits, byte order marks, strict decoding. Nothing is guessed."""

import codecs
import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from donors.core.errors import Invalid

LARGEST = 1 << 30
"""Bytes that a file may unpack to."""

FREE, RATIO = 32 << 20, 100
"""Past `FREE` unpacked bytes nothing honest is packed tighter than `RATIO` to 1."""

PIECE = 1 << 16
GZIP = b"\x1f\x8b"
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DISGUISES = (
    (b"PK\x03\x04", "is a ZIP archive or an Excel workbook", "Unpack it, or save the sheet as CSV."),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook", "Save the sheet as CSV."),
    (b"%PDF", "is a PDF document", "Ask for the data as CSV."),
    (b"SQLite format 3", "is a database", "Export the table as CSV."),
    (GZIP, "is packed twice", "Unpack it once."),
)


@dataclass(frozen=True)
class Source:
    """A file that can be opened again: its name, and how."""

    name: str
    open: Callable[[], IO[bytes]]


class Unpacked(io.RawIOBase):
    """The plain bytes of a file, gzip or not. Raises Invalid past the limits and where the packing is broken."""

    def __init__(self, packed: IO[bytes], name: str) -> None:
        self._packed, self._name = packed, name
        self._inflate = zlib.decompressobj(wbits=31) if _begins(packed, GZIP) else None
        self._read = self._given = 0
        self._ready = b""

    def readable(self) -> bool:
        """Always."""
        return True

    def close(self) -> None:
        """Closes the packed file too."""
        self._packed.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        """Fills a buffer with plain bytes; 0 at the end."""
        room = memoryview(buffer).cast("B")
        while not self._ready and self._fill():
            pass
        piece, self._ready = self._ready[: len(room)], self._ready[len(room) :]
        room[: len(piece)] = piece
        return len(piece)

    def _fill(self) -> bool:
        piece = self._packed.read(PIECE)
        self._read += len(piece)
        if self._inflate is None:
            self._ready = piece
        else:
            self._ready = self._plain(self._inflate, piece)
        self._given += len(self._ready)
        self._weigh()
        return bool(piece)

    def _plain(self, inflate: "zlib._Decompress", piece: bytes) -> bytes:
        if not piece and not inflate.eof:
            raise Invalid("file", self._name, "breaks off in the middle", "Send it again.")
        try:
            plain = inflate.decompress(piece, 16 * PIECE)
            while inflate.unconsumed_tail and self._given + len(plain) <= LARGEST:
                plain += inflate.decompress(inflate.unconsumed_tail, 16 * PIECE)
        except zlib.error as error:
            raise Invalid("file", self._name, "is damaged: its packing is broken", "Send it again.") from error
        if inflate.eof and inflate.unused_data[:2] == GZIP:
            self._inflate = zlib.decompressobj(wbits=31)
            plain += self._plain(self._inflate, inflate.unused_data)
        return plain

    def _weigh(self) -> None:
        if self._given > LARGEST:
            raise Invalid("file", self._name, f"is larger than {LARGEST >> 20} MB unpacked", "Split it.")
        if self._inflate is not None and self._given > max(FREE, RATIO * self._read):
            problem = f"unpacks to more than {RATIO} times its size"
            raise Invalid("file", self._name, problem, "Send it unpacked, if it is what it should be.")


def opened(source: Source, encoding: str | None) -> tuple[io.TextIOWrapper, str]:
    """The text of a file, and its encoding: the given one, or by its byte order mark, or else strict UTF-8.

    Raises Invalid for what is no text. Decoding faults come as UnicodeDecodeError while it is read.
    """
    plain = io.BufferedReader(Unpacked(source.open(), source.name), PIECE)
    head = plain.peek(32)[:32]
    for mark, problem, remedy in DISGUISES:
        if head.startswith(mark):
            raise Invalid("file", source.name, problem, remedy)
    if not head:
        raise Invalid("file", source.name, "is empty", "Choose a file with a line of headers and rows below it.")
    chosen = encoding or next((name for mark, name in MARKS if head.startswith(mark)), "utf-8")
    if chosen == "utf-8" and b"\0" in head:
        problem = "is not text in UTF-8 (it may be UTF-16 without a mark)"
        raise Invalid("file", source.name, problem, "Save it as UTF-8, or say --encoding utf-16-le.")
    return io.TextIOWrapper(plain, encoding=chosen, errors="strict", newline=""), chosen


def decoding_fault(source: Source, encoding: str) -> Invalid:
    """Where a file stops being text in the encoding, and how the line would read in Windows-1252."""
    number = 0
    with io.BufferedReader(Unpacked(source.open(), source.name), PIECE) as plain:
        for number, line in enumerate(plain, start=1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError as error:
                near = line[max(0, error.start - 12) : error.start + 12].decode("cp1252", "replace").strip()
                remedy = f"If it is Western European, choose Windows-1252 (cp1252): it would read “{near}”."
                return Invalid(f"line {number}", "", f"is not text in {encoding.upper()}", remedy)
    return Invalid(f"line {number}", "", f"is not text in {encoding.upper()}", "Save the file as UTF-8.")


def _begins(packed: IO[bytes], mark: bytes) -> bool:
    head = packed.read(len(mark))
    packed.seek(0)
    return head == mark
