"""What a message means where it is said, when the recogniser, which reads it alone, cannot know.

- Sentences of a fixed build ("查一下进度", "还差什么") and what is only clear from the question that is open ("还是别取消了")
  are read by ``data/lexicon/context.yml``.
- With the number of an application in it, or while that is asked, a message is about that application, and four digits
  are the end of a phone number.
- "改走 10086", "不去营业厅了" choose a way to apply anew, when one was chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker

from hotline import datafile
from hotline.business.clauses import QUESTION
from hotline.values.folding import fold
from hotline.values.runs import SPOKEN

CONTEXT = datafile.DATA / "lexicon" / "context.yml"
REFERENCE, TAIL, CHANNEL, PHONE = "application_id", "phone_tail", "channel", "phone"
STATUS_FORM = "status_form"
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
_CANCELS = re.compile(r"(?<!别)(?<!不)(?<!不要)(?:取消|撤|作废|退单|不办了|不想办)")
_SWITCHES = re.compile(r"改|换|还是(?:去|走|在|打|用|上|网|10086)|不(?:想|打算)?(?:去|走|在|用|打)")
_AGAINST = re.compile(r"(?:不|别)(?:想|要|打算|再)?(?:去|走|在|用|打|通过)?[^，,。；;]{0,2}$")
_TIRED = re.compile(r"^[^，,。；;]{0,4}(?:太|不方便|不会|不行|麻烦|嫌|远)")
_BY_PHONE = re.compile(r"(?<!个)(?:打|用)电话|电话(?:里|上)?办")
_ANY_WAY = re.compile(r"渠道|办理方式|办理的方式")
_ALL_WAYS = re.compile(
    r"(?:我|想|要|能|可以|帮我|给我|那|就|还是|不能|能不能)*(?:换|改)(?:一?个|一?下|成|种|别的|其[他它])*(?:办理)?(?:渠道|方式|的方式)(?:办理?|吧|吗|行吗|好吗|可以吗|呗|了)*"
)
OTHER_WAYS = "other_ways"
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
        return cls(form, asked, tracker.get_slot(CHANNEL), "plan" if asked == "plan" else pending)


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
        if any(each.fullmatch(bare(text)) for each in self.whole):
            return True
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
    reading = next((each for each in readings if each.fits(text, here)), None)
    if reading is not None:
        parsed["act"] = reading.name
        _means(parsed, reading.intent)
        return True
    return _another_channel(text, parsed, here)


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
    known = here.channel or _ANY_WAY.search(text)
    if here.asked == CHANNEL or not known or QUESTION.search(text):
        return False
    switches = bool(_SWITCHES.search(text))
    if here.channel is None and not named and switches and _ALL_WAYS.fullmatch(bare(text)):
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


def _unwanted(text: str, entity: dict[str, Any]) -> bool:
    """ "不去营业厅", "网上办太麻烦": named to be left."""
    start, end = int(entity.get("start") or 0), int(entity.get("end") or 0)
    return bool(_AGAINST.search(text[:start]) or _TIRED.search(text[end:]))


def _alone(text: str, entity: dict[str, Any]) -> bool:
    """Whether the message is little else than the name of a way to apply."""
    start, end = int(entity.get("start") or 0), int(entity.get("end") or 0)
    return set(bare(text[:start] + text[end:])) <= _AROUND
