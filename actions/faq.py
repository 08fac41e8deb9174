"""Answers from the knowledge base, in the rendition of the channel."""

from __future__ import annotations

from collections.abc import Sequence

from actions.base import HotlineAction, Turn
from hotline.business.clauses import QUESTION
from hotline.business.knowledge import PERSON_AFTER
from hotline.business.knowledge import Answer as Given
from hotline.business.requests import FAQ, Asked

ASSIST = "assist"
OTHER_WAYS = "other_ways"  # "换渠道", when none was chosen
POSSIBLE = 0.05  # confidence from which a reading is worth offering
ANSWERED = 2  # questions of one message
OWN = "own:"  # before the topic, where his own case answers it
UNSURE = 0.4  # below, other readings of the question are offered beside the answer


class Answer(HotlineAction):
    action_name = "action_answer"

    def perform(self, turn: Turn) -> None:
        from actions import testing

        if turn.act == "guided_test":
            testing.begin(turn)
            return
        note = turn.state("turn_note") or {}
        if not turn.form and note.get("changes") and not _meant(turn):
            from actions import asking, telling

            asking.echo(turn, note)  # "不要录音了": told, though it sounds like the question
            turn.set("turn_note", None)
            telling.noted(turn, note)
            return
        ways = turn.act == OTHER_WAYS  # all of them, not a word about changing later
        asked = [Asked(turn.intent, "" if turn.pressed or ways else turn.text)]
        asked = asked if ways else turn.asked or asked
        answers(turn, asked)
        if ways and turn.sv.applications.draft(turn.cid).fields:
            turn.say("utter_move_hint")
        if any(each.topic == "testing" for each in asked):
            testing.offer(turn)
        if turn.also and not turn.form:
            begin_too(turn, turn.also)
        elif turn.slot("returning") and not turn.form:
            from actions.journey import offer_resume

            offer_resume(turn)


def begin_too(turn: Turn, task: str) -> None:
    """Begin what a message asks for besides its question. (As a part of this action: after a second action of
    its own Rasa would look for a rule.)"""
    from actions import journey, numbers, people, plans, submission

    actions: dict[str, type[HotlineAction]] = {
        "apply": journey.Apply,
        "recommend_plan": plans.Recommend,
        "compare_plans": plans.Compare,
        "search_number": numbers.SearchNumber,
        "check_materials": submission.CheckMaterials,
        "check_application_status": submission.CheckStatus,
        "request_callback": people.RequestCallback,
        "human_handoff": people.HandOff,
    }
    turn.set("served", turn.turn_id)
    actions[task]().perform(turn)


def serve(turn: Turn) -> None:
    """Answer the questions that stand beside something else in a message, once."""
    if turn.done(Answer.action_name) or turn.slot("served") == turn.turn_id or turn.pressed:
        return
    asked = turn.asked
    note = turn.state("turn_note") or {}
    if note.get("told") and turn.intent.startswith(FAQ) and not _meant(turn):
        turn.set("served", turn.turn_id)
        return  # "有执照的那种": told, and only looks like a question
    if asked:
        turn.set("served", turn.turn_id)
        answers(turn, asked, brief=True)


def _meant(turn: Turn) -> bool:
    return bool(QUESTION.search(turn.text))


def answers(turn: Turn, asked: list[Asked], brief: bool = False) -> None:
    """Answer one or two questions; a third is named; what naturally follows is offered with the last."""
    turn.set("served", turn.turn_id)
    asked, later = asked[:ANSWERED], asked[ANSWERED:]
    brief = brief or len(asked) > 1 or bool(turn.form)
    times = [
        answer_one(turn, question, brief, later if question is asked[-1] else (), last=question is asked[-1])
        for question in asked
    ]
    if max(times) > PERSON_AFTER:
        call_person(turn)
    elif max(times) == PERSON_AFTER:
        turn.say("utter_offer_person")  # once, however many were asked too often


def call_person(turn: Turn) -> None:
    """He asks the same for the fourth time."""
    from actions import people

    if not turn.form and turn.sv.handoffs.current(turn.cid) is None:
        turn.say("utter_asked_often")
    people.hand_over(turn, "misunderstood", stay=bool(turn.form), words="utter_asked_often_stay")


def count(turn: Turn, key: str) -> int:
    """How often something has been asked now; the last dozen questions are remembered."""
    seen = dict(turn.state("topics_seen") or {})
    times = int(seen.get(key, 0)) + 1
    turn.set("topics_seen", {**{k: v for k, v in list(seen.items())[-12:] if k != key}, key: times})
    return times


def answer_one(turn: Turn, question: Asked, brief: bool, later: Sequence[Asked], last: bool) -> int:
    """One question; how often it has been asked now.

    Each time in other words; once a person is called, nothing is said but that, and later the short answer.
    """
    from actions import own

    if (times := own.answer(turn, question)) is not None:
        return times
    knows = turn.sv.knowledge
    key = knows.answer(question.topic, question.text).key
    known = any(other.split("#")[0] == question.topic for other in turn.state("topics_seen") or {})
    times = count(turn, key) if question.text else 1  # what was pressed is no question again
    if times <= PERSON_AFTER or turn.sv.handoffs.current(turn.cid) is not None:
        turn.set("topic", key)
        give(turn, knows.answer(question.topic, question.text, times, brief=brief or known), last, later)
    return times


def give(turn: Turn, answer: Given, last: bool = True, later: Sequence[Asked] = ()) -> None:
    """One answer. Asked for the third time, words do not help: a person is offered.

    `later`: what he asked besides, too much for one reply; it is named, and one tap away.
    """
    text = answer.voice if turn.channel == ASSIST or answer.person else answer.text
    buttons = None
    if not turn.form and last and not answer.person:
        text = f"{text}\n\n{answer.ask}" if answer.ask else text
        buttons = follow_ups(turn, answer.next)
        if not turn.pressed and turn.confidence < UNSURE:
            buttons = [*meanings(turn)[:2], *buttons[:2]]  # it may have been another question
    if later:
        label = turn.sv.wording.listing(turn.box.meaning(each.intent) or "" for each in later)
        text = f"{text}\n\n{turn.sv.wording['asked_too'].format(label=label)}"
        if buttons is not None:
            first = follow_ups(turn, tuple(each.topic for each in later))
            buttons = [*first, *(each for each in buttons if each not in first)][:4]
    card = {
        "type": "answer",
        "version": 1,
        "covers": True,
        "topic": answer.topic,
        "blocks": [] if answer.person else answer.rich_json(),
        "ask": answer.ask,
    }
    turn.say_text(text, buttons=buttons, card=card)


def meanings(turn: Turn, most: int = 3) -> list[dict[str, str]]:
    """The likeliest other meanings of a message as buttons, in customers' words."""
    buttons = []
    for candidate in turn.ranking:
        title = turn.box.meaning(candidate["name"])
        if title and candidate["name"] != turn.intent and float(candidate["confidence"]) >= POSSIBLE:
            buttons.append({"title": title, "payload": f"/{candidate['name']}"})
    return buttons[:most]


def follow_ups(turn: Turn, names: tuple[str, ...]) -> list[dict[str, str]]:
    """Buttons for topics and actions that follow."""
    intents = [FAQ + name if name in turn.sv.knowledge.topics else name for name in names]
    return [{"title": turn.box.meaning(intent) or "", "payload": f"/{intent}"} for intent in intents]
