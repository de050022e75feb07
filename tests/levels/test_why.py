"""The sentence that says why somebody stands where they stand, for facts of many shapes. Pure."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.core.settings import Organization
from donors.levels.decide import Band
from donors.levels.units import Unit
from donors.levels.why import BECAUSE, Above, Condition, Fall, Reached, Ruled, Speaker, Why, sentence

SILVER = Band(1, "Silver", 1, 25_000, 100_000)
GOLD = Band(2, "Gold", 2, 100_000, 200_000)
PLATINUM = Band(3, "Platinum", 3, 200_000, None)
SINCE, FALL = date(2026, 5, 3), date(2026, 11, 4)
SPEAKER = Speaker(Unit("money"), Organization())
PLAIN = Why("Last 12 months total", GOLD, 125_000, Reached(SINCE, "gift", 125_000, SINCE), by_rules=GOLD)
ROW = "years in a row is at least 2"
STANDS = (
    "Gold since May 3, 2026, because last 12 months total, $1,250.00, is at least $1,000.00; "
    "the gift that decided it was that of May 3, 2026."
)


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (PLAIN, STANDS),
        (replace(PLAIN, above=Above(PLATINUM, 75_000)), f"{STANDS} $750.00 short of Platinum."),
        (
            replace(PLAIN, above=Above(PLATINUM, 75_000, (Condition(ROW, False), Condition("city is “Bonn”", True)))),
            f"{STANDS} $750.00 short of Platinum, which also asks that {ROW}.",
        ),
        (
            replace(PLAIN, above=Above(PLATINUM, None, (Condition(ROW, False),))),
            f"{STANDS} Not Platinum yet: it asks that {ROW}.",
        ),
        (
            replace(PLAIN, by_rules=SILVER, falls="after days", fall=Fall(FALL, SILVER, 25_000)),
            f"{STANDS} Falls to Silver on Nov 4, 2026 unless $250.00 comes in.",
        ),
        (
            replace(PLAIN, by_rules=None, falls="fiscal year", fall=Fall(FALL)),
            f"{STANDS} Falls to no level on Nov 4, 2026 unless it is reached again before.",
        ),
        (
            replace(PLAIN, by_rules=SILVER, falls="never"),
            f"{STANDS} Kept, for nobody falls here; the rules alone would give Silver.",
        ),
        (
            replace(PLAIN, ruled=Ruled("freeze", "In dispute.", SINCE, FALL), by_rules=SILVER, fall=Fall(FALL)),
            f"{STANDS} Frozen since May 3, 2026 until Nov 4, 2026: In dispute. The rules alone would give Silver.",
        ),
        (
            replace(PLAIN, reached=Reached(SINCE, "override", 10_000), ruled=Ruled("override", "Board", SINCE)),
            "Gold since May 3, 2026. Set by hand since May 3, 2026: Board.",
        ),
        (
            replace(PLAIN, reached=Reached(SINCE, "time", 125_000), asks=(Condition(ROW, True),)),
            "Gold since May 3, 2026, because last 12 months total, $1,250.00, is at least $1,000.00 and "
            f"{ROW}; what brought it was time passing.",
        ),
        (
            replace(PLAIN, reached=Reached(SINCE, "refund", 125_000, SINCE)),
            STANDS.replace("the gift that decided it was that", "what brought it was a refund of the gift"),
        ),
        (
            replace(PLAIN, band=Band(4, "Friends", 1, None, None, criteria="{}"), asks=(Condition(ROW, True),)),
            f"Friends since May 3, 2026, because {ROW}; the gift that decided it was that of May 3, 2026.",
        ),
        (
            Why("Last 12 months total", None, 5_000, above=Above(SILVER, 20_000)),
            "No level: last 12 months total is $50.00. $200.00 short of Silver.",
        ),
        (
            Why("Last 12 months total", None, None, asks=(Condition(ROW, False),)),
            f"No level: last 12 months total is empty; not met: {ROW}.",
        ),
        (replace(PLAIN, left_out="left out by hand: Staff"), "No level: left out by hand: Staff."),
    ],
)
def test_what_is_said(why: Why, said: str) -> None:
    assert sentence(why, SPEAKER) == said


@pytest.mark.parametrize(
    ("unit", "value", "said"),
    [
        (Unit("money"), 123_456, "$1,234.56"),
        (Unit("minutes"), 90, "1.5 hours"),
        (Unit("minutes"), 60, "1 hour"),
        (Unit("count"), 1_200, "1,200"),
        (Unit("year"), 2026, "2026"),
        (Unit("number", 2), 150, "1.50"),
        (Unit("percent", 1), -125, "-12.5%"),
    ],
)
def test_how_figures_are_said(unit: Unit, value: int, said: str) -> None:
    assert Speaker(unit, Organization()).amount(value) == said


bands = st.sampled_from([None, SILVER, GOLD, PLATINUM])
conditions = st.lists(st.builds(Condition, st.just(ROW), st.booleans()), max_size=2).map(tuple)
whys = st.builds(
    Why,
    st.just("Total"),
    bands,
    st.one_of(st.none(), st.integers(-1_000, 300_000)),
    st.builds(Reached, st.just(SINCE), st.sampled_from(sorted(BECAUSE)), st.one_of(st.none(), st.integers(0, 9_999))),
    conditions,
    bands,
    st.one_of(st.none(), st.builds(Above, st.just(PLATINUM), st.one_of(st.none(), st.integers(1, 99)), conditions)),
    st.one_of(st.none(), st.builds(Fall, st.just(FALL), bands, st.one_of(st.none(), st.integers(1, 99)))),
    st.one_of(st.none(), st.builds(Ruled, st.sampled_from(["freeze", "override"]), st.just("Why not"), st.just(SINCE))),
    st.sampled_from(["at once", "never"]),
)


@given(whys)
def test_every_sentence_is_whole(why: Why) -> None:
    said = sentence(why, SPEAKER)
    assert said.endswith(".")
    assert said.startswith(why.band.name if why.band else "No level")
    for odd in ("None", "..", "  ", " ,", " ;", "because;"):
        assert odd not in said
