"""Yes, no, "you decide" and "I cannot say" in few words. Pure; longer sentences are the recogniser's to read."""

from __future__ import annotations

import re

_MARKS = "[，,、。.!！~～ ]*"
_YES = re.compile(
    r"^(?:那|那就|就)?(?:(?:同意|可以|好[滴哒嘞]?|行|成|中|得嘞|妥|要得|阔以|是|对|[嗯恩]|确认|确定|没问题|没毛病|ok(?:ay)?|要|需要|愿意|没错"
    r"|就?(?:先?按?这样|这个|这么(?:定|办|来|着)?)|就它|就?按(?:这个|[你您]?说的)(?:来|算|办)?|来吧)"
    rf"[了的呀啊吧哦呢嘛哈]*{_MARKS})+$",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^(?:(?:不同意|不行|不中|不可以|不要|不用|不|否|没有|没得|木有|算了|拉倒|不需要|拒绝|跳过|略过|先不|没)[了的呀啊吧哦]*"
    rf"{_MARKS})+$"
)
_UNDECIDED = re.compile(
    r"随便|都行|都可以|随时|看你|[你您]定|无所谓|不知道|不清楚|不确定|没想好|说不准|说不好|不好说|看情况|[你您]推荐吧|你来推荐|帮我推荐吧|再说吧|没准|不一定|不太清楚|没概念|没数"
)
_LEFT_TO_US = re.compile(
    r"随便|都行|都可以|看着办|看着来|你定|您定|你说了算|听你的|听您的|你来|帮我选|帮我定|你看|推荐吧"
)
#: what says that there is none, or that none is wanted; a mere no does not
_NONE = re.compile(
    r"没(?!问题|毛病|错|意见|懂|听|看|明白|说|空)|无(?!所谓)|冇|莫得|不(?:要|用|需|必|想要|加|带|选|设|限|增|涨|变|填|留|写|弄|整|开|办|会)"
    r"|跳过|略过|算了|拉倒|甭|免了|只(?:要|用|需)?能?接|能?接(?:听|电话|打)?就(?:行|好|可以|够|成|中)|^就接|就够|够用|先不|暂不|不了"
)
#: what contradicts; there must be something that it contradicts
_OBJECTS = re.compile(
    r"不对|不是|不正确|不准|有误|有错|错|不同意|反对|不赞成|不认(?:可|同)|不接受|不答应|不合适|不行|不中|不可以"
)
_KEEPS_BACK = re.compile(
    r"(?:我们?|就|也|都|还是|暂时|先|可以|能)*(?:不太?想|不愿意?|不方便|不打算|不便|懒得|不|别)(?:再|给你们?|跟你们?|告诉)?(?:留|填|写|给|说|提供|透露|告诉|报)(?:你们?|他们|这个|这项|电话|手机|邮箱|号码|名字|姓名|了|吧|啊|呢|行吗|行不行|可以吗)*"
)
_LEAVES = re.compile(
    r"(?=.*(?:算了|拉倒|没事|不了|(?:不|别|甭)(?:用|要|想)?[改换动变]|原来|之前|以前|原先|刚才|老的|不变))"
    r"(?:算了|拉倒|没事|不了|(?:不|别|甭)(?:用|要|想)?[改换动变]|[按用是照]|保持|原来|之前|以前|原先|刚才|老的"
    r"|那个|这个|那样|那|就行|就好|就|名字|一样|还是|先|我|又|哦|嗯|好|[了吧的啊呀呢]){1,16}"
)
_TOO_HARD = re.compile(r"[^，,。；;]{0,2}(?:不会|不行|不方便|不想|不要|不去|太|麻烦|嫌|没法|弄不|办不)")
_NEGATED = re.compile(
    r"(?:不|别|并?非)(?:是|属于|算|去|上|走|打|用|想|要|在|找|做|搞|接|通过|需要)*(?:什么|一?个|一?家)?$"
)
#: what says that nothing is wrong, in words of which some doubt by themselves
_ALL_IS_WELL = re.compile(
    r"(?:没有?|无|没啥|没什么|没得)(?:啥|什么|任何)?(?:问题|毛病|意见|错|误|疑问|要改的?|改的)|不(?:用|需要?|必)改"
)
_DOUBT = re.compile(r"不|没|别|错|误|问题|改|等|再|晚|先(?!提交|交)|但|可是|漏|少")
#: of a figure that was proposed
_ABOUT = re.compile(r"差不多|合适|挺好|不错|没意见|大概|应该(?:是|可以|行|够|吧)|够了|也行|还行|可以的?吧")
#: a yes to what was proposed, or a word to break off
_RESTS = re.compile(r"^(?:那|嗯|好的?|行)*(?:就)?先这(?:样|么着)")
_SHORT, _SENTENCE, _FEW_WORDS = 6, 15, 30  # characters


def says_yes(text: str) -> bool:
    """A plain yes: "可以", "好的", "嗯嗯", "就这个", "行，就这样吧"."""
    text = text.strip()
    return len(text) <= _FEW_WORDS and bool(_YES.match(text))


def says_no(text: str) -> bool:
    """A plain no: "不用", "算了", "跳过"."""
    text = text.strip()
    return len(text) <= _FEW_WORDS and bool(_NO.match(text))


def rests(text: str) -> bool:
    """ "先这样吧": agrees to a value that was proposed; said of anything else it breaks off."""
    return bool(_RESTS.match(text.strip()))


def wants_none(text: str) -> bool:
    """ "不需要", "没有", "能接听就行": an answer to what he has or wants; not so "不同意", "不是"."""
    return bool(_NONE.search(text))


def leaves_it(text: str) -> bool:
    """ "算了不改了", "还是原来的吧", "算了": what was to be said anew stays."""
    return bool(_LEAVES.fullmatch(re.sub(r"[\W_]+", "", text)))


def keeps_back(text: str) -> bool:
    """ "不想留", "不方便说": he will not tell what was asked."""
    return bool(_KEEPS_BACK.fullmatch(text.strip(" 。.!！~")))


def negated(text: str, start: int, end: int) -> bool:
    """Whether what stands there is named to be left out: "不是公司", "不上网", "网上不会弄"."""
    return bool(_NEGATED.search(text[:start]) or _TOO_HARD.match(text[end:]))


def objects(text: str) -> bool:
    """ "不对", "我不同意": says no to something said before, and by itself answers no question."""
    return bool(_OBJECTS.search(text)) and not wants_none(text)


def without_all_is_well(text: str) -> str:
    """The text without "没有问题" and the like, whose words would else be taken for a doubt."""
    return _ALL_IS_WELL.sub("", text)


def doubtful(text: str) -> bool:
    """ "有问题", "不太好": no plain yes, whatever the recogniser made of it."""
    return bool(_DOUBT.search(without_all_is_well(text)))


def about_right(text: str) -> bool:
    """ "差不多吧": a yes, if it is said of a value that we proposed."""
    text = text.strip()
    return len(text) <= _SENTENCE and bool(_ABOUT.search(text)) and not re.search(r"[?？吗]|不(?!多)", text)


def undecided(text: str) -> bool:
    """ "看情况", "说不准", "随便": no answer, and no other wish either."""
    text = text.strip()
    return len(text) <= _SENTENCE and bool(_UNDECIDED.search(text))


def left_to_us(text: str) -> bool:
    """ "随便", "你定": whatever we propose is accepted; not so "不知道"."""
    return len(text.strip()) <= _SENTENCE and bool(_LEFT_TO_US.search(text))


def brief(text: str) -> bool:
    """Nothing but a yes, a no or an undecided word, whatever the recogniser makes of it."""
    text = text.strip()
    return says_yes(text) or says_no(text) or (len(text) <= _SHORT and undecided(text))
