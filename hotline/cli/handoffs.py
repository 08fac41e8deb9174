"""`python -m hotline handoffs list | show | take | say | release`: the desk, for who works at a terminal."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hotline.business.cases import NotDone
from hotline.business.handoff import Handoff
from hotline.runtime.attending import Attending
from hotline.runtime.bell import Bell
from hotline.runtime.phrases import Phrases
from hotline.runtime.tokens import Tokens
from hotline.services import Services, build
from hotline.settings import Settings
from hotline.store.journal import Journal

SHOWN = 30  # lines of the conversation
REFUSED = {
    "no_match": "没有这个编号，或者不止一个以它开头",
    "not_possible": "现在是 {status}，做不了这一步",
    "not_allowed": "这个会话在 {taken_by} 手里",
}
AUTHORS = {"user": "客户", "bot": "助手", "desk": "客服", "system": "系统"}


def register(commands: Any) -> None:
    """Add the commands."""
    rooms = commands.add_parser("handoffs", help="转人工的会话").add_subparsers(required=True)
    rooms.add_parser("list", help="谁在等，谁在谈").set_defaults(handler=_list)
    for name, handler, words in (
        ("show", _show, "看背景和对话"),
        ("take", _take, "接过来，助手从此不说话"),
        ("say", _say, "对客户说一句"),
        ("release", _release, "交还给助手"),
    ):
        room = rooms.add_parser(name, help=words)
        room.add_argument("handoff", help="编号，可以只写开头几位")
        room.set_defaults(handler=handler)
        if name != "show":
            room.add_argument("--by", required=True, help="谁")
        if name in ("say", "release"):
            room.add_argument("text", help="说的话" if name == "say" else "处理结果")


@contextmanager
def _desk() -> Iterator[tuple[Services, Journal, Attending]]:
    sv = build(Settings.from_env())
    sv.database.upgrade()
    journal = Journal(sv.conversation_log, now=lambda: sv.clock.now().timestamp())
    tokens = Tokens(sv.token_key, journal.button)
    ring = _ringer(sv.settings.redis_url)
    try:
        yield sv, journal, Attending(sv.handoffs, journal, tokens, Phrases.from_file(), ring)
    finally:
        sv.close()


def _ringer(redis_url: str) -> Any:
    """Wakes the server's listeners; without Redis they look by themselves within twenty seconds."""

    async def ring(conversation_id: str) -> None:
        bell = Bell(redis_url)
        await bell.ring(conversation_id)
        await bell.stop()

    return (lambda cid: asyncio.run(ring(cid))) if redis_url else (lambda _: None)


def _list(_: argparse.Namespace) -> int:
    with _desk() as (sv, _journal, _attending):
        found = [*sv.handoffs.waiting(), *sv.handoffs.with_people()]
    for each in found:
        who = f"由 {each.taken_by} 接待" if each.taken_by else "等候中"
        print(
            f"{each.handoff_id[:6].upper()}  {each.created_at:%Y-%m-%d %H:%M}  {each.reason}  {each.via}  {who}"
        )
    if not found:
        print("没有转人工的会话。")
    return 0


def _find(sv: Services, start: str) -> Handoff | None:
    found = [*sv.handoffs.waiting(), *sv.handoffs.with_people()]
    fitting = [each for each in found if each.handoff_id.startswith(start.lower())]
    return fitting[0] if len(fitting) == 1 else None


def _show(options: argparse.Namespace) -> int:
    with _desk() as (sv, journal, _attending):
        handoff = _find(sv, options.handoff)
        lines = journal.history(handoff.conversation_id, SHOWN) if handoff else []
    if handoff is None:
        return _refuse(NotDone("no_match"))
    for name, value in handoff.context.items():
        print(f"{name}: {value}")
    for line in lines:
        text = (line.payload.get("metadata") or {}).get("title") or line.payload.get("text") or ""
        print(f"  {AUTHORS.get(line.author, line.author)}：{text}")
    return 0


def _take(options: argparse.Namespace) -> int:
    return _act(options, lambda attending, each: attending.take(each.handoff_id, options.by))


def _say(options: argparse.Namespace) -> int:
    return _act(options, lambda attending, each: attending.say(each.handoff_id, options.by, options.text))


def _release(options: argparse.Namespace) -> int:
    return _act(options, lambda attending, each: attending.release(each.handoff_id, options.by, options.text))


def _act(options: argparse.Namespace, step: Any) -> int:
    with _desk() as (sv, _journal, attending):
        handoff = _find(sv, options.handoff)
        done = step(attending, handoff) if handoff else NotDone("no_match")
    return _refuse(done) if isinstance(done, NotDone) else 0


def _refuse(refused: NotDone) -> int:
    print(REFUSED[refused.code].format(**refused.values), file=sys.stderr)
    return 1
