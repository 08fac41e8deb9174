"""`python -m hotline catalog check` and `… recommend`: the operator's look at plans and prices."""

from __future__ import annotations

import argparse
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from hotline.business import curve, homophones
from hotline.business.calendar import Calendar
from hotline.business.catalog import UNLIMITED, Catalog, load_catalog
from hotline.business.channels import load_channels
from hotline.business.consent import load_terms
from hotline.business.desk import load_desk
from hotline.business.estimate import Estimate, Span
from hotline.business.knowledge import Knowledge
from hotline.business.materials_file import load_materials
from hotline.business.plans import Need, Quote, Recommendation, cost_curve, need_from, recommend
from hotline.business.reason import Reason
from hotline.business.troubles_file import load_troubles
from hotline.datafile import DATA
from hotline.settings import Settings
from hotline.values.regions import Regions

FOLDER = DATA / "catalog"
STATUS = {
    "ok": "推荐",
    "over_budget": "预算不够，最便宜的是",
    "nothing_fits": "没有同时满足的套餐",
    "beyond_catalogue": "超出套餐目录，请客户经理报价",
    "ask_again": "这个数不合常理，请再问一次",
}
KINDS = {
    "more_headroom": "多花不到一成、余量更大",
    "give_up_feature": "放弃功能",
    "longer_contract": "接受更长合同",
}


def register(commands: Any) -> None:
    """Add the commands of this room."""
    catalog = commands.add_parser("catalog", help="套餐、功能、号码等级目录").add_subparsers(required=True)
    check = catalog.add_parser("check", help="检查目录文件，指出文件、行号和原因")
    check.add_argument("--folder", type=Path, default=FOLDER, help="目录所在文件夹")
    check.set_defaults(handler=_check)
    advice = commands.add_parser("recommend", help="按话量推荐套餐，列出算式")
    advice.add_argument("--minutes", type=amount, help="每月分钟，可写 2000-3000")
    advice.add_argument("--calls", type=amount, help="每天来电数，可写 20-30")
    advice.add_argument("--each", type=float, help="每通分钟")
    advice.add_argument("--days", type=int, help="每月营业天数")
    advice.add_argument("--seats", type=amount, help="座席数")
    advice.add_argument("--industry", help="行业")
    advice.add_argument("--growth", type=Decimal, help="预计增长，例 0.3")
    advice.add_argument(
        "--feature", action="append", default=[], help="需要的功能 id，可写 recording=90，可多次"
    )
    advice.add_argument("--bound", type=int, help="绑定号码数")
    advice.add_argument("--budget", type=Decimal, help="每月预算（元）")
    advice.add_argument("--region", help="省份")
    advice.add_argument("--contract", type=int, help="最长接受几个月合同，0 为不限")
    advice.add_argument("--svg", type=Path, help="把费用曲线写到这个文件")
    advice.set_defaults(handler=_recommend)


def amount(text: str) -> float | dict[str, float]:
    """A number, or a range written a-b."""
    low, dash, high = text.partition("-")
    return {"from": float(low), "to": float(high)} if dash and low else float(text)


def _check(options: argparse.Namespace) -> None:
    """Every file of the folder as the service reads it at its start, and the answers that quote its prices."""
    folder: Path = options.folder
    catalog = load_catalog(folder)
    words = homophones.load_homophones(folder / "homophones.yml")
    curve.labels(folder / "curve.yml")
    calendar = Calendar.load(folder / "holidays.yml")
    load_desk(calendar, folder / "desk.yml")
    load_channels(folder / "channels.yml")
    load_terms(folder / "consent.yml")
    papers = load_materials(folder / "materials.yml")
    troubles = load_troubles(folder / "troubles.yml")
    Regions(folder / "regions.yml")
    topics = Knowledge.load(catalog=lambda: catalog).topics
    print(
        f"套餐 {len(catalog.plans)} 个，功能 {len(catalog.features)} 个，号码等级 {len(catalog.tiers.all)} 级，"
        f"行业 {len(catalog.industries)} 个，谐音 {len(words.words)} 条，\n材料 {len(papers.items)} 样，"
        f"测试项 {len(troubles.test)} 个，引用这些价格的答案 {len(topics)} 条：检查通过。"
    )
    if catalog.sample:
        print("注意：plans.yml 标着 sample: true（示例数据，不是官方资费）。")


