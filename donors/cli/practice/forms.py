"""How leads come in at the practice charity: two forms, a rota of its officers, and its own site."""

from dataclasses import replace

from donors.cli.practice import world
from donors.cli.practice.cast import JONAS, MAREN, WILLA
from donors.cli.practice.ids import Ids
from donors.core.changes import ChangeSet
from donors.core.db import Session
from donors.core.settings import organization, set_organization
from donors.leads.forms import FormDraft, add_form
from donors.leads.rota import set_rota

SITE = f"www.{world.DOMAIN}"
LETTER = "Yes, write to me by e-mail about the river, four times a year. Every mail has a link to stop it."
CALL = "You may call me about my visit."
NEWSLETTER = FormDraft(
    "Newsletter",
    "News from the river",
    "Four letters a year: what came back, what we planted, what comes next.",
    interests=("Restoration", "Birds", "Walks and talks"),
    consents=(("email", LETTER),),
    source="content",
    thanks="Thank you. The next letter is yours.",
    answer_hours=48,
)
VISIT = FormDraft(
    "Visit",
    "Come and see the river",
    "We show you round the boathouse and the banks, on foot or afloat. Tell us when you would like to come.",
    asks=("organization", "phone", "introduced_by", "message"),
    interests=("The boathouse", "A walk along the banks", "Volunteering", "Supporting the work"),
    consents=(("email", LETTER), ("phone", CALL)),
    thanks="Thank you. Somebody will call or write to you within a working day.",
    answer_hours=12,
)


def load_forms(session: Session, ids: Ids, *, within: ChangeSet) -> None:
    """Makes the forms, names the charity's own site, and puts its officers on the rota."""
    set_organization(session, replace(organization(session), own_hosts=(SITE,)), within=within)
    for draft in (NEWSLETTER, VISIT):
        add_form(session, draft, within=within)
    set_rota(session, [ids.staff[login] for login in (MAREN, JONAS, WILLA)], within=within)
