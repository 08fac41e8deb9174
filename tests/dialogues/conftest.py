"""The report in plain language: how many conversations of each kind came out as they should, and what did not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from tests.dialogues.runner import HERE, read


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """After the run: one line per kind of behaviour, and the titles of what broke."""
    good, bad, broken = Counter[str](), Counter[str](), list[str]()
    for outcome, count in (("passed", good), ("failed", bad)):
        for report in terminalreporter.stats.get(outcome, []):
            name = report.nodeid.partition("test_conversation[")[2].rstrip("]")
            path = HERE / name
            if not name or not path.is_file():
                continue
            count[Path(name).parts[0]] += 1
            if outcome == "failed":
                broken.append(f"{read(path)['title']}（{name}）")
    if not good and not bad:
        return
    terminalreporter.section("对话")
    for kind in sorted({*good, *bad}):
        told = f"{good[kind]} 段如约" + (f"，{bad[kind]} 段走样" if bad[kind] else "")
        terminalreporter.line(f"{kind}：{told}")
    for title in broken:
        terminalreporter.line(f"  走样：{title}")
    terminalreporter.line(f"共 {sum(good.values())} 段如约，{sum(bad.values())} 段走样。")
