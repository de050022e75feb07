"""Each hostile file is refused with a reason, or its good rows go in and the others say what is wrong."""

import pytest
from sqlalchemy.orm import Session

from donors.core.errors import Invalid
from donors.imports.queries import part_verdicts, rows_to_see
from tests.imports.files import check, incoming, received
from tests.imports.hostile import HOSTILE, Hostile

REFUSED = [pytest.param(one, id=one.name) for one in HOSTILE if one.refused]


@pytest.mark.parametrize("file", REFUSED)
def test_refused_whole(file: Hostile) -> None:
    with pytest.raises(Invalid) as caught:
        incoming(file.content, encoding=file.encoding)
    assert file.refused in str(caught.value)


def test_taken_row_by_row(session: Session) -> None:
    for file in (one for one in HOSTILE if not one.refused):
        number = received(file.content, encoding=file.encoding, source=file.name)
        check(number)
        verdicts = tuple(one[1] for one in part_verdicts(session, number, 0))
        assert verdicts == file.verdicts, file.name
        for bad in rows_to_see(session, number, verdict="bad")[:1]:
            problem = bad.problem or {}
            told = f"{problem['field']} {problem['value']} {problem['problem']}"
            assert problem["remedy"], file.name
            assert file.says in told, (file.name, told)
        session.rollback()
