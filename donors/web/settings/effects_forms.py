"""The form of an effect."""

from collections.abc import Mapping
from typing import Any

from wtforms import (
    BooleanField,
    Form,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from donors.levels.effects.decide import ACTS, OCCASIONS
from donors.levels.effects.words import DOES, MEANT
from donors.levels.models import Effect
from donors.levels.set_effects import LONGEST_COOL_DOWN, LONGEST_WORDS, MOST_DAYS, EffectDraft
from donors.web.forms import number, number_in, option, typed


class EffectForm(Form):
    """When an effect runs, what it does, and how often."""

    level = SelectField("Of the level", validate_choice=False)
    occasion = SelectField("When somebody", choices=[option(one, f"{one}: {MEANT[one]}") for one in OCCASIONS])
    act = RadioField(
        "What happens", [InputRequired("Choose what happens.")], choices=[option(one, DOES[one]) for one in ACTS]
    )
    template = SelectField("Plan", validate_choice=False)
    words = StringField("Words", [Length(max=LONGEST_WORDS)])
    days = IntegerField("Due after", [Optional(), NumberRange(0, MOST_DAYS, f"From 0 to {MOST_DAYS}.")])
    to_officer = BooleanField("Tell the officer in charge")
    users = SelectMultipleField("Users")
    once = BooleanField("Once for each constituent, ever")
    cool_down = IntegerField(
        "Not again within",
        [Optional(), NumberRange(0, LONGEST_COOL_DOWN, f"From 0 to {LONGEST_COOL_DOWN}.")],
        description="Empty: each time.",
    )
    version = HiddenField()

    def offer(self, levels: Mapping[int, str], plans: Mapping[int, str], users: Mapping[int, str]) -> None:
        """Fills the choices."""
        self.level.choices = [option("", "every level"), *(option(key, name) for key, name in levels.items())]
        self.template.choices = [option("", "none"), *(option(key, name) for key, name in plans.items())]
        self.users.choices = [option(key, name) for key, name in users.items()]

    def draft(self, *, is_active: bool) -> EffectDraft:
        """What was typed."""
        return EffectDraft(
            occasion=typed(self.occasion),
            act=typed(self.act),
            level_id=number_in(self.level),
            template_id=number_in(self.template),
            words=typed(self.words),
            days=self.days.data or 0,
            to_officer=bool(self.to_officer.data),
            users=tuple(found for one in self.users.data or () if (found := number(one)) is not None),
            once=bool(self.once.data),
            cool_down=self.cool_down.data or 0,
            is_active=is_active,
        )


def filled(row: Effect) -> dict[str, Any]:
    """An effect as the form shows it."""
    same = ("occasion", "act", "words", "to_officer", "once")
    return {name: getattr(row, name) for name in same} | {
        "level": str(row.level_id or ""),
        "template": str(row.template_id or ""),
        "days": row.days or None,
        "users": [str(one) for one in row.users],
        "cool_down": row.cool_down or None,
        "version": str(row.version),
    }
