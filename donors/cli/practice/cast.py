"""The named cast: each of them embodies one rule of the product, and the note on the record says which."""

from dataclasses import dataclass
from datetime import date, timedelta

from donors.cli.practice.story import Charity, DrawnGift, DrawnMove, DrawnPlan, DrawnProspect, DrawnShift
from donors.constituents.records import Address, Email, NewConstituent
from donors.pipeline.decide import TEAM
from donors.plans.terms import NO_ANSWER

IDENTIFICATION, QUALIFICATION, CULTIVATION, SOLICITATION, STEWARDSHIP = range(5)
MAREN, JONAS, WILLA = "maren", "jonas", "willa"
HOME = Address("14 Harbor Street", "Astoria", "OR", "97103", "US")


@dataclass(frozen=True)
class Stage:
    """How long a member of the cast has stood in a stage, with which officer, ask in dollars and next move."""

    stage: int
    days: int
    officer: str = MAREN
    ask: int | None = None
    purpose: str = ""
    readers: str = ""
    next_move: tuple[str, str, int] | None = None
    """Purpose, method, and in how many days it is due (negative: late)."""
    last: tuple[str, str, int, str] | None = None
    """Purpose, method, how many days ago, report."""


def play(charity: Charity) -> None:
    """Puts the whole cast on the stage."""
    _whitcombes(charity)
    _haddads(charity)
    _foundation(charity)
    _holloways(charity)
    _edges(charity)
    _prospects(charity)
    _others(charity)


def _person(charity: Charity, name: str, note: str, **more: object) -> int:
    given, _, family = name.partition(" ")
    mail = Email(f"{given}@{family.replace(' ', '')}.example".lower().replace("ø", "o"))
    values: dict[str, object] = {"emails": (mail,), "addresses": (HOME,)} | more
    return charity.add(NewConstituent(given_name=given, family_name=family, note=note, **values))  # type: ignore[arg-type]  # values by name


def _ago(charity: Charity, days: int) -> date:
    return charity.on - timedelta(days=days)


def _gave(charity: Charity, who: int, days: int, cents: int, **more: object) -> None:
    gift = {"fund": "Annual Fund"} | more
    charity.gifts.append(DrawnGift(giver=who, on=_ago(charity, days), cents=cents, **gift))  # type: ignore[arg-type]  # values by name


def _stands(charity: Charity, who: int, stage: Stage) -> None:
    path = [(number, stage.days + 60 * (stage.stage - number), "") for number in range(stage.stage + 1)]
    entered = tuple((number, _ago(charity, days), why or "As agreed in the review") for number, days, why in path)
    moves = []
    if stage.last is not None:
        purpose, method, days, report = stage.last
        staff, minutes = (("ruth",), 75) if method == "visit" else ((), 15)
        told = (purpose, method, "reached", report)
        moves.append(DrawnMove(_ago(charity, days), True, *told, staff=staff, readers=stage.readers, minutes=minutes))
    if stage.next_move is not None:
        purpose, method, days = stage.next_move
        moves.append(DrawnMove(charity.on + timedelta(days=days), False, purpose, method))
    ask = None if stage.ask is None else stage.ask * 100
    charity.prospects.append(DrawnProspect(who, stage.officer, entered, tuple(moves), ask, stage.purpose))


def _whitcombes(charity: Charity) -> None:
    home = charity.add(
        NewConstituent(
            kind="household",
            name="Whitcombe household",
            addresses=(HOME,),
            note="Shows: a household counts the gifts of its members, each once.",
        )
    )
    eleanor = _person(charity, "Eleanor Whitcombe", "Shows: soft credit. James gives, she is recognized for all of it.")
    james = _person(charity, "James Whitcombe", "Shows: hard credit for what both decide.")
    charity.homes += [(home, eleanor, _ago(charity, 4000), None), (home, james, _ago(charity, 4000), None)]
    charity.ties.append((eleanor, james, "spouse", "spouse"))
    for days, cents in ((24, 50000), (181, 35000), (280, 250000), (460, 150000), (700, 100000), (1100, 75000)):
        _gave(charity, james, days, cents, soft=((eleanor, cents, "household member"),))
    _gave(charity, eleanor, 322, 25000)
    for days in (38, 70, 120, 199, 260):
        charity.shifts.append(DrawnShift(eleanor, _ago(charity, days), 240, "Docent"))
    _stands(
        charity,
        eleanor,
        Stage(
            CULTIVATION,
            96,
            ask=25000,
            purpose="The kiln room",
            next_move=("Walk through the kiln room", "visit", 9),
            last=(
                "Hear what she cares for",
                "visit",
                63,
                "Coffee at the boathouse. “My mother threw pots in a shed.” Promised: kiln drawings.",
            ),
        ),
    )


