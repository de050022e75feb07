"""What a widely used system answers about plans and jobs: we answer so too, or differ for a reason that is written."""

import json
from typing import Any

import pytest
from sqlalchemy.orm import Session

from config import ROOT
from tests.peer_cases.cases import HERE, Case
from tests.peer_cases.plan_cases import DIFFERENT, PlanQuirk, answer, wanted, with_the_leak

PARTS = ("id", "area", "given", "when", "expect")
CASES = [Case(*(one[part] for part in PARTS)) for one in json.loads((HERE / "plans.json").read_text())["cases"]]


def agrees(found: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Whether an answer holds all that is expected, part by part and key by key."""
    for part, value in expected.items():
        mine = found.get(part)
        if isinstance(value, dict) and isinstance(mine, dict):
            if any(mine.get(key) != each for key, each in value.items()):
                return False
        elif mine != value:
            return False
    return True


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case(session: Session, case: Case) -> None:
    found, expected = answer(session, case), wanted(case)
    assert agrees(found, expected) is (case.id not in DIFFERENT), (found, expected)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", [name for name, quirk in DIFFERENT.items() if quirk is PlanQuirk.LEAKS])
def test_with_its_leak_the_peer_is_understood(session: Session, name: str) -> None:
    case = with_the_leak(next(case for case in CASES if case.id == name))
    assert agrees(answer(session, case), wanted(case))


def test_every_difference_is_documented_and_has_its_case() -> None:
    text = (ROOT / "docs" / "differences.md").read_text()
    assert [quirk for quirk in PlanQuirk if f"\n### {quirk}\n" not in text] == []
    assert set(DIFFERENT.values()) == {*PlanQuirk}
    assert set(DIFFERENT) <= {case.id for case in CASES}
