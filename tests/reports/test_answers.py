"""Answers are kept while nobody else writes: what others have numbered and not committed would be overlooked later."""

import pytest
from sqlalchemy import create_engine, delete
from sqlalchemy.orm import Session

from donors.reports.answers import is_settled
from donors.reports.models import Answer


@pytest.mark.parametrize(("database", "empty_database"), [("postgresql", "postgresql")], indirect=True)
def test_a_writer_of_this_database_unsettles_it_and_one_of_another_does_not(
    session: Session, empty_database: str
) -> None:
    other = create_engine(empty_database)
    with Session(session.get_bind()) as writer, other.connect() as elsewhere:
        elsewhere.exec_driver_sql("CREATE TABLE sheet (id serial)")
        elsewhere.commit()
        elsewhere.exec_driver_sql("INSERT INTO sheet DEFAULT VALUES")
        session.execute(delete(Answer))
        assert is_settled(session)
        writer.execute(delete(Answer))
        assert not is_settled(session)
        writer.rollback()
        assert is_settled(session)
    other.dispose()