def _haddads(charity: Charity) -> None:
    home = charity.add(NewConstituent(kind="household", name="Haddad household", addresses=(HOME,)))
    samir = _person(
        charity, "Samir Haddad", "Shows: moving house does not move past gifts. He joined this household last year."
    )
    leila = _person(charity, "Leila Haddad", "Shows: her gifts count for the household from the first day.")
    charity.homes += [(home, leila, _ago(charity, 3000), None), (home, samir, _ago(charity, 400), None)]
    charity.ties.append((samir, leila, "spouse", "spouse"))
    _gave(charity, samir, 900, 80000)
    _gave(charity, samir, 100, 120000)
    _gave(charity, leila, 700, 30000)
    _stands(charity, samir, Stage(CULTIVATION, 44, ask=15000, next_move=("Sign the welcome letter", "letter", 0)))


def _foundation(charity: Charity) -> None:
    lucia = _person(
        charity, "Lucia Ferrante", "Shows: the adviser of a fund has soft credit, the foundation the hard credit."
    )
    house = charity.add(
        NewConstituent(
            kind="organization", name="Ferrante Family Foundation", note="Shows: hard credit goes to the payer."
        )
    )
    charity.ties.append((lucia, house, "adviser", "advised by"))
    for days in (50, 410, 780):
        _gave(charity, house, days, 2500000, fund="Scholarships", method="check", soft=((lucia, 2500000, "adviser"),))
    _stands(charity, house, Stage(SOLICITATION, 22, ask=150000, next_move=("Trustees’ visit", "visit", 15)))


def _holloways(charity: Charity) -> None:
    nadia = _person(
        charity, "Nadia Holloway", "Shows: two partial credits on one gift add up, and the gift counts once."
    )
    piers = _person(charity, "Piers Holloway", "Shows: a gift whose recognition is shared.")
    charity.ties.append((nadia, piers, "spouse", "spouse"))
    _gave(charity, piers, 80, 120000, soft=((nadia, 30000, "solicitor"), (nadia, 60000, "household member")))
    _stands(charity, nadia, Stage(QUALIFICATION, 8, officer=JONAS, ask=12000, next_move=("Open studio", "event", 11)))


def _edges(charity: Charity) -> None:
    yusuf = _person(
        charity, "Yusuf Rahmani", "Shows: the minimum is included. Exactly 250.00 in 365 days is Supporter."
    )
    _gave(charity, yusuf, 120, 25000)
    prudence = _person(
        charity, "Prudence Lightfoot", "Shows: the maximum is not included. 249.99 stays below Supporter."
    )
    _gave(charity, prudence, 90, 24999)
    walter = _person(
        charity, "Walter Prins", "Shows: time alone moves people. His large gift leaves the window tomorrow night."
    )
    _gave(charity, walter, 365, 1200000)
    _gave(charity, walter, 40, 10000)
    malcolm = _person(
        charity,
        "Malcolm Adeyemi",
        "Shows: a refund counts from its day. Before it he was a Patron, and reports of those days say so.",
    )
    _gave(charity, malcolm, 60, 120000, refunded_on=_ago(charity, 20))
    _gave(charity, malcolm, 200, 5000)
    constance = _person(
        charity, "Constance Bellweather", "Shows: a streak. She has given in every fiscal year for twelve years."
    )
    for year in range(12):
        _gave(charity, constance, 30 + 365 * year, 30000 + 2500 * (12 - year))
    lakshmi = _person(charity, "Lakshmi Iyer", "Shows: gave last fiscal year, not yet in this one.")
    _gave(charity, lakshmi, 250, 30000)
    _gave(charity, lakshmi, 620, 30000)
    graciela = _person(
        charity,
        "Graciela Montoya",
        "Shows: a level starts a plan, a call without answer its other branch.",
    )
    _gave(charity, graciela, 9, 120000)
    charity.plans.append(DrawnPlan(graciela, "New Patron welcome", _ago(charity, 9), "level Patron", 1, NO_ANSWER))
    _stands(charity, graciela, Stage(QUALIFICATION, 9, ask=10000, next_move=("Thank her in person", "visit", 0)))


