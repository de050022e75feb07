"""A database that takes no task of one constituent, for tests of what fails."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from donors.core.db import is_sqlite


def falls_over(session: Session, one: int) -> None:
    """From now on the database takes no task of this constituent."""
    if is_sqlite(session):
        session.execute(
            text(
                f"CREATE TRIGGER falls_over BEFORE INSERT ON task WHEN NEW.constituent_id = {one}"
                " BEGIN SELECT RAISE(ABORT, 'It fell over'); END"
            )
        )
        return
    raising = f"BEGIN IF NEW.constituent_id = {one} THEN RAISE EXCEPTION 'It fell over'; END IF; RETURN NEW; END"
    session.execute(text(f"CREATE FUNCTION falls_over() RETURNS trigger LANGUAGE plpgsql AS $${raising}$$"))
    session.execute(text("CREATE TRIGGER falls_over BEFORE INSERT ON task FOR EACH ROW EXECUTE FUNCTION falls_over()"))


def stands_again(session: Session) -> None:
    """The database takes all tasks again."""
    session.execute(text("DROP TRIGGER falls_over" + ("" if is_sqlite(session) else " ON task")))
