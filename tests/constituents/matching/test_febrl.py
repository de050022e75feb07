"""Nobody says which pairs are right, and nearly all are found: FEBRL's first two sets."""

import pytest

from donors.constituents.matching.models import LIKELY
from tests.harness.febrl import judged


@pytest.mark.parametrize("name", ["1", "2"])
@pytest.mark.parametrize("with_id", [True, False], ids=["with id numbers", "without"])
def test_nearly_all_duplicates_are_found_and_hardly_anything_else(name: str, with_id: bool) -> None:
    (found,) = judged([name], [LIKELY / 10_000], with_id=with_id)
    assert found.precision >= 0.99
    assert found.recall >= 0.97
