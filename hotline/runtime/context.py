"""What a message means where it is said, when the recogniser, which reads it alone, cannot know.

- Sentences of a fixed build ("查一下进度", "还差什么") and what is only clear from the question that is open ("还是别取消了")
  are read by ``data/lexicon/context.yml``.
- With the number of an application in it, or while that is asked, a message is about that application, and four digits
  are the end of a phone number.
- "改走 10086", "不去营业厅了" choose a way to apply anew, when one was chosen.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from hotline import datafile
from hotline.business.assent import keeps_back
from hotline.business.clauses import QUESTION
from hotline.business.phone_ends import about_contact
from hotline.business.surnames import only_surname
from hotline.runtime.listening import LONGEST_PHRASE
from hotline.runtime.reading import READ
from hotline.values.folding import fold
from hotline.values.runs import SPOKEN

CONTEXT = datafile.DATA / "lexicon" / "context.yml"
REFERENCE, TAIL, CHANNEL, PHONE = "application_id", "phone_tail", "channel", "phone"
NAME = "contact_name"
STATUS_FORM = "status_form"
COMMAND = "command"  # an act: typed text that looks like a command
#: what a message may want though it names an application
_OWN_WISH = frozenset(
    {"human_handoff", "complain", "request_callback", "report_problem", "withdraw_consent", "cancel_task"}
)
#: what four digits are taken for when nobody knows that they end a phone number
_DIGITS = frozenset(
    {"number_digits", "excluded_digits", "number_pattern", "hotline_number", "monthly_minutes"}
)
_DIGIT = "".join(SPOKEN)
_FOUR = re.compile(rf"(?<![{_DIGIT}])[{_DIGIT}]{{4}}(?![{_DIGIT}])")
_SPELLED = re.compile(rf"(?:电话|手机|座机|号码?|是|[:, ])*\+?[{_DIGIT}][{_DIGIT}\-() .转]*(?:吧|的|呀|啊)?")
_NOT_THIS_WAY = re.compile(
    r"(?:我|也|就|都)*(?:不|别)(?:想|要|用|能|会|爱)*(?:打电话|打|上网|去|跑|排队|用网|跑腿|出门)(?:了|的|啊|吧)*"
)
_LATELY = 120  # events
_GUESS, _UNSURE = 0.4, 0.6  # confidence
#: what has nothing to do with any answer
_FAR = frozenset(
    {"report_problem", "goodbye", "greet", "complain", "start_over", "cancel_task", "withdraw_consent"}
)
_CANCELS = re.compile(r"(?<!别)(?<!不)(?<!不要)(?:取消|撤|作废|退单|不办了|不想办)")
_SWITCHES = re.compile(r"改|换|还是(?:去|走|在|打|用|上|网|10086)|不(?:想|打算)?(?:去|走|在|用|打)")
_AGAINST = re.compile(r"(?:不|别)(?:想|要|打算|再)?(?:去|走|在|用|打|通过)?[^，,。；;]{0,2}$")
_TIRED = re.compile(r"^[^，,。；;]{0,4}(?:太|不方便|不会|不行|麻烦|嫌|远)")
_BY_PHONE = re.compile(r"(?<!个)(?:打|用)电话|电话(?:里|上)?办")
_ANY_WAY = re.compile(r"渠道|办理方式|办理的方式")
_ALL_WAYS = re.compile(
    r"(?:我|想|要|能|可以|帮我|给我|那|就|还是|不能)*(?:换|改)(?:一?个|一?下|成|种|别的|其[他它])*(?:办理)?(?:渠道|方式|的方式)(?:办理?|吧|吗|行吗|好吗|可以吗|呗|了)*"
)
OTHER_WAYS = "other_ways"
OTHER_PLAN = "other_plan"  # an act: instead of the plan that was chosen
#: "还是你推荐的", "按推荐的来", when a plan was chosen
_RECOMMENDED = re.compile(
    r"(?:还是|就|改|换|按|用|要|选|照)(?:成|按|用|要|选|照|回){0,3}(?:你们?|您|刚才|之前|系统|原来){0,3}(?:给我)?推荐的(?!号)"
)
_A_PLAN = re.compile(r"套餐|版|档")
_AROUND = frozenset("我就那去走在用打上办理的吧了啊呀哦选是想要个")


@dataclass(frozen=True)
class Here:
    """Where the conversation stands."""

    form: str | None = None
    asked: str | None = None  # the field that is asked
    channel: str | None = None  # the way to apply that was chosen
    pending: str | None = (
        None  # the kind of proposal that a yes or no would answer ("plan": a recommendation)
    )
    plan: str | None = None  # the plan that was chosen
    phone: bool = False  # a contact phone was told

    @classmethod
    def of(cls, tracker: DialogueStateTracker | None) -> Here:
        """As a tracker tells it."""
        if tracker is None:
            return cls()
        proposal = tracker.get_slot("proposal")
        kind = re.search(r'"kind": "(\w+)"', proposal) if proposal else None
        form = tracker.active_loop_name
        asked = tracker.get_slot("requested_slot") if form else None
        pending = kind.group(1) if kind else None
        pending = "plan" if asked == "plan" else pending
        phone = bool(tracker.get_slot(PHONE)) or _holds_phone(tracker)
        return cls(form, asked, tracker.get_slot(CHANNEL), pending, tracker.get_slot("plan"), phone)


@dataclass(frozen=True)
class Reading:
    """One entry of the file."""

    name: str
    intent: str
    whole: tuple[re.Pattern[str], ...]
    part: tuple[re.Pattern[str], ...]
    pending: tuple[str, ...]
    unless: tuple[str, ...]
    not_in: tuple[str, ...]
    only_in: tuple[str, ...]

    def fits(self, text: str, here: Here) -> bool:
        """Whether a text means this, here."""
        if (self.pending and here.pending not in self.pending) or here.form in self.not_in:
            return False
        if here.pending in self.unless:
            return False
        if self.only_in and here.form not in self.only_in:
            return False
        said = bare(text)
        if len(said) <= LONGEST_PHRASE and any(each.fullmatch(said) for each in self.whole):
            return True
        text = text[:READ]
        return not QUESTION.search(text) and any(each.search(text) for each in self.part)


def load_readings(path: Path = CONTEXT) -> tuple[Reading, ...]:
    """The entries of the file. Raises DataError if it cannot be read."""
    data = datafile.load(path)

    def patterns(entry: Any, key: str) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(str(each), re.IGNORECASE) for each in entry.get(key, ()))

    return tuple(
        Reading(
            str(name),
            str(entry["intent"]),
            patterns(entry, "whole"),
            patterns(entry, "part"),
            tuple(entry.get("while", ())),
            tuple(entry.get("unless", ())),
            tuple(entry.get("not_in", ())),
            tuple(entry.get("only_in", ())),
        )
        for name, entry in data.items()
    )


def put_right(text: str, parsed: dict[str, Any], here: Here, readings: Iterable[Reading]) -> bool:
    """Correct what was understood of a message. True: that is all there is in it, no clause need be read alone."""
    if _about_an_application(text, parsed, here):
        return True
    if _plain_answer(text, parsed, here):
        return True
    if here.form not in ("number_form", STATUS_FORM) and about_contact(text, here.phone):
        parsed["entities"] = []
        _means(parsed, "correct_info")
        return True
    reading = next((each for each in readings if each.fits(text, here)), None)
    if reading is not None:
        parsed["act"] = reading.name
        _means(parsed, reading.intent)
        return True
    if here.plan and here.pending != "value" and _RECOMMENDED.search(text) and not QUESTION.search(text):
        if here.form != "number_form" or _A_PLAN.search(text):
            parsed["act"] = OTHER_PLAN
            parsed["entities"] = []
            _means(parsed, "recommend_plan")
            return True
    _guessed(text, parsed, here)
    return _another_channel(text, parsed, here)


def _holds_phone(tracker: DialogueStateTracker) -> bool:
    """Whether a phone was told lately that waits for the consent."""
    lately = itertools.islice(reversed(tracker.events), _LATELY)
    notes = (str(each.value) for each in lately if type(each) is SlotSet and each.key == "turn_note")
    return any(re.search(r'"held": \[[^\]]*"phone"', note) for note in notes)


def no_command(text: str) -> dict[str, Any]:
    """What a text means that only looks like a command of the engine: nothing that we could do."""
    intent = {"name": "nlu_fallback", "confidence": 1.0}
    return {"text": text, "intent": intent, "intent_ranking": [intent], "entities": [], "act": COMMAND}


def bare(text: str) -> str:
    """Folded, nothing but letters and digits."""
    return re.sub(r"[\W_]+", "", fold(text)).lower()


def _means(parsed: dict[str, Any], intent: str) -> None:
    parsed["intent"] = {"name": intent, "confidence": 1.0}


def _about_an_application(text: str, parsed: dict[str, Any], here: Here) -> bool:
    entities: list[dict[str, Any]] = parsed.get("entities") or []
    named = [each for each in entities if each["entity"] == REFERENCE]
    asking = here.form == STATUS_FORM
    if not named and not asking:
        return False
    rest = text
    for each in named:
        start, end = int(each.get("start") or 0), int(each.get("end") or 0)
        rest = rest[:start] + "，" * (end - start) + rest[end:]
    found = _tail_in(rest, entities, here)
    if not named and not found:
        return False
    kept = [each for each in entities if each["entity"] not in _DIGITS | {TAIL}]
    if found:
        kept = [each for each in kept if each["entity"] != PHONE] + found
    parsed["entities"] = kept
    if _CANCELS.search(rest):
        _means(parsed, "cancel_task")
    elif asking:
        _means(parsed, "inform")
    elif (parsed.get("intent") or {}).get("name") not in _OWN_WISH:
        _means(parsed, "check_application_status")
    return True


def _plain_answer(text: str, parsed: dict[str, Any], here: Here) -> bool:
    """Nothing but digits while a phone is asked, nothing but a surname while a name is: the answer, right or wrong."""
    entities: list[dict[str, Any]] = parsed.get("entities") or []
    if here.asked == PHONE and _SPELLED.fullmatch(fold(text).strip()):
        parsed["entities"] = [each for each in entities if each["entity"] == PHONE]
        _means(parsed, "inform")
    elif here.asked == NAME and only_surname(fold(text)):
        _means(parsed, "inform")
    elif here.asked and (
        keeps_back(fold(text)) or (here.asked == CHANNEL and _NOT_THIS_WAY.fullmatch(bare(text)))
    ):
        _means(parsed, "deny")  # of what is asked, and no end to everything
    else:
        return False
    return True


def _guessed(text: str, parsed: dict[str, Any], here: Here) -> None:
    """What is only a guess of the recogniser is a wrong answer while a question is open, and no trouble or farewell."""
    intent = parsed.get("intent") or {}
    name, sure = str(intent.get("name")), float(intent.get("confidence") or 0)
    if (
        sure < _UNSURE
        and name in _FAR
        and any(each["entity"] == here.asked for each in parsed.get("entities") or [])
    ):
        _means(parsed, "inform")  # "别去营业厅了", asked for the way to apply
    elif (
        here.asked
        and sure < _GUESS
        and name in _FAR
        and not parsed.get("entities")
        and not QUESTION.search(text)
    ):
        parsed["intent"] = {"name": "out_of_scope", "confidence": sure}


def _tail_in(text: str, entities: Sequence[dict[str, Any]], here: Here) -> list[dict[str, Any]]:
    """The end of a phone number in a message about an application: four digits, or the whole number."""
    fours = list(_FOUR.finditer(text))
    if len(fours) == 1:
        value = "".join(SPOKEN.get(each, each) for each in fours[0].group())
        return [{"entity": TAIL, "value": value, "start": fours[0].start(), "end": fours[0].end()}]
    phones = [each for each in entities if each["entity"] == PHONE]
    if phones:
        return [{**phones[-1], "entity": TAIL}]
    return []


def _another_channel(text: str, parsed: dict[str, Any], here: Here) -> bool:
    entities: list[dict[str, Any]] = parsed.get("entities") or []
    named = [each for each in entities if each["entity"] == CHANNEL]
    text = text[:READ]
    known = here.channel or _ANY_WAY.search(text)
    if here.asked == CHANNEL or not known or QUESTION.search(text):
        return False
    switches = bool(_SWITCHES.search(text))
    if here.channel is None and not named and switches and _only_ways(text):
        parsed["act"] = OTHER_WAYS  # none was chosen: which there are
        _means(parsed, "faq_channel_overview")
        return True
    wanted = [each for each in named if not _unwanted(text, each)]
    alone = here.form is not None and len(wanted) == 1 and _alone(text, wanted[0])
    if not alone and not switches:
        return False
    if not wanted and named and _BY_PHONE.search(text):
        wanted = [{"entity": CHANNEL, "value": "10086"}]
    others = [each for each in entities if each["entity"] != CHANNEL]
    if wanted:
        parsed["entities"] = [*others, wanted[-1]]
    elif any(each["value"] == here.channel for each in named) or (not named and _ANY_WAY.search(text)):
        parsed["entities"] = [*others, {"entity": "field", "value": CHANNEL}]  # given up: asked anew
    else:
        return False
    _means(parsed, "correct_info")
    return False


def _only_ways(text: str) -> bool:
    said = bare(text)
    return len(said) <= LONGEST_PHRASE and bool(_ALL_WAYS.fullmatch(said))


def _unwanted(text: str, entity: dict[str, Any]) -> bool:
    """ "不去营业厅", "网上办太麻烦": named to be left."""
    start, end = int(entity.get("start") or 0), int(entity.get("end") or 0)
    return bool(_AGAINST.search(text[:start]) or _TIRED.search(text[end:]))


def _alone(text: str, entity: dict[str, Any]) -> bool:
    """Whether the message is little else than the name of a way to apply."""
    start, end = int(entity.get("start") or 0), int(entity.get("end") or 0)
    return set(bare(text[:start] + text[end:])) <= _AROUND
