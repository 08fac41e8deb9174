"""The forms' validators: they do not judge values (the draft did), they show what it holds and which field is next."""

from __future__ import annotations

from actions.base import REQUESTED, HotlineAction, Turn
from actions.questions import FORMS


class Validate(HotlineAction):
    """Refresh the view of the draft and name the next open field; no open field ends the form."""

    form = ""

    def perform(self, turn: Turn) -> None:
        note = turn.state("turn_note") or {}
        turn.mirror()
        fields = turn.box.open_fields(self.form, turn.slot)
        erased = note.get("erased")
        if erased in fields:
            fields = [erased, *(name for name in fields if name != erased)]
        turn.set(REQUESTED, fields[0] if fields else None)


def _class(form: str) -> type[Validate]:
    return type(
        f"Validate_{form}",
        (Validate,),
        {"action_name": f"validate_{form}", "form": form, "__module__": __name__},
    )


for _form in FORMS:
    globals()[f"Validate_{_form}"] = _class(_form)
