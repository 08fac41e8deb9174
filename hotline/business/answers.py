"""What a message means for the draft: which fields it states, and what it answers to the question asked.

Pure: no store, no words. The understanding has already found intent and entities; here is decided what of
them is a statement about the customer (to be kept) and what only belongs to a question of his.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from hotline.business import assent, plain_answers
from hotline.business.asides import names_his_own, reserved, supposed_in, without_asides
from hotline.business.clauses import CLAUSES, QUESTION, clause_at, split, told_in_passing
from hotline.business.confirming import at_the_summary, which_number
from hotline.business.fields import FIELDS
from hotline.business.free_words import (
    NUMERIC,
    ORDINAL,
    free_trade,
    free_value,
    handler,
    test_result,
    usage_of,
)
from hotline.business.papers_said import paper_values, papers_said
from hotline.business.putting_right import put_right
from hotline.business.said import Heard, Said
from hotline.business.volume_said import VOLUME, volume_without_unit
from hotline.values import numerals
from hotline.values.counts import parse_bound_numbers
from hotline.values.names import with_title

CONSENT, CONFIRM, REFERENCE, TAIL = "consent", "submit_confirmed", "application_id", "phone_tail"
TESTED = "test_result"
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
_CHOICES = frozenset({"applicant_type", "usage_scenario", "channel", "region"})
#: messages that never state anything about the customer, whatever words are in them
_MUTE = frozenset(
    {"greet", "goodbye", "thank", "bot_challenge", "ask_capabilities", "repeat", "ask_why", "cancel_task"}
    | {"start_over", "withdraw_consent", "complain", "chitchat", "out_of_scope", "compare_plans"}
    | {"check_application_status", "human_handoff", "report_problem", "nlu_fallback"}
)
#: the recogniser's "none of these": what it could not place may still state something while we are asking
UNPLACED = frozenset({"out_of_scope", "nlu_fallback", "chitchat", "greet"})
#: messages that a question of ours may get as its answer
ANSWERS = frozenset(
    {"inform", "correct_info", "affirm", "deny", "unsure", "choose_plan", "submit_application"}
)
#: messages whose own action deals with what they say
_OWN_ACTION = frozenset({"search_number", "reserve_number", "check_materials"})

_NOT = re.compile(r"不要|不用|不需要|不带|去掉|取消|别要|别加|删掉|除了")
_CHANGE = re.compile(
    r"(?:改成|改为|改到|换成|换为|(?:降|涨|升|加|减|调|变)(?:到|成|为)|应该是|更正为|其实是|而是|错了[，,。 ]?是|不对[，,。 ]?是)\s*(.+)$"
)
_DECLINES_ANOTHER = re.compile(r"^(?:暂时|目前|现在|我|这个)*没")
_FIGURES = re.compile(r"[\d零一二两三四五六七八九十百千万半几幺@]")
_SURE_ENOUGH = 0.5  # confidence of a no to a question that needs none
_SURE_NO = 0.6  # confidence from which a sentence that is no plain "不同意" refuses consent
_SAID_IN_FEW = 12
_LONG = 8  # characters of a sentence that says more than yes or no
_ANEW = re.compile(
    r"^(?:我?想?要?|那)(?:改|换|修改|更改|调整)(?:一?下|个)?([\u4e00-\u9fff]{2,6}?)(?:吧|呢|啊|呀)?[。.!！]?$"
)
#: said of the plan that we recommend: something else, please
_DEAR = re.compile(r"太贵|好贵|贵了|便宜|[有嫌偏略小](?:一?[点些])?贵")
_CORRECTS = re.compile(r"不是|错|改|应该|不对|换成|而是|哦不|更正")
#: a question that asks for it: "能不能加个录音"
_REQUESTS = re.compile(r"加(?!钱)|[我我们]要|想|需要|带上|开通|配|帮我")
_CHOOSES = re.compile(r"吧[。.!！~]*$|^就|我[要想]|想[在去走]|还是|改[成走去在]")


def hear(said: Said, field_words: Mapping[str, Sequence[str]] | None = None) -> Heard:
    """Read a message. `field_words` names the fields in customers' words (for "电话填错了")."""
    supposed, said = supposed_in(said), without_asides(said)
    if not said.text.strip():
        return Heard(supposed=supposed, beside=True)
    heard = Heard(left_to_us=not said.pressed and assent.left_to_us(said.text), supposed=supposed)
    priced = any(entity.get("entity") == "budget" for entity in said.entities)  # "太贵了，最多两百"
    if said.requested == "plan" and not said.pressed and not priced and _DEAR.search(said.text):
        heard.yes, heard.answered, heard.short = False, True, True
        return heard
    if said.requested == TESTED and not said.pressed and not QUESTION.search(said.text):
        if result := test_result(said.text):
            heard.values[TESTED], heard.answered, heard.short = result, True, True
            return heard
    if not said.pressed and (fixed := put_right(said, field_words or {}, hear)):
        return fixed
    exact = next((v for v, words in said.words.items() if said.text.strip(" 。.!！") in words), None)
    if said.requested and exact is not None and not said.pressed:
        heard.values[said.requested], heard.answered, heard.short = exact, True, True
        return heard
    if (named := _wants_anew(said.text, field_words or {})) and not said.pressed:
        heard.erase, heard.answered, heard.short = named, True, True
        return heard
    short = bool(said.requested) and not said.pressed and assent.brief(said.text)
    unplaced = (bool(said.requested) or said.engaged) and said.intent in UNPLACED and bool(said.entities)
    if said.intent in _MUTE and not short and not unplaced and not _looks_like_answer(said):
        return heard
    _from_entities(said, heard)
    if not said.pressed:
        told_in_passing(said, heard, said.intent in ANSWERS | {"faq_outbound", "request_callback"})
    if said.intent == "correct_info":
        _correction(said, heard, field_words or {})
    if said.requested in VOLUME and not said.pressed:
        volume_without_unit(said, heard)
    bare = (
        said.requested in NUMERIC and said.text.strip().isdigit()
    )  # "4000" may sound like a question of prefixes
    if said.requested == CONFIRM:
        at_the_summary(said, heard, field_words or {})
    elif said.requested and said.intent == "submit_application":
        if said.requested in FIELDS and FIELDS[said.requested].optional and not heard.values:
            heard.skip, heard.answered = said.requested, True  # he wants to go on without it
    elif said.requested and (short or bare or not _on_its_own(said)):
        heard.short = short
        _to_the_question(said, heard)
    told = said.requested in heard.values or heard.wrong or heard.erase  # "改一下单位名称" holds "下单"
    if said.requested and not said.pressed and not told:
        _beside_a_question(said, heard)
    if said.requested == "usage_scenario" and not said.pressed and not heard.answered:
        _by_his_trade(said, heard)
    if said.requested and not said.pressed and not heard.answered:
        _to_another_question(said, heard, field_words or {})
    which_number(said, heard)
    return heard


