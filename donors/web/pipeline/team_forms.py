"""Forms of what those in charge settle: the strategy for a prospect, and putting it off."""

from wtforms import DateField, Form, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from donors.pipeline.strategy import LONGEST


class StrategyForm(Form):
    """A page at most, with the day of saving."""

    strategy = TextAreaField("Strategy", [Length(max=LONGEST)])
    version = HiddenField()


class SnoozeForm(Form):
    """Until when a prospect is put off, and why."""

    until = DateField("Until", [InputRequired("Enter a day.")])
    why = StringField("Why", [InputRequired("Say what the wait is for."), Length(max=300)])
