"""Criteria as addresses hold them and as the form sends them: no database is asked."""

from urllib.parse import parse_qsl

import pytest

from donors.core.criteria.describe import describe
from donors.core.criteria.parse import from_json, to_json
from donors.core.settings import Organization
from donors.web.criteria.builder import acted, finished, problems, shown, typed
from donors.web.criteria.tokens import Group, Line, criteria_of, read, stored, write
from tests.core.criteria_rows import FIELDS

HERE = Organization()
NESTED = ["name|contains|berg", "any(", "amount|at least|5", "none(", "given_on|equals|last year", ")", ")"]


def test_tokens_spell_a_tree_and_back() -> None:
    root = read(NESTED)
    assert root == Group(
        "all",
        (
            Line("name", "contains", "berg"),
            Group("any", (Line("amount", "at least", "5"), Group("none", (Line("given_on", "equals", "last year"),)))),
        ),
    )
    assert finished(root) == NESTED
    assert write(root) == ["all(", *NESTED, ")"]


@pytest.mark.parametrize(
    "tokens",
    [
        ["any("],
        [")", "name|contains|a"],
        ["any(", "any(", ")"],
        ["any("] * 50,
        ["shoe|equals|9"],
        [""],
        ["|"],
        ["all("],
    ],
)
def test_nonsense_spells_something_that_can_be_shown(tokens: list[str]) -> None:
    root = read(tokens, "whatever")
    assert root.join == "all"
    shown(root, FIELDS, HERE, judged=True)


@pytest.mark.parametrize("join", ["all", "any", "none"])
def test_stored_criteria_come_back_as_the_same_sentence(join: str) -> None:
    criteria = criteria_of(read(NESTED, join), FIELDS, HERE)
    again = stored(to_json(criteria, FIELDS, HERE))
    assert criteria_of(again, FIELDS, HERE) == criteria
    assert describe(from_json(to_json(criteria, FIELDS, HERE), FIELDS, HERE), FIELDS, HERE)


def test_lists_and_ends_keep_their_values() -> None:
    several = criteria_of(read(["name|any of|Berg, Anna;"]), FIELDS, HERE)
    assert to_json(several, FIELDS, HERE)["value"] == ["Berg, Anna"]
    assert stored(to_json(several, FIELDS, HERE)).parts == (Line("name", "any of", "Berg, Anna;"),)
    between = criteria_of(read(["amount|between|1~5"]), FIELDS, HERE)
    assert stored(to_json(between, FIELDS, HERE)).parts == (Line("amount", "between", "1.00~5.00"),)


FORM = (
    "q=an&open=any&field=name&operator=contains&value=a%7Cb&field=&open=all&field=amount&operator=between&value=1"
    "&value_to=5&field=given_on&operator=any+of&value=today&value=yesterday&close=1&close=1"
)


def test_the_order_of_what_is_sent_is_the_tree() -> None:
    root = typed(parse_qsl(FORM, keep_blank_values=True))
    inner = Group("all", (Line("amount", "between", "1~5"), Line("given_on", "any of", "today;yesterday")))
    assert root == Group("any", (Line("name", "contains", "a|b"), Line(), inner))


def test_buttons_change_one_place() -> None:
    root = read(NESTED)
    assert acted(root, "add:0").parts[-1] == Line()
    assert acted(root, "remove:1") == Group("all", root.parts[1:])
    assert finished(acted(root, "remove:4")) == [*NESTED[:3], ")"]
    assert acted(root, "group:2").parts[1] == Group("any", (*root.parts[1].parts, Group("any", (Line(),))))  # type: ignore[union-attr]
    assert acted(root, "remove:0") == Group("all")
    assert [acted(root, act) for act in ("", "add:99", "add:x", "drop:1")] == [root] * 4


def test_lines_that_are_not_whole_say_so() -> None:
    wrong = read(["name||", "amount|at least|lots", "shoe|equals|9", "|"])
    assert len(problems(shown(wrong, FIELDS, HERE, judged=True))) == 3
    assert problems(shown(read(NESTED), FIELDS, HERE, judged=True)) == []
