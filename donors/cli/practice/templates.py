"""The plan templates of the practice charity; the welcome in two versions, so that there is something to compare."""

from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.template import TemplateDraft
from donors.plans.terms import ANY, MAIL, NO_ANSWER, REACHED, USER, WORKING

WELCOME = "New Patron welcome"
TEMPLATES = (
    TemplateDraft(
        WELCOME,
        (
            Draft("Call to say thank you", 1),
            Draft("Send the welcome letter", 3, (Link(1),)),
            Draft("Invite to the open studio", 30, (Link(2),)),
            Draft("Ask how the visit was", 10, (Link(3),)),
        ),
        "Thanks, a letter and an invitation for everybody who becomes a Patron",
    ),
    TemplateDraft("First gift", (Draft("Thank within two days", 2), Draft("Tell what the gift did", 45, (Link(1),)))),
    TemplateDraft(
        "After the ask", (Draft("Confirm the ask in writing", 2), Draft("Ask for an answer", 21, (Link(1),)))
    ),
)
"""The templates as they were at first."""


def welcome(director: int, thanks: int) -> TemplateDraft:
    """The welcome as it is now: it parts after the call. What is late goes to the director; `thanks` is a mail."""
    call = Draft(
        "Call to say thank you",
        1,
        note="Five minutes; ask what moved them.",
        deadline_days=10,
        escalates_to=USER,
        escalates_to_id=director,
    )
    rest = (
        Draft("Invite to the open studio", 14, (Link(1, REACHED),)),
        Draft("Send the welcome letter", 2, (Link(1, NO_ANSWER),), counts=WORKING, note="By hand; say that we called."),
        Draft("Call once more", 5, (Link(3),), counts=WORKING),
        Draft(
            "Write what the gift has done",
            30,
            (Link(2), Link(4)),
            joins=ANY,
            kind=MAIL,
            mail_template_id=thanks,
            is_held=True,
        ),
    )
    told = "Thanks for everybody who becomes a Patron; who was not reached gets a letter and a second call"
    return TemplateDraft(WELCOME, (call, *rest), told)