def _prospects(charity: Charity) -> None:
    for name, note, stage, gifts in PROSPECTS:
        person = _person(charity, name, note)
        for days, dollars in gifts:
            _gave(charity, person, days, dollars * 100)
        _stands(charity, person, stage)
    cedar = charity.add(
        NewConstituent(
            kind="organization",
            name="Cedar Point Credit Union",
            note="Shows: an organization in the pipeline, past its limit.",
        )
    )
    for days in (330, 690):
        _gave(charity, cedar, days, 750000, method="check")
    _stands(charity, cedar, Stage(CULTIVATION, 203, ask=40000, next_move=("Committee papers", "letter", 10)))


def _others(charity: Charity) -> None:
    octavia = _person(charity, "Octavia Renn", "Shows: hours are a ladder of their own. She has never given money.")
    for week in range(40):
        charity.shifts.append(DrawnShift(octavia, _ago(charity, 7 * week + 3), 240, "Workshop aide"))
    _person(charity, "Desmond Aguilar", "Shows: do not contact beats everything.", do_not_contact=True)
    late = _person(
        charity,
        "Marguerite Oyelaran",
        "Shows: history stays, but no plan, task or mail any more.",
        is_deceased=True,
        deceased_on=_ago(charity, 70),
    )
    _gave(charity, late, 200, 450000)
    hollis = _person(
        charity, "Hollis Bancroft", "Shows: a person who always wants the name hidden in outputs.", is_anonymous=True
    )
    _gave(charity, hollis, 130, 300000)
    annika = _person(charity, "Annika Sørensen", "Shows: search forgives accents. Look for “sorensen”.")
    _gave(charity, annika, 300, 4000)
    teodora = _person(
        charity,
        "Teodora Vance",
        "Shows: a confidential record. Only those with a grant know that she is here.",
        confidential=True,
    )
    _gave(charity, teodora, 33, 4000000)
    ines = _person(charity, "Ines Carvalho", "Shows: who introduced whom.")
    charity.ties.append((ines, annika, "introducer", "introduced by"))
    _gave(charity, ines, 75, 15000)


PROSPECTS: tuple[tuple[str, str, Stage, tuple[tuple[int, int], ...]], ...] = (
    (
        "Harold Nakamura",
        "Shows: a late promise. The roof budget he asked for is overdue.",
        Stage(
            SOLICITATION,
            47,
            ask=50000,
            purpose="The roof",
            next_move=("Send the roof budget", "mail", -11),
            last=(
                "Ask for the roof",
                "call",
                18,
                "“The roof worries me more than the studio.” Will answer when he has the budget.",
            ),
        ),
        ((150, 5000), (510, 5000), (880, 2500), (1250, 1000)),
    ),
    (
        "Josephine Mbeki-Ward",
        "Shows: no next move. She stands on the list of those who have none.",
        Stage(
            CULTIVATION,
            171,
            ask=60000,
            last=("Studio visit", "visit", 88, "Asked about naming the north room. Her son is not to know."),
            readers=TEAM,
        ),
        ((210, 10000), (600, 7500)),
    ),
    (
        "Bettina Kroll",
        "Shows: past the limit of her stage.",
        Stage(SOLICITATION, 93, ask=20000, next_move=("Call her sister Anneke", "call", -4)),
        ((140, 1500), (520, 1000)),
    ),
    (
        "Owen Tredwell",
        "Shows: qualification that drags on.",
        Stage(QUALIFICATION, 26, officer=JONAS, ask=5000),
        ((100, 500),),
    ),
    (
        "Peter Gallagher",
        "Shows: identification past its limit, with a late first step.",
        Stage(IDENTIFICATION, 34, next_move=("Look up his employer", "call", -6)),
        ((45, 400),),
    ),
    (
        "Dolores Abernathy-Quist",
        "Shows: stewardship after a large gift.",
        Stage(STEWARDSHIP, 64, officer=WILLA, next_move=("Second installment", "letter", 42)),
        ((64, 50000), (430, 25000), (800, 25000)),
    ),
)
