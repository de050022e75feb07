"""Hostile files and what must become of each: refused whole, with words of the reason, or a verdict for each row."""

import gzip
import io
import zipfile
from dataclasses import dataclass

HEAD = "id,name,email,amount,date"
ANNA = "1,Anna Lee,anna@example.org,10.00,2026-03-02"
BEN = "2,Ben Okafor,ben@example.org,20.00,2026-03-03"


@dataclass(frozen=True)
class Hostile:
    """A file. `refused` is a word of the message when nothing of it is taken; else `verdicts` by row.

    `says` stands in the reason of the first bad row.
    """

    name: str
    content: bytes
    refused: str = ""
    verdicts: tuple[str, ...] = ()
    says: str = ""
    encoding: str | None = None


def text(*lines: str, end: str = "\n") -> bytes:
    """A file of UTF-8."""
    return (end.join(lines) + end).encode()


def zipped(content: bytes) -> bytes:
    """A ZIP archive that is called .csv."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("gifts.csv", content)
    return sink.getvalue()


GOOD = text(HEAD, ANNA, BEN)
BOTH = ("new", "new")

HOSTILE = (
    Hostile("byte order mark", b"\xef\xbb\xbf" + GOOD, verdicts=BOTH),
    Hostile("UTF-16, little end first", GOOD.decode().encode("utf-16"), verdicts=BOTH),
    Hostile("UTF-16 without a mark", GOOD.decode().encode("utf-16-le"), refused="UTF-16"),
    Hostile("Windows-1252", text(HEAD, ANNA.replace("Anna", "Zoë")).decode().encode("cp1252"), refused="“"),
    Hostile(
        "Windows-1252, and said so",
        text(HEAD, ANNA.replace("Anna", "Zoë")).decode().encode("cp1252"),
        verdicts=("new",),
        encoding="cp1252",
    ),
    Hostile("semicolons after sep=", b"sep=;\n" + GOOD.replace(b",", b";"), verdicts=BOTH),
    Hostile("tabs", GOOD.replace(b",", b"\t"), verdicts=BOTH),
    Hostile("bars", GOOD.replace(b",", b"|"), verdicts=BOTH),
    Hostile("bare carriage returns", GOOD.replace(b"\n", b"\r"), verdicts=BOTH),
    Hostile("mixed line ends", text(HEAD, end="\r\n") + text(ANNA, end="\r") + text(BEN), verdicts=BOTH),
    Hostile("NUL in a cell", text(HEAD, ANNA.replace("Lee", "L\0ee"), BEN), verdicts=("bad", "new"), says="NUL"),
    Hostile("surrogate alone", text(HEAD, ANNA).replace(b"Lee", b"L\xed\xa0\x80"), refused="UTF-8"),
    Hostile("quote never closed", text(HEAD, ANNA.replace("Anna Lee", '"Anna Lee'), BEN), refused="never closed"),
    Hostile(
        "quote closed much later",
        text(HEAD, '1,"Anna Lee', *["x"] * 25, '",anna@example.org,10.00,2026-03-02', BEN),
        verdicts=("bad", "new"),
        says="inside of one cell",
    ),
    Hostile("text after a quote", text(HEAD, ANNA.replace("Anna Lee", '"Anna" Lee'), BEN), verdicts=("bad", "new")),
    Hostile("too few cells", text(HEAD, "1,Anna Lee,10.00", BEN), verdicts=("bad", "new"), says="has 3 cells"),
    Hostile("too many cells", text(HEAD, f"{ANNA},more", BEN), verdicts=("bad", "new"), says="has 6 cells"),
    Hostile("commas at the end", text(HEAD, f"{ANNA},,", BEN), verdicts=BOTH),
    Hostile("the same header twice", text("id,name,Amount,amount,date", "1,A,1,2,2026-03-02"), refused="more than one"),
    Hostile("600 columns", text(",".join(f"c{n}" for n in range(600)), "1"), refused="too many"),
    Hostile("empty", b"", refused="empty"),
    Hostile("headers only", text(HEAD), refused="no rows"),
    Hostile("a cell past 1 MB", text(HEAD, ANNA.replace("Anna", "A" * 1_100_000), BEN), verdicts=("bad", "new")),
    Hostile("ZIP called CSV", zipped(GOOD), refused="ZIP"),
    Hostile("gzip", gzip.compress(GOOD), verdicts=BOTH),
    Hostile("gzip in gzip", gzip.compress(gzip.compress(GOOD)), refused="twice"),
    Hostile("gzip that breaks off", gzip.compress(GOOD)[:-12], refused="breaks off"),
    Hostile("gzip bomb", gzip.compress(b"0" * (64 << 20)), refused="times its size"),
    Hostile("decimal comma", text(HEAD, ANNA.replace("10.00", '"1.234,56"')), verdicts=("bad",), says="1.234,56"),
    Hostile("grouped sum", text(HEAD, ANNA.replace("10.00", '"$1,234.56"')), verdicts=("new",)),
    Hostile("negative in parentheses", text(HEAD, ANNA.replace("10.00", "(5.00)")), verdicts=("new",)),
    Hostile("three decimals", text(HEAD, ANNA.replace("10.00", "10.005")), verdicts=("bad",), says="decimals"),
    Hostile("a date of two readings", text(HEAD, ANNA.replace("2026-03-02", "03/04/2026")), verdicts=("bad",)),
    Hostile("a year of two digits", text(HEAD, ANNA.replace("2026-03-02", "03/04/05")), verdicts=("bad",)),
    Hostile("a day number of Excel", text(HEAD, ANNA.replace("2026-03-02", "46083")), verdicts=("bad",), says="46083"),
    Hostile("no day of the calendar", text(HEAD, ANNA.replace("03-02", "02-30")), verdicts=("bad",), says="calendar"),
    Hostile(
        "turned letters", text(HEAD, ANNA.replace("Anna", "An\u202ena")), verdicts=("bad",), says="cannot be shown"
    ),
    Hostile(
        "two forms of one name",
        text(HEAD, ANNA.replace("Anna", "Zoe\u0308"), "2,Zoë Lee,anna@example.org,1,2026-03-02"),
        verdicts=("new", "matched"),
    ),
    Hostile(
        "markup and formulas",
        text(
            HEAD,
            '1,"<script>alert(1)</script>",a@example.org,1,2026-03-02',
            "2,'=HYPERLINK(1),b@example.org,1,2026-03-02",
        ),
        verdicts=BOTH,
    ),
    Hostile("no e-mail address", text(HEAD, ANNA.replace("anna@", "anna@@")), verdicts=("bad",), says="anna@@"),
    Hostile(
        "the same id twice", text(HEAD, ANNA, ANNA, ANNA.replace("10.00", "11.00")), verdicts=("new", "same", "differs")
    ),
)
