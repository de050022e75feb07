"""What may stand in a constituent's record: text, e-mails, telephone numbers, countries. Pure; raises Invalid."""

import re
import unicodedata

from babel import Locale

from donors.core.errors import Invalid
from donors.core.folding import fold

LONGEST_LINE = 200
LONGEST_NOTE = 10_000
EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{1,62}")
DIGIT = re.compile(r"\d")
PHONE = re.compile(r"[+(\d][\d\s()./\-–]*(?:(?:x|ext\.?|#)\s*\d{1,6})?", re.IGNORECASE)
EXTENSION = re.compile(r"(?:x|ext\.?|#)\s*\d{1,6}\s*$", re.IGNORECASE)
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Letters that turn the direction of what follows: they could make one name look like another."""

COUNTRIES = {str(code): str(name) for code, name in Locale("en").territories.items() if re.fullmatch("[A-Z]{2}", code)}
COUNTRY_CODES = {fold(name): code for code, name in COUNTRIES.items()} | {
    "usa": "US",
    "u.s.a.": "US",
    "united states of america": "US",
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
}


def line(field: str, value: str, *, longest: int = LONGEST_LINE) -> str:
    """One line of text in NFC with single spaces."""
    if not value:
        return value
    plain = unicodedata.normalize("NFC", " ".join(value.split()))
    return _sound(field, plain, longest)


def note(field: str, value: str) -> str:
    """Text of several lines."""
    plain = unicodedata.normalize("NFC", value.replace("\r\n", "\n").strip())
    return _sound(field, plain, LONGEST_NOTE)


def _sound(field: str, plain: str, longest: int) -> str:
    if len(plain) > longest:
        raise Invalid(field, plain[:40] + "…", f"is longer than {longest} characters", "Shorten it.")
    if plain.isprintable():  # the usual case, decided at once
        return plain
    for letter in plain:
        if letter != "\n" and (letter in TURNING or unicodedata.category(letter) in {"Cc", "Cs"}):
            raise Invalid(field, "", "holds a character that cannot be shown", "Type it anew.")
    return plain


def email(value: str, *, field: str = "e-mail") -> str:
    """An address as it is written to."""
    plain = line(field, value, longest=254)
    if not EMAIL.fullmatch(plain) or ".." in plain or plain.startswith(".") or ".@" in plain:
        raise Invalid(field, plain, "is not an e-mail address", "Write it like anna@example.org.")
    return plain


def folded_email(address: str) -> str:
    """An address as it is compared: in lower case."""
    return fold(address)


def phone(value: str, *, field: str = "phone") -> str:
    """A telephone number as it was typed."""
    plain = line(field, value, longest=40)
    if not PHONE.fullmatch(plain) or not 5 <= len(phone_digits(plain)) <= 15:
        raise Invalid(field, plain, "is not a telephone number", "Write it like +1 212 555 0100.")
    return plain


def phone_digits(number: str) -> str:
    """A number as it is compared: its digits without extension and without the international prefix."""
    return "".join(DIGIT.findall(EXTENSION.sub("", number))).removeprefix("00")


def country(value: str, *, field: str = "country") -> str:
    """The ISO 3166 code of a code or an English name; empty stays empty."""
    plain = line(field, value)
    if not plain:
        return ""
    code = COUNTRY_CODES.get(fold(plain), plain.upper())
    if code not in COUNTRIES:
        raise Invalid(field, plain, "is not a country", "Write a code such as US or the name in English.")
    return code


def one_of(field: str, value: str, choices: tuple[str, ...]) -> str:
    """One of the known words."""
    if value not in choices:
        raise Invalid(field, value, "is not one of the choices", f"Choose one of: {', '.join(choices)}.")
    return value
