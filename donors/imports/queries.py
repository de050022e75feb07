"""Reading for imports: files, their rows, and what a row may be about already."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.constituents.matching.normalize import place_key
from donors.constituents.models import Alias, Constituent, EmailAddress, ExternalId, Phone, PostalAddress
from donors.core.bulk import among, table_of
from donors.core.changes import JournalEntry
from donors.core.errors import NotFound
from donors.giving.models import Gift, GiftSplit
from donors.imports.models import BUSY, DISCARDED, FAILED, UNDONE, FileImport, FilePart, ImportRow, PartVerdicts
from donors.imports.parse import Row, unpacked_rows
from donors.leads.models import Lead
from donors.levels.models import Standing
from donors.volunteering.models import Shift

AT_ONCE = 500
Key = TypeVar("Key")


@dataclass(frozen=True)
class Person:
    """Somebody whom a row may be about."""

    id: int
    name: str
    search_text: str
    given_name: str
    born_on: date | None
    suffix: str
    deleted: bool


def file_import(session: Session, import_id: int, *, lock: bool = False) -> FileImport:
    """An import. Raises NotFound."""
    statement = select(FileImport).where(FileImport.id == import_id).execution_options(populate_existing=True)
    found = session.scalar(statement.with_for_update() if lock else statement)
    if found is None:
        raise NotFound("import", import_id)
    return found


def files(session: Session, *, limit: int, offset: int = 0) -> Sequence[tuple[FileImport, str]]:
    """The newest imports with the names of those who uploaded them."""
    statement = select(FileImport, func.coalesce(User.name, "")).outerjoin(User, User.id == FileImport.uploaded_by)
    statement = statement.order_by(FileImport.id.desc()).limit(limit).offset(offset)
    return session.execute(statement).all()


def count_files(session: Session) -> int:
    """How many imports there are."""
    return session.scalar(select(func.count()).select_from(FileImport)) or 0


def busy(session: Session) -> Sequence[int]:
    """The imports that wait for work, oldest first."""
    return session.scalars(select(FileImport.id).where(FileImport.state.in_(BUSY)).order_by(FileImport.id)).all()


def unfinished(session: Session, *, kind: str, digest: str, source: str) -> FileImport | None:
    """An import of the same file that was killed on its way, if there is one."""
    same = (FileImport.kind == kind, FileImport.digest == digest, FileImport.source == source)
    return session.scalar(select(FileImport).where(*same, FileImport.state.in_(BUSY)).order_by(FileImport.id.desc()))


def remembered(session: Session, signature: str) -> FileImport | None:
    """The last import of a file with the same headers: its mapping is taken over."""
    statement = select(FileImport).where(
        FileImport.signature == signature, FileImport.state.not_in((FAILED, UNDONE, DISCARDED))
    )
    return session.scalar(statement.order_by(FileImport.id.desc()).limit(1))


def part_rows(session: Session, import_id: int, number: int) -> list[Row]:
    """The rows of one part of a file. Raises NotFound."""
    content = session.scalar(select(FilePart.content).where(FilePart.import_id == import_id, FilePart.number == number))
    if content is None:
        raise NotFound("part of the file", number)
    return unpacked_rows(content)


def part_verdicts(session: Session, import_id: int, number: int) -> list[list[Any]]:
    """The verdicts on the rows of one part, in order; none where it was not checked yet."""
    content = session.scalar(
        select(PartVerdicts.content).where(PartVerdicts.import_id == import_id, PartVerdicts.number == number)
    )
    return [] if content is None else json.loads(zlib.decompress(content))


def packed_verdicts(verdicts: Iterable[list[Any]]) -> bytes:
    """Verdicts as they are kept, in the order of the lines."""
    return zlib.compress(json.dumps(sorted(verdicts, key=lambda one: one[0])).encode(), 1)


def verdict_counts(session: Session, import_id: int) -> dict[int, dict[str, Any]]:
    """Part number → how many rows of each verdict it has."""
    statement = select(PartVerdicts.number, PartVerdicts.counts).where(PartVerdicts.import_id == import_id)
    return {number: counts for number, counts in session.execute(statement.order_by(PartVerdicts.number))}


def rows_to_see(
    session: Session, import_id: int, *, verdict: str | None = None, limit: int | None = None, offset: int = 0
) -> Sequence[ImportRow]:
    """The rows that ask for a person, in order of the file."""
    statement = select(ImportRow).where(ImportRow.import_id == import_id).order_by(ImportRow.line)
    if verdict is not None:
        statement = statement.where(ImportRow.verdict == verdict)
    return session.scalars(statement.limit(limit).offset(offset)).all()


def count_decided(session: Session, import_id: int) -> int:
    """How many rows were decided upon and are not written yet."""
    said = (ImportRow.decision.is_not(None), ImportRow.decision != "leave", ImportRow.verdict != "new")
    decided = (ImportRow.import_id == import_id, *said)
    return session.scalar(select(func.count()).select_from(ImportRow).where(*decided)) or 0


def rows_of_part(session: Session, import_id: int, number: int) -> dict[int, ImportRow]:
    """Line → the row that asks for a person, for one part."""
    statement = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.part == number)
    return {row.line: row for row in session.scalars(statement)}


def row_to_see(session: Session, import_id: int, line: int) -> ImportRow:
    """A row that asks for a person. Raises NotFound."""
    found = session.get(ImportRow, (import_id, line))
    if found is None:
        raise NotFound("row", line)
    return found


def people_by_key(session: Session, source: str, keys: Iterable[str]) -> dict[str, tuple[int, bool]]:
    """External id → constituent id, and whether that one was removed."""
    statement = select(ExternalId.value, Constituent.id, Constituent.deleted_at.is_not(None)).join(
        Constituent, Constituent.id == ExternalId.constituent_id
    )
    rows = session.execute(statement.where(ExternalId.source == source, among(session, ExternalId.value, keys)))
    return {value: (key, gone) for value, key, gone in rows}


def people_by_email(session: Session, folded: Iterable[str]) -> dict[str, list[Person]]:
    """Folded e-mail → who has it."""
    found: dict[str, list[Person]] = {}
    for some in _chunks(folded):
        statement = _people(EmailAddress.folded).join(EmailAddress, EmailAddress.constituent_id == Constituent.id)
        for key, *person in session.execute(
            statement.where(EmailAddress.folded.in_(some), Constituent.deleted_at.is_(None))
        ):
            found.setdefault(key, []).append(Person(*person))
    return found


def people_by_place(session: Session, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[Person]]:
    """(folded name, postal code) → who is called so there."""
    found: dict[tuple[str, str], list[Person]] = {}
    wanted = set(pairs)
    for some in _chunks({name for name, _ in wanted}):
        statement = _people(PostalAddress.postal_code).join(
            PostalAddress, PostalAddress.constituent_id == Constituent.id
        )
        named = Constituent.search_text.in_(some), Constituent.deleted_at.is_(None)
        for code, *person in session.execute(statement.where(*named)):
            one = Person(*person)
            if (one.search_text, code) in wanted:
                found.setdefault((one.search_text, code), []).append(one)
    return found


def ids_with_source(session: Session, source: str, ids: Iterable[int]) -> set[int]:
    """Those constituents who have an external id of the source already."""
    found: set[int] = set()
    for some in _chunks(ids):
        statement = select(ExternalId.constituent_id).where(ExternalId.source == source)
        found.update(session.scalars(statement.where(ExternalId.constituent_id.in_(some))))
    return found


def living_ids(session: Session, ids: Iterable[int]) -> dict[int, int]:
    """Id → the id that it has now, for those who were not removed."""
    wanted = set(ids)
    merged = select(Alias.old_id, Alias.constituent_id).where(among(session, Alias.old_id, wanted))
    now = {key: key for key in wanted} | {old: new for old, new in session.execute(merged)}
    listed = among(session, Constituent.id, set(now.values()))
    live = set(session.scalars(select(Constituent.id).where(listed, Constituent.deleted_at.is_(None))))
    return {old: new for old, new in now.items() if new in live}


def gifts_by(session: Session, source: str, column: str, keys: Iterable[str]) -> dict[str, Gift]:
    """External id (or fingerprint) → the gift that a file of this source brought."""
    return _by(session, Gift, source, column, keys)


def shifts_by(session: Session, source: str, column: str, keys: Iterable[str]) -> dict[str, Shift]:
    """External id (or fingerprint) → the shift that a file of this source brought."""
    return _by(session, Shift, source, column, keys)


def leads_by_key(session: Session, keys: Iterable[str]) -> dict[str, Any]:
    """Key → the lead that came in under it."""
    wanted = list(keys)
    if not wanted:
        return {}
    table = table_of(Lead)
    return {row.key: row for row in session.execute(select(table).where(among(session, table.c.key, wanted)))}


def _by(session: Session, model: Any, source: str, column: str, keys: Iterable[str]) -> dict[str, Any]:
    wanted = list(keys)
    if not wanted:
        return {}
    statement = select(model.__table__).where(model.source == source, among(session, getattr(model, column), wanted))
    return {getattr(row, column): row for row in session.execute(statement)}


def funds_of(session: Session, gift_ids: Iterable[int]) -> dict[int, set[int]]:
    """Gift id → the funds of its splits."""
    found: dict[int, set[int]] = {}
    for some in _chunks(gift_ids):
        statement = select(GiftSplit.gift_id, GiftSplit.fund_id).where(GiftSplit.gift_id.in_(some))
        for gift_id, fund_id in session.execute(statement):
            found.setdefault(gift_id, set()).add(fund_id)
    return found


def ids_by_name(session: Session, model: Any, names: Iterable[str]) -> dict[str, int]:
    """Name → id, for funds, campaigns, appeals, activities."""
    found: dict[str, int] = {}
    for some in _chunks(names):
        found |= {name: key for name, key in session.execute(select(model.name, model.id).where(model.name.in_(some)))}
    return found


def unknown_giver_id(session: Session) -> int | None:
    """The one constituent that stands for all unknown givers, once there is one."""
    return session.scalar(select(Constituent.id).where(Constituent.is_unknown_giver))


def count_constituents(session: Session) -> int:
    """How many constituents there are, removed ones too."""
    return session.scalar(select(func.count()).select_from(Constituent)) or 0


def level_changes(session: Session, change_id: int) -> int:
    """How many constituents, of those whom a change set has not made itself, have another level by it."""
    ended = select(JournalEntry.row_id).where(
        JournalEntry.change_set_id == change_id, JournalEntry.table_name == Standing.__tablename__
    )
    moved = or_(Standing.created_in == change_id, Standing.id.in_(ended))
    made = select(Constituent.id).where(Constituent.created_in == change_id)
    people = select(func.count(Standing.constituent_id.distinct())).where(moved, Standing.constituent_id.not_in(made))
    return session.scalar(people) or 0


def known_of(session: Session, ids: Iterable[int]) -> dict[int, Constituent]:
    """Constituents by id, for comparison with what a file says of them."""
    found: dict[int, Constituent] = {}
    for some in _chunks(ids):
        found.update({row.id: row for row in session.scalars(select(Constituent).where(Constituent.id.in_(some)))})
    return found


def points_of(session: Session, ids: Iterable[int]) -> dict[int, set[str]]:
    """Constituent id → folded e-mails, digits of telephone numbers, and where they live as one key."""
    found: dict[int, set[str]] = {}
    for some in _chunks(ids):
        for owner, value in ((EmailAddress.constituent_id, EmailAddress.folded), (Phone.constituent_id, Phone.digits)):
            for key, text in session.execute(select(owner, value).where(owner.in_(some))):
                found.setdefault(key, set()).add(text)
        own = select(PostalAddress.constituent_id, PostalAddress.street, PostalAddress.city)
        for key, street, city in session.execute(own.where(PostalAddress.constituent_id.in_(some))):
            found.setdefault(key, set()).add(place_key(street, city))
    return found


def _people(first: Any) -> Any:
    gone = Constituent.deleted_at.is_not(None)
    one = Constituent
    columns = (one.id, one.name, one.search_text, one.given_name, one.born_on, one.suffix)
    return select(first, *columns, gone).distinct().order_by(one.id)


def _chunks(keys: Iterable[Key]) -> Iterator[list[Key]]:
    every = list(keys)
    return (every[start : start + AT_ONCE] for start in range(0, len(every), AT_ONCE))
