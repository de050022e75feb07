"""Forms about mail to constituents."""

from typing import Any

from wtforms import Form, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from donors.mail.decide import PURPOSES
from donors.mail.models import MailTemplate
from donors.mail.template import LOOKS, POLICIES, Draft
from donors.web.forms import option, typed

MAIL_PURPOSES = {name: kind.words for name, kind in PURPOSES.items() if kind.addressed}


class TemplateForm(Form):
    """A mail template, and for whom to try it."""

    name = StringField("Name", [InputRequired("Give it a name."), Length(max=200)])
    purpose = SelectField(
        "What it is for",
        choices=[option(name, words) for name, words in MAIL_PURPOSES.items()],
        description="Asks and news need consent, and keep to the limits of contacts. Thanks go once a day.",
    )
    subject = StringField("Subject", [InputRequired("Write a subject."), Length(max=300)])
    text_body = TextAreaField("Text", [InputRequired("Write the text: a mail always has one.")])
    look = RadioField("How it looks", choices=[option(name, words) for name, words in LOOKS.items()])
    html_body = TextAreaField("HTML", description="Only for HTML of your own. Fields stand in it as in the text.")
    policy = SelectField("When delivery is in doubt", choices=[option(name, words) for name, words in POLICIES.items()])
    constituent = StringField("Try it for")
    version = HiddenField()

    @property
    def draft(self) -> Draft:
        """What was typed."""
        return Draft(
            typed(self.name),
            typed(self.subject),
            typed(self.text_body),
            typed(self.look),
            typed(self.html_body),
            typed(self.purpose),
            typed(self.policy),
        )


def filled(row: MailTemplate) -> dict[str, Any]:
    """A template as the form shows it."""
    names = ("name", "purpose", "subject", "text_body", "look", "html_body", "policy")
    return {name: getattr(row, name) for name in names} | {"version": str(row.version)}


class WordingForm(Form):
    """What a held mail says."""

    subject = StringField("Subject", [InputRequired("Write a subject."), Length(max=300)])
    text = TextAreaField("Text", [InputRequired("Write the text.")])
    html = TextAreaField("HTML")


class GiveUpForm(Form):
    """Why a mail is not sent."""

    reason = StringField("Why it is not sent", [InputRequired("Say why."), Length(max=500)])
