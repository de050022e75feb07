"""Draws the portfolios: the best givers become prospects of three officers, with their way through the stages."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from donors.cli.practice.cast import CULTIVATION, JONAS, MAREN, SOLICITATION, STEWARDSHIP, WILLA
from donors.cli.practice.story import Charity, DrawnMove, DrawnPlan, DrawnProspect
from donors.plans.terms import NO_ANSWER, REACHED

OFFICERS = (MAREN, JONAS, WILLA)
LATELY = 14
ALL = 99
"""As many steps as have fallen due."""

DAYS = (30, 21, 180, 90, 365)
PURPOSES = (
    "Get to know them",
    "Hear what they care for",
    "Show the studio",
    "Introduce the director",
    "Thank in person",
)
METHODS = ("call", "visit", "mail", "letter", "event")
MINUTES = {"call": 10, "visit": 60, "mail": 5, "letter": 15, "event": 20}
OUTCOMES = ("reached", "reached", "reached", "no_answer", "positive", "not_now")
REPORTS = (
    "Asked how the scholarship students are doing.",
    "Would rather hear from us in spring.",
    "Brought a friend along; take them both to the open studio.",
    "Left a message.",
    "Remembers the flood of 2015 and who helped.",
    "Interested in the boathouse, less in the roof.",
    "Wants to see last year’s figures before deciding.",
)
WHYS = (
    "Two visits and a yes to being asked",
    "Capacity rated, interest shown",
    "Agreed in the review",
    "Met at the Harvest Supper",
)


BACK = ("Too early: wants to meet the director first", "No answer for weeks", "Her sister fell ill; begin again gently")
Entered = tuple[int, date, str]


def prospects_of(chance: Random, charity: Charity, *, most: int) -> list[DrawnProspect]:
    """The prospects beside the named cast: the best givers, at most so many."""
    totals: Counter[int] = Counter()
    for gift in charity.gifts:
        if not gift.refunded_on:
            totals[gift.giver] += gift.cents
    taken = {prospect.person for prospect in charity.prospects}
    best = [
        person
        for person, _ in sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))
        if person not in taken and not charity.people[person].is_deceased and not charity.people[person].confidential
    ]
    return [_prospect(chance, person, totals[person], charity.on) for person in best[:most]]


def plans_of(chance: Random, charity: Charity) -> list[DrawnPlan]:
    """Plans of prospects: a confirmation after the ask, a welcome for those who rose lately.

    Most officers keep up with theirs; about one young plan in four waits for its first step.
    """
    found = []
    for prospect in charity.prospects:
        stage, since, _ = prospect.entered[-1]
        age = (charity.on - since).days
        if stage == SOLICITATION and age < 80:
            done = 0 if age < LATELY and chance.random() < 0.25 else ALL
            found.append(DrawnPlan(prospect.person, "After the ask", since, "stage Solicitation", done))
        elif stage in (CULTIVATION, STEWARDSHIP) and chance.random() < 0.12:
            age = chance.randrange(5, 60)
            done = 0 if age < LATELY and chance.random() < 0.25 else ALL
            start = charity.on - timedelta(days=age)
            answer = NO_ANSWER if chance.random() < 0.4 else REACHED
            found.append(DrawnPlan(prospect.person, "New Patron welcome", start, "level Patron", done, answer))
    welcomes = [place for place, plan in enumerate(found) if plan.template == "New Patron welcome" and plan.done]
    for place in welcomes[-2:-1]:
        found[place] = replace(found[place], ended="Asked to hear from us by letter only.")
    for place in welcomes[-3:-2]:
        found[place] = replace(found[place], rests=4)
    return found


def _prospect(chance: Random, person: int, total: int, on: date) -> DrawnProspect:
    stage = chance.choices(range(5), weights=(26, 24, 28, 8, 14))[0]
    since = on - timedelta(days=int(chance.triangular(1, DAYS[stage] * 1.35, DAYS[stage] * 0.4)))
    entered = [(stage, since, chance.choice(WHYS))]
    for earlier in range(stage - 1, -1, -1):
        since -= timedelta(days=int(chance.triangular(5, DAYS[earlier] * 1.5, DAYS[earlier] * 0.7)))
        entered.insert(0, (earlier, since, chance.choice(WHYS)))
    entered = _with_a_step_back(Random(person), entered)
    ask = None if stage == 0 else max(100000, int(total * chance.uniform(0.4, 2.5)) // 100000 * 100000)
    return DrawnProspect(
        person, chance.choices(OFFICERS, weights=(4, 3, 3))[0], tuple(entered), _moves(chance, since, on), ask
    )


def _with_a_step_back(chance: Random, entered: list[Entered]) -> list[Entered]:
    """One in eight was brought on too early, went back, and came again. Drawn apart, so that all else stays."""
    *before, (stage, since, why) = entered
    if stage < CULTIVATION or chance.random() > 0.125:
        return entered
    third = (since - before[-1][1]) / 3
    early, back = before[-1][1] + third, before[-1][1] + 2 * third
    return [
        *before,
        (stage, early, "Said yes at the gala"),
        (stage - 1, back, chance.choice(BACK)),
        (stage, since, why),
    ]


def _moves(chance: Random, since: date, on: date) -> tuple[DrawnMove, ...]:
    found, day = [], since + timedelta(days=chance.randrange(2, 30))
    while day < on:
        outcome = chance.choice(OUTCOMES)
        report = "Left a message." if outcome == "no_answer" else chance.choice(REPORTS)
        found.append(_made(day, chance.choice(PURPOSES), chance.choice(METHODS), outcome, report))
        day += timedelta(days=chance.randrange(18, 120))
    if chance.random() < 0.72:
        due = on + timedelta(days=int(chance.triangular(-20, 60, 8)))
        found.append(DrawnMove(due, False, chance.choice(PURPOSES), chance.choice(METHODS)))
    return tuple(found)


def _made(on: date, purpose: str, method: str, outcome: str, report: str) -> DrawnMove:
    """Events are in the background; to every fourth visit the director came along."""
    staff = ("ruth",) if method == "visit" and on.day % 4 == 0 else ()
    minutes = MINUTES[method] + on.day
    return DrawnMove(
        *(on, True, purpose, method, outcome, report), staff=staff, background=method == "event", minutes=minutes
    )
