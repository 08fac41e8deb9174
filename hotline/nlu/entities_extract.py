"""From a sentence to the entities of the contract: every finder is asked, and one meaning kept per place.

The sentence is normalised first (fillers, traditional script, self-corrections); offsets and quoted
values refer to the original.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from hotline.nlu import names
from hotline.nlu.entities_lexicon import lexicon
from hotline.nlu.normalise import Normalised, normalise
from hotline.values import (
    application_ids,
    contact_time,
    counts,
    credit_code,
    digits,
    emails,
    growth,
    hotline_numbers,
    minutes,
    money,
    personal_ids,
    phones,
    regions,
)
from hotline.values.folding import fold
from hotline.values.found import Found
from hotline.values.numerals import NUMBER, parse_number_words

EXTRACTOR = "HotlineEntities"
#: entities whose value is the customer's own wording
QUOTED = frozenset({"company_name", "contact_name", "contact_time", "industry"})
#: a place that must stay empty
BLOCKED = "blocked"

Finder = Callable[[str], list[Found]]
NameTagger = Callable[[str], list[tuple[str, int, int]]]


@dataclass(frozen=True)
class Candidate:
    """One possible meaning of a piece of text; the lower rank wins the place, then the longer one."""

    rank: int
    entity: str
    found: Found


#: (rank, entity, finder): codes and addresses, then what has a unit or a cue, then the rest
_FINDERS: tuple[tuple[int, str, Finder], ...] = (
    (0, BLOCKED, personal_ids.find),
    (1, "email", emails.find),
    (1, "credit_code", credit_code.find),
    (1, "credit_code", credit_code.find_faulty),
    (2, "hotline_number", hotline_numbers.find),
    (2, "phone", phones.find),
    (3, "application_id", application_ids.find),
    (5, "contact_time", contact_time.find),
    (6, "excluded_digits", digits.find_excluded),
    (6, "number_digits", digits.find),
    (8, "growth_rate", growth.find),
    (8, "monthly_minutes", minutes.find),
    (8, "call_minutes", minutes.find_per_call),
    (9, "seats", counts.find_seats),
    (9, "bound_numbers", counts.find_bound_numbers),
    (10, "daily_calls", counts.find_daily_calls),
    (11, "budget", money.find),
    (12, "region", regions.find),
)
_RANK_COMPANY, _RANK_WORD, _RANK_PERSON, _RANK_INDUSTRY, _RANK_SOUND = 4, 7, 11, 13, 14
_TRIGGER = re.compile(
    r"[0-9零〇一二两三四五六七八九十百千万亿半俩仨幺壹贰叁肆伍陆柒捌玖]|翻|倍|成|@|艾特|爱特|圈|\bat\b|随时|持平|不变|增|涨|稳定"
)
_PRICE_NOT_BUDGET = re.compile(
    r"(?:选号费|违约金|押金|欠费?|欠了|扣了?|充了?|交了|退了?|收了?我|多收|滞纳金|开户费|手续费|工本费|为什么|怎么还?要|是不是要?|凭什么|刚交|已经交|花了|账单|听说|别人说|人家|他们说)[^,，。]{0,8}$"
)
_OF_A_PLAN = re.compile(
    r"\s?(?:一个?月)?(?:的|那)(?:那?个|那种|那款|这个|这种)?(?:套餐|档|版|那个|那档|选号费|靓号)|\s?(?:一个)?月?(?:那个|那档|那种|档)"
)
_LIMIT = re.compile(r"预算|以内|之内|以下|不超过|最多|控制|左右|上下|顶多|封顶")


def _numbers(folded: str) -> list[Candidate]:
    if not _TRIGGER.search(folded):
        finders: tuple[tuple[int, str, Finder], ...] = tuple(
            item for item in _FINDERS if item[1] in ("contact_time", "region", "growth_rate")
        )
    else:
        finders = _FINDERS
    return [Candidate(rank, entity, found) for rank, entity, finder in finders for found in finder(folded)]


def _is_budget(folded: str, found: Found) -> bool:
    """A price that is asked or complained about, or that names a plan, is no budget."""
    if _LIMIT.search(folded[max(0, found.start - 6) : found.end + 4]):
        return not re.search(r"选号费$", folded[max(0, found.start - 6) : found.start])
    if _PRICE_NOT_BUDGET.search(folded[: found.start]):
        return False
    return not _OF_A_PLAN.match(folded, found.end)


def _words(folded: str, industries: bool) -> list[Candidate]:
    """What the word lists name; a line of business only where nothing better recognises it."""
    found = []
    for named in lexicon().find(folded):
        if named.entity == names.INDUSTRY and not industries:
            continue
        rank = (
            _RANK_SOUND if not named.exact else _RANK_INDUSTRY if named.entity == "industry" else _RANK_WORD
        )
        found.append(Candidate(rank, named.entity, named.found))
    return found


#: what no company's name contains
_AMOUNTS = frozenset({"monthly_minutes", "call_minutes", "daily_calls", "seats", "bound_numbers", "budget"})


def _swallows_amount(one: Candidate, numbers: list[Candidate]) -> bool:
    """Whether the recogniser took a statement about amounts for a company ("每月大概三千分钟")."""
    return one.entity == names.COMPANY and any(
        number.entity in _AMOUNTS
        and one.found.start <= number.found.start
        and number.found.end <= one.found.end
        for number in numbers
    )


def _names(folded: str, tagger: NameTagger | None) -> list[Candidate]:
    """Names by the trained recogniser, which knows what the rules found; by the rules alone without it."""
    ranks = {names.COMPANY: _RANK_COMPANY, names.PERSON: _RANK_PERSON, names.INDUSTRY: _RANK_INDUSTRY}
    if tagger is not None:
        tagged = [
            Candidate(ranks[e], e, Found(start, end, folded[start:end])) for e, start, end in tagger(folded)
        ]
        titled = [Candidate(_RANK_SOUND, names.PERSON, found) for found in names.find_titled(folded, folded)]
        return tagged + titled
    by_rule = {
        names.COMPANY: names.find_companies(folded, folded),
        names.PERSON: names.find_people(folded, folded),
        names.INDUSTRY: names.find_industries(folded, folded),
    }
    return [Candidate(ranks[entity], entity, found) for entity, items in by_rule.items() for found in items]


_CHANGED = re.compile(
    rf"(?:改成|改为|改到|改|换成|错了|不对|等等|应该是|一共|更正)[^\d零一二两三四五六七八九十百千万。]{{0,5}}(?P<number>{NUMBER})\s?(?:个|人|通|位|名|部|条|块|元)?(?=$|[,。;!?吧啊哦呢了]|才|加)"
)
_CHANGEABLE = frozenset({"seats", "bound_numbers", "daily_calls", "budget"})
_REACH = 22


def _corrected(one: Candidate, folded: str, others: list[Candidate]) -> Candidate:
    """五个座席，现在改八个: the number that follows the change, when it is nothing else."""
    if one.entity not in _CHANGEABLE:
        return one
    match = _CHANGED.search(folded, one.found.end, one.found.end + _REACH)
    value = parse_number_words(match["number"]) if match else None
    if match is None or value is None:
        return one
    start, end = match.span("number")
    if any(c.found.start < end and start < c.found.end for c in others):
        return one
    return replace(one, found=replace(one.found, start=start, end=end, value=value))


def _moved(one: Candidate, normal: Normalised) -> Candidate:
    """The candidate with offsets in the original text."""
    start, end = normal.span(one.found.start, one.found.end)
    return replace(one, found=replace(one.found, start=start, end=end))


def arbitrate(candidates: list[Candidate]) -> list[Candidate]:
    """One meaning per place: lower rank first, then longer, then earlier; the same value only once."""
    kept: list[Candidate] = []
    for one in sorted(candidates, key=lambda c: (c.rank, -c.found.length, c.found.start)):
        if not any(one.found.overlaps(other.found) for other in kept):
            kept.append(one)
    kept.sort(key=lambda c: c.found.start)
    said: set[tuple[str, str, str | None]] = set()
    result = []
    for one in kept:
        key = (one.entity, str(one.found.value), one.found.role)
        if one.entity != BLOCKED and key not in said:
            said.add(key)
            result.append(one)
    return result


def extract(text: str, tagger: NameTagger | None = None) -> list[dict[str, Any]]:
    """The entities of one sentence as Rasa's dictionaries, offsets in `text`, in order of position.

    `tagger` is a trained recogniser of names (`names_crf`); without it the rules work alone.
    """
    normal = normalise(text)
    folded = fold(normal.text)
    numbers = [one for one in _numbers(folded) if one.entity != "budget" or _is_budget(folded, one.found)]
    candidates = [_moved(_corrected(one, folded, numbers), normal) for one in numbers]
    candidates += [_moved(one, normal) for one in _words(folded, tagger is None)]
    # a blank is a pause: names are looked for where it still stands
    placed = [_moved(one, normal) for one in numbers]
    candidates += [one for one in _names(fold(text), tagger) if not _swallows_amount(one, placed)]
    entities = []
    for one in arbitrate(candidates):
        start, end = one.found.start, one.found.end
        value = text[start:end] if one.entity in QUOTED else one.found.value
        entity = {"entity": one.entity, "start": start, "end": end, "value": value, "extractor": EXTRACTOR}
        if one.found.role:
            entity["role"] = one.found.role
        entities.append(entity)
    return entities
