"""`python -m hotline gaps`: what customers asked and nobody answered, grouped."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import Any

from hotline.services import build
from hotline.settings import Settings


def register(commands: Any) -> None:
    """Add the command."""
    gaps = commands.add_parser("gaps", help="没答上来的话，按意思归类")
    gaps.add_argument("--days", type=int, default=30, help="看最近几天")
    gaps.add_argument("--limit", type=int, default=20, help="列几类")
    gaps.set_defaults(handler=_gaps)


def _gaps(options: argparse.Namespace) -> int:
    services = build(Settings.from_env())
    services.database.upgrade()
    try:
        clusters = services.gaps.clusters(services.clock.now() - timedelta(days=options.days))
    finally:
        services.close()
    for each in clusters[: options.limit]:
        guessed = f"；猜过 {'、'.join(each.guesses)}" if each.guesses else ""
        print(f"{each.count} 次（{each.conversations} 个会话），最近 {each.last:%Y-%m-%d %H:%M}{guessed}")
        for example in each.examples:
            print(f"    {example}")
    if not clusters:
        print("没有没答上来的话。")
    return 0
