"""Cleaning of company and person names that a customer gave: no titles, no words of introduction."""

from __future__ import annotations

import re

_TITLES = (
    "先生|女士|小姐|小姐姐|经理|总经理|副总|老总|总监|总裁|总|老板娘|老板|主任|主管|厂长|店长|校长|院长|园长|站长|所长|会长|局长|处长|科长|部长|董事长|董事|书记"
    "|会计|老师|师傅|医生|大夫|律师|教授|同学|同志|阿姨|大姐|大哥|姐|哥|叔|工"
)
_INTRODUCTION = re.compile(
    r"^(?:[嗯呃啊哦噢喔那个就,，。、 ]*)(?:(?:我们?|咱们?|俺|本人|在下|敝人|敝姓)?(?:的)?"
    r"(?:联系人|负责人|经办人|法人|法定代表人|姓名|名字|全名|大名|称呼|名称)?(?:的)?(?:姓名|名字|全名|名称)?(?:就?是|叫做?|为|填|写|姓|[:：])?(?:您|你)?(?:就)?(?:叫我|喊我|称呼我)?(?:叫做?)?|免贵(?:姓)?)[:：,， ]*"
)
_LONGEST = 200  # characters of an answer that names somebody
_TITLE_END = re.compile(rf"(?:{_TITLES})$")
_TAIL = re.compile(r"(?:[。.!！,，、~吧啊呢哦嘛哈呀的\s]|就行|就好|即可)+$")
_PERSON = re.compile(r"[\u4e00-\u9fff·•]{2,12}|[A-Za-z][A-Za-z .'-]{1,30}")
_COMPANY_HEAD = re.compile(
    r"^(?:[嗯呃啊哦那个就,，。、 ]*)(?:(?:我们?|咱们?|俺们?|本|敝|这边?|这里)?(?:的)?(?:公司|单位|企业|店|厂|机构|学校)?(?:的)?"
    r"(?:全称|名称|名字|全名|抬头|名)?(?:就?是|叫做?|为|填|写|[:：])+)[:：,， ]*"
)
_COMPANY = re.compile(r"[\u3400-\u9fffA-Za-z0-9()（）·&\-. ]{2,60}")


def clean_person(text: str) -> str | None:
    """The name alone: "我叫张伟先生" → 张伟, "免贵姓王，王建国" → 王建国; None when no name is left."""
    if len(text) > _LONGEST:
        return None
    core = _TAIL.sub("", text.strip())
    for _ in range(2):
        rest = _INTRODUCTION.sub("", core, count=1)
        core = rest or core
    parts = [p for p in re.split(r"[，,。 ]+", core) if p]
    core = parts[-1] if len(parts) > 1 and not core.isascii() else core
    bare = _TITLE_END.sub("", core)
    core = bare if bare else core
    return core if _PERSON.fullmatch(core) else None


def clean_company(text: str) -> str | None:
    """The full name alone, brackets and letters kept: "我们公司叫杭州云栖科技有限公司。" → 杭州云栖科技有限公司."""
    if len(text) > _LONGEST:
        return None
    core = _TAIL.sub("", text.strip().strip("“”\"'《》"))
    core = _COMPANY_HEAD.sub("", core, count=1)
    core = core.strip(" “”\"'《》")
    if not _COMPANY.fullmatch(core) or core.isdigit():
        return None
    return core


def with_title(text: str, name: str) -> str:
    """A surname alone with the title that it bears in the text: 陈 in "我是陈老板" → 陈老板; any other name as it is."""
    match = re.search(rf"{re.escape(name)}(?:{_TITLES})", text) if len(name) == 1 else None
    return match.group() if match else name


def is_title(word: str) -> bool:
    """Whether the word is only a way to address somebody (先生, 经理)."""
    return bool(re.fullmatch(_TITLES, word))
