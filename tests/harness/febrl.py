"""FEBRL's sets of people with known duplicates (see tests/data/README.md), and how many of those matching finds."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from config import ROOT
from donors.constituents.matching.facts import Facts, Told, facts_of
from donors.constituents.matching.find import learned, likely, plan
from donors.constituents.matching.normalize import Dialled
from donors.constituents.matching.roster import enroll
from donors.constituents.models import PERSON
from donors.constituents.records import Address

FOLDER = ROOT / "tests" / "data" / "febrl"
Pair = tuple[int, int]


@dataclass(frozen=True)
class Quality:
    """Which of the pairs found are right, and which of the right ones were found."""

    true: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """Of what was found, the share that is right."""
        return self.right / max(self.found, 1)

    @property
    def recall(self) -> float:
        """Of what is right, the share that was found."""
        return self.right / max(self.true, 1)


def judged(sets: Sequence[str], thresholds: Sequence[float], *, with_id: bool) -> list[Quality]:
    """The quality at each threshold. Of two sets only pairs across them count, as in linking two files."""
    rows = [row for name in sets for row in read(name)]
    own = [_facts(place, row, with_id=with_id) for place, row in enumerate(rows)]
    planned = plan(enroll(own), PERSON)
    model = learned(planned)
    first = len(rows) // len(sets)
    right = {pair for pair in _true([row["rec_id"] for row in rows]) if _counts(pair, first, len(sets))}
    found: dict[Pair, float] = {}
    for some in likely(planned, model, least=min(thresholds)):
        for a, b, probability in zip(some.a.tolist(), some.b.tolist(), some.probability.tolist(), strict=True):
            if _counts((a, b), first, len(sets)):
                found[a, b] = probability
    return [_quality({pair for pair, one in found.items() if one >= least}, right) for least in thresholds]


def read(name: str) -> list[dict[str, str]]:
    """The records of a set."""
    with gzip.open(FOLDER / f"dataset{name}.csv.gz", "rt", newline="") as file:
        rows = csv.DictReader(file, skipinitialspace=True)
        return [{key.strip(): value.strip() for key, value in row.items()} for row in rows]


def _facts(place: int, row: dict[str, str], *, with_id: bool) -> Facts:
    """A record as a constituent would hold it; days that are none (month 13) stay as they are."""
    street = f"{row['street_number']} {row['address_1']}".strip()
    told = Told(
        id=place + 1,
        kind=PERSON,
        name="",
        given_name=row["given_name"],
        family_name=row["surname"],
        addresses=(Address(street=street, city=row["suburb"], postal_code=row["postcode"], country="AU"),),
        external_ids=(("social security", row["soc_sec_id"]),) if with_id and row["soc_sec_id"] else (),
    )
    born = row["date_of_birth"]
    return replace(facts_of(told, Dialled("AU")), born=int(born) if born.isdigit() else 0)


def _true(names: Sequence[str]) -> Iterable[Pair]:
    """All pairs of records of one person: rec-7-org, rec-7-dup-0."""
    people: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(names):
        people[name.split("-")[1]].append(place)
    return (pair for places in people.values() for pair in combinations(places, 2))


def _counts(pair: Pair, first: int, sets: int) -> bool:
    return sets == 1 or pair[0] < first <= pair[1]


def _quality(found: set[Pair], right: set[Pair]) -> Quality:
    return Quality(len(right), len(found), len(found & right))
