"""What a widely used system of this kind answers: we answer so too, or differ for a reason that is written down."""

from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from config import ROOT
from tests.peer_cases.cases import Case
from tests.peer_cases.judge import Verdict, judge, quirks_of
from tests.peer_cases.quirks import Quirk


def test_without_a_database(pure_case: Case) -> None:
    found = judge(None, pure_case)
    assert found.verdict is not Verdict.FAILS, found.why


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_with_a_database(session: Session, stored_case: Case) -> None:
    found = judge(session, stored_case)
    assert found.verdict is not Verdict.FAILS, found.why


def test_every_difference_is_documented() -> None:
    text = (ROOT / "docs" / "differences.md").read_text()
    assert [quirk for quirk in Quirk if f"\n### {quirk}\n" not in text] == []


def test_no_difference_is_listed_in_vain(copies: list[Case]) -> None:
    found = Counter(quirk for case in copies for quirk in quirks_of(case))
    assert [quirk for quirk in Quirk if not found[quirk]] == []


def test_a_wrong_expectation_fails(copies: list[Case]) -> None:
    case = next(case for case in copies if case.when.get("date"))
    assert judge(None, replace(case, expect={"year": 1999})).verdict is Verdict.FAILS


def test_a_difference_that_passes_fails(copies: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    case = next(case for case in copies if quirks_of(case) == {Quirk.EDGE})
    assert judge(None, case).verdict is Verdict.DIFFERS
    monkeypatch.setattr("tests.peer_cases.product_filters.Row.meets", lambda *_: case.expect["passes"])
    assert judge(None, case).verdict is Verdict.FAILS
