"""``docs/benchmarks.md``, ``.json`` and ``.svg`` from the figures of a run. Nothing in them is written by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hotline.datafile import ROOT

DOCS = ROOT / "docs"
TARGETS = {
    "p50": ("一轮的中位数（第 3–20 轮）", "≥ 6 倍快"),
    "p99": ("p99（第 3–20 轮）", "≥ 6 倍快"),
    "flat": ("第 1000 轮 / 第 5 轮", "≤ 1.2"),
    "p99_unread": ("p99，每句话都是第一次听到", "≥ 6 倍快"),
    "throughput": ("20 人同时说话的吞吐", "≥ 8 倍"),
    "throughput_unread": ("20 人的吞吐，每句话都是第一次听到", "≥ 8 倍"),
    "memory": ("内存（全部进程，PSS）", "≤ 60 %"),
    "start": ("再次启动到第一句回答", "≤ 10 秒"),
    "search": ("20 万号码里的任何一次搜索", "< 30 毫秒"),
}


def ratios(results: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each target with its figure and whether it is met; those whose side was not measured are left out."""
    found: dict[str, dict[str, Any]] = {}

    def put(name: str, value: float, met: bool, shown: str) -> None:
        found[name] = {"value": round(value, 3), "met": met, "shown": shown}

    ours, theirs = results.get("product"), results.get("baseline")
    if ours and theirs:
        for name in ("p50", "p99"):
            faster = theirs["latency"]["all"][name] / ours["latency"]["all"][name]
            put(name, faster, faster >= 6, f"{faster:.1f} 倍快")
        pairs = list(zip(ours["throughput"], theirs["throughput"], strict=True))
        more = next(o["turns_per_second"] / t["turns_per_second"] for o, t in pairs if o["users"] == 20)
        put("throughput", more, more >= 8, f"{more:.1f} 倍")
        if unread := results.get("unread"):
            faster = theirs["latency"]["all"]["p99"] / unread["latency"]["all"]["p99"]
            put("p99_unread", faster, faster >= 6, f"{faster:.1f} 倍快")
            new = unread["throughput"][0]["turns_per_second"]
            more = new / next(t["turns_per_second"] for _, t in pairs if t["users"] == 20)
            put("throughput_unread", more, more >= 8, f"{more:.1f} 倍")
        share = ours["memory"]["pss_mb"] / theirs["memory"]["pss_mb"]
        put("memory", share, share <= 0.6, f"{share * 100:.0f} %")
    if ours:
        points = {int(at): ms for at, ms in ours["growth"]["points"].items()}
        flat = points[max(points)] / points[5]
        put("flat", flat, flat <= 1.2 and max(points) >= 1000, f"{flat:.2f}（第 {max(points)} 轮）")
        put("start", ours["start_seconds"], ours["start_seconds"] <= 10, f"{ours['start_seconds']:.1f} 秒")
    if "search" in results:
        slowest = results["search"]["max"]
        put("search", slowest, slowest < 30, f"最慢 {slowest} 毫秒")
    return found