def _recommend(options: argparse.Namespace) -> int:
    settings, catalog = Settings.from_env(), load_catalog()
    fields = {
        "monthly_minutes": options.minutes,
        "daily_calls": options.calls,
        "call_minutes": options.each,
        "working_days": options.days,
        "seats": options.seats,
        "industry": options.industry,
        "growth_rate": options.growth,
        "feature": dict(_feature(text) for text in options.feature),
        "bound_numbers": options.bound,
        "budget": options.budget,
        "region": options.region,
        "contract_months": options.contract,
    }
    if unknown := [name for name in fields["feature"] if name not in catalog.features]:
        print(f"没有这个功能：{'、'.join(unknown)}；可用：{'、'.join(catalog.features)}", file=sys.stderr)
        return 2
    need = need_from(fields, catalog, working_days=settings.working_days_per_month)
    if isinstance(need, Reason):
        print(f"{STATUS['ask_again']}：{need.code} {_values(need)}")
        return 1
    found = recommend(need, catalog, headroom=settings.headroom)
    _print(found, need, catalog)
    if options.svg and found.planned:
        drawn = [quote.plan for quote in found.quotes] or list(catalog.plans)
        chosen = found.choice.plan.id if found.choice else None
        options.svg.write_text(cost_curve(drawn, found.planned, chosen=chosen, sample=found.sample), "utf-8")
    return 0


def _feature(text: str) -> tuple[str, int]:
    name, _, level = text.partition("=")
    return name, int(level or 0)


def _print(found: Recommendation, need: Need, catalog: Catalog) -> None:
    if found.estimate and found.planned and found.minutes:
        print(f"话量：{_working(found.estimate)} = {_span(found.minutes)} 分钟/月")
        source = "默认余量" if found.growth_assumed else "客户预计"
        print(f"规划：× (1 + {found.growth}，{source}) = {_span(found.planned)} 分钟/月")
    print(f"结论：{STATUS[found.status]}")
    for reason in found.reasons:
        print(f"  原因：{reason.code} {_values(reason)}")
    for quote in filter(None, (found.choice, found.nearest)):
        _print_quote(quote, catalog)
    if found.difference is not None:
        print(f"  比预算每月多 {found.difference} 元")
    for other in found.alternatives:
        what = f"{KINDS[other.kind]} {other.feature or ''}".strip()
        more = "" if other.difference is None else f"（每月 {other.difference:+} 元）"
        print(f"  另选：{what} → {other.quote.plan.name} {other.quote.monthly} 元/月{more}")
    for turning in found.turnings:
        sign = "达到" if turning.side == "above" else "降到"
        print(f"  换档点：规划分钟{sign} {turning.planned}（现有话量 {turning.stated}）→ {turning.plan.name}")
    if len(found.quotes) > 1:
        print("  其余：" + "，".join(f"{q.plan.name} {q.monthly}" for q in found.quotes if q != found.choice))
    if found.sample:
        print("（示例数据，以当地中国移动实际受理为准）")


def _print_quote(quote: Quote, catalog: Catalog) -> None:
    plan = quote.plan
    added = "".join(f" + {catalog.features[name].label} {price}" for name, price in quote.addons)
    over = f" + {quote.overage_minutes} × {plan.overage}" if quote.overage_minutes else ""
    low = "" if quote.monthly_low == quote.monthly else f"（话量取低端时 {quote.monthly_low} 元）"
    print(f"  {plan.name}：{quote.fee}{over}{added} = {quote.monthly} 元/月{low}")
    print(f"  含 {plan.included_minutes} 分钟，超出 {plan.overage} 元/分钟，余量 {quote.headroom} 分钟")
    once = "一次付清" if quote.paid_at_once else "首次预存"
    print(f"  合同 {quote.contract_months} 个月，至少共付 {quote.commitment} 元")
    print(f"  {once} {quote.first_payment} 元")
    for charge in quote.usage:
        print(
            f"  {catalog.features[charge.feature].label}另按 {charge.usage.price} 元/{charge.usage.unit} 计"
        )
    included = [_graded(name, level, catalog) for name, level in plan.features.items()]
    print(f"  含功能：{'、'.join(included)}；绑定 {plan.bound_numbers} 个")


def _graded(name: str, level: int, catalog: Catalog) -> str:
    feature = catalog.features[name]
    if not feature.level:
        return feature.label
    return feature.label + ("不限" if level >= UNLIMITED else f" {level} {feature.level}")


def _working(worked: Estimate) -> str:
    if worked.basis == "stated" or worked.calls is None:
        return "客户说的"
    start = (
        f"{_span(worked.seats)} 座席 × {worked.calls_per_seat} 通"
        if worked.seats
        else f"{_span(worked.calls)} 通/天"
    )
    assumed = f"（{'、'.join(worked.assumed)} 为示例估值）" if worked.assumed else ""
    return f"{start} × {worked.billed_minutes} 分钟（{worked.call_minutes} 取整）× {worked.days} 天{assumed}"


def _span(span: Span) -> str:
    return str(span.high) if span.single else f"{span.low}–{span.high}"


def _values(reason: Reason) -> str:
    return " ".join(f"{name}={value}" for name, value in reason.values.items())
