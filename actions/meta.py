"""Talk about the talk: greeting, thanks, who are you, say it again, why do you ask, I did not understand."""

from __future__ import annotations

import re
from typing import Any

from actions import faq, people, plans, showing
from actions.base import HotlineAction, Turn
from actions.questions import FORMS, JOURNEY
from hotline.business.clauses import QUESTION
from hotline.business.fields import FIELDS

MEANINGS_SHOWN = 3
MISSES_BEFORE_PERSON = 2
DOUBTFUL = 0.4  # of "other business": below, its likeliest meanings are offered instead
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_STRAY = 5  # characters
_WANTS = re.compile(
    rf"{QUESTION.pattern}|帮|给我|要|想|查|办|充|买|订|写|翻译|报|装|修|退|开通|坏|丢|断|话费|流量|宽带|余额|积分|账单|套餐|天气"
)
CERTAIN = 0.9  # confidence
_ADVICE = re.compile(r"推荐|是这个套餐|选这个套餐|选这一?档|是这一?档")


class Greet(HotlineAction):
    action_name = "action_greet"

    def perform(self, turn: Turn) -> None:
        if turn.form:
            turn.say("utter_greet_again")
            return
        from actions.journey import offer_resume

        if not offer_resume(turn):
            turn.say("utter_welcome")


class Goodbye(HotlineAction):
    action_name = "action_goodbye"

    def perform(self, turn: Turn) -> None:
        turn.leave_form()
        turn.say("utter_goodbye")


class Thank(HotlineAction):
    action_name = "action_thank"

    def perform(self, turn: Turn) -> None:
        turn.propose(None)
        turn.say("utter_thank")
        if not turn.form:
            turn.say("utter_anything_else")


class BotChallenge(HotlineAction):
    action_name = "action_bot_challenge"

    def perform(self, turn: Turn) -> None:
        turn.say("utter_bot_challenge")


class Capabilities(HotlineAction):
    action_name = "action_capabilities"

    def perform(self, turn: Turn) -> None:
        turn.say("utter_capabilities")


class Chitchat(HotlineAction):
    action_name = "action_chitchat"

    def perform(self, turn: Turn) -> None:
        from actions import telling

        if turn.act == "hurry":
            hurry(turn)
            return
        if turn.act == "wait":
            shown = [each.get("data") or {} for each in last_words(turn.tracker.events)]
            turn.say("utter_wait", buttons=[b for data in shown for b in data.get("buttons") or []])
            return
        if telling.told(turn):
            return
        turn.say("utter_chitchat")
        if not turn.form:
            turn.say("utter_anything_else")


class OutOfScope(HotlineAction):
    action_name = "action_out_of_scope"

    def perform(self, turn: Turn) -> None:
        from actions import telling

        if telling.told(turn) or turn.dropped:
            return
        if not another_business(turn):
            if not turn.form:
                not_understood(turn)
            return
        missed(turn, quietly=True)
        turn.say("utter_out_of_scope_form" if turn.form else "utter_out_of_scope")


def another_business(turn: Turn) -> bool:
    """Whether a message is about another business: gibberish is nobody's, and a stray word ("火星") only a wrong
    answer to what was asked."""
    if turn.confidence < DOUBTFUL or not _CHINESE.search(turn.text):
        return False
    return not turn.requested or len(turn.text.strip()) > _STRAY or bool(_WANTS.search(turn.text))


class NotUnderstood(HotlineAction):
    action_name = "action_not_understood"

    def perform(self, turn: Turn) -> None:
        from actions import telling

        if turn.act == "command":
            turn.say("utter_no_command")
            if not turn.form:
                turn.say("utter_anything_else")
        elif not telling.told(turn) and not turn.dropped:
            not_understood(turn)


def in_doubt(turn: Turn, words: str) -> bool:
    """Whether a message taken for something that undoes much says too little of it; then it is asked back."""
    if turn.pressed or turn.act or turn.confidence >= CERTAIN or re.search(words, turn.text):
        return False
    not_understood(turn)
    return True


def not_understood(turn: Turn) -> None:
    """The likeliest meanings to choose from; at the second time in a row, a person.

    A list of questions is none of them as a whole, but each of its parts may be plain.
    """
    if not turn.form and turn.asked:
        faq.answers(turn, turn.asked)
        return
    if missed(turn) >= MISSES_BEFORE_PERSON:
        turn.set("misses", 0.0)
        people.hand_over(turn, "misunderstood", stay=bool(turn.form))
        return
    buttons = faq.meanings(turn, MEANINGS_SHOWN)
    if buttons:
        turn.say("utter_not_understood", buttons=buttons)
    else:
        turn.say("utter_not_understood_plain")


class Repeat(HotlineAction):
    """Say the last words again, or what was told so far, or the same in other words.

    Inside a form the form itself puts its question again.
    """

    action_name = "action_repeat"

    def perform(self, turn: Turn) -> None:
        if turn.act == "recap":
            recap(turn)
        elif turn.act == "missing":
            missing(turn)
        elif turn.act == "my_number":
            my_number(turn)
        elif turn.act == "unclear":
            simpler(turn)
        elif turn.form:
            turn.set("asked_field", None)
        else:
            said = last_words(turn.tracker.events)
            if not said:
                turn.say("utter_nothing_to_repeat")
            for message in said:
                data = message.get("data") or {}
                turn.say_text(message.get("text") or "", buttons=data.get("buttons"), card=data.get("custom"))


