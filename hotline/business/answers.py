"""What a message means for the draft: which fields it states, and what it answers to the question asked.

Pure: no store, no words. The understanding has already found intent and entities; here is decided what of
them is a statement about the customer (to be kept) and what only belongs to a question of his.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hotline.business.fields import FIELDS, MATERIALS
from hotline.values import numerals

CONSENT, CONFIRM, REFERENCE, TAIL = "consent", "submit_confirmed", "application_id", "phone_tail"
NUMERIC = frozenset(
    {"monthly_minutes", "daily_calls", "call_minutes", "seats", "growth_rate", "bound_numbers", "budget"}
)
#: stated once they are mentioned, even in a question
_STRONG = frozenset(
    {
        "monthly_minutes",
        "daily_calls",
        "call_minutes",
        "seats",
        "company_name",
        "contact_name",
        "phone",
        "email",
    }
    | {"credit_code", "contact_time"}
)
#: said about oneself only in a statement: "录音多少钱" wishes no recording
_WEAK = frozenset(
    {
        "applicant_type",
        "usage_scenario",
        "industry",
        "feature",
        "material",
        "channel",
        "region",
        "growth_rate",
    }
    | {"bound_numbers", "budget", "handler", "long_contract"}
)
#: messages that never state anything about the customer, whatever words are in them
_MUTE = frozenset(
    {
        "greet",
        "goodbye",
        "thank",
        "bot_challenge",
        "ask_capabilities",
        "repeat",
        "ask_why",
        "cancel_task",
        "start_over",
    }
    | {
        "withdraw_consent",
        "complain",
        "chitchat",
        "out_of_scope",
        "compare_plans",
        "check_application_status",
    }
    | {"human_handoff", "report_problem", "nlu_fallback"}
)
#: messages that a question of ours may get as its answer
_ANSWERS = frozenset(
    {"inform", "correct_info", "affirm", "deny", "unsure", "choose_plan", "submit_application"}
)
#: messages whose own action deals with what they say
_OWN_ACTION = frozenset({"search_number", "reserve_number", "check_materials"})

_QUESTION = re.compile(
    r"[?？]|吗|呢$|多少|怎么|怎样|咋|什么|啥|哪|能不能|可不可以|可以不|要不要|是不是|有没有|行不行|为什么|多久|多长|几(?:天|号|点|年|种|家|步|块|钱)"
)
_NOT = re.compile(r"不要|不用|不需要|不带|去掉|取消|别要|别加|删掉|除了")
_LACK = re.compile(r"没有|还没|没办|没准备|没带|没弄|没写|缺|差|丢了|找不到|过期|不齐|不在")
_CHANGE = re.compile(
    r"(?:改成|改为|改到|换成|换为|应该是|更正为|其实是|而是|错了[，,。 ]?是|不对[，,。 ]?是)\s*(.+)$"
)
_YES = re.compile(
    r"^(?:同意|可以|好的?|行|是的?|对|嗯+|确认|没问题|ok|OK|Ok|要|需要|愿意|就这样|没错)[了的呀啊吧哦呢]?[。.!！~～]*$"
)
_NO = re.compile(
    r"^(?:不同意|不行|不可以|不要|不用|不|否|没有|算了|不需要|拒绝|跳过|略过|先不|没)[了的呀啊吧哦]?[。.!！~～]*$"
)
_ANY = re.compile(
    r"随便|都行|都可以|随时|看你|你定|您定|无所谓|不知道|不清楚|不确定|没想好|说不准|不好说|看情况"
)
_ALL_READY = re.compile(r"都(?:齐|有|准备好|备好|全)|齐了|全了|全都有|都带")
_CLAUSES = re.compile(r"[，,。；;！!？?\n]+|\s{2,}")


@dataclass(frozen=True)
class Said:
    """One message with what was understood of it, and the question that it may answer."""

    text: str
    intent: str
    entities: Sequence[Mapping[str, Any]] = ()
    requested: str | None = None  # the field asked, if a form is open
    last_field: str | None = None  # the field last told: what a bare correction refers to
    known: Mapping[str, Any] = field(default_factory=dict)
    pressed: bool = False  # a button of ours, not typed


@dataclass
class Heard:
    """What to keep of a message."""

    values: dict[str, Any] = field(default_factory=dict)  # field: value, for the draft to check
    skip: str | None = None  # the customer passes this field by
    wants_proposal: str | None = None  # he leaves this field to us
    erase: str | None = None  # he wants to say this field anew
    yes: bool | None = None  # his answer to a yes-or-no question of ours
    answered: bool = False  # the question asked was taken up (even if its value is refused later)
    short: bool = False  # a plain yes, no or "whatever", whatever the recogniser made of it
    loose: bool = False  # the value was read from free text, not recognised


def hear(said: Said, field_words: Mapping[str, Sequence[str]] | None = None) -> Heard:
    """Read a message. `field_words` names the fields in customers' words (for "电话填错了")."""
    heard = Heard()
    short = bool(said.requested) and not said.pressed and _short(said.text)
    if said.intent in _MUTE and not short and not _looks_like_answer(said):
        return heard
    _from_entities(said, heard)
    if said.intent == "correct_info":
        _correction(said, heard, field_words or {})
    if said.requested and (short or not _on_its_own(said)):
        heard.short = short
        _to_the_question(said, heard)
    return heard


