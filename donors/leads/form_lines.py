"""The lines of a form for everybody: which it shows, what they are called, how long they may be. Pure."""

from dataclasses import dataclass

from donors.leads.models import LeadForm

ALWAYS = frozenset({"given_name", "family_name", "email"})
ADDRESS = frozenset({"street", "postal_code", "city", "region", "country"})


@dataclass(frozen=True)
class Line:
    """A line of text. `kind` is the type of its input, `complete` what browsers fill it in from; two halves may stand
    side by side. It takes `longest` letters."""

    name: str
    label: str
    complete: str
    kind: str = "text"
    longest: int = 200
    half: bool = False
    needed: bool = False


LINES = (
    Line("title", "Title", "honorific-prefix"),
    Line("given_name", "Given name", "given-name", half=True),
    Line("family_name", "Family name", "family-name", half=True, needed=True),
    Line("organization", "Organization", "organization"),
    Line("email", "E-mail", "email", kind="email", longest=254, half=True, needed=True),
    Line("phone", "Phone", "tel", kind="tel", longest=40, half=True),
    Line("street", "Street", "street-address"),
    Line("postal_code", "Postal code", "postal-code", longest=20, half=True),
    Line("city", "City", "address-level2", half=True),
    Line("region", "State or region", "address-level1", half=True),
    Line("country", "Country", "country-name", half=True),
    Line("introduced_by", "Who told you about us", "off"),
)
"""All lines that a form can show, in their order. After them come interests, the message and what may be agreed to."""
LONGEST = {line.name: line.longest for line in LINES} | {"message": 5000}
"""Field of text → letters that it takes."""


def lines_of(form: LeadForm) -> tuple[Line, ...]:
    """The lines that a form shows."""
    asked = ALWAYS | set(form.asks) | (ADDRESS if "address" in form.asks else set())
    return tuple(line for line in LINES if line.name in asked)