def write(results: dict[str, Any], folder: Path = DOCS) -> None:
    """Write the three files."""
    judged = ratios(results)
    (folder / "benchmarks.json").write_text(
        json.dumps({**results, "targets": judged}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    _plot(results, folder / "benchmarks.svg")
    (folder / "benchmarks.md").write_text(_page(results, judged), encoding="utf-8")


def _page(results: dict[str, Any], judged: dict[str, dict[str, Any]]) -> str:
    machine = results["machine"]
    sides = [
        (n, title) for n, title in (("product", "本产品"), ("baseline", "Rasa 默认配置")) if n in results
    ]
    lines = [
        "# 性能对照",
        "",
        "`make bench` 写出这一页和旁边的 `benchmarks.json`、`benchmarks.svg`；这里没有一个数字是手写的。",
        "",
        f"机器：{machine['cpu']}，{machine['cores']} 核，内存 {machine['memory_gb']} GB，"
        f"{machine['system']}，Python {machine['python']}。",
        "",
        "左边是 `make run` 启动的产品，右边是 `bench/baseline/`：同样的训练句子（见下）、意图、实体、回答和业务服务，"
        "配 Rasa 3.6 自带的默认管道和策略（只把分词器换成中文的 Jieba）、SQLite 上的 SQL 跟踪库、独立的动作服务进程。"
        "两边说同样的话（`bench/conversation.py`），走同样的 REST 接口。",
        "",
        *_circumstances(results),
        "",
        "## 目标",
        "",
        "| 指标 | 目标 | 这一次 | |",
        "|---|---|---|---|",
        *(
            f"| {title} | {target} | {judged[name]['shown']} | {'达到' if judged[name]['met'] else '**没有达到**'} |"
            for name, (title, target) in TARGETS.items()
            if name in judged
        ),
        "",
        "![增长曲线](benchmarks.svg)",
        "",
        "增长曲线是一段越来越长的会话，一个客户说下去；从第 5 轮起，每十轮都是同样的十句话，所以前后可以直接相比。",
        "",
        "## 各项数字",
        "",
        "| | " + " | ".join(title for _, title in sides) + " |",
        "|---|" + "---|" * len(sides),
    ]
    for title, cell in _rows(results):
        lines.append(f"| {title} | " + " | ".join(cell(results[name]) for name, _ in sides) + " |")
    return "\n".join(
        [*lines, "", *_first_time(results), *_processor(results), *_stages(results), *_search(results), ""]
    )


def _first_time(results: dict[str, Any]) -> list[str]:
    """The product without what it keeps of texts typed before, beside the same baseline."""
    if "unread" not in results:
        return []
    ours, theirs = results["unread"], results.get("baseline")
    rows = [(name, ours["latency"]["all"][name]) for name in ("p50", "p95", "p99")]
    crowd = ours["throughput"][0]["turns_per_second"]
    lines = [
        "## 每句话都是第一次听到",
        "",
        "压测反复说同样的三十句，第三次起产品记得它们的意思（只在内存里，不含个人信息），上面的数字沾了这个光。"
        "下面关掉这份记忆（`HOTLINE_READINGS_KEPT=0`），每一句都重新听懂；对照没有这样的记忆。"
        f"测量时机器上别的进程平均占 {ours['others_cores']} 个核。",
        "",
        "| | 本产品，不记 | 比对照 |",
        "|---|---|---|",
    ]
    for name, ms in rows:
        ratio = f"{theirs['latency']['all'][name] / ms:.1f} 倍快" if theirs else "–"
        lines.append(f"| 第 3–20 轮 {name}（毫秒） | {ms} | {ratio} |")
    other = (
        next((t["turns_per_second"] for t in theirs["throughput"] if t["users"] == 20), 0) if theirs else 0
    )
    lines.append(f"| 20 人同时：轮/秒 | {crowd} | {f'{crowd / other:.1f} 倍' if other else '–'} |")
    return [*lines, ""]


def _circumstances(results: dict[str, Any]) -> list[str]:
    """What a reader must know to judge the figures: other work on the machine, different data."""
    told = []
    for name, title in (("product", "产品"), ("baseline", "对照")):
        if name in results:
            side = results[name]
            told.append(
                f"- {title}：{side['when']} 测，之前和之后的系统负载 {side['load_before']} / {side['load_after']}"
                f"{_company(side)}；训练数据 {side['training']['data']}，"
                f"{side['training']['sentences']} 句{_trained_under(side['training'])}。"
            )
    if "baseline" not in results:
        told.append("- **对照这一次没有测**，所以没有倍数；`make bench` 会训练并测它。")
    elif per_intent := results["baseline"]["training"].get("per_intent"):
        told.append(
            f"- **对照只用一部分句子训练**：每个意图 {per_intent} 句左右（定种子、按实体分层的抽样，意图和实体一个不少；"
            "`--baseline-sentences 0` 用全部）。配置一字未改，还是 100 轮。延迟、内存、启动和吞吐不取决于训练多少轮；"
            "句子少，词表和矩阵就小，只会让对照更快更省，不会更慢。"
        )
    told += _pace(results.get("pace")) or _in_proportion(results)
    busy = [results[n].get("others_cores", 0) for n in ("product", "baseline") if n in results]
    if max(busy, default=0) >= 0.2:
        told.append(
            "- **测量时机器不安静**，两边也不一样忙：墙上时间和由它得出的倍数只能说明大概，"
            "能比的是下面的处理器时间；安静的机器上要重测。"
        )
    data = {results[n]["training"]["data"] for n in ("product", "baseline") if n in results}
    if len(data) > 1:
        told.append(
            "- 对照的模型来自缓存，抽样自较早的训练数据（`--baseline cached`），比产品的少几句或多几句。"
        )
    return told


def _company(side: dict[str, Any]) -> str:
    """Who else worked meanwhile."""
    if "others_cores" not in side:
        return "（高于核数说明机器上还有别的活）"
    return f"（其中有压测本身的），测量时机器上别的进程平均占 {side['others_cores']} 个核"


def _trained_under(training: dict[str, Any]) -> str:
    if "load_before" not in training:
        return ""
    return f"（训练时系统负载 {training['load_before']} / {training['load_after']}）"


def _pace(found: dict[str, Any] | None) -> list[str]:
    if not found:
        return []
    return [
        f"- 对照用全部 {found['sentences']} 句训练要多久，没有训练到底，是**外推**的：实测 DIET 的 {found['epochs']} 轮，每轮 "
        f"{found['epoch_seconds']:.0f} 秒（CPU {found['epoch_cpu_seconds']:.0f} 秒，系统负载 {found['load_before']} / "
        f"{found['load_after']}），之前 {found['seconds_before']:.0f} 秒；照此 100 轮要 "
        f"{found['extrapolated_seconds'] / 3600:.1f} 小时（CPU {found['extrapolated_cpu_seconds'] / 3600:.1f} 小时）。"
        "Rasa 的批会从 64 增到 256，后面的轮会快一些；TED 和 UnexpecTED 还没有算进去。"
    ]


def _in_proportion(results: dict[str, Any]) -> list[str]:
    """What the whole training would take, if no epoch of it was measured."""
    training = results.get("baseline", {}).get("training", {})
    if not training.get("per_intent") or "product" not in results:
        return []
    whole = results["product"]["training"]["sentences"]
    hours = training["cpu_seconds"] * whole / training["sentences"] / 3600
    return [
        f"- 对照用全部 {whole} 句训练要多久，没有训练过，是**按句数成比例外推**的：抽样的 {training['sentences']} 句用了 CPU "
        f"{training['cpu_seconds']:.0f} 秒，全部至少要 CPU {hours:.1f} 小时（词表和矩阵也会变大，只多不少）。"
        '`make bench BENCH="pace report"` 实测几轮。'
    ]


def _rows(results: dict[str, Any]) -> list[tuple[str, Any]]:
    kinds = {"all": "全部", "faq": "问答", "form": "填表", "recommendation": "推荐", "number": "找号码"}
    rows: list[tuple[str, Any]] = [
        ("训练的句子", lambda s: str(s["training"]["sentences"])),
        ("训练（墙上时间 / CPU，秒）", lambda s: f"{_number(s['training'].get('seconds'))} / "
         f"{_number(s['training'].get('cpu_seconds'))}"),
        ("再次启动到第一句回答", lambda s: f"{s['start_seconds']:.1f} 秒"),
        ("内存 RSS / PSS（压测之后）", lambda s: f"{s['memory']['rss_mb']:.0f} / {s['memory']['pss_mb']:.0f} MB"),
    ]  # fmt: skip

    def three(kind: str) -> Any:
        return lambda s: " / ".join(str(s["latency"][kind][p]) for p in ("p50", "p95", "p99"))

    rows += [(f"第 3–20 轮，{title}：p50 / p95 / p99（毫秒）", three(kind)) for kind, title in kinds.items()]
    at = sorted(
        {int(p) for n in ("product", "baseline") if n in results for p in results[n]["growth"]["points"]}
    )

    def late(point: int) -> Any:
        return lambda s: str(s["growth"]["points"].get(str(point), "–"))

    rows += [(f"第 {point} 轮起十轮的中位数（毫秒）", late(point)) for point in at]
    for index, users in enumerate((1, 20, 100)):
        rows.append((f"{users} 人同时：轮/秒（p99 毫秒）", _load(index)))
    rows.append(("没有得到回答的轮次", lambda s: str(_failures(s))))
    rows.append(("三十句里没听懂的", lambda s: _missed(s)))
    return rows


def _load(index: int) -> Any:
    return lambda s: f"{s['throughput'][index]['turns_per_second']}（{s['throughput'][index]['p99']}）"


def _failures(side: dict[str, Any]) -> int:
    load = sum(each["failures"] for each in side["throughput"])
    return int(side["latency"]["failures"] + side["growth"]["failures"] + load)


def _missed(side: dict[str, Any]) -> str:
    answers = side.get("answers")
    if not answers:
        return "–"
    return f"{len(answers['missed'])} / {answers['turns']}" + "".join(
        f"；{text}" for text in answers["missed"]
    )


def _number(value: Any) -> str:
    return "–" if value is None else f"{value:.0f}"


def _processor(results: dict[str, Any]) -> list[str]:
    """What a turn costs the processor: comparable whatever else the machine does."""
    found = results.get("cpu")
    if not found:
        return []
    ours, theirs = found["product"], found["baseline"]
    first = min(int(at) for at in ours["from"])

    def row(title: str, mine: float, other: float) -> str:
        return f"| {title} | {mine:.1f} | {other:.1f} | {other / mine:.1f} 倍 |"

    return [
        "## 一轮用多少处理器时间",
        "",
        "全部服务进程的 CPU 毫秒，机器上别的活几乎不影响它；这是另外几次会话，不是上表那几次。",
        "",
        "| | 本产品 | Rasa 默认配置 | |",
        "|---|---|---|---|",
        row("每轮，前 20 轮平均", ours["turn_ms"], theirs["turn_ms"]),
        *(
            row(f"每轮，第 {at} 轮起十轮", ours["from"][str(at)], theirs["from"][str(at)])
            for at in (first, found["late"])
        ),
        "",
    ]


def _stages(results: dict[str, Any]) -> list[str]:
    found = results.get("product", {}).get("stages")
    if not found:
        return []
    names = {
        "waiting for the turn before (lock)": "等上一轮、排队（lock）",
        "journal and tracker read (begin)": "读流水和会话（begin）",
        "understanding (parse)": "听懂（parse）",
        "choosing the next action (predict)": "选下一步动作（predict）",
        "custom actions with their SQL (action)": "自定义动作和其中的 SQL（action）",
        "the rest of Rasa's turn": "Rasa 一轮里的其余部分",
        "one commit to disk (commit)": "一次落盘提交（commit）",
        "the rest of the turn": "一轮里的其余部分",
        "HTTP, there and back": "HTTP 往返",
    }
    total = sum(found["milliseconds"].values())
    return [
        f"## 每一毫秒去了哪里（{found['turns']} 轮的平均）",
        "",
        "| 阶段 | 毫秒 | 占比 |",
        "|---|---|---|",
        *(f"| {names[n]} | {ms:.2f} | {ms / total * 100:.0f} % |" for n, ms in found["milliseconds"].items()),
        "",
        "运行中的服务在 `/metrics` 里给出同样的阶段（`hotline_turn_stage_seconds`）。",
        "",
    ]


def _search(results: dict[str, Any]) -> list[str]:
    found = results.get("search")
    if not found:
        return []
    return [
        "## 找号码",
        "",
        f"{found['turns']} 次搜索、{found['numbers']} 个号码、SQLite：p50 {found['p50']}、p95 {found['p95']}、"
        f"p99 {found['p99']}、最慢 {found['max']} 毫秒（条件 {found['slowest']}）；"
        f"超过 {found['limit_ms']:.0f} 毫秒的有 {found['over_limit']} 次。",
    ]


def _plot(results: dict[str, Any], file: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "hotline"
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4))
    for name, label in (("baseline", "stock Rasa"), ("product", "this product")):
        if name not in results:
            continue
        curve = results[name]["growth"]["curve"]
        smooth = [
            sorted(curve[max(0, n - 10) : n + 1])[len(curve[max(0, n - 10) : n + 1]) // 2]
            for n in range(len(curve))
        ]
        left.plot(range(1, len(curve) + 1), smooth, label=label)
        loads = results[name]["throughput"]
        right.plot(
            [str(each["users"]) for each in loads],
            [each["turns_per_second"] for each in loads],
            "o-",
            label=label,
        )
    left.set(
        xlabel="turn of one conversation",
        ylabel="ms (median of 10)",
        yscale="log",
        title="Latency over a conversation",
    )
    right.set(xlabel="users at once", ylabel="turns per second", yscale="log", title="Throughput")
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.legend()
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)
