"""Reads data/knowledge/*.yml and judges every answer.

Refused: a missing rendition, unknown facts, figures or followers, doubles, 你 for 您, labels too long for a
button, symbols in what is read aloud, a price without its reservation, keys that Rasa takes for its own.
The complaints are for the operator who edits the files, hence in Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

from hotline.business.catalog import Catalog, Plan
from hotline.business.knowledge import ACTIONS, Aspect, Block, Topic
from hotline.business.knowledge_figures import (
    PlanWords,
    TierWords,
    figures_of,
    fill,
    plan_figures,
    tier_figures,
)
from hotline.business.yaml_fields import Fields
from hotline.datafile import DataError, Located, LocatedList, load

LABEL = 10  # characters that fit a button
TEXT = 480  # characters; a WeChat text message holds 2,048 bytes
VOICE = 130  # characters: two sentences in one breath each

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FACT = re.compile(r"(?:^- |^\| )([FPRT]\d{2,3}|N[0-9X])\b", re.M)
# lines that Rasa takes for its own in any YAML under data/: anywhere, and at the top level
_RASA = re.compile(
    r"\s*(?:nlu|rules|stories|responses)\s*:|(?:intents|entities|slots|forms|actions|version)\s*:"
)
_UNSPOKEN = re.compile(r"[^\w\s，。？！、.]|_|\n")
_PRICE = re.compile(r"\d\s*元")
_MARKUP = re.compile(r"[<>]")
_SENTENCE = re.compile(r"[。？！]")


def read(folder: Path, sources: tuple[Path, ...], catalog: Catalog, day: date) -> dict[str, Topic]:
    """Every topic by name, in the order of files and entries. Raises DataError."""
    files = sorted(folder.glob("*.yml"))
    if not files:
        raise DataError(folder, 1, "这个目录里没有知识文件（*.yml）")
    facts = _facts(sources)
    topics: dict[str, Topic] = {}
    places: dict[str, Located] = {}
    for path in files:
        for name, entry, parent in _entries(path):
            if name in topics:
                first = places[name]
                raise parent.error(f"话题 {name} 重复（第一次在 {Path(first.file).name}:{first.line}）", name)
            topics[name] = _Entry(name, path.stem, entry, parent, facts, catalog, day).topic()
            places[name] = parent[name]
    _check_followers(topics, places)
    return topics


def _facts(sources: tuple[Path, ...]) -> frozenset[str]:
    """The numbers of all facts that an answer may cite."""
    found: set[str] = set()
    for path in sources:
        try:
            found.update(_FACT.findall(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise DataError(path, 1, f"读不了事实表：{error}") from error
    return frozenset(found)


def _entries(path: Path) -> Iterator[tuple[str, object, Located]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if _RASA.match(line):
            raise DataError(path, number, f"Rasa 会把“{line.strip()}”当成自己的数据，请换个写法")
    content = load(path)
    if not isinstance(content, Located):
        raise DataError(path, 1, "文件应当是“话题: 内容”的形式")
    for name, entry in content.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise content.error(f"话题名只用小写字母、数字和下划线：{name!r}", name)
        yield name, entry, content


def _check_followers(topics: Mapping[str, Topic], places: Mapping[str, Located]) -> None:
    for topic in topics.values():
        followers = places[topic.name]["next"]
        for index, follower in enumerate(topic.next):
            if follower not in topics and follower not in ACTIONS:
                raise followers.error(f"next 里的 {follower} 既不是话题也不是动作", index)
            if follower == topic.name:
                raise followers.error("next 不能是话题自己", index)


class _Entry:
    """One topic while it is being read: its fields, and the figures its texts may name."""

    def __init__(
        self,
        name: str,
        stage: str,
        entry: object,
        parent: Located,
        facts: frozenset[str],
        catalog: Catalog,
        day: date,
    ) -> None:
        self.name, self.stage, self.known, self.catalog = name, stage, facts, catalog
        self.fields = Fields(entry, f"话题 {name} ", parent, name)
        self.plan_words = self._plan_words()
        self.tier_words = self._tier_words()
        self.on_sale = catalog.on_sale(day)
        self.figures = figures_of(catalog, day, self.plan_words, self.tier_words)

    def topic(self) -> Topic:
        label = self._text(self.fields, "label")
        if len(label) > LABEL:
            raise self.fields.raw.error(f"label 不超过 {LABEL} 个字，现在 {len(label)} 个：{label}", "label")
        topic = Topic(
            name=self.name,
            stage=self.stage,
            label=label,
            facts=self._cited(),
            text=self._long("text"),
            rich=self._rich(),
            voice=self._spoken(self.fields, "voice"),
            again=self._long("again"),
            next=self._followers(),
            ask=self._ask(),
            aspects=self._aspects(),
        )
        if topic.again == topic.text:
            raise self.fields.raw.error("again 要换一种说法，不能与 text 相同", "again")
        self.fields.done()
        return topic

    def _filled(self, raw: str, complain: Callable[[str], DataError]) -> str:
        """The text with its figures, after the rules that hold for every text."""
        try:
            text = fill(raw, self.figures).strip()
        except KeyError as error:
            raise complain(f"没有 {error.args[0]} 这个数字可填") from error
        if "你" in text:
            raise complain("请用“您”，不用“你”")
        if _MARKUP.search(text):
            raise complain("文字里不能有 < 或 >")
        return text

    def _text(self, fields: Fields, key: str) -> str:
        return self._filled(fields.text(key), lambda reason: fields.raw.error(f"{key}：{reason}", key))

    def _long(self, key: str) -> str:
        text = self._text(self.fields, key)
        if len(text) > TEXT:
            raise self.fields.raw.error(f"{key} 不超过 {TEXT} 个字，现在 {len(text)} 个", key)
        self._reserved(text, self.fields, key)
        return text

    def _spoken(self, fields: Fields, key: str) -> str:
        """A text fit to be read aloud: short, at most two sentences, no symbols."""
        text = self._text(fields, key)
        if symbol := _UNSPOKEN.search(text):
            raise fields.raw.error(f"{key} 要能念出来，不能有“{symbol.group()}”", key)
        if len(text) > VOICE or len(_SENTENCE.findall(text)) > 2:
            raise fields.raw.error(f"{key} 最多两句、{VOICE} 个字，现在 {len(text)} 个", key)
        if not text.endswith(("。", "？", "！")):
            raise fields.raw.error(f"{key} 要以句号、问号或叹号结尾", key)
        self._reserved(text, fields, key)
        return text

    def _reserved(self, text: str, fields: Fields, key: str) -> None:
        """A price is an example, and the local branch decides: both must be said with it."""
        if _PRICE.search(text) and not ("为准" in text and ("示例" in text or "参考" in text)):
            raise fields.raw.error(f"{key} 里有价格，要写明“示例”和“以当地中国移动实际受理为准”", key)

    def _cited(self) -> tuple[str, ...]:
        cited = self._unique("facts")
        for index, fact in enumerate(cited):
            if fact not in self.known:
                raise self.fields.items("facts").error(f"事实表里没有 {fact}", index)
        return cited

    def _unique(self, key: str) -> tuple[str, ...]:
        words, items = self.fields.words(key), self.fields.items(key)
        if not words:
            raise items.error(f"{key} 不能为空")
        for index, word in enumerate(words):
            if word in words[:index]:
                raise items.error(f"{key} 里 {word} 重复", index)
        return words

    def _followers(self) -> tuple[str, ...]:
        followers = self._unique("next")
        if not 2 <= len(followers) <= 4:
            raise self.fields.raw.error(f"next 要 2 到 4 个，现在 {len(followers)} 个", "next")
        return followers

    def _ask(self) -> str | None:
        if not self.fields.has("ask"):
            return None
        ask = self._text(self.fields, "ask")
        if not ask.endswith(("？", "。")) or "\n" in ask:
            raise self.fields.raw.error("ask 是一句问话，以“？”结尾", "ask")
        return ask

    def _aspects(self) -> tuple[Aspect, ...]:
        if not self.fields.has("aspects"):
            return ()
        items = self.fields.items("aspects")
        found: list[Aspect] = []
        taken: dict[str, str] = {}
        for index, item in enumerate(items):
            aspect = self._aspect(Fields(item, "aspects 的一项", items, index))
            if aspect.name in {other.name for other in found}:
                raise items.error(f"方面 {aspect.name} 重复", index)
            for word in aspect.words:
                if word in taken:
                    raise items.error(f"“{word}”同时属于 {taken[word]} 和 {aspect.name}", index)
                taken[word] = aspect.name
            found.append(aspect)
        return tuple(found)

    def _aspect(self, fields: Fields) -> Aspect:
        words = fields.words("words")
        if not words or not all(len(part) > 1 or not part.isascii() for w in words for part in w.split("+")):
            raise fields.raw.error("words 里至少一个词，英文数字至少两位", "words")
        aspect = Aspect(
            name=fields.text("name"),
            words=words,
            text=self._spoken(fields, "text"),
            unless=fields.words("unless") if fields.has("unless") else (),
            alone=fields.flag("alone") if fields.has("alone") else False,
        )
        fields.done()
        return aspect

    # the web rendition

    def _rich(self) -> tuple[Block, ...]:
        items = self.fields.items("rich")
        if not items:
            raise items.error("rich 至少一块")
        blocks = tuple(self._block(Fields(item, "rich 的一块", items, i)) for i, item in enumerate(items))
        self._reserved("\n".join(part for block in blocks for part in block.strings()), self.fields, "rich")
        return blocks

    def _block(self, fields: Fields) -> Block:
        kind = fields.one_of("type", ("text", "note", "list", "steps", "table", "plans", "tiers"))
        title = self._text(fields, "title") if fields.has("title") else ""
        if kind in ("text", "note"):
            block = Block(kind, title=title, text=self._text(fields, "text"))
        elif kind in ("list", "steps"):
            block = Block(kind, title=title, items=self._cells(fields.items("items"), empty=False))
        elif kind == "table":
            block = self._table(fields, title)
        else:
            block = self._catalog_table(fields, kind, title)
        fields.done()
        return block

    def _cells(self, items: LocatedList, empty: bool = True) -> tuple[str, ...]:
        if not items:
            raise items.error("这里至少要有一项")
        for index, item in enumerate(items):
            if not isinstance(item, str) or not (empty or item.strip()):
                raise items.error(f"应当是文字（数字请加引号）：{item!r}", index)
        return tuple(
            self._filled(item, lambda reason, at=index: items.error(reason, at))  # type: ignore[misc]
            for index, item in enumerate(items)
        )

    def _table(self, fields: Fields, title: str) -> Block:
        head, rows = self._cells(fields.items("head")), fields.items("rows")
        for index, row in enumerate(rows):
            if not isinstance(row, LocatedList) or len(row) != len(head):
                raise rows.error(f"这一行要有 {len(head)} 格", index)
        return Block("table", title=title, head=head, rows=tuple(self._cells(row) for row in rows))

    def _catalog_table(self, fields: Fields, kind: str, title: str) -> Block:
        """A table with one row per plan or grade of the catalogue."""
        columns = fields.fields("columns", "columns ")
        heads = tuple(str(head) for head in columns.raw)
        if kind == "plans":
            lines = [(plan_figures(plan), plan) for plan in self.on_sale]
            rows = [tuple(self._cell(columns, head, own, plan) for head in heads) for own, plan in lines]
        else:
            if self.tier_words is None:
                raise fields.raw.error("tiers 表要先写 tier_words")
            by = self.catalog.tiers.charge_by
            grades = [tier_figures(tier, by, self.tier_words) for tier in self.catalog.tiers.all]
            rows = [tuple(self._cell(columns, head, own) for head in heads) for own in grades]
        return Block("table", title=title, head=heads, rows=tuple(rows))

    def _cell(self, columns: Fields, head: str, own: Mapping[str, str], plan: Plan | None = None) -> str:
        pattern = columns.raw[head]
        if isinstance(pattern, Located):
            pattern = columns.fields(head, f"列 {head} ").text("prepaid" if plan and plan.prepaid else "line")
        if not isinstance(pattern, str):
            raise columns.raw.error("列的内容应当是文字", head)
        try:
            return fill(pattern, own)
        except KeyError as error:
            raise columns.raw.error(f"没有 {error.args[0]} 这个数字可填", head) from error

    # how plans and grades are worded where a text lists them

    def _plan_words(self) -> PlanWords | None:
        if not self.fields.has("plan_words"):
            return None
        words = self.fields.fields("plan_words", "plan_words ")
        made = PlanWords(line=words.text("line"), prepaid=words.text("prepaid"))
        words.done()
        sample = next(iter(self.catalog.plans))
        for key in ("line", "prepaid"):
            self._try(words, key, plan_figures(sample))
        return made

    def _tier_words(self) -> TierWords | None:
        if not self.fields.has("tier_words"):
            return None
        words = self.fields.fields("tier_words", "tier_words ")
        made = TierWords(**{key: words.text(key) for key in TierWords.__dataclass_fields__})
        words.done()
        known = dict.fromkeys(("low", "high", "name", "monthly", "fee", "months", "price"), "")
        for key in TierWords.__dataclass_fields__:
            self._try(words, key, known)
        return made

    @staticmethod
    def _try(words: Fields, key: str, known: Mapping[str, str]) -> None:
        try:
            fill(words.raw[key], known)
        except KeyError as error:
            raise words.raw.error(f"没有 {error.args[0]} 这个数字可填", key) from error
