"""When somebody may be called, in his own words: 明天下午三点以后, 工作日上午, 随时."""

from __future__ import annotations

import re

from hotline.values.folding import fold
from hotline.values.found import Found

_N = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_WEEKDAY = r"(?:下下|这个?|本|下个?|每)?(?:周|星期|礼拜)[一二三四五六日天末](?:(?:到|至|-|~|和|、|或)(?:周|星期|礼拜)?[一二三四五六日天]){0,6}"
_DAY = rf"(?:大后天|今天|明天|后天|今儿个?|明儿个?|后儿|今日|明日|{_WEEKDAY}|(?:法定)?工作日|周末|双休日|节假日|平时|平常|每天|(?:\d{{1,2}}|[一二三四五六七八九十]{{1,2}})月{_N}[日号]|{_N}[号日](?!码|线)|(?:这|下|本)周(?:内)?|月底|月初|过完年|节后|下个月)"
_PART = r"(?:早上|早晨|上午|中午|下午|晚上|傍晚|凌晨|午后|晌午|下晚|晚间|夜里厢?|白天|午休(?:时间)?|饭点|(?:上|下)班(?:时间|以后|之后|后|前|以前)?|吃(?:完|过)?(?:早|午|中|晚)?饭(?:以后|之后|后|的时候)?|午饭后|晚饭后|今晚|明晚|明早|今早|后晌|早(?=[七八九十\d])|晚(?=[五六七八九十\d])|午间|上班时间|工作时间|营业时间|办公时间|忙完|空了|得空|有空的时候|没课的时候|放学后)"
_CLOCK = rf"(?:{_N}\s?(?:点钟?|时(?!间|候)|[:：](?=\d\d))(?:半|整|一刻|三刻|\d{{1,2}}分?|[一二三四五]?十[一二三四五六七八九]?分?|过)?)"
_RELATIVE = rf"(?:(?:{_N}|半|一)个?半?(?:小时|钟头|分钟|天|刻钟)(?:之|以)?(?:后|内)|(?:过|等|待|一)会儿?|过一会儿?|稍后|晚点儿?|晚些时候|过(?:两|几|一)天|这两天|马上|现在|立刻|尽快)"
_AFTER = r"(?:以后|之后|以前|之前|后|前|左右|之间|期间|过后|的时候|这段时间|那会儿?|时段|整)"
_LINK = r"(?:\s?(?:的|,|，|、|和|或者?|或|到|至|-|~|—|及)?\s?)"
_PIECE = rf"(?:{_DAY}|{_PART}|{_CLOCK}|{_RELATIVE}|(?<=[到至\-~])\s?{_N}(?:点|时)?)"
_SPAN_CLOCK = rf"(?:{_N}\s?(?:-|到|至|~)\s?{_N}\s?(?:点钟?|时(?!间))半?)"
_TIME = re.compile(
    rf"(?:{_SPAN_CLOCK}|{_PIECE})(?:{_LINK}(?:{_SPAN_CLOCK}|{_PIECE})){{0,9}}{_AFTER}?(?:{_LINK}(?:{_SPAN_CLOCK}|{_PIECE}){_AFTER}?){{0,9}}"
)
_ANY = re.compile(
    r"随时(?:都?可以|都行|联系|方便|打)?|任何时间|任意时间|全天|24小时|二十四小时|什么时候都(?:行|可以|方便)|啥时候都(?:行|可以|中|成)|几点都(?:行|可以)|时间不限|都可以打"
)
_CUE = re.compile(
    r"联系|打给|打我|回电|回个?(?:电话|话|复)|给我打|给我(?:回|来)|来电话?|打电话|打过来|打来|打(?:就|都)?行|方便|有空|有时间|得空|空闲|约|找我|通话|call|回我|接电话|接得到|联络|致电|拨打|电话(?:我|联系)|再打|客户经理|时间段|[后前点间时午上末班]打|别打|打只电话|拨我|时间(?:定|改|约|换|写|填|不对|错)|改(?:到|成|为)?(?=后天|明天|明早|明晚|下周|周|上午|下午|晚上)|打比较|再说|再联系|电话时间|谈|聊"
)


def _trim(folded: str, start: int, end: int) -> tuple[int, int]:
    while end > start and folded[end - 1] in " ,，、的":
        end -= 1
    return start, end


_REFUSED = re.compile(r"\s?(?:千万|都|就|我|可)?(?:别|不要|不方便|没空|不行|不能|没时间|不在)")
_WEAK = re.compile(
    r"(?:每天|今天|现在|马上|平时|平常|尽快|立刻|下个月|月底|月初|明天|上班|下班|一天后|这两天|上班时间|工作时间|营业时间)"
)


def find(text: str) -> list[Found]:
    """Times to call, as said; only beside words of calling, or when the text is little else."""
    folded = fold(text)
    found = []
    cue = _CUE.search(folded)
    for match in _ANY.finditer(folded):
        end = match.start() + 2 if match.group().startswith("随时") else match.end()
        if cue or (len(folded) <= 10 and match.group()[0] not in "全2二"):
            found.append(Found(match.start(), end, text[match.start() : end]))
    for match in _TIME.finditer(folded):
        start, end = _trim(folded, match.start(), match.end())
        said = folded[start:end]
        if _REFUSED.match(folded, end):
            continue
        if re.fullmatch(r"\s?[\d一二三四五六七八九十]{1,3}(?:点|时)?", said) and not said.endswith(
            ("点", "时")
        ):
            continue
        alone = end - start >= 0.6 * len(folded.strip("。,，!吧 的"))
        if (cue and not _only_weak(said, folded)) or (alone and not _WEAK.fullmatch(said)):
            found.append(Found(start, end, text[start:end]))
    return _drop_covered(found)


def _only_weak(said: str, folded: str) -> bool:
    """每天, 现在 … are times to call only when the calling is asked for directly."""
    if not _WEAK.fullmatch(said):
        return False
    return not re.search(
        rf"{said}(?:都)?(?:再|就|给我|方便|打给|回电|联系|有空|打我|打过来|打电话给我|给我打)", folded
    )


def _drop_covered(found: list[Found]) -> list[Found]:
    kept: list[Found] = []
    for item in sorted(found, key=lambda f: (f.start, -f.end)):
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return kept


def parse_contact_time(text: str) -> str | None:
    """The time in an answer to "when may we call", as said; None when no time is named."""
    found = find(text)
    if found:
        return text[found[0].start : found[-1].end]
    folded = fold(text)
    match = _TIME.search(folded)
    return text[match.start() : match.end()].strip() if match else None
