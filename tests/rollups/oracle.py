"""Figures computed in plain Python from a list of facts: what the SQL must agree with."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from donors.core.calendar import FiscalCalendar
from donors.giving.decide import Share, credit_shares


@dataclass
class Given:
    """A gift as the test knows it, in minor units. `credits` are (constituent, kind, amount), refunds (day, amount)."""

    id: int
    giver: int
    amount: int
    on: date
    credits: list[tuple[int, str, int]]
    corrections: list[int] = field(default_factory=list)
    refunds: list[tuple[date, int]] = field(default_factory=list)

    def counted(self, as_of: date | None) -> list[tuple[int, str, int]]:
        """Who the gift counts for: still, or on a day."""
        if as_of is not None and self.on > as_of:
            return []
        full = self.amount + sum(self.corrections)
        gone = [amount for on, amount in self.refunds if as_of is None or on <= as_of]
        left = full - sum(gone)
        if gone and left == 0:
            return []
        return self.parts(left)

    def parts(self, left: int) -> list[tuple[int, str, int]]:
        """The credits as they share what is left."""
        shares = [Share(who, amount, amount, kind) for who, kind, amount in self.credits]
        return [(part.to_id, part.kind, part.amount) for part in credit_shares(shares, (left, left))]

    def whole(self, as_of: date | None) -> list[tuple[int, str, int]]:
        """The same with every credit, where only some are looked at."""
        return self.counted(as_of)


@dataclass
class Worked:
    """A shift as the test knows it."""

    id: int
    who: int
    on: date
    minutes: int


@dataclass
class Contact:
    """A move that was made, as the test knows it. Its amount, if one asks, is nothing."""

    id: int
    who: int
    on: date
    minutes: int = 0


@dataclass
class Facts:
    """All facts. `stays` are (household, person, from, to)."""

    fiscal: FiscalCalendar
    gifts: dict[int, Given] = field(default_factory=dict)
    shifts: dict[int, Worked] = field(default_factory=dict)
    moves: dict[int, Contact] = field(default_factory=dict)
    stays: list[tuple[int, int, date | None, date | None]] = field(default_factory=list)

    def at_home(self, household: int, person: int, on: date) -> bool:
        """Whether a person belonged to a household on a day."""
        return any(
            home == household and who == person and (start is None or start <= on) and (end is None or on < end)
            for home, who, start, end in self.stays
        )

    def rows(self, owner: int, kind: str, as_of: date | None) -> list[tuple[date, int, int]]:
        """Day, id, amount of each gift that counts for a constituent or household."""
        found = []
        for gift in self.gifts.values():
            counted = gift.counted(as_of)
            mine = [one for one in counted if one[0] == owner or self.at_home(owner, one[0], gift.on)]
            hard = [amount for _, what, amount in mine if what == "hard"]
            soft = [amount for _, what, amount in mine if what == "soft"]
            if kind == "hard" and hard:
                found.append((gift.on, gift.id, sum(hard)))
            if kind == "soft" and soft:
                every = [one for one in gift.whole(as_of) if one[1] == "hard"]
                own = [one for one in every if one[0] == owner or self.at_home(owner, one[0], gift.on)]
                left = sum(amount for *_, amount in every) - sum(amount for *_, amount in own)
                household = any(home == owner for home, *_ in self.stays)
                if not household:
                    found.append((gift.on, gift.id, sum(soft)))
                elif left or not own:
                    found.append((gift.on, gift.id, min(sum(soft), left)))
        return found

    def worked(self, owner: int, as_of: date | None) -> list[tuple[date, int, int]]:
        """Day, id, minutes of each shift of a constituent or household."""
        return self._of(owner, self.shifts.values(), as_of)

    def met(self, owner: int, as_of: date | None) -> list[tuple[date, int, int]]:
        """Day, id and nothing of each move made with a constituent or household."""
        return self._of(owner, self.moves.values(), as_of)

    def _of(self, owner: int, rows: Iterable[Worked | Contact], as_of: date | None) -> list[tuple[date, int, int]]:
        return [
            (one.on, one.id, one.minutes)
            for one in rows
            if (as_of is None or one.on <= as_of) and (one.who == owner or self.at_home(owner, one.who, one.on))
        ]


def half_up(top: int, bottom: int) -> int:
    """A quotient rounded half away from zero."""
    sign = -1 if top < 0 else 1
    return sign * ((2 * abs(top) + bottom) // (2 * bottom))


def figures(facts: Facts, owner: int, *, on: date, as_of: bool = False) -> dict[str, object]:
    """All standard figures of a constituent by key; those that are empty are left out."""
    day = on if as_of else None
    found = gift_figures(facts.rows(owner, "hard", day), on, facts.fiscal)
    soft = gift_figures(facts.rows(owner, "soft", day), on, facts.fiscal)
    found |= {f"soft_{key}": value for key, value in soft.items()}
    shifts = facts.worked(owner, day)
    if shifts:
        this_year = facts.fiscal.year_of(on)
        found["volunteer_minutes"] = sum(minutes for _, _, minutes in shifts)
        found["volunteer_minutes_this_year"] = sum(
            minutes for when, _, minutes in shifts if facts.fiscal.year_of(when) == this_year
        )
        found["shift_count"] = len(shifts)
        found["last_shift_on"] = max(when for when, _, _ in shifts)
    if days := [when for when, _, _ in facts.met(owner, day)]:
        found["move_count"] = len(days)
        found["last_move_on"] = max(days)
        found["moves_last_365_days"] = len([when for when in days if on - timedelta(365) <= when <= on])
    return found


def gift_figures(rows: list[tuple[date, int, int]], on: date, fiscal: FiscalCalendar) -> dict[str, object]:
    """The figures of one kind of credit, by the keys of hard credit."""
    if not rows:
        return {}
    year = fiscal.year_of(on)
    in_year: dict[int, list[int]] = defaultdict(list)
    for when, _, amount in rows:
        in_year[fiscal.year_of(when)].append(amount)
    recent = [amount for when, _, amount in rows if on - timedelta(365) <= when <= on]
    largest = max(rows, key=lambda row: (row[2], row[1]))
    smallest = min(rows, key=lambda row: (row[2], row[1]))
    first, last = min(rows, key=lambda row: row[:2]), max(rows, key=lambda row: row[:2])
    total = sum(amount for _, _, amount in rows)
    best = max((sum(amounts), -label) for label, amounts in in_year.items())
    found: dict[str, object] = {
        "lifetime_total": total,
        "gift_count": len(rows),
        "average_gift": half_up(total, len(rows)),
        "largest_gift": largest[2],
        "largest_gift_on": largest[0],
        "largest_gift_id": largest[1],
        "smallest_gift": smallest[2],
        "smallest_gift_on": smallest[0],
        "first_gift": first[2],
        "first_gift_on": first[0],
        "first_gift_id": first[1],
        "last_gift": last[2],
        "last_gift_on": last[0],
        "last_gift_id": last[1],
        "this_fiscal_year_total": sum(in_year[year]) if year in in_year else 0,
        "this_fiscal_year_count": len(in_year.get(year, [])),
        "last_fiscal_year_total": sum(in_year.get(year - 1, [])),
        "last_fiscal_year_count": len(in_year.get(year - 1, [])),
        "last_365_days_total": sum(recent),
        "last_365_days_count": len(recent),
        "best_year_total": max(best[0], 0),
        "years_given": len([label for label, amounts in in_year.items() if amounts]),
        "current_streak": streak({label for label, amounts in in_year.items() if amounts}, year),
    }
    if best[0] > 0:
        found["best_year"] = -best[1]
    return found


def streak(years: set[int], year: int) -> int:
    """Years in a row that end with this one, or with the last one when this one has nothing yet."""
    label = year if year in years else year - 1
    count = 0
    while label - count in years:
        count += 1
    return count