def _short(text: str) -> bool:
    text = text.strip()
    return bool(_YES.match(text) or _NO.match(text)) or (len(text) <= 6 and bool(_ANY.search(text)))


def _on_its_own(said: Said) -> bool:
    """Whether the message is a question or a command that is not also an answer."""
    return said.intent.startswith("faq_") or (said.intent not in _ANSWERS and not _looks_like_answer(said))


def _looks_like_answer(said: Said) -> bool:
    """A text the recogniser had no home for may still be just what was asked (names are never in training data)."""
    if not said.requested or said.pressed or _QUESTION.search(said.text):
        return False
    if said.requested in ("company_name", "contact_name", "contact_time", "region", "industry"):
        return (
            said.intent in ("nlu_fallback", "out_of_scope", "chitchat", "greet") and 2 <= len(said.text) <= 40
        )
    if said.requested in NUMERIC or said.requested in ("phone", TAIL, REFERENCE, "email"):
        return bool(re.search(r"[\d零一二两三四五六七八九十百千万幺@]", said.text)) and len(said.text) <= 40
    return False


def _clause(text: str, start: int) -> str:
    """The clause of `text` in which the character at `start` stands, with its closing mark."""
    begin = 0
    for match in _CLAUSES.finditer(text):
        if match.start() >= start:
            return text[begin : match.end()]
        begin = match.end()
    return text[begin:]


def _from_entities(said: Said, heard: Heard) -> None:
    asking = said.intent.startswith("faq_") or said.intent in ("recommend_plan", "apply", "request_callback")
    features: list[Any] = []
    unwanted: list[Any] = []
    papers: list[Any] = []
    lacking: list[Any] = []
    for entity in said.entities:
        name, value = str(entity.get("entity")), entity.get("value")
        clause = said.text if said.pressed else _clause(said.text, int(entity.get("start") or 0))
        question = not said.pressed and bool(_QUESTION.search(clause))
        if name == "field":
            heard.erase = str(value)
        elif name == "feature" and not (asking and question and said.intent.startswith("faq_")):
            (unwanted if _NOT.search(clause) else features).extend(
                value if isinstance(value, list) else [value]
            )
        elif name == "material" and not question and said.intent not in _OWN_ACTION:
            (lacking if _LACK.search(clause) else papers).append(value)
        elif name == "plan":
            if said.intent in ("choose_plan", "inform", "correct_info", "affirm") and not question:
                heard.values["plan"] = value
        elif name in (REFERENCE, TAIL):
            heard.values[name] = value
        elif (
            name == "channel"
            and said.requested != "channel"
            and said.intent not in ("inform", "correct_info")
        ):
            continue  # "怎么在网上办" names a channel and chooses none
        elif name in _STRONG or (name in _WEAK and name not in ("feature", "material") and not question):
            heard.values[name] = value
    if features:
        heard.values["feature"] = features
    if unwanted:
        gone = {"remove": unwanted}
        heard.values["feature"] = (
            {"set": [f for f in [*said.known.get("feature", []), *features] if f not in unwanted]}
            if features
            else gone
        )
    if papers:
        heard.values["material"] = papers
    elif lacking and said.requested == "material":
        heard.values["material"] = {"remove": lacking}
    if said.requested and said.requested in heard.values:
        heard.answered = True


