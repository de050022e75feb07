"""Forms of the rights of persons."""

from wtforms import DateField, Form, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from donors.constituents.requests import ANSWERS, KINDS
from donors.web.forms import option

NOTE = [Length(max=10_000)]


class AskedForm(Form):
    """What a person asked for."""

    kind = SelectField("What they asked for", choices=[option(*one) for one in KINDS.items()])
    received_on = DateField("Received on", [InputRequired("Say when it came.")])
    note = TextAreaField("In their words, or ours", NOTE)


class FollowForm(Form):
    """An objection or a restriction that is to hold from now on."""

    received_on = DateField("Asked for on", [InputRequired("Say when it came.")])
    note = TextAreaField("Why", [InputRequired("Say why; it is shown with the record."), *NOTE])


class AnswerForm(Form):
    """How a request was answered."""

    answer = RadioField(
        "Answer", [InputRequired("Say how it was answered.")], choices=[option(*one) for one in ANSWERS.items()]
    )
    note = TextAreaField("What was said", NOTE)


class EraseForm(Form):
    """The name, typed on purpose."""

    confirm = StringField(
        "Type the name of the person to erase them",
        [InputRequired("Type the name as it stands above."), Length(max=300)],
    )
