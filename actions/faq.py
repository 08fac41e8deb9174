"""Answers from the knowledge base, in the rendition of the channel."""

from __future__ import annotations

from actions.base import HotlineAction, Turn
from hotline.business.knowledge import Answer as Given

PREFIX = "faq_"
ASSIST = "assist"


class Answer(HotlineAction):
    action_name = "action_answer"

    def perform(self, turn: Turn) -> None:
        topic = turn.intent.removeprefix(PREFIX)
        question = "" if turn.pressed else turn.text
        key = turn.sv.knowledge.answer(topic, question).key
        times = int(turn.slot("topic_times") or 0) + 1 if turn.slot("topic") == key else 1
        turn.set("topic", key)
        turn.set("topic_times", float(times))
        answer = turn.sv.knowledge.answer(topic, question, times)
        give(turn, answer)
        if answer.person and not turn.form:
            turn.say("utter_offer_person")


def give(turn: Turn, answer: Given) -> None:
    """One answer; what naturally follows is offered only when no question of ours is waiting."""
    text = answer.voice if turn.channel == ASSIST else answer.text
    buttons = None
    if not turn.form:
        text = f"{text}\n\n{answer.ask}" if answer.ask else text
        buttons = follow_ups(turn, answer.next)
    card = {
        "type": "answer",
        "version": 1,
        "topic": answer.topic,
        "blocks": answer.rich_json(),
        "ask": answer.ask,
    }
    turn.say_text(text, buttons=buttons, card=card)


def follow_ups(turn: Turn, names: tuple[str, ...]) -> list[dict[str, str]]:
    """Buttons for topics and actions that follow."""
    intents = [PREFIX + name if name in turn.sv.knowledge.topics else name for name in names]
    return [{"title": turn.box.meaning(intent) or "", "payload": f"/{intent}"} for intent in intents]
