"""What the practice charity is drawn from: names, places, funds, appeals, activities."""

import tomllib
from pathlib import Path

ORGANIZATION = "Rivermouth Arts & Learning"
ZONE = "America/Los_Angeles"
FISCAL_START = 7
YEARS = 12
SIZE = 5000
SEED = 2014

_NAMES = tomllib.loads((Path(__file__).parent / "names.toml").read_text("utf-8"))


def _words(key: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in _NAMES[key].split())


GIVEN = _words("given")
FAMILY = _words("family")
STREETS = _words("streets")
PLACES = (
    ("Astoria", "OR", "97103", 46),
    ("Warrenton", "OR", "97146", 14),
    ("Seaside", "OR", "97138", 12),
    ("Gearhart", "OR", "97138", 6),
    ("Cannon Beach", "OR", "97110", 6),
    ("Ilwaco", "WA", "98624", 5),
    ("Portland", "OR", "97209", 8),
    ("Seattle", "WA", "98101", 3),
)
BUSINESS_HEADS = _words("businesses")
BUSINESS_TAILS = (
    "Books",
    "Brewing Company",
    "Builders",
    "Credit Union",
    "Dental Group",
    "Family Foundation",
    "Hardware",
    "Insurance",
    "Marine Supply",
    "Pharmacy",
    "Press",
    "Realty",
    "Seafood",
    "Veterinary Clinic",
)

FUNDS = ("Annual Fund", "Studio Fund", "Scholarships", "The Boathouse")
APPEALS = {"Spring appeal": 4, "Harvest Supper": 9, "Year-end appeal": 12, "Open studio": 6}
"""Appeal of each year → the month in which it goes out."""

ACTIVITIES = ("Docent", "Usher", "Workshop aide", "Gallery", "Garden", "Driver")
METHODS = ("card", "check", "transfer", "cash")
MONTH_WEIGHTS = (3, 3, 4, 10, 5, 8, 4, 4, 11, 6, 14, 28)
NICE = (
    10,
    15,
    20,
    25,
    30,
    35,
    40,
    50,
    60,
    75,
    100,
    120,
    150,
    200,
    250,
    300,
    400,
    500,
    600,
    750,
    1000,
    1200,
    1500,
    2000,
)
GRAND = (1000, 1200, 1500, 2000, 2500, 3000, 5000, 7500, 10000, 12000, 15000, 20000, 25000, 40000, 50000)

MAILS = (
    (
        "Thanks after a gift",
        "thanks",
        "Thank you, {dear}",
        "Dear {dear},\n\nthank you for {last_gift, or: your gift}. It has gone to work already:\n\n"
        "- twelve children are learning to row,\n- the roof of the boathouse is closed before winter.\n\n"
        "Come and see it. I am at {officer_email, or: hello@rivermouth.example}.\n\n"
        "Yours,\n{officer, or: all of us}\n{organization}",
    ),
    (
        "Invitation to the open studio",
        "news",
        "See what you have made possible",
        "Dear {dear},\n\non the first Saturday of the month the studio is open, with coffee and wet paint. Come by.\n\n"
        "Yours,\n{officer, or: all of us}\n{organization}",
    ),
    (
        "Receipt",
        "service",
        "Your gift of {last_gift_on}",
        "Dear {dear_formal},\n\nwe have received {last_gift} on {last_gift_on}. No goods were given in return.\n\n"
        "{organization}",
    ),
)
"""Mail templates: name, purpose, subject, text."""

STAFF = (
    ("admin", "Nora Castellan", "administrator"),
    ("ruth", "Ruth Salazar", "director"),
    ("maren", "Maren Holt", "officer"),
    ("jonas", "Jonas Adler", "officer"),
    ("willa", "Willa Osgood", "officer"),
    ("tomas", "Tomás Lindqvist", "gift_entry"),
    ("vera", "Vera Quist", "volunteer_coordinator"),
    ("remy", "Remy Dufour", "reader"),
)
"""Practice logins: name in the address, name, role."""

DOMAIN = "rivermouth.example"
PASSWORD = "boathouse-lantern-tide"  # noqa: S105 - public by intent, and of use on loopback only