def _wants_anew(text: str, field_words: Mapping[str, Sequence[str]]) -> str | None:
    """ "改功能", "我想换一下渠道": the field that is to be said anew."""
    match = _ANEW.match(text.strip())
    return next((f for f, words in field_words.items() if match and match.group(1) in words), None)


def _beside_a_question(said: Said, heard: Heard) -> None:
    """ "公司，要交什么材料？", "两个，绑定要钱吗": what is no question in the message may be the answer."""
    name = str(said.requested)
    if name in VOLUME and heard.values.keys() & set(VOLUME):
        return  # "一天二十个，每个三四分钟" has told it in other words
    for clause in split(said.text):
        if QUESTION.search(clause) or _told_otherwise(said, clause):
            continue
        words = sorted(((w, v) for v, ws in said.words.items() for w in ws), key=lambda pair: -len(pair[0]))
        named = (v for w, v in words if w in clause and not _left_out(clause, w))
        value: Any = next(named, None)
        numeric = name in NUMERIC and not plain_answers.digits(said)  # "尾号要8的" counts nothing
        if value is None and numeric and clause != said.text.strip() and len(clause) <= 8:
            value = free_value(name, clause)
        if value is not None:
            heard.values[name], heard.answered = value, True
            return


def _left_out(clause: str, word: str) -> bool:
    start = clause.find(word)
    return bool(_NOT.search(clause)) or assent.negated(clause, start, start + len(word))


def _unwanted(text: str, entity: Mapping[str, Any]) -> bool:
    return "start" in entity and assent.negated(
        text, int(entity["start"]), int(entity.get("end") or len(text))
    )


def _told_otherwise(said: Said, clause: str) -> bool:
    """Whether the figure in a clause has been taken for something else ("预算500以内")."""
    begin = said.text.find(clause)
    others = [e for e in said.entities if "start" in e and e.get("entity") != said.requested]
    return any(begin <= int(e["start"]) < begin + len(clause) for e in others)


