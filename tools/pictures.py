"""Pictures of every main page, for the documents and for looking at them: `python -m tools.pictures URL FOLDER [word]`.

Signs in with practice logins and takes each page at 1440 and 390 px, light and dark. A word takes only the pages whose
name has it in it.
"""

import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from donors.cli.practice import world

SIZES = {"1440": (1440, 900), "390": (390, 844)}
SCHEMES = ("light", "dark")
PAGES = {
    "today": "/today @officer",
    "pipeline": "/pipeline?officer=all",
    "pipeline-list": "/pipeline/list?officer=all",
    "prospect": "/pipeline/list?officer=all > /pipeline/#",
    "log": "/pipeline/log?constituent=1",
    "moves": "/pipeline/moves @officer",
    "constituents": "/constituents",
    "filter": "/constituents/filter?f=lifetime_total%7Cat+least%7C1000&f=any%28&f=city%7Cequals%7CAstoria&f=%29",
    "chosen": "/constituents/chosen/plan?everybody=yes&f=lifetime_total%7Cat+least%7C10000",
    "why": "/constituents/1/why/last_365_days_total",
    "story": "/search?q=Graciela > /constituents/#",
    "household": "/constituents?q=household > /constituents/#",
    "constituent-new": "/constituents/new",
    "constituent-edit": "/constituents/1/edit",
    "search": "/search?q=mar",
    "giving": "/giving",
    "gift-new": "/giving/new",
    "gift": "/giving > /giving/#",
    "volunteering": "/volunteering",
    "shift-new": "/volunteering/new",
    "plans": "/plans",
    "plan": "/plans > /plans/#",
    "plans-start": "/plans/start?constituent=1",
    "template": "/plans/templates > /plans/templates/#",
    "template-edit": "/plans/templates/1 > /plans/templates/#/edit",
    "template-move": "/plans/templates/1 > /plans/templates/#/move",
    "tasks": "/plans/tasks @officer",
    "levels": "/levels",
    "reports": "/reports",
    "report-levels": "/reports/levels",
    "report-plans": "/reports/plans",
    "chosen-plan": "/constituents/chosen/plan?everybody=yes&f=lifetime_total%7Cat+least%7C1000",
    "imports": "/imports",
    "settings": "/settings",
    "organization": "/settings/organization",
    "calendar": "/settings/calendar",
    "absences": "/settings/absences",
    "queues": "/settings/queues",
    "users": "/settings/users",
    "jobs": "/settings/jobs",
    "starts": "/settings/starts",
    "start-rule-new": "/settings/starts/new",
    "start-rule": "/settings/starts > /settings/starts/#",
    "mail": "/mail",
    "mail-one": "/mail > /mail/#",
    "mail-settings": "/settings/mail",
    "mail-template": "/mail/templates > /mail/templates/#",
    "mail-template-new": "/mail/templates/new",
    "mail-templates": "/mail/templates",
    "reach": "/constituents/1/reach",
    "changes": "/settings/audit",
    "change": "/settings/audit > /settings/audit/#",
    "access": "/settings/access",
    "purposes": "/settings/purposes",
    "stages": "/settings/stages",
    "tracks": "/settings/tracks",
    "rollups": "/settings/rollups",
    "me": "/accounts/me",
    "my-absences": "/accounts/absences @officer",
    "my-calendar": "/accounts/calendar @officer",
    "style": "/style",
}
"""Name of a picture → address, or a page and the shape of its first link to follow (# is a number); @ and a role."""


def main() -> int:
    """Returns 0, or 1 when a page was missing or broken."""
    url, folder, *word = sys.argv[1:]
    into, failed = Path(folder), 0
    into.mkdir(parents=True, exist_ok=True)
    wanted = {name: address for name, address in PAGES.items() if not word or word[0] in name}
    with sync_playwright() as playwright:
        program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for scheme in SCHEMES:
            for size in SIZES:
                failed += _take(browser, url.rstrip("/"), wanted, into, (size, scheme))
        browser.close()
    return 1 if failed else 0


def _take(browser: Browser, url: str, wanted: dict[str, str], into: Path, form: tuple[str, str]) -> int:
    size, scheme = form
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        device_scale_factor=1,
    )
    page, failed, signed_in = context.new_page(), 0, ""
    for name, told in sorted(wanted.items(), key=lambda item: "@" in item[1]):
        address, _, role = told.partition(" @")
        if signed_in != (role or "administrator"):
            signed_in = role or "administrator"
            context.clear_cookies()
            _sign_in(page, url, signed_in)
        status = _go(page, url, address)
        if status != 200:
            print(f"{name} {size} {scheme}: {status} {page.url}")
            failed += 1
            continue
        page.screenshot(path=into / f"{name}-{size}-{scheme}.png", full_page=True)
    context.close()
    return failed


def _sign_in(page: Page, url: str, wanted: str) -> None:
    login = next(login for login, _, role in world.STAFF if role == wanted)
    page.goto(f"{url}/accounts/sign-in")
    page.get_by_label("E-mail").fill(f"{login}@{world.DOMAIN}")
    page.get_by_label("Password").fill(world.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/today")


def _go(page: Page, url: str, address: str) -> int:
    start, _, shape = address.partition(" > ")
    answer = page.goto(url + start)
    if shape and answer is not None and answer.ok:
        pattern = re.compile(re.escape(shape).replace(r"\#", "#").replace("#", r"\d+") + r"(\?.*)?")
        links = page.locator("main a[href]").evaluate_all("all => all.map(one => one.getAttribute('href'))")
        there = next((link for link in links if pattern.fullmatch(link)), None)
        if there is None:
            return 0
        answer = page.goto(url + there)
    return answer.status if answer is not None else 0


if __name__ == "__main__":
    sys.exit(main())
