"""Odds on many simulated houses: better than claims and the base rate nearly always, with honest intervals."""

import pytest

from bench.proof import houses

pytestmark = pytest.mark.soak


def test_many_houses() -> None:
    found = houses(2_400, 200)
    assert found.beats_base == 1
    assert found.beats_claims > 0.95
    assert 0.92 < found.held < 0.98
