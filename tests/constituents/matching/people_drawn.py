"""Facts for property tests: few values, so that many of them meet."""

from hypothesis import strategies as st

from donors.constituents.matching.facts import NOWHERE, Facts, Place
from donors.constituents.models import ORGANIZATION, PERSON

GIVEN = st.sampled_from(["", "anna", "ann", "robert", "bob", "meyer", "j", "jon", "roberta"])
FAMILY = st.sampled_from(["", "meyer", "meier", "maier", "berg", "bergstrom", "anna", "smith", "smyth"])
BORN = st.sampled_from([0, 19500307, 19500703, 19500308, 19510307, 19880101])
NUMBER, STREET = st.sampled_from(["", "1", "12a"]), st.sampled_from(["", "elmstreet", "elmstrete", "oakavenue"])
POSTAL, CITY = st.sampled_from(["", "12207", "12270", "10001"]), st.sampled_from(["", "albany", "albani", "troy"])
EMAILS = st.lists(st.sampled_from(["anna@x.org", "anna@y.org", "bob1@x.org", "bob2@x.org"]), max_size=3).map(tuple)
PHONES = st.lists(st.sampled_from([12125550100, 12125550101, 12125550010, 13105550100]), max_size=3).map(tuple)
TAX_IDS = st.lists(st.sampled_from(["ssn:123456", "ssn:123465", "ein:123456"]), max_size=2).map(tuple)
PLACES = st.builds(Place, NUMBER, STREET, POSTAL, CITY).filter(lambda place: place != NOWHERE)
NAME = st.sampled_from(["", "lakeside foundation", "foundation lakeside", "lakeside family foundation", "harbor bank"])
HOST = st.sampled_from(["", "x.org", "y.org"])

REACH = {
    "emails": EMAILS,
    "phones": PHONES,
    "places": st.lists(PLACES, max_size=3).map(tuple),
    "tax_ids": TAX_IDS,
}
PEOPLE = st.builds(
    Facts, st.just(0), st.just(PERSON), given=GIVEN, family=FAMILY, born=BORN, generation=st.integers(0, 3), **REACH
)
GROUPS = st.builds(Facts, st.just(0), st.just(ORGANIZATION), name=NAME, domain=HOST, **REACH)
