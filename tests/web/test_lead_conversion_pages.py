"""The page of a conversion: who it is, what goes with it, which other leads are the same, and the way back."""

import re

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.household import join
from donors.constituents.models import Constituent, HouseholdMembership
from donors.constituents.records import Address, PhoneNumber
from donors.constituents.spans import Span
from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.leads.models import Lead
from donors.leads.new_lead import NewLead
from donors.leads.receive import receive, receive_many
from tests.cast import OLIVE, SAM, sign_in
from tests.constituents.people import person
from tests.web.test_leads_pages import TODAY, Ids, told, undo, world

__all__ = ["world"]  # the fixture


def test_nobody_new_before_a_look_at_those_who_may_be_the_same(
    client: FlaskClient, session: Session, world: Ids
) -> None:
    sign_in(client, OLIVE)
    page = client.get(f"/leads/convert?ids={world['ann']}")
    assert "I have looked: the one above is somebody else" in told(page)
    one = str(world["ann"])
    new = {"ids": one, "act": "convert", f"who-{one}": "new", f"given-{one}": "Anne", f"family-{one}": "Lee"}
    refused = client.post("/leads/convert", data=new)
    assert refused.status_code == 409
    assert "Look first whether it is Ann Lee" in told(refused)
    assert 'value="Anne"' in refused.text
    lied = client.post("/leads/convert", data={**new, f"none-{one}": "yes", f"shown-{one}": "999"})
    assert lied.status_code == 409
    made = client.post("/leads/convert", data={**new, f"none-{one}": "yes", f"shown-{one}": str(world["known"])})
    assert made.status_code == 303
    assert session.scalars(select(Constituent.name).where(Constituent.name == "Anne Lee")).all() == ["Anne Lee"]
    session.rollback()
    there = client.get(made.headers["Location"])
    assert "Next: Bo Ek" in told(there)
    [became] = re.findall(r'It became <a href="([^"]*)"', there.text)
    for page in (f"/leads/{one}", became):
        sign_in(client, SAM)
        assert "Undo the conversion" not in client.get(page).text
        sign_in(client, OLIVE)
        assert "Undo the conversion" in client.get(page).text
    [way] = re.findall(r'action="(/leads/undo/[^"]*)"', client.get(became).text)
    assert client.post(way).headers["Location"] == f"/leads/{one}"
    assert session.get_one(Lead, world["ann"]).status == "new"


def test_leads_of_one_address_name_one_another_and_are_converted_together(
    client: FlaskClient, session: Session, world: Ids
) -> None:
    within = open_change(session, "test", act=Act(by=None, at=now(), through="web"))

    def come(**more: str) -> int:
        new = NewLead("web_form", by_rota=False, **more)  # type: ignore[arg-type]
        return receive(session, new, within=within, at=now(), on=TODAY).id

    again = come(email="ANN@x.org", phone="001 (212) 555-0100")
    caller = come(given_name="Carl", family_name="Lee", phone="212 555 0100 ext. 3")
    session.commit()
    sign_in(client, OLIVE)
    ann, one = world["ann"], str(again)
    both = f"/leads/convert?ids={ann}&amp;ids={again}&amp;tab=new"
    queue = client.get("/leads?tab=new").text
    assert f'href="{both}"' in queue
    assert "Also Ann Lee , same e-mail; Carl Lee , same phone · convert all" in told(client.get("/leads?tab=new"))
    assert "Another lead of the same e-mail" in told(client.get(f"/leads/{ann}"))
    assert "Convert all together" in told(client.get(f"/leads/{again}"))
    assert f"/leads/convert?ids={caller}&amp;ids={again}" in client.get(f"/leads/{caller}").text
    assert "Another lead" not in told(client.get(f"/leads/{world['bo']}"))
    page = client.get(f"/leads/convert?ids={ann}")
    assert f'name="ids" value="{again}">Convert both together' in page.text
    more = client.post("/leads/convert", data={"ids": [ann, again], f"given-{ann}": "Anne", f"who-{ann}": "new"})
    assert re.findall(rf'name="who-{one}" value="as-{ann}" checked', more.text)
    assert 'value="Anne"' in more.text
    client.post(f"/leads/{ann}/disqualify", data={"reason": "no_fit"})
    assert "Another lead of the same phone" in told(client.get(f"/leads/{again}"))
    assert f"ids={again}" not in client.get(f"/leads/{ann}").text


