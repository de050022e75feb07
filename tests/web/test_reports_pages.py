"""Pages of levels and reports: what they say, who may open and export them, and that nobody sees too much."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import AuditEvent
from donors.constituents.models import Constituent
from donors.reports.models import Answer
from tests.cast import ADA, DORA, OLIVE, REX, Person, sign_in, sign_in_page
from tests.harness.browser import DESKTOP, PHONE, violations
from tests.harness.processes import Live
from tests.reports.givers import TODAY, YEAR_AGO, Givers, givers


@pytest.fixture
def made(session: Session, cast: dict[Person, int]) -> Givers:
    return givers(session)


def words(html: str) -> str:
    """The page as people read it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def get(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def test_without_tracks_pages_say_what_would_stand_there(client: FlaskClient, cast: dict[Person, int]) -> None:
    sign_in(client, ADA)
    for address in ("/levels", "/reports", "/reports/levels", "/settings/tracks"):
        assert "There is no track yet" in get(client, address)
    get(client, "/reports/levels/people", 404)


def test_the_report_says_as_of_when_what_and_who(client: FlaskClient, made: Givers) -> None:
    sign_in(client, DORA)
    page = get(client, "/reports/levels")
    assert "households and singles by total of gifts by hard credit in the last 365 days" in words(page)
    assert page.count("/reports/levels/people?") > 10
    address = next(one for one in re.findall(r'href="(/reports/levels/people[^"]+)"', page) if "cause=time" in one)
    listed = words(get(client, address.replace("&amp;", "&")))
    assert "gift left the window" in listed
    past = get(client, f"/reports/levels?as_of={YEAR_AGO}&since={YEAR_AGO - timedelta(days=365)}")
    assert "Hidden Helen" not in past
    assert "With a plan" not in past
    assert "is no day" in get(client, "/reports/levels?as_of=yesterday")
    for report in ("levels", "movement"):
        assert '<option value="then" selected>' in get(client, f"/reports/{report}?rules=then&as_of={YEAR_AGO}")
    assert "must lie before" in get(client, f"/reports/levels?since={TODAY + timedelta(days=9)}")
    assert "Nobody stood on a level" in get(client, "/reports/levels?as_of=1990-01-01")
    get(client, f"/reports/levels?track={made.hours}")
    for wrong in ("?track=99", "?track=x", "/people?now=99", "/people?then=x"):
        get(client, f"/reports/levels{wrong}", 404)
    home = words(get(client, "/reports"))
    assert "May these figures be published?" in home
    assert "Rose, fell" in home


def test_levels_and_why(client: FlaskClient, made: Givers) -> None:
    sign_in(client, DORA)
    assert "Rose and fell" in get(client, "/levels")
    assert client.get(f"/levels?track={made.hours}").status_code == 303
    people = get(client, f"/levels/{made.giving}/people")
    assert "Home household" in people
    assert "Homer Home" not in people
    get(client, f"/levels/{made.giving}/edges")
    for wrong in ("/levels?track=x", "/levels/99", f"/levels/{made.giving}/people?level=99"):
        get(client, wrong, 404)
    why = words(get(client, f"/constituents/{made.ids['Rita Riser']}/why/last_365_days_total"))
    assert "Total, last 365 days $1,500.00" in why
    assert "$3,500.00 to go" in why
    assert "Falls on" in why
    then = words(get(client, f"/constituents/{made.ids['Rita Riser']}/why/last_365_days_total?as_of={YEAR_AGO}"))
    assert "Total, last 365 days $300.00" in then
    get(client, f"/constituents/{made.ids['Rita Riser']}/why/nothing", 404)


def test_a_stranger_finds_the_confidential_nowhere(client: FlaskClient, made: Givers) -> None:
    addresses = ("/levels", f"/levels/{made.giving}/people", "/reports/levels/people", "/reports/levels")
    sign_in(client, DORA)
    seen = [get(client, address) for address in addresses]
    assert "Hidden Helen" in seen[1]
    assert "Hidden Helen" in seen[2]
    sign_in(client, OLIVE)
    for address in addresses:
        assert "Hidden Helen" not in get(client, address)
    assert "7 · Giving" in words(get(client, "/reports/levels/people"))
    assert "Hidden" not in client.post("/reports/levels/people/file").text
    get(client, f"/constituents/{made.ids['Hidden Helen']}/why/last_365_days_total", 404)


def test_files_need_the_permission_guard_their_cells_and_leave_a_trace(
    client: FlaskClient, session: Session, made: Givers
) -> None:
    row = session.get_one(Constituent, made.ids["Rita Riser"])
    row.name = '=HYPERLINK("http://evil.example")'
    session.commit()
    sign_in(client, REX)
    get(client, "/reports/levels")
    for address in ("/reports/levels/file", "/reports/levels/people/file"):
        assert client.post(address).status_code == 403
    sign_in(client, OLIVE)
    levels = client.post("/reports/levels/file")
    assert "Patron,1,1500.00,1500.00,1800.00,0,300.00" in levels.text
    assert levels.headers["Content-Disposition"] == f'attachment; filename="levels-{TODAY}.csv"'
    people = client.post("/reports/levels/people/file?ways=up")
    assert "\"'=HYPERLINK(" in people.text
    session.rollback()
    traces = session.scalars(select(AuditEvent).where(AuditEvent.what == "export")).all()
    assert len(traces) == 2


@pytest.mark.browser
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_pages_are_for_everybody(live_server: Live, session: Session, made: Givers, page: Page) -> None:
    sign_in_page(page, live_server.url, DORA)
    rita = f"/constituents/{made.ids['Rita Riser']}/why/last_365_days_total"
    reports = (
        "/reports",
        "/reports/levels",
        "/reports/levels/people",
        "/reports/levels?as_of=1990-01-01",
        "/reports/retention?by=rolling",
        "/reports/givers?which=prior",
    )
    settings = ("/settings/tracks", f"/settings/tracks/{made.giving}", "/settings/stages", "/settings/rollups")
    for size, scheme in ((DESKTOP, "light"), (PHONE, "dark")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for address in ("/levels", rita, *reports, *settings):
            page.goto(live_server.url + address)
            assert violations(page) == [], address
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], address


def test_retention_says_who_gave_again_and_opens_them(client: FlaskClient, made: Givers) -> None:
    sign_in(client, DORA)
    page = get(client, "/reports/retention?by=rolling")
    assert "Givers by 12 months · hard credit, soft credit not in" in words(page)
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/reports/givers\?[^"]+)"', page)]
    retained = next(link for link in links if "which=retained" in link)
    listed = get(client, retained)
    assert "Gave in both years" in words(listed)
    assert "Rita Riser" in listed
    assert "Nina New" not in listed
    assert "Rita Riser" not in get(client, f"{retained}&q=fred")
    for link in dict.fromkeys(links):
        get(client, link)
    for query in ("?by=fiscal&unit=household&soft=yes", f"?as_of={YEAR_AGO}", "?by=nonsense&unit=x"):
        get(client, f"/reports/retention{query}")
    assert "That is no day" in get(client, "/reports/retention?as_of=yesterday")
    assert "There are not two years" in get(client, "/reports/retention?by=calendar&as_of=1990-01-01")
    for wrong in ("which=nobody", "year=1066", "level=none", "level=9&track=x", f"level=99&track={made.giving}"):
        get(client, f"/reports/givers?{wrong}", 404)


def test_givers_are_chosen_as_in_the_list_of_constituents(client: FlaskClient, made: Givers) -> None:
    sign_in(client, OLIVE)
    rita = made.ids["Rita Riser"]
    answer = client.post("/reports/givers/chosen?which=retained&by=rolling", data={"act": "plan", "ids": [rita]})
    assert (answer.status_code, answer.location) == (303, f"/constituents/chosen/plan?ids={rita}")
    every = client.post(
        "/reports/givers/chosen?which=givers&by=rolling", data={"act": "no_contact", "everybody": "yes"}
    )
    assert every.location.count("ids=") == 6
    assert client.post("/reports/givers/chosen", data={"act": "nonsense"}).status_code == 404


def test_reports_on_givers_are_files_too(client: FlaskClient, made: Givers) -> None:
    sign_in(client, OLIVE)
    years = client.post("/reports/retention/file?by=rolling").text
    assert years.lstrip("\ufeff").startswith("year,first_day,last_day,is_over,prior_givers,retained,rate")
    document = client.post("/reports/retention/file?by=rolling", data={"form": "json"}).get_json()
    assert document["report"] == "retention"
    assert {"years", "cohorts", "by_level"} < set(document)
    listed = client.post("/reports/givers/file?by=rolling&which=retained").text
    assert "Rita Riser,person,300.00,1500.00" in listed
    assert "Hidden Helen" not in client.post("/reports/givers/file?by=rolling&which=givers", data={"form": "json"}).text


def test_an_answer_is_kept_after_the_page_and_not_for_others(
    client: FlaskClient, session: Session, made: Givers
) -> None:
    kept = []
    for who in (DORA, DORA, OLIVE):
        sign_in(client, who)
        get(client, "/reports/retention?by=calendar")
        session.rollback()
        kept.append(len(session.scalars(select(Answer.key)).all()))
        session.rollback()
    assert kept[0] > 0
    assert kept == [kept[0], kept[0], 2 * kept[0]]


def test_gains_and_who_is_not_back_yet(client: FlaskClient, made: Givers) -> None:
    sign_in(client, DORA)
    page = get(client, "/reports/gains?by=rolling")
    assert "Gains less losses are the change of the total" in words(page)
    for link in re.findall(r'href="(/reports/givers\?[^"]+)"', page):
        get(client, link.replace("&amp;", "&"))
    assert "There are not two years" in get(client, "/reports/gains?by=calendar&as_of=1990-01-01")
    get(client, "/reports/gains?year=1066", 404)
    listed = get(client, "/reports/lybunt?by=rolling")
    assert "Lena Left" in listed
    assert "Rita Riser" not in listed
    assert "How they come back" in words(listed)
    assert "Nobody here" in get(client, "/reports/lybunt?by=rolling&which=sybunt")
    get(client, "/reports/lybunt?which=prior", 404)
    get(client, f"/reports/lybunt?by=calendar&as_of={YEAR_AGO - timedelta(days=4000)}")
    sign_in(client, OLIVE)
    kinds = client.post("/reports/gains/file?by=rolling").text
    assert [line.split(",")[1] for line in kinds.splitlines()[-3:]] == ["gains", "losses", "net"]
    document = client.post("/reports/lybunt/file?by=rolling", data={"form": "json"}).get_json()
    assert [row["name"] for row in document["givers"]] == ["Lena Left"]
    assert document["recovery"]


def test_from_a_fall_to_its_reason_in_two_presses(client: FlaskClient, made: Givers) -> None:
    """The movement report, one press to those who fell, one to the gifts behind the figure of one of them."""
    sign_in(client, DORA)
    page = get(client, "/reports/movement")
    assert "Why 6 moved" in words(page)
    fell = re.search(r'href="(/reports/levels/people\?[^"]*ways=down&amp;cause=time)"', page)
    assert fell is not None
    listed = get(client, fell[1].replace("&amp;", "&"))
    why = re.search(r'href="(/constituents/\d+/why/[^"]+)" aria-label="Why Fred Faller"', listed)
    assert why is not None
    assert "$300.00" in words(get(client, why[1].replace("&amp;", "&")))
    for link in dict.fromkeys(re.findall(r'href="(/reports/levels/people\?[^"]+)"', page)):
        get(client, link.replace("&amp;", "&"))
    assert "Nobody stood on a level" in get(client, "/reports/movement?as_of=1990-01-01")
    sign_in(client, OLIVE)
    flows = client.post("/reports/movement/file").text
    assert "Benefactor,Supporter,down,1,6000.00,300.00" in flows
    assert client.post("/reports/movement/file", data={"form": "json"}).get_json()["causes"]


def test_who_is_near_an_edge(client: FlaskClient, made: Givers) -> None:
    sign_in(client, DORA)
    falling = get(client, "/reports/edges?which=falling&days=365")
    assert "Rita Riser" in falling
    assert "About to fall" in words(falling)
    assert "Rita Riser" not in get(client, "/reports/edges?which=falling&days=30")
    get(client, f"/reports/edges?track={made.hours}&percent=25&sort=name")
    get(client, "/reports/edges?which=nobody", 404)
    assert "“yesterday” is no day" in get(client, "/reports/edges?as_of=yesterday")
    sign_in(client, OLIVE)
    rows = client.post("/reports/edges/file?days=365").text
    assert "falling,1,Rita Riser,Patron,," in rows
    assert client.post("/reports/edges/file", data={"form": "json"}).get_json()["report"] == "edges"
    chosen = client.post("/reports/edges/chosen", data={"act": "plan", "ids": [1]})
    assert chosen.location == "/constituents/chosen/plan?ids=1"


def test_trust_tells_each_light_and_is_a_file(client: FlaskClient, made: Givers) -> None:
    sign_in(client, DORA)
    page = words(get(client, "/reports/trust"))
    assert "Gifts equal their hard credits fine" in page
    assert "The scheduler runs stop" in page
    sign_in(client, ADA)
    assert "/settings/jobs" in get(client, "/reports/trust")
    sign_in(client, OLIVE)
    assert "Books,Gifts equal their splits,good" in client.post("/reports/trust/file").text
    document = client.post("/reports/trust/file", data={"form": "json"}).get_json()
    assert document["light"] == "bad"
