"""Two people change settings of the organization at once."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from donors.core.db import transaction
from donors.core.settings import Organization, organization
from donors.workflows.organization import change_organization
from tests.interleavings.conftest import House, opened
from tests.interleavings.meeting import overlap, race, won


def closed_on(day: str, here: Organization) -> Organization:
    return replace(here, closed_days=(*here.closed_days, day))


@pytest.mark.parametrize("meet", [overlap, race])
def test_what_the_other_one_has_set_stays(house: House, meet: Any) -> None:
    def close(session: Session) -> Any:
        return change_organization(session, lambda here: closed_on("2026-12-24", here), within=opened(session))

    def rename_and_close(session: Session) -> Any:
        change = lambda here: replace(closed_on("2026-12-31", here), name="Rivermouth")  # noqa: E731
        return change_organization(session, change, within=opened(session))

    assert len(won(meet(house.app, close, rename_and_close))) == 2
    with transaction() as session:
        here = organization(session)
        assert sorted(here.closed_days) == ["2026-12-24", "2026-12-31"]
        assert here.name == "Rivermouth"
