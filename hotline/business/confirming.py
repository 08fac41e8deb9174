"""What is said to the summary before the submission: submit it, not yet, or something in it is wrong. Pure.

A submission cannot be taken back by a word, so a yes must be plain; the recogniser's alone is not enough.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from hotline.business import assent
from hotline.business.clauses import QUESTION
from hotline.business.fields import FIELDS
from hotline.business.said import Heard, Said

_LATER = re.compile(
    r"(?:不|别|甭|先别|先不|暂不|暂时不)(?:要|用|想|打算|急着?|给我|帮我)*(?:提交|提|交|办|申请|发)|(?:先|暂时?)不(?:了|用|要)?|不急|不着急|算了|拉倒"
    r"|再(?:说|想|看|等|考虑|商量|确认)|等(?:等|会|下|一|我)|晚(?:点|些)|回头|改天|以后|下次|取消|不用|不要|不了|缓"
)
_WRONG = re.compile(
    r"不对|不是|不正确|不准|不符|不行|不中|不确认|不同意|有误|(?:有|出)(?:点|些|个|几处|地方)*(?:问题|毛病|出入)|错|写岔|搞混|改(?:一下|下|改)?|漏|缺|少了"
)
_NUMBER_400 = re.compile(r"400|四百|四零零|热线|靓号|(?:选|挑|预占|预留)的")
_PHONE = re.compile(r"电话|手机|座机|联系")
_SHORT = 10  # characters of "哪里不对吧", which asks nothing
_MOST = 20  # characters of a plain answer to the summary


def at_the_summary(said: Said, heard: Heard, field_words: Mapping[str, Sequence[str]]) -> None:
    """Read the answer: `yes`, or `wrong`, perhaps with the field that is (then it is opened again)."""
    if heard.values or heard.erase or heard.skip:
        return
    if said.pressed:
        if said.intent in ("affirm", "submit_application", "deny"):
            heard.yes, heard.answered = said.intent != "deny", True
        return
    text = assent.without_all_is_well(said.text)
    short = len(text) <= _SHORT and bool(_WRONG.search(text)) and said.intent in ("deny", "correct_info")
    if QUESTION.search(text) and not short:
        return
    if len(text) <= _MOST and _LATER.search(text):
        heard.yes = False
    elif said.intent in ("affirm", "submit_application", "deny", "correct_info", "inform", "unsure") and (
        _WRONG.search(text) or (said.intent in ("deny", "correct_info") and not assent.wants_none(text))
    ):
        heard.wrong = True
        heard.erase = next(
            (f for f, words in field_words.items() if f in FIELDS and any(w in text for w in words)), None
        )
    elif assent.says_no(text):
        heard.yes = False
    elif assent.says_yes(text) or (
        said.intent in ("affirm", "submit_application") and not assent.doubtful(text)
    ):
        heard.yes = True
    heard.answered = heard.answered or heard.wrong or heard.yes is not None


def which_number(said: Said, heard: Heard) -> None:
    """ "电话号码填错了" is about the contact's phone, not the 400 number; "号码错了" may be about either: `wrong`."""
    if heard.erase != "hotline_number" or said.pressed or _NUMBER_400.search(said.text):
        return
    phone, number = said.known.get("phone"), said.known.get("hotline_number")
    if _PHONE.search(said.text) and (phone or not number):
        heard.erase = "phone"
    elif phone and number:
        heard.erase, heard.wrong = None, True
