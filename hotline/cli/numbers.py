"""`python -m hotline numbers …`: the operator fills, searches and measures the inventory."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from hotline.business.catalog import Range, load_catalog
from hotline.business.numbers import Card, NumberService, Wish
from hotline.business.stocking import import_csv, make_samples, regrade
from hotline.clock import SystemClock
from hotline.settings import Settings
from hotline.store.database import Database
from hotline.store.numbers import SqlNumbers

FAULTS = {
    "not_ten_digits": "不是 10 位数字",
    "foreign_segment": "不是 4001、4007 号段",
    "unknown_tier": "没有这个等级",
    "double": "文件里重复",
}
BAR = 30
ROUNDS = 15


def register(commands: Any) -> None:
    """Add the commands of this room."""
    rooms = commands.add_parser("numbers", help="号码库").add_subparsers(required=True)
    make = rooms.add_parser("make", help="生成示例号码")
    make.add_argument("--count", type=int, help="多少个（默认取 HOTLINE_SAMPLE_NUMBERS）")
    make.add_argument("--seed", type=int, default=400, help="随机种子：相同种子得到相同号码")
    make.set_defaults(handler=_make)
    bring = rooms.add_parser("import", help="从 CSV 导入（列：number 或 号码，可选 tier 或 等级）")
    bring.add_argument("file", type=Path)
    bring.set_defaults(handler=_import)
    rooms.add_parser("measure", help="量一量各种查找要多少毫秒").set_defaults(handler=_measure)
    rooms.add_parser("regrade", help="number_tiers.yml 改了归级后，重新给全部号码定级").set_defaults(
        handler=_regrade
    )
    find = rooms.add_parser("search", help="找号码")
    find.add_argument("--suffix", default="", help="尾号")
    find.add_argument("--contains", action="append", default=[], help="包含，可多次")
    find.add_argument("--prefix", default="", help="开头：4001、4007 或后六位的开头")
    find.add_argument("--excluded", default="", help="不要的数字，例 47")
    find.add_argument(
        "--pattern", action="append", default=[], help="sequence repeat pair homophone birthday plain"
    )
    find.add_argument("--tier", action="append", default=[], help="等级 N0–N6")
    find.add_argument("--ceiling", type=Decimal, help="月最低消费不超过（元）")
    find.add_argument("--like", default="", help="像这串数字")
    find.add_argument("--name", default="", help="公司名或产品名的谐音")
    find.add_argument("--limit", type=int, default=6)
    find.set_defaults(handler=_search)


@contextmanager
def _inventory() -> Iterator[SqlNumbers]:
    settings = Settings.from_env()
    settings.make_var()
    database = Database(settings.db_url)
    try:
        database.upgrade()
        with database.unhurried():
            yield SqlNumbers(database)
    finally:
        database.close()


def _make(options: argparse.Namespace) -> int:
    count = Settings.from_env().sample_numbers if options.count is None else options.count
    started = time.monotonic()
    with _inventory() as store:
        try:
            added = make_samples(store, load_catalog().tiers, count, options.seed, progress_bar(count))
        except ValueError as error:
            print(f"数量不对：{error}", file=sys.stderr)
            return 2
        print(f"新增 {added} 个示例号码，共 {store.count()} 个，用时 {time.monotonic() - started:.1f} 秒")
    return 0


def progress_bar(total: int) -> Callable[[int], None] | None:
    """Draws a bar on the error output; nothing where that is not a terminal."""
    if not sys.stderr.isatty() or total <= 0:
        return None

    def draw(done: int) -> None:
        full = BAR * done // total
        end = "\n" if done >= total else ""
        print(f"\r[{'█' * full}{' ' * (BAR - full)}] {done}/{total}", end=end, file=sys.stderr, flush=True)

    return draw


def _import(options: argparse.Namespace) -> int:
    try:
        with _inventory() as store:
            done = import_csv(options.file, store, load_catalog().tiers)
    except OSError as error:
        print(f"读不了 {options.file}：{error.strerror}", file=sys.stderr)
        return 2
    for bad in done.bad:
        print(f"{options.file.name}:{bad.line}: {FAULTS[bad.reason]}：{bad.value}", file=sys.stderr)
    print(f"导入 {done.added} 个，已有 {done.known} 个，跳过 {len(done.bad)} 行")
    return 1 if done.bad else 0


def _regrade(_: argparse.Namespace) -> None:
    with _inventory() as store:
        print(f"已重新定级 {regrade(store, load_catalog().tiers)} 个号码")


def _search(options: argparse.Namespace) -> int:
    wish = Wish(
        suffix=options.suffix,
        contains=tuple(options.contains),
        prefix=options.prefix,
        excluded=options.excluded,
        patterns=tuple(options.pattern),
        tiers=tuple(options.tier),
        price_ceiling=options.ceiling,
        like=options.like,
        name=options.name,
        limit=options.limit,
    )
    with _inventory() as store:
        found = NumberService(store, load_catalog().tiers, SystemClock()).search(wish)
    for note in found.notes:
        print(f"注意：{note.code} {dict(note.values)}")
    if found.reason == "nearest":
        relaxed, options_ = "、".join(found.relaxed), "、".join(found.options)
        print(f"没有完全符合的；放宽 {relaxed} 后最接近的（可放宽：{options_}）：")
    for card in found.cards:
        print(_line(card))
    if not found.cards:
        print("号码库里没有可选的号码（先运行 python -m hotline numbers make）")
        return 1
    print("（示例数据，以当地中国移动实际受理为准）")
    return 0


MEASURED = {
    "无条件": Wish(),
    "尾号 88": Wish(suffix="88"),
    "尾号 168": Wish(suffix="168"),
    "尾号 888888（多半没有）": Wish(suffix="888888"),
    "包含 16 和 88": Wish(contains=("16", "88")),
    "包含 168": Wish(contains=("168",)),
    "开头 88": Wish(prefix="88"),
    "不要 4 7 9 0，包含 16": Wish(contains=("16",), excluded="4790"),
    "只要 1 2 6 8": Wish(excluded="034579"),
    "顺子": Wish(patterns=("sequence",)),
    "谐音": Wish(patterns=("homophone",)),
    "生日": Wish(patterns=("birthday",)),
    "月最低消费 100 以内": Wish(price_ceiling=Decimal(100)),
    "像 138000": Wish(like="138000"),
    "公司名": Wish(name="广州久发科技有限公司"),
    "没有：顺子又以 00 结尾": Wish(suffix="00", excluded="4", patterns=("sequence",)),
    "没有：包含 13、24、57": Wish(contains=("13", "24", "57")),
}


def _measure(_: argparse.Namespace) -> None:
    with _inventory() as store:
        service = NumberService(store, load_catalog().tiers, SystemClock())
        print(f"{store.count()} 个号码；各查 {ROUNDS} 次，中位数 / 最慢（毫秒）")
        for name, wish in MEASURED.items():
            service.search(wish)
            times = sorted(_timed(service, wish) for _ in range(ROUNDS))
            print(f"{times[ROUNDS // 2]:7.1f} {times[-1]:7.1f}  {name}")


def _timed(service: NumberService, wish: Wish) -> float:
    started = time.perf_counter()
    service.search(wish)
    return (time.perf_counter() - started) * 1000


def _line(card: Card) -> str:
    why = "、".join(f"{r.code} {r.values.get('digits', '')}".strip() for r in card.reasons)
    read = "、".join(f"{reading.digits} {reading.reads}" for reading in card.readings)
    price = f"月最低消费 {_range(card.minimum_spend)}" if card.minimum_spend else f"选号费 {_range(card.fee)}"
    return f"{card.shown}  {card.tier} {card.tier_name}  {price} 元  {why}  {read}".rstrip()


def _range(span: Range | None) -> str:
    if span is None or span.low is None:
        return "面议"
    if span.high is None:
        return f"{span.low} 以上"
    return str(span.low) if span.low == span.high else f"{span.low}–{span.high}"
