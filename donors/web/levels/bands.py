"""A band of a track in words: $5,000 to $24,999; $25,000 and up; 25 to under 100 h."""

from decimal import Decimal

from flask import g

from donors.core.money import exponent
from donors.levels.decide import Band
from donors.levels.ladders import Ladder
from donors.levels.units import Unit
from donors.levels.why import Speaker
from donors.web import filters


def band_words(band: Band, kind: str) -> str:
    """The band by the kind of its figures (Ladder.kind). Whole units of money, and what is counted, end one below."""
    if not band.bounded:
        return "by criteria alone"
    below = band.maximum
    if below is None:
        return f"{amount_words(band.minimum or 0, kind)} and up"
    step = {"money": 10 ** exponent(g.currency), "count": 1, "year": 1}.get(kind, 0)
    if not step or below % step or band.minimum is None:
        start = "" if band.minimum is None else f"{amount_words(band.minimum, kind)} to "
        return f"{start}under {amount_words(below, kind)}"
    return f"{amount_words(band.minimum, kind)} to {amount_words(below - step, kind)}"


def plain_bound(value: int, ladder: Ladder) -> str:
    """A bound of a band as somebody would type it."""
    return f"{Decimal(ladder.unit.plain(value, g.organization) or '0'):,f}".removesuffix(".00")


def amount_words(value: int, kind: str) -> str:
    """A figure of a measure."""
    if kind == "money":
        return filters.money(value, g.currency, locale=g.locale, cents=None)
    if kind == "minutes":
        return f"{filters.hours(value, locale=g.locale)} h"
    return measured(value, kind)


def measured(value: int, kind: str) -> str:
    """A figure that is neither money nor hours: with its decimals, percentages with their sign; years plainly."""
    word, _, digits = kind.partition(" ")
    return Speaker(Unit(word, int(digits or 0)), g.organization).amount(value)
