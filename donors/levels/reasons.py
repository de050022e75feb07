"""Reading why constituents stand where they stand: the facts behind `why.sentence`, for one or a page of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.bulk import table_of
from donors.core.criteria.describe import describe
from donors.core.criteria.tree import All, Criteria
from donors.core.settings import Organization, organization
from donors.giving.models import Gift
from donors.levels.compile import Pinned, joined, pinned, trees_of
from donors.levels.decide import Band
from donors.levels.found import PERSON, Found, columns_of
from donors.levels.ladders import Ladder, ladders
from donors.levels.models import ALL, EXCLUDE, LEAVE, Ruling, Standing
from donors.levels.why import Above, Condition, Fall, Reached, Ruled, Speaker, Why, sentence
from donors.rollups.models import rollup_value

WHOLE = 0
"""Stands for the track among the ids of levels."""
Conditions = Mapping[int, tuple[Condition, ...]]


@dataclass(frozen=True)
class View:
    """Where a constituent stands on a track now. `missing` is what is short of `above`, the next level."""

    ladder: Ladder
    standing: Standing | None
    band: Band | None
    figure: int | None
    why: Why
    ruling: Ruling | None
    speaker: Speaker

    @property
    def reason(self) -> str:
        """The reason in words."""
        return sentence(self.why, self.speaker)

    @property
    def above(self) -> Band | None:
        """The next level."""
        return self.why.above.band if self.why.above is not None else None

    @property
    def missing(self) -> int | None:
        """What is short of it."""
        return self.why.above.missing if self.why.above is not None else None


def standings_of(session: Session, constituent_id: int, *, on: date) -> list[View]:
    """Where a constituent stands on every track that is for its kind, with the reason in words."""
    found = (explained(session, ladder, [constituent_id], on=on) for ladder in ladders(session))
    return [views[constituent_id] for views in found if constituent_id in views]


def explained(session: Session, ladder: Ladder, ids: Sequence[int], *, on: date) -> dict[int, View]:
    """Why each of these stands where it stands on a track; who is of another kind is left out."""
    one = next(iter(pinned(session, [ladder], on=on, every=ladders(session))), None)
    if one is None:
        return {}
    here = organization(session)
    said = _words(one, here)
    rows = {row["id"]: row for row in map(_plain, session.execute(_facts(one, ids)))}
    standings, rulings = _standings(session, ladder, ids), _rulings(session, ladder, ids, on=on)
    views = {}
    for id_, row in rows.items():
        standing, gift_on = standings.get(id_, (None, None))
        told = _Told(one, Found(ladder, id_, row), _conditions(row, said), standing, gift_on, rulings.get(id_))
        band = ladder.band(standing.level_id) if standing is not None else None
        speaker = Speaker(ladder.unit, here)
        views[id_] = View(ladder, standing, band, row[f"figure_{ladder.id}"], told.why(), told.ruling, speaker)
    return views


def _plain(row: Any) -> dict[str, Any]:
    return dict(row._mapping)


def _facts(one: Pinned, ids: Sequence[int]) -> Any:
    """What is known of each, with every condition of the criteria apart."""
    ladder, people = one.ladder, table_of(Constituent)
    start, columns = columns_of(one, people.outerjoin(rollup_value, rollup_value.c.constituent_id == PERSON))
    parts = [
        case((one.condition(part)[0], 1), else_=0).label(f"part{key}_{place}")
        for key, tree in _trees(one.whole, one.levels)
        for place, part in enumerate(_parts(tree))
    ]
    own = (people.c.is_deceased.label("is_deceased"), people.c.is_anonymous.label("is_anonymous"))
    wanted = select(PERSON, *own, *columns, *parts).select_from(joined(start, one.joins)).where(PERSON.in_(ids))
    kind = () if ladder.target == ALL else (people.c.kind == ladder.target,)
    return wanted.where(people.c.deleted_at.is_(None), people.c.is_unknown_giver.is_(False), *kind)


def _trees(whole: Criteria | None, levels: Iterable[tuple[int, Criteria]]) -> list[tuple[int, Criteria]]:
    return [*([(WHOLE, whole)] if whole is not None else []), *levels]


def _parts(tree: Criteria) -> tuple[Criteria, ...]:
    return tree.parts if isinstance(tree, All) else (tree,)


def _words(one: Pinned, here: Organization) -> dict[int, list[str]]:
    """The conditions of track and levels in words, as they were given: “last 30 days” stays that."""
    fields = one.fields
    if fields is None:
        return {}
    trees = _trees(*trees_of(one.ladder, fields, here))
    return {key: [_lowered(describe(part, fields, here)) for part in _parts(tree)] for key, tree in trees}


def _lowered(said: str) -> str:
    bare = said.rstrip(".")
    return bare if bare[1:2].isupper() else bare[:1].lower() + bare[1:]


def _conditions(row: Mapping[str, Any], said: Mapping[int, list[str]]) -> Conditions:
    return {
        key: tuple(Condition(each, bool(row[f"part{key}_{place}"])) for place, each in enumerate(words))
        for key, words in said.items()
    }


def _standings(session: Session, ladder: Ladder, ids: Sequence[int]) -> dict[int, tuple[Standing, date | None]]:
    """The open standings, each with the day of the gift behind it."""
    open_now = (Standing.track_id == ladder.id, Standing.to_on.is_(None), Standing.constituent_id.in_(ids))
    found = select(Standing, Gift.received_on).outerjoin(Gift, Gift.id == Standing.cause_gift_id).where(*open_now)
    return {row.constituent_id: (row, gift_on) for row, gift_on in session.execute(found)}


def _rulings(session: Session, ladder: Ladder, ids: Sequence[int], *, on: date) -> dict[int, Ruling]:
    if not ladder.has_rulings:
        return {}
    holding = (Ruling.from_on <= on, or_(Ruling.to_on.is_(None), Ruling.to_on > on))
    found = select(Ruling).where(Ruling.track_id == ladder.id, Ruling.constituent_id.in_(ids), *holding)
    return {row.constituent_id: row for row in session.scalars(found.order_by(Ruling.id))}


@dataclass(frozen=True)
class _Told:
    """What was read of one constituent, and the facts of the sentence that follow from it."""

    one: Pinned
    found: Found
    asks: Conditions
    standing: Standing | None
    gift_on: date | None
    ruling: Ruling | None

    def why(self) -> Why:
        """The facts."""
        ladder = self.one.ladder
        band = ladder.band(self.standing.level_id) if self.standing is not None else None
        own = self.asks.get(band.id, ()) if band is not None else ()
        return Why(
            label=ladder.measure_label,
            band=band,
            figure=self.found["figure"],
            reached=self._reached(),
            asks=(*own, *self.asks.get(WHOLE, ())),
            by_rules=self.found.by_rules() if self.found["may"] else None,
            above=self._above(band),
            fall=self._fall(band),
            ruled=Ruled(*self._ruled) if self._ruled else None,
            falls=ladder.falls,
            left_out=self._left_out(),
        )

    @property
    def _ruled(self) -> tuple[str, str, date, date | None] | None:
        row = self.ruling
        return (row.kind, row.reason, row.from_on, row.to_on) if row is not None else None

    def _reached(self) -> Reached | None:
        row = self.standing
        return Reached(row.from_on, row.cause, row.measure, self.gift_on) if row is not None else None

    def _left_out(self) -> str:
        ladder, row = self.one.ladder, self.found.values
        if self.ruling is not None and self.ruling.kind == EXCLUDE:
            return f"left out by hand: {self.ruling.reason.rstrip('.')}"
        if row["is_deceased"] and ladder.deceased == LEAVE:
            return "the track leaves out who is deceased"
        if row["is_anonymous"] and ladder.anonymous == LEAVE:
            return "the track leaves out who wants the name hidden"
        return ""

    def _fall(self, band: Band | None) -> Fall | None:
        row, figure = self.standing, self.found["figure"]
        if row is None or row.falls_on is None or band is None:
            return None
        short = band.minimum - (figure or 0) if band.minimum is not None else 0
        return Fall(row.falls_on, self.one.ladder.band(row.falls_to_id), short if short > 0 else None)

    def _above(self, band: Band | None) -> Above | None:
        """The lowest level above that is not reached, of those that more can reach."""
        value, place = self.found["figure"] or 0, band.position if band is not None else 0
        whole = self.asks.get(WHOLE, ())
        for each in sorted(self.one.ladder.bands, key=lambda one: one.position):
            if each.position <= place or (each.maximum is not None and value >= each.maximum):
                continue
            short = each.minimum - value if each.minimum is not None else 0
            asks = (*self.asks.get(each.id, ()), *whole)
            if short > 0 or not all(one.met for one in asks):
                return Above(each, short if short > 0 else None, asks)
        return None