def _correction(said: Said, heard: Heard, field_words: Mapping[str, Sequence[str]]) -> None:
    """ "电话填错了" opens a field again; "公司名改成…" and a bare "不是三千是五千" give its new value."""
    if heard.values or heard.erase:
        return
    named = next((f for f, words in field_words.items() if any(word in said.text for word in words)), None)
    target = named or (said.last_field if said.last_field != said.requested else None) or said.last_field
    change = _CHANGE.search(said.text)
    if change and target:
        value = _free_value(target, change.group(1))
        if value is not None:
            heard.values[target], heard.loose = value, True
            return
    if named:
        heard.erase = named


def _free_value(name: str, text: str) -> Any:
    """The value of a field in a customer's own words; None when there is none in them."""
    text = text.strip(" ，,。.!！~～")
    if name in NUMERIC:
        number = numerals.parse_numeral(text)
        if number is None:
            found = numerals.find(text)
            number = found[0].value if len(found) == 1 else None
        return number
    return text or None


def _handler(text: str) -> str | None:
    """Who brings the papers, in a customer's words."""
    if re.search(r"经办|代办|员工|同事|财务|助理|别人|委托", text):
        return "agent"
    return "legal_person" if re.search(r"法人|本人|老板|自己|我去|我来", text) else None


def _to_the_question(said: Said, heard: Heard) -> None:
    name = said.requested or ""
    text = said.text.strip()
    yes = said.intent in ("affirm", "submit_application") or bool(_YES.match(text))
    no = said.intent == "deny" or bool(_NO.match(text))
    unsure = said.intent == "unsure" or (bool(_ANY.search(text)) and len(text) <= 15)
    if name in heard.values or heard.erase:
        return
    if (yes or no) and not heard.values:
        heard.yes = yes and not no
    if name in (CONSENT, CONFIRM):
        heard.answered = yes or no
    elif heard.values:
        return  # he told something else: kept, the question stays
    elif name in _CLOSED_ANSWERS and (yes or no or unsure):
        _closed_answer(name, yes and not no, no, unsure, text, heard)
    elif name == "material" and (_ALL_READY.search(text) or no):
        heard.values["material"] = {"set": list(MATERIALS) if not no else []}
        heard.answered = True
    elif unsure:
        heard.wants_proposal, heard.answered = name, True
    elif no and name in FIELDS and FIELDS[name].optional:
        heard.skip, heard.answered = name, True
    elif not (yes or no) and not said.pressed:
        value = _handler(text) if name == "handler" else _free_value(name, text)
        named = name in (*NUMERIC, *_NAMED) or (name in ("region", "industry") and len(text) <= 12)
        if named or (name == "handler" and value):
            heard.answered, heard.loose = True, True
            heard.values[name] = value if value is not None else text


#: questions that any short text may answer; the draft judges it
_NAMED = ("phone", "email", REFERENCE, TAIL, "company_name", "contact_name", "contact_time")
_CLOSED_ANSWERS = frozenset({"growth_rate", "feature", "contact_time", "material", "budget", "email"})


def _closed_answer(name: str, yes: bool, no: bool, unsure: bool, text: str, heard: Heard) -> None:
    """What yes, no and "随便" mean where the question has a natural reading of them."""
    heard.answered = True
    if name == "growth_rate" and no:
        heard.values[name] = 0
    elif name == "feature" and (no or unsure):
        heard.values[name] = {"set": []}
    elif name == "material":
        heard.values[name] = {"set": list(MATERIALS) if yes else []}
    elif name == "contact_time":
        heard.values[name] = "随时"
    elif name in ("budget", "email", "growth_rate"):
        heard.skip = name
    else:
        heard.answered = False
