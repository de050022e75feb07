"""Forms of Settings › Lead forms: a form for everybody, own hosts, where late leads go."""

from collections.abc import Sequence
from typing import Any

from wtforms import Form, HiddenField, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from donors.leads.forms import ASKS, LONGEST_ANSWER, FormDraft
from donors.leads.late import TO
from donors.leads.models import SOURCES, LeadForm
from donors.web.forms import option, typed

CHANNELS = {"email": "E-mail", "phone": "Phone", "post": "Post", "text": "Text message"}


class LeadFormForm(Form):
    """A form for everybody."""

    name = StringField(
        "Name in the house",
        [InputRequired("Give it a name."), Length(max=200)],
        description="Leads say by which form they came.",
    )
    title = StringField("Heading", [InputRequired("Give it a heading."), Length(max=200)])
    intro = TextAreaField("What stands below it", [Length(max=2000)])
    asks = SelectMultipleField("Also asks for", choices=[option(key, words) for key, words in ASKS.items()])
    interests = TextAreaField("Interests that can be ticked", description="One in a line.")
    source = SelectField(
        "Counts as", choices=[option(key, words) for key, words in SOURCES.items() if key != "suggestion"]
    )
    answer_hours = IntegerField("Answer within", [NumberRange(1, LONGEST_ANSWER, f"From 1 to {LONGEST_ANSWER}.")])
    consent_email = TextAreaField("E-mail", [Length(max=2000)])
    consent_phone = TextAreaField("Phone", [Length(max=2000)])
    consent_post = TextAreaField("Post", [Length(max=2000)])
    consent_text = TextAreaField("Text message", [Length(max=2000)])
    thanks = TextAreaField("Thanks after sending", [Length(max=2000)])
    redirect_to = StringField(
        "Or lead on to",
        [Optional(), Length(max=500)],
        description="An address on a host of your own; empty: our thanks.",
    )
    version = HiddenField()

    def draft(self) -> FormDraft:
        """What was typed."""
        consents = tuple((channel, typed(self[f"consent_{channel}"])) for channel in CHANNELS)
        return FormDraft(
            name=typed(self.name),
            title=typed(self.title),
            intro=typed(self.intro),
            asks=tuple(self.asks.data or ()),
            interests=tuple(typed(self.interests).splitlines()),
            consents=consents,
            source=typed(self.source),
            thanks=typed(self.thanks),
            redirect_to=typed(self.redirect_to),
            answer_hours=self.answer_hours.data or 0,
        )


def filled(row: LeadForm | None) -> dict[str, Any]:
    """What the form shows first: that of a row, or a good beginning."""
    if row is None:
        return {"source": "web_form", "answer_hours": 24, "asks": ["phone", "message"]}
    names = ("name", "title", "intro", "asks", "source", "answer_hours", "thanks", "redirect_to")
    consents = {f"consent_{one['channel']}": one["wording"] for one in row.consents}
    interests = "\n".join(row.interests)
    return (
        {name: getattr(row, name) for name in names} | consents | {"interests": interests, "version": str(row.version)}
    )


class HostsForm(Form):
    """Own hosts, and where late leads go."""

    own_hosts = TextAreaField(
        "Your own hosts",
        [Length(max=4000)],
        description="One in a line, like www.example.org: from there forms may be sent, and there they may lead.",
    )
    late_leads_to = SelectField(
        "A lead that is not answered in time goes to", choices=[option(*one) for one in TO.items()]
    )

    def hosts(self) -> Sequence[str]:
        """The lines as they were typed."""
        return typed(self.own_hosts).splitlines()