def _by_his_trade(said: Said, heard: Heard) -> None:
    """ "装修的", "卖建材": asked for the use, he tells what he does; from that the use is concluded."""
    told_other = heard.outbound or heard.yes is not None or set(heard.values) - {"industry"}
    if QUESTION.search(said.text) or said.intent not in ANSWERS | UNPLACED or told_other:
        return
    trade = heard.values.get("industry") or free_trade(said.text)
    if trade:
        heard.values |= {"industry": trade, "usage_scenario": usage_of(said.text)}
        heard.assumed, heard.answered = ("usage_scenario",), True


def _to_another_question(said: Said, heard: Heard, field_words: Mapping[str, Sequence[str]]) -> None:
    """What answers a question that was not put yet: "没有邮箱", "我自己去", "两部手机一个座机"."""
    text = said.text.strip()
    if QUESTION.search(text) or heard.values or heard.erase or len(text) > 20:
        return
    if said.intent not in ANSWERS | UNPLACED | {"faq_authorized_agent"}:
        return
    named = next((f for f, words in field_words.items() if any(word in text for word in words)), None)
    if plain_answers.declines(text) and named:
        if named in FIELDS and FIELDS[named].optional and named not in said.known:
            heard.skip, heard.answered = named, True
    elif (
        ("handler" not in said.known or _I_AM.match(text)) and (who := handler(text)) and _BRINGS.search(text)
    ):
        heard.values["handler"] = who
    elif "bound_numbers" not in said.known and re.search(r"手机|座机|固话|号码", text):
        if isinstance(count := parse_bound_numbers(text), int):
            heard.values["bound_numbers"] = count


def _on_its_own(said: Said) -> bool:
    """Whether the message is a question or a command that is not also an answer."""
    return said.intent.startswith("faq_") or (said.intent not in ANSWERS and not _looks_like_answer(said))


def _looks_like_answer(said: Said) -> bool:
    """A text the recogniser had no home for may still be just what was asked (names are never in training data)."""
    if not said.requested or said.pressed or QUESTION.search(said.text):
        return False
    if any(word in said.text for words in said.words.values() for word in words):
        return len(said.text) <= _SAID_IN_FEW
    if said.requested in _NAMES:
        return said.intent in UNPLACED and 1 <= len(said.text) <= 40
    if said.requested in NUMERIC or said.requested in ("phone", TAIL, REFERENCE, "email"):
        if said.intent in _MUTE - UNPLACED:  # "再说一遍" is no number, "五" is
            return bool(re.fullmatch(r"[\d\s-]{1,20}", said.text)) or bool(numerals.parse_numeral(said.text))
        return bool(re.search(r"[\d零一二两三四五六七八九十百千万幺@]", said.text)) and len(said.text) <= 40
    return False


def _from_entities(said: Said, heard: Heard) -> None:
    asking_faq = said.intent.startswith("faq_")
    features: list[Any] = []
    unwanted: list[Any] = []
    for entity in said.entities:
        name, value = str(entity.get("entity")), entity.get("value")
        clause = said.text if said.pressed else clause_at(said.text, int(entity.get("start") or 0))
        question = not said.pressed and bool(QUESTION.search(clause))
        if name == "field":
            heard.erase = str(value)
        elif name == "feature" and not (question and (asking_faq or not _REQUESTS.search(clause))):
            (unwanted if _NOT.search(clause) else features).extend(
                value if isinstance(value, list) else [value]
            )
        elif name == "plan":
            if said.intent in ("choose_plan", "inform", "correct_info", "affirm") and not question:
                heard.values["plan"] = value
        elif name in (REFERENCE, TAIL, TESTED):
            heard.values[name] = value
        elif (
            name == "channel"
            and said.requested != "channel"
            and said.intent not in ("inform", "correct_info")
            and (question or not _CHOOSES.search(said.text))
        ):
            continue  # "怎么在网上办" names a channel and chooses none
        elif name == "phone" and name in heard.values and not _CORRECTS.search(said.text):
            continue  # "主要打 A，备用 B": one is kept, the first
        elif name in _CHOICES and not said.pressed and _unwanted(said.text, entity):
            continue  # "不是公司", "网上不会弄"
        elif name == "company_name" and not names_his_own(said, question):
            continue
        elif name == "contact_name":
            heard.values[name] = with_title(said.text, str(value))
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
    if said.intent not in _OWN_ACTION:
        heard.values |= _papers(said)
    if said.requested and said.requested in heard.values:
        heard.answered = True


