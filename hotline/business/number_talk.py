"""What a message says about the 400 numbers on show or the one kept: which is meant, its price, others, letting go.

Pure: the list and the number kept are given (`Scene`). It decides only what the scene makes plain; everything else
is left to the recogniser.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hotline.business.clauses import QUESTION, split
from hotline.values import money
from hotline.values.folding import fold
from hotline.values.numerals import parse_numeral

PICK, ABOUT, MORE, CHEAPER, CEILING, RELEASE, CHANGE, KEPT = KINDS = (
    "pick_number",
    "number_details",
    "more_numbers",
    "cheaper_numbers",
    "price_ceiling",
    "release_number",
    "change_number",
    "kept_number",
)


@dataclass(frozen=True)
class Scene:
    """What both sides have before them.

    `shown`: the numbers of the latest list, in its order, as long as no newer list has taken its place. `fresh`: it
    is among our last words. `asked`: the number is what is being asked. `bare`: a bare number may be a choice (else
    only with a word for choosing, "选2"). `dated`: a time is being asked, so that "2号" may be a day.
    `kept`: the number reserved; `just_kept`: our last words said so. `pointed`: the one number that our last words
    were about. `listed`: there was a list, even if other choices have taken its place.
    """

    shown: tuple[str, ...] = ()
    fresh: bool = False
    asked: bool = False
    bare: bool = True
    kept: str | None = None
    just_kept: bool = False
    pointed: str | None = None
    listed: bool = False
    dated: bool = False


@dataclass(frozen=True)
class Talk:
    """What is wanted (one of `KINDS`), of which numbers (none: of the list as a whole, or the one kept)."""

    kind: str
    numbers: tuple[str, ...] = ()
    cheapest: bool = False  # instead of a number: the cheapest one on show
    again: bool = False  # after letting go: another one, please


_N = "[1-9一二两三四五六七八九]"
#: "第二个", but not "第一个月", "第二个套餐"
_MEASURE = "个|款|种|项|条|组|号"
_NOT_OURS = "月|季度|星期|礼拜|年|问题|步|套餐|方案|档|渠道|材料|办法|方式|选项|功能|电话|分钟|小时"
_ORDINAL = re.compile(rf"第\s*({_N})(?!\s*(?:{_MEASURE})?\s*(?:{_NOT_OURS}))\s*(?:{_MEASURE})?")
_BY_NUMBER = re.compile(rf"(?<![\d年月第])({_N})\s*号(?!线|码|楼|段|到|前|后|上午|下午|早|晚|给|打|联系|再)")
#: a choice that is no quantity, though one is being asked
_SELECTED = re.compile(
    rf"(?:那|就|我们?|还是|想|给我|帮我)*(?:选择?|挑|订|占|预占)({_N})(?:号|的|吧|了|呗|这个|那个|好了)*"
)
_WANTED = re.compile(
    rf"(?:那|就|我们?|还是|想|给我|帮我)*(?:要|来|拿|定|就)({_N})(?:号(?!线))?(?:的|吧|呗|这个|那个|好了)*"
)
_NUMBERED = re.compile(rf"(?:那|就|我|还是)*({_N})号(?:的|吧|了|呗|这个|那个|好了)*")
_BARE = re.compile(rf"(?<![\d一二两三四五六七八九十百]){_N}(?![\d一二两三四五六七八九十百]|\s*个)")
_FIRST = re.compile(r"(?:打)?头一?个|打头的?那?个")
_LAST = re.compile(r"(?:最后|最末|末尾|倒数第[1一])(?:面)?(?:的)?(?:[那这一]?个|的)")
_THIS = re.compile(r"(?<!不要)(?<!不想要)(?:这个|那个|就它|它)")
_CHEAPEST = re.compile(r"最便宜|价格最低|最低价|最低的|最实惠|最省钱")
_TAIL = re.compile(r"(?<!\d)\d{2,10}(?!\d)")
#: words that point at something on show rather than wish for something new
_POINTING = re.compile(r"那个|这个|那一个|这一个|就|选|定下|订|预占|占住|占下|锁定")
_WISHING = re.compile(r"尾号|结尾|开头|包含|带|含|有没有|还有|别的|其他|不要|不带|类似|差不多|找")
#: nothing but a choice: these may stand around the place
_AROUND = re.compile(
    r"(?:选择?|挑|定|订|要|想要|预占|预定|预订|占|锁|留|拿|来|给|帮|把|请|用|看[中上]|喜欢|中意|考虑"
    r"|号码?|靓号|那一个|那|这|个|还是|觉得|挺好|不错|可以|合适|好看|好记|顺口|顺眼|得了|就是|就|都行"
    r"|我们?|咱们?|你们?|您|先|哎|嗯|哦|呃|额|啊|呀|吧|呗|嘛|了|的|呢|哈|它|好|行|那么|下|一下|住|,|，|。|\.|!|！|、|~|\s)*"
)
_CHOOSING = re.compile(r"选|就|定|占|锁|订|拿下|留下|看中|看上|要(?!不|是|多少|花|几|钱|付|交)|给我")
_NEGATED = re.compile(r"不(?:要|想|选|喜欢|好|行|用|考虑|太)|别|除了|没")
_ASKS_TO_RESERVE = re.compile(
    r"(?:能|可以|可不可以|能不能|怎么|如何|行吗|可以吗|行不行|好吗).{0,6}(?:预占|占|定|订|选|要|锁|留)"
    r"|(?:预占|占住?|定下?|订|要|锁定|留着?|选)[^,，。]{0,8}(?:行吗|可以吗|行不行|好吗|行不|可以不|能行吗)"
)
_COMPARES = re.compile(r"和|跟|与|还是|比|、|或")
_PRICE = re.compile(r"多少|咋卖|怎么卖|收费|价|几块|费用|月租|贵|便宜|消费|要花|合同|几年|多久|多长|钱")

_BATCH = re.compile(
    r"(?:再|另外?)?换[一1]?[批组波拨轮页]|(?:再)?换[几些]个|(?:再)?换一些|换一换|下一?[批页组]|再来[几一些1](?:个|批|组|些)|再来点"
    r"|(?:再|另外)(?:给我|帮我|麻烦)?(?:看看|看|找找|找|挑|推荐|来|换|列|多给)(?:点|些|几个|一些|一批|几组)?(?:别的|其[他它]|另外)"
    r"|(?:再|多)(?:给我|帮我)?(?:看|找|挑|推荐|来|换|列|给)(?:几个|一些|些|一批|几组)"
    r"|还有(?:没有)?(?:别的|其[他它]|更多|另外)|(?:别的|其[他它])(?:的)?(?:号码?)?(?:呢|有吗|还有吗|有没有)|更多(?:号码|的)?$"
    r"|都不(?:喜欢|要|好|行|想要|满意|中意|合适|好看|好听)|(?:没|没有)(?:看[中上]|喜欢|合适|满意|中意)的|看不[中上]|不太?满意|一般般?$"
)
_ANY_MORE = re.compile(
    r"(?:那|就这些)?(?:还有(?:吗|么|没有?|呢|不)|再来|就这些吗?|就这些了吗|没了吗|没有了吗)"
)
_NOT_NUMBERS = re.compile(
    r"套餐|方案|档位|渠道|材料|资料|问题|功能|话费|资费|公司|分钟|手机|座机|固话|联系|邮箱|地址|优惠|活动"
)
_CHEAPER = re.compile(r"便宜|太贵|好贵|贵了|有点贵|没这么贵|不(?:那么|这么|太)?贵|实惠|省钱|价格?(?:低|少)")
_LIMIT = re.compile(r"超过|超出|以内|之内|以下|最多|顶多|左右|上下|封顶|上限|低于|不到|控制")
_BUDGET = re.compile(r"预算|经费")

_LET_GO = re.compile(
    r"(?:取消|撤销|撤掉|撤回|退掉|解除|不用|别)(?:了|掉)?(?:我|给我)?(?:的|刚才的?|这个|那个)?(?:号码?)?(?:的)?(?:预占|预定|预订|占号|占用|保留|占着|留着|锁定)"
    r"|(?:预占|预定|预订)(?:的)?(?:号码?)?(?:我)?(?:要|想)?(?:取消|撤销|不要|退|作废)"
    r"|(?:预占|预定|预订)(?:了)?(?:能|可以|能不能|可不可以)(?:取消|撤销|退)"
    r"|(?:别|不用|不必)(?:再)?(?:给我|帮我|替我)?(?:留|占|保留|预占)(?:着|了|这个|那个|它)"
    r"|(?:把)?(?:这个|那个|它|号码?)?(?:放掉|放了|放开|释放|退掉|让出去)"
)
_NUMBER = r"(?:400)?(?:号码?|靓号|尾号)(?!段)"
_REJECTED = re.compile(
    rf"不(?:想|打算|准备|太?想)?(?:要|用|选|考虑)(?:了)?(?:这个|那个|刚才|刚|选|占|预占|的|它|我|前面|一|个)*{_NUMBER}(?:了|啦|喽)?"
    rf"|(?:这个?|那个?|刚才那?个?|预占的|选的|刚占的)(?:的)?{_NUMBER}(?:我|就|还是|也)*(?:不|算)(?:想)?(?:要|用|选|了|喜欢)"
)
#: without a word for a number: only right after it was reserved
_REJECTED_SHORT = re.compile(
    r"^(?:哎|唉|诶|嗯|那|算了|我|这个|那个|还是|就|又|它|,|，|\s)*(?:不想?要|不用)(?:这个|那个|它)?(?:了|啦|喽)"
)
_ANOTHER = re.compile(
    rf"(?:重新?|另外?|再)(?:选|挑|找|看|换|来)(?:一?个|一下)?(?:别的|其[他它])?(?:{_NUMBER})?|换(?:一下|一?个|成|掉|别的|其[他它]|的|这个|那个)*(?:别的|其[他它])?(?:{_NUMBER})"
    r"|换(?:成|个|一个)(?:别的|其[他它]|便宜|好|好记|顺|400[17]|尾号|带|不带|没)"
)
_ANOTHER_SHORT = re.compile(
    r"^(?:那|我|想|要|能|可以|给我|帮我|再)*换(?:一?个|别的|一下)(?:吧|呗|行吗|可以吗|吗)?$"
)
#: a change of owner, operator or of the phones behind it
_ELSEWHERE = re.compile(
    r"过户|携号|转网|运营商|联通|电信|改名|法人|主体|变更|以后|将来|开通后|用了|原来|老号|旧号|手机|接听|绑定|座机|固话|联系人|电话号"
)
_POLITE = re.compile(
    r"(?:能|可以|可不可以|能不能|可否).{0,12}(?:吗|么|不)?[?？]?$|(?:行吗|可以吗|好吗|行不行)[?？]?$"
)
_REQUEST = re.compile(r"帮|麻烦|请|把|给我")
_KEPT = re.compile(
    rf"(?:预占|占|选|定)(?:的|了|到)(?:是)?(?:哪|什么|啥)|(?:预占|占|选|定|留)(?:的|了)(?:那个|这个)?{_NUMBER}"
    rf"|预占(?:到|多久|多长|什么时候|还在)|(?:这个|那个|我的|我那个){_NUMBER}.{{0,6}}(?:钱|费|贵|留|占|月租|消费)"
)


def read(text: str, scene: Scene) -> Talk | None:
    """What is said about the numbers; None when it is nothing that the scene makes plain."""
    said = fold(text).strip().rstrip("?？!！。.~～ ")
    said = _FIRST.sub("第一个", said)
    if not said or len(said) > 60:
        return None
    about_kept = _kept(said, text, scene)
    if about_kept:
        return about_kept
    clauses = split(text)
    if len(clauses) > 1:  # "就第二个，审核要多久": the question beside it is not about the number
        for clause in clauses:
            plain = fold(clause).rstrip("?？!！。.~～ ")
            if talk := _one(plain, clause, scene):
                return talk
    return _one(said, text, scene) or _list(said, scene)


def _kept(said: str, text: str, scene: Scene) -> Talk | None:
    """About the number that is reserved: let it go, change it, tell of it."""
    if _LET_GO.search(said) and (scene.kept or "占" in said):
        asks = QUESTION.search(text) and not _REQUEST.search(said)
        return Talk(KEPT) if asks else Talk(RELEASE, again=bool(_ANOTHER.search(said)))
    if scene.kept is None or _ELSEWHERE.search(said):
        return None
    question = QUESTION.search(text) and not _POLITE.search(said)
    rejected = _REJECTED.search(said) or (scene.just_kept and _REJECTED_SHORT.search(said))
    another = _ANOTHER.search(said) or ((scene.just_kept or scene.asked) and _ANOTHER_SHORT.search(said))
    if rejected and not question:
        return Talk(RELEASE, again=bool(another or re.search(r"换|便宜", said)))
    if another and not question and not _BATCH.search(said) and not _NOT_NUMBERS.search(said):
        return Talk(CHANGE)
    if _KEPT.search(said) and QUESTION.search(text) and not _ORDINAL.search(said):
        return Talk(KEPT)
    return None


def _one(said: str, text: str, scene: Scene) -> Talk | None:
    """About one of the numbers on show (or several): take it, or tell of it."""
    if not scene.shown:
        return None
    places, rest = _places(said, scene)
    if not places:
        return _cheapest(said, text, scene)
    numbers = tuple(dict.fromkeys(scene.shown[place] for place in places))
    if len(numbers) > 1:
        return Talk(ABOUT, numbers) if QUESTION.search(text) or _COMPARES.search(said) else None
    if _ASKS_TO_RESERVE.search(said) and not _PRICE.search(said):
        return Talk(PICK, numbers)
    if "贵" in rest and not QUESTION.search(text):
        return None
    if QUESTION.search(text) or (_PRICE.search(rest) and not _CHOOSING.search(rest)):
        return Talk(ABOUT, numbers)
    if _AROUND.fullmatch(rest) and not _NEGATED.search(rest):
        return Talk(PICK, numbers)
    return Talk(PICK, numbers) if _CHOOSING.search(rest) and not _NEGATED.search(rest) else None


def _cheapest(said: str, text: str, scene: Scene) -> Talk | None:
    if not _CHEAPEST.search(said) or _NOT_NUMBERS.search(said) or not (scene.fresh or scene.asked):
        return None
    chosen = _CHOOSING.search(said) and not QUESTION.search(text)
    return Talk(PICK if chosen else ABOUT, cheapest=True)


def _places(said: str, scene: Scene) -> tuple[list[int], str]:
    """The places in the list that are named, and the text without their names."""
    count = len(scene.shown)
    said = re.sub(r"(?<=\d)[- ](?=\d)", "", said)
    found = [(match, _figure(match.group(1)) - 1) for match in _ORDINAL.finditer(said)]
    if not found and (last := _LAST.search(said)):
        found = [(last, count - 1)]
    if not found and scene.bare:
        found = [(match, _figure(match.group(1)) - 1) for match in _BY_NUMBER.finditer(said)]
        if not found and (bare := _BARE.search(said)) and _AROUND.fullmatch(_without(said, [bare])):
            found = [(bare, _figure(bare.group()) - 1)]
    if not found and not scene.bare and (chosen := _selected(said, scene)):
        found = [(chosen, _figure(chosen.group(1)) - 1)]
    if not found:
        found = _by_digits(said, scene)
    one = scene.pointed or (scene.shown[0] if count == 1 and (scene.fresh or scene.asked) else None)
    if not found and one in scene.shown and (this := _THIS.search(said)):
        found = [(this, scene.shown.index(one))]
    places = [place for _, place in found]
    if any(not 0 <= place < count for place in places):
        return [], said
    return places, _without(said, [match for match, _ in found])


def _selected(said: str, scene: Scene) -> re.Match[str] | None:
    """ "我选2", "要2", "2号" while a quantity is asked: of the list, if it is among our last words."""
    if chosen := _SELECTED.fullmatch(said):
        return chosen
    if not scene.fresh:
        return None
    return _WANTED.fullmatch(said) or (None if scene.dated else _NUMBERED.fullmatch(said))


def _by_digits(said: str, scene: Scene) -> list[tuple[re.Match[str], int]]:
    """ "188 那个", "就要 4001-931-188": digits that one number alone has, pointed at."""
    found = []
    for match in _TAIL.finditer(said):
        digits = match.group()
        ends = [place for place, number in enumerate(scene.shown) if number.endswith(digits)]
        inside = [place for place, number in enumerate(scene.shown) if digits in number[4:]]
        hits = ends if len(ends) == 1 else inside
        whole = len(digits) >= 6
        if len(hits) == 1 and (whole or (_POINTING.search(said) and not _WISHING.search(said))):
            found.append((match, hits[0]))
    return found


def _list(said: str, scene: Scene) -> Talk | None:
    """About the list: others, cheaper ones, none above a price."""
    if not (scene.shown or scene.asked or scene.listed) or _NOT_NUMBERS.search(said):
        return None
    close = scene.fresh or scene.asked
    limited = _LIMIT.search(said) or (scene.asked and _PRICE.search(said))
    if close and limited and not _BUDGET.search(said) and ceiling(said) is not None:
        return Talk(CEILING)
    if (scene.shown or scene.listed) and (_BATCH.search(said) or (close and _ANY_MORE.fullmatch(said))):
        return Talk(MORE)
    if not scene.kept and scene.shown and not _ELSEWHERE.search(said) and _ANOTHER.fullmatch(said):
        return Talk(MORE)
    if close and len(said) <= 20 and _CHEAPER.search(said):
        return Talk(CHEAPER)
    return None


def wants_cheaper(text: str) -> bool:
    """Whether a lower price is wished."""
    return bool(_CHEAPER.search(fold(text)))


def ceiling(text: str) -> float | None:
    """Yuan a month that a number may cost at most; None when no sum is named."""
    found = money.find(text)
    if not found:
        return None
    value = found[-1].value
    return float(value["to"] if isinstance(value, dict) else value)


def _figure(text: str) -> int:
    value = parse_numeral(text)
    return int(value) if isinstance(value, (int, float)) else 0


def _without(said: str, matches: Sequence[re.Match[str]]) -> str:
    for match in matches:
        said = said.replace(match.group(), "", 1)
    return said
