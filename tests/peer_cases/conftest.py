"""`pytest tests/peer_cases --cases FILE` judges the cases of a file instead of the copies that lie here."""

from pathlib import Path

import pytest

from tests.peer_cases.cases import COPIES, Case, read
from tests.peer_cases.judge import needs_database


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cases", action="append", type=Path, help="a file of cases (may be given several times)")


def files(config: pytest.Config) -> tuple[Path, ...]:
    """The files to judge."""
    return tuple(config.getoption("--cases", None) or COPIES)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    wanted = {"pure_case": False, "stored_case": True}
    cases = [case for path in files(metafunc.config) for case in read(path)]
    for name, stored in wanted.items():
        if name in metafunc.fixturenames:
            own = [case for case in cases if needs_database(case) is stored]
            metafunc.parametrize(name, own, ids=[case.id for case in own])


@pytest.fixture
def copies() -> list[Case]:
    """The cases that lie here, whatever was asked for."""
    return [case for path in COPIES for case in read(path)]
