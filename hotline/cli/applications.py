"""`python -m hotline application list | show | advance | erase`: an operator's look at the applications."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hotline.business import process
from hotline.business.cases import Application, NotDone
from hotline.business.fields import PERSONAL, Refusal, normalise
from hotline.business.references import parse_reference, spoken_form
from hotline.services import Services, build, clean_up
from hotline.settings import Settings

STATUS = {
    "submitted": "已预受理",
    "reviewing": "审核中",
    "supplement_needed": "待补材料",
    "approved": "审核通过",
    "signed": "已签约",
    "paid": "已缴费",
    "activated": "已开通",
    "tested": "已测试",
    "closed": "已办结",
    "cancelled": "已取消",
    "rejected": "未通过",
}
REFUSED = {
    "no_match": "没有这个申请编号",
    "unknown_status": "没有 {target} 这个状态",
    "not_possible": "现在是 {status}，不能直接变成 {target}",
    "not_allowed": "{status} 到 {target} 这一步不能由你来做",
}


def register(commands: Any) -> None:
    """Add the commands of this room."""
    rooms = commands.add_parser("application", aliases=["applications"], help="申请").add_subparsers(
        required=True
    )
    listed = rooms.add_parser("list", help="列出申请，新的在前")
    listed.add_argument("--status", choices=sorted(STATUS), help="只看这个状态")
    listed.add_argument("--limit", type=int, default=20)
    listed.set_defaults(handler=_list)
    show = rooms.add_parser("show", help="看一份申请和它的经过")
    show.add_argument("reference", help="申请编号")
    show.add_argument("--personal", action="store_true", help="联系人信息不打码")
    show.set_defaults(handler=_show)
    move = rooms.add_parser("advance", help="推进到下一个状态")
    move.add_argument("reference", help="申请编号")
    move.add_argument("status", help="、".join(STATUS))
    move.add_argument(
        "--reason",
        default="desk",
        help="原因代号，例如 R06 或 R06,R09（见 materials.yml，客户查进度时会听到怎么改）",
    )
    move.add_argument("--note", help="备注，只给工作人员看")
    move.add_argument("--by", default="", help="谁做的")
    move.set_defaults(handler=_advance)
    erase = rooms.add_parser("erase", help="按联系电话删除一个人的全部信息（先核实身份）")
    erase.add_argument("phone")
    erase.set_defaults(handler=_erase)
    rooms.add_parser("clean", help="删除超过保存期的内容（服务运行时每小时自动做一次）").set_defaults(
        handler=_clean
    )


@contextmanager
def _services() -> Iterator[Services]:
    services = build(Settings.from_env())
    services.database.upgrade()
    try:
        yield services
    finally:
        services.close()


def _list(options: argparse.Namespace) -> int:
    with _services() as services:
        found = services.applications.listed(options.status, options.limit)
    for each in found:
        print(
            f"{spoken_form(each.reference)}  {STATUS[each.status]}  {each.submitted_at:%Y-%m-%d %H:%M}"
            f"  {each.fields.get('company_name', '')}  {each.hotline_number or '未选号'}"
        )
    if not found:
        print("没有符合的申请。")
    return 0


def _show(options: argparse.Namespace) -> int:
    with _services() as services:
        application = services.applications.application(options.reference)
        if application is None:
            return _refuse(NotDone("no_match"))
        _print(application, options.personal)
        for event in services.applications.history(application.reference):
            note = f"（{event.note}）" if event.note else ""
            who = event.actor_name or event.actor
            print(
                f"  {event.at:%Y-%m-%d %H:%M}  {event.from_status} → {event.to_status}"
                f"  {event.reason}  {who}  {event.via}{note}"
            )
        ways = process.next_statuses(application.status, process.OPERATOR)
        print("可以推进到：" + ("、".join(ways) or "（已到终点）"))
    return 0


def _print(application: Application, personal: bool) -> None:
    certain = "" if application.expected_certain else "（跨到尚未公布放假安排的年份，仅为估算）"
    print(f"{spoken_form(application.reference)}  {STATUS[application.status]}")
    print(f"渠道 {application.channel}  套餐 {application.plan}  号码 {application.hotline_number or '未选'}")
    print(f"预计 {application.expected_from} 至 {application.expected_to} 出结果{certain}")
    for name, value in sorted(application.fields.items()):
        print(f"  {name}: {value if personal or name not in PERSONAL else _masked(str(value))}")


def _masked(value: str) -> str:
    return value[0] + "*" * (len(value) - 1) if len(value) < 6 else value[:3] + "****" + value[-2:]


def _advance(options: argparse.Namespace) -> int:
    reference = parse_reference(options.reference) or options.reference
    with _services() as services:
        moved = services.applications.advance(
            reference,
            options.status,
            actor=process.OPERATOR,
            reason=options.reason,
            channel="cli",
            actor_name=options.by or None,
            note=options.note,
        )
    if isinstance(moved, NotDone):
        return _refuse(moved)
    print(f"{spoken_form(moved.reference)} 现在是：{STATUS[moved.status]}")
    return 0


def _erase(options: argparse.Namespace) -> int:
    try:
        phone = normalise("phone", options.phone)
    except Refusal:
        print("这不是一个完整的手机号或带区号的固话", file=sys.stderr)
        return 1
    with _services() as services:
        receipt = services.retention.erase_phone(phone, "cli")
    print(
        f"回执 {spoken_form(receipt.receipt)}："
        + "，".join(f"{k} {v}" for k, v in receipt.counts.items() if v)
    )
    if receipt.kept:
        print("已签合同、依法须保留：" + "、".join(map(spoken_form, receipt.kept)))
    return 0


def _clean(_: argparse.Namespace) -> int:
    with _services() as services:
        counts = clean_up(services)
    print("已删除：" + ("，".join(f"{k} {v}" for k, v in counts.items()) or "没有过期的内容"))
    return 0


def _refuse(refused: NotDone) -> int:
    print(REFUSED[refused.code].format(**refused.values), file=sys.stderr)
    return 1