def _papers(said: Said) -> dict[str, Any]:
    asked = said.requested == "material"
    named = [each["value"] for each in said.entities if each.get("entity") == "material"]
    if said.pressed:
        return {"material": named} if named else {}
    if not named and not asked:
        return {}
    told = papers_said(said.text, said.entities, said.paper_words)
    return paper_values(told, said.known.get("material") or (), asked, said.needed)


def _correction(said: Said, heard: Heard, field_words: Mapping[str, Sequence[str]]) -> None:
    """ "电话填错了" opens a field again; "公司名改成…" and a bare "不是三千是五千" give its new value."""
    if heard.values or heard.erase:
        return
    named = next((f for f, words in field_words.items() if any(word in said.text for word in words)), None)
    target = named or (said.last_field if said.last_field != said.requested else None) or said.last_field
    change = _CHANGE.search(said.text)
    if change and target:
        value = free_value(target, change.group(1))
        if value is not None:
            heard.values[target], heard.loose = value, True
            return
    if named:
        heard.erase = named


def _to_the_question(said: Said, heard: Heard) -> None:
    name = said.requested or ""
    text = said.text.strip()
    # a question is neither yes nor no, and "太贵了" refuses only the plan
    other = (len(text) > _LONG and bool(QUESTION.search(text))) or bool(_DEAR.search(text))
    other = other or (reserved(text) and not assent.wants_none(text))
    agrees = said.intent == "affirm" and not other and not (name == CONSENT and assent.doubtful(text))
    yes = agrees or assent.says_yes(text)
    denies = said.pressed or said.confidence >= _SURE_ENOUGH or assent.wants_none(text)
    no: bool | None = (said.intent == "deny" and not other and denies) or assent.says_no(text)
    vaguely = name == "growth_rate" and plain_answers.growing_somehow(text)
    unsure = vaguely or said.intent == "unsure" or assent.undecided(text)
    if name == "growth_rate" and plain_answers.not_growing(text):
        no = True
    if name in heard.values or heard.erase or heard.skip:
        return
    if heard.values:
        _lead(name, text, heard)
        return  # he told something else: kept, the question stays
    if name == TESTED and not said.pressed:
        result = "passed" if yes else "skipped" if unsure else "failed" if no else None
        if result:
            heard.values[name], heard.answered = result, True
        return
    if yes or no:
        heard.yes = yes and not no
    if name == CONSENT:
        plain = said.pressed or said.confidence >= _SURE_NO or assent.says_no(text)
        if no and (not plain or _DECLINES_ANOTHER.match(text)):  # "没有邮箱" refuses nothing
            heard.yes = no = None
        heard.answered = bool(yes or no)
    elif name in FIELDS and (FIELDS[name].personal or FIELDS[name].optional) and assent.keeps_back(text):
        heard.skip, heard.answered = name, True  # the draft says whether it may be passed by
    elif plain_answers.closed(name, bool(yes or no), unsure):
        plain_answers.closed_answer(name, bool(yes and not no), bool(no), unsure, said, heard)
    elif unsure:
        heard.wants_proposal, heard.answered = name, True
    elif name in FIELDS and FIELDS[name].optional and plain_answers.passes(text, bool(no), said):
        heard.skip, heard.answered = name, True
    elif not (yes or no) and not said.pressed:
        value = None if name in NUMERIC and plain_answers.digits(said) else free_value(name, text)
        if (
            name in _OPEN_WORDS
            and value is None
            and name not in _NAMES
            and _FIGURES.search(text)
            and not (other or plain_answers.digits(said) or ORDINAL.search(text))
        ):
            value = text  # the draft says what is wrong with it
        if name in _OPEN_WORDS and value is not None:
            heard.answered, heard.loose = True, True
            heard.values[name] = value


def _lead(name: str, text: str, heard: Heard) -> None:
    """ "同意，电话 138…": a yes or no stands before what else he tells."""
    lead = CLAUSES.split(text, maxsplit=1)[0].strip()
    if assent.says_yes(lead):
        heard.yes = True
    elif assent.says_no(lead) and name == CONSENT:
        heard.yes = False
    heard.answered = heard.answered or (name == CONSENT and heard.yes is not None)


_NAMES = frozenset({"company_name", "contact_name", "contact_time", "region", "industry", "handler"})
#: questions that a text of no known kind may answer; the draft judges it
_OPEN_WORDS = NUMERIC | _NAMES | {"phone", "email", REFERENCE, TAIL}
_BRINGS = re.compile(r"[去办来]|法人")
_I_AM = re.compile(
    r"(?:我|这边|本人)(?:就|并|只)?(?:不?是|非)(?:公司|我们)?的?(?:经办|代办|办事|法人|法定代表人|员工)"
)