def test_no_more_leads_of_one_address_are_offered_than_are_converted_at_once(
    client: FlaskClient, session: Session, world: Ids
) -> None:
    within = open_change(session, "test", act=Act(by=None, at=now(), through="web"))
    news = [NewLead("web_form", given_name=f"Nr {number}", email="ann@x.org", by_rota=False) for number in range(12)]
    receive_many(session, news, within=within, at=now(), on=TODAY)
    session.commit()
    sign_in(client, OLIVE)
    assert "convert 12" in told(client.get("/leads?tab=new"))
    page = client.get(f"/leads/{world['ann']}").text
    assert "Convert 12 of them together" in page
    (there,) = re.findall(r'href="(/leads/convert\?ids=[^"]+ids=[^"]+)"', page)
    assert client.get(there.replace("&amp;", "&")).status_code == 200


def test_of_leads_of_one_person_the_first_may_be_without_a_name(
    client: FlaskClient, session: Session, world: Ids
) -> None:
    within = open_change(session, "test", act=Act(by=None, at=now(), through="web"))
    bare = receive(session, NewLead("web_form", email="bo@x.org"), within=within, at=now(), on=TODAY).id
    named = NewLead("web_form", given_name="Bo", family_name="Ek", email="bo@x.org")
    other = receive(session, named, within=within, at=now(), on=TODAY).id
    session.commit()
    sign_in(client, OLIVE)
    page = client.get(f"/leads/convert?ids={bare}&ids={other}").text
    assert f'name="who-{other}" value="as-{bare}" checked' in page
    wanted = {"ids": [bare, other], "act": "convert", f"who-{bare}": "new", f"given-{bare}": "", f"family-{bare}": ""}
    assert client.post("/leads/convert", data={**wanted, f"who-{other}": f"as-{bare}"}).status_code == 303
    made = session.get_one(Lead, other).constituent_id
    assert session.get_one(Constituent, made).name == "Bo Ek"
    assert session.get_one(Lead, bare).constituent_id == made


def test_what_is_not_wanted_is_folded_away_and_what_was_typed_is_not(client: FlaskClient, world: Ids) -> None:
    sign_in(client, OLIVE)
    ann = str(world["ann"])

    def opened(page: str) -> list[str]:
        return re.findall(r'<details class="block aside" id="(\w+)" open>', page)

    assert opened(client.get(f"/leads/convert?ids={ann}").text) == []
    assert opened(client.get(f"/leads/convert?ids={world['bo']}").text) == ["organization"]
    wrong = client.post(
        "/leads/convert", data={"ids": ann, "act": "convert", "home": "other", "home_other_name": "Nob"}
    )
    assert wrong.status_code == 422
    assert opened(wrong.text) == ["household"]


def test_households_of_the_same_telephone_or_address_are_offered(
    client: FlaskClient, session: Session, world: Ids
) -> None:
    within = open_change(session, "test", act=Act(by=None, at=now(), through="web"))
    place = Address(street="12 Elm Street", city="Albany", postal_code="12207")
    mother = person(session, "Ute Brand", phones=(PhoneNumber("(212) 555-0177"),), addresses=(place,))
    join(session, session.get_one(Constituent, world["home"]), mother, span=Span(TODAY, None), within=within)

    def come(**more: str) -> int:
        new = NewLead("web_form", given_name="Kai", family_name="Other", **more)
        return receive(session, new, within=within, at=now(), on=TODAY).id

    leads = [come(phone="(212) 555-0177"), come(street="12 elm street", postal_code="12207"), come(city="Albany")]
    session.commit()
    sign_in(client, OLIVE)
    pages = [client.get(f"/leads/convert?ids={one}").text for one in leads]
    assert ["perhaps Lee household" in page for page in pages] == [True, True, False]


def test_several_into_somebody_known_and_a_household(client: FlaskClient, session: Session, world: Ids) -> None:
    sign_in(client, OLIVE)
    ann, bo = str(world["ann"]), str(world["bo"])
    wanted = {"ids": [ann, bo], "act": "convert", f"who-{ann}": str(world["known"]), f"who-{bo}": "new"}
    unsure = client.post("/leads/convert", data={**wanted, f"who-{ann}": ""})
    assert unsure.status_code == 422
    assert "is not decided yet" in told(unsure)
    wanted |= {"home": str(world["home"]), "body": "new", "body_name": "Acme", "body_role": "Baker"}
    bad = client.post("/leads/convert", data={**wanted, "onward": "yes", "amount": "a lot"})
    assert bad.status_code == 422
    assert 'value="a lot"' in bad.text
    led = client.post("/leads/convert", data=wanted)
    page = client.get(led.location)
    assert "Undo the conversion of all 2 leads" in told(page)
    assert "Together with it: Bo Ek" in told(page)
    lived = session.scalars(select(HouseholdMembership.constituent_id)).all()
    assert world["known"] in lived
    assert len(lived) == 2
    session.rollback()
    undo(client, session)
    assert session.scalars(select(HouseholdMembership.id)).all() == []
    assert {session.get_one(Lead, int(one)).status for one in (ann, bo)} == {"new"}