class Explain(HotlineAction):
    """Why a question is asked, or why a plan is recommended."""

    action_name = "action_explain"

    def perform(self, turn: Turn) -> None:
        if _ADVICE.search(turn.text) and plans.say_why(turn):
            return
        field = _named(turn) or turn.requested or turn.slot("asked_field")
        if field:
            turn.say(f"utter_explain_{field}", **showing.values(turn))
        else:
            turn.say("utter_nothing_asked")


def _named(turn: Turn) -> str | None:
    """The field that he asks about by name ("为啥要问预算"), if it is one with a question: the longest word wins."""
    asked = {name for form in FORMS.values() for name in form}
    words = [
        (word, name) for name, many in turn.sv.wording.field_words.items() for word in many if name in asked
    ]
    return next(
        (name for word, name in sorted(words, key=lambda pair: -len(pair[0])) if word in turn.text), None
    )


def recap(turn: Turn) -> None:
    """All that is kept of what he told us, in the order of the journey: what was passed by and what waits, too."""
    draft, say = turn.sv.applications.draft(turn.cid), turn.sv.wording
    pair = say["pair"]
    names = dict.fromkeys([*(name for form in JOURNEY for name in FORMS[form]), *FIELDS])
    rows = []
    for name in names:
        if name in draft.volunteered:
            value = say["pending"].format(value=say.value(name, draft.volunteered[name]))
        elif draft.get(name) not in (None, []):
            value = say.value(name, draft.get(name))
        elif name in draft.skipped:
            value = say.passed_by(name)
        else:
            continue
        rows.append(pair.format(label=say.field(name), value=value))
    if wish := turn.sv.number_wording.wish(turn.state("wish") or {}):
        rows.append(pair.format(label=say["number_wish"], value=wish))
    if rows:
        turn.say("utter_recap", rows="\n".join(rows))
    else:
        turn.say("utter_recap_empty")


def hurry(turn: Turn) -> None:
    """ "快一点": a word, and the next step in its shortest form (in a form its question follows)."""
    from actions import journey

    draft, step = turn.sv.applications.draft(turn.cid), journey.next_step(turn)
    if turn.form:
        turn.say("utter_hurry")
        return
    if step is None and draft.plan and not draft.submitted:
        turn.say("utter_hurry")
        journey.what_next(turn)
        return
    if step is None:
        turn.say("utter_hurry_free")
        return
    turn.say(
        "utter_hurry_on",
        task=turn.sv.wording.task(step),
        missing=turn.sv.wording.left(len(turn.box.missing())),
    )
    turn.propose("resume")


def missing(turn: Turn) -> None:
    """ "还差啥": what is still to be told; of a submitted application, where it stands and what it waits for."""
    from actions import submission

    sv = turn.sv
    draft = sv.applications.draft(turn.cid)
    if draft.submitted:
        submission.tell(turn, sv.applications.view(sv.applications.own(turn.cid)[0]))
        return
    open_now = list(turn.box.missing())
    if not open_now:
        turn.say("utter_nothing_missing")
    elif not draft.fields:
        turn.say("utter_recap_empty")
    else:
        names = sv.wording.listing(sv.wording.field(each.field) for each in open_now)
        turn.say("utter_missing", count=len(open_now), missing=names)


def my_number(turn: Turn) -> None:
    """Which number is kept for him, and until when."""
    from actions import keeping

    keeping.tell(turn)


def simpler(turn: Turn) -> None:
    """ "没看懂": why the question is put, then (by the form) an example; an answer in other words."""
    topic = str(turn.slot("topic") or "").split("#")[0]
    if turn.form:
        note = turn.state("turn_note") or {}
        turn.set("turn_note", {**note, "unclear": True})
        turn.say(f"utter_explain_{turn.requested}", **showing.values(turn))
    elif topic:
        faq.give(turn, turn.sv.knowledge.answer(topic, times=2))
    else:
        turn.say("utter_capabilities")


def last_words(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What we said after the message before this one."""
    said: list[dict[str, Any]] = []
    users = 0
    for event in reversed(events):
        if event.get("event") == "user":
            users += 1
            if users == 2:
                break
        elif event.get("event") == "bot" and users == 1:
            said.insert(0, event)
    return said


def missed(turn: Turn, *, quietly: bool = False) -> int:
    """Count and keep a message that had no answer; the number of misses in a row."""
    misses = int(turn.slot("misses") or 0) + (0 if quietly else 1)
    turn.set("misses", float(misses))
    guesses = [(str(each["name"]), float(each["confidence"])) for each in turn.ranking[:3]]
    turn.sv.gaps.note(turn.cid, turn.turn_id, turn.text, guesses, turn.channel)
    return misses
