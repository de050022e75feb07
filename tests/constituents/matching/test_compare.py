"""Levels and blocks: the same from both sides, each pair once, and what the words mean."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.constituents.matching.blocking import Block, blocks, pairs
from donors.constituents.matching.compare import Comparison, fields_of
from donors.constituents.matching.facts import Facts, Place
from donors.constituents.matching.levels import CLOSE, NEAR, OTHER, PART, SAME, UNKNOWN, Level, digits_of
from donors.constituents.matching.likeness import digits_slip
from donors.constituents.matching.roster import enroll
from donors.constituents.models import ORGANIZATION, PERSON
from tests.constituents.matching.people_drawn import GROUPS, PEOPLE


def levels(one: Facts, other: Facts) -> dict[str, Level]:
    """What two share, field by field."""
    fields = fields_of(one.kind)
    roster = enroll([one, other])
    (pattern,) = Comparison(roster, one.kind).patterns(np.array([0]), np.array([1])).tolist()
    return {field.key: level for field, level in zip(fields, digits_of(pattern, len(fields)), strict=True)}


@given(PEOPLE, PEOPLE)
def test_people_compare_the_same_from_both_sides(one: Facts, other: Facts) -> None:
    assert levels(one, other) == levels(other, one)


@given(GROUPS, GROUPS)
def test_groups_compare_the_same_from_both_sides(one: Facts, other: Facts) -> None:
    assert levels(one, other) == levels(other, one)


@given(PEOPLE)
def test_whoever_is_the_same_differs_in_nothing(one: Facts) -> None:
    found = levels(one, one)
    has_postal = any(each.postal for each in one.places)
    assert found.pop("place") in ({SAME} if has_postal else {UNKNOWN, CLOSE})
    assert set(found.values()) <= {SAME, UNKNOWN}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"given": "robert"}, {"given": "bob"}, {"given": NEAR}),
        ({"given": "jonathan"}, {"given": "jonathon"}, {"given": CLOSE}),
        ({"given": "j"}, {"given": "john"}, {"given": PART}),
        ({"given": "anna"}, {"given": "eve"}, {"given": OTHER}),
        ({"given": "anna", "family": "berg"}, {"given": "berg", "family": "anna"}, {"given": UNKNOWN, "family": PART}),
        ({"family": "meyer"}, {"family": "meier"}, {"family": NEAR}),
        ({"family": "berg"}, {"family": "bergholm"}, {"family": CLOSE}),
        ({"born": 19500307}, {"born": 19500703}, {"born": NEAR}),
        ({"born": 19500307}, {"born": 19500317}, {"born": NEAR}),
        ({"born": 19500307}, {"born": 19501124}, {"born": CLOSE}),
        ({"born": 19500307}, {"born": 0}, {"born": UNKNOWN}),
        ({"generation": 1}, {"generation": 2}, {"generation": OTHER}),
        ({"generation": 0}, {"generation": 2}, {"generation": PART}),
        ({"emails": ("a@x.org", "b@x.org")}, {"emails": ("c@x.org", "b@x.org")}, {"email": SAME}),
        ({"emails": ("anna@x.org",)}, {"emails": ("anna@y.org",)}, {"email": NEAR}),
        ({"emails": ("anna@xavier.org",)}, {"emails": ("anna@y.org",)}, {"email": CLOSE}),
        ({"emails": ("bob1@x.org",)}, {"emails": ("bob2@x.org",)}, {"email": OTHER}),
        ({"phones": (12125550100,)}, {"phones": (12125551000,)}, {"phone": NEAR}),
        ({"places": (Place("1", "elmstreet"),)}, {"places": (Place("2", "elmstreet"),)}, {"street": CLOSE}),
        ({"places": (Place("1", "elmstreet"),)}, {"places": (Place("1", "elmstret"),)}, {"street": NEAR}),
        (
            {"places": (Place(postal="12207", city="albany"),)},
            {"places": (Place(postal="12270", city="albany"),)},
            {"place": NEAR},
        ),
        (
            {"places": (Place("7", "oakavenue"), Place("1", "elmstreet"))},
            {"places": (Place("3", "lakeroad"), Place("9", "hillroad"), Place("1", "elmstreet"))},
            {"street": SAME},
        ),
        ({"tax_ids": ("ssn:123456",)}, {"tax_ids": ("ein:123456",)}, {"tax_id": UNKNOWN}),
    ],
)
def test_what_the_levels_of_people_mean(one: dict[str, Any], other: dict[str, Any], expected: dict[str, Level]) -> None:
    found = levels(Facts(0, PERSON, **one), Facts(0, PERSON, **other))
    assert {key: found[key] for key in expected} == expected
    assert {found[key] for key in found.keys() - expected.keys()} <= {UNKNOWN}


def test_what_the_levels_of_organizations_mean() -> None:
    def name(one: str, other: str) -> Level:
        return levels(Facts(0, ORGANIZATION, name=one), Facts(0, ORGANIZATION, name=other))["name"]

    assert name("lakeside foundation", "lakeside fundation") == NEAR
    assert name("lakeside foundation", "foundation lakeside") == CLOSE
    assert name("lakeside foundation", "lakeside family foundation") == PART
    assert name("lakeside foundation", "harbor bank") == OTHER


@given(st.integers(10_000, 99_999), st.integers(10_000, 99_999))
def test_a_slip_of_digits(one: int, other: int) -> None:
    mine, theirs = str(one), str(other)
    wrong = [place for place in range(5) if mine[place] != theirs[place]]
    turned = len(wrong) == 2 and wrong[1] == wrong[0] + 1 and mine[wrong[0]] == theirs[wrong[1]]
    expected = len(wrong) == 1 or (turned and mine[wrong[1]] == theirs[wrong[0]])
    assert bool(digits_slip(np.array([one]), np.array([other]), width=5)[0]) == expected


def shared(passes: list[Block], a: int, b: int) -> bool:
    """Whether two rows share a key of any pass, looked up one by one."""
    return any(set(block.keys[a].tolist()) & set(block.keys[b].tolist()) - {0} for block in passes)


@given(st.lists(PEOPLE, min_size=2, max_size=12), st.lists(st.booleans(), min_size=12, max_size=12))
def test_blocking_gives_each_pair_that_shares_a_key_and_each_once(some: list[Facts], chosen: list[bool]) -> None:
    passes, overfull = blocks(enroll(some), PERSON)
    assert overfull == []
    given_ = [tuple(sorted(pair)) for a, b in pairs(passes) for pair in zip(a.tolist(), b.tolist(), strict=True)]
    expected = {pair for pair in combinations(range(len(some)), 2) if shared(passes, *pair)}
    assert sorted(given_) == sorted(expected)
    only = np.array(chosen[: len(some)], np.int64)
    around = {
        (a, b) for some in pairs(passes, only=only) for a, b in zip(*(each.tolist() for each in some), strict=True)
    }
    assert {tuple(sorted(pair)) for pair in around} == {pair for pair in expected if only[list(pair)].any()}


def test_a_key_that_too_many_share_is_left_out_and_told() -> None:
    crowd = [Facts(0, PERSON, given="anna", family="berg", emails=("info@x.org",)) for _ in range(101)]
    passes, overfull = blocks(enroll(crowd), PERSON)
    assert list(pairs(passes)) == []
    assert {(one.name, one.keys, one.rows) for one in overfull} >= {("e-mail", 1, 101)}
