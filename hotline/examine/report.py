"""The figures of an examination as a document, a picture and a few lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

Figures = Mapping[str, Any]

#: what is wanted on unseen language
TARGETS = (
    ("意图，打字（开发集）", "≥ 96 %", lambda f: _percent(f["intents"]["dev typed"]["accuracy"])),
    ("意图，打字（盲测）", "≥ 96 %", lambda f: _percent(f["intents"]["blind typed"]["accuracy"])),
    ("意图，语音（开发集）", "≥ 93 %", lambda f: _percent(f["intents"]["dev spoken"]["accuracy"])),
    ("意图，语音（盲测）", "≥ 93 %", lambda f: _percent(f["intents"]["blind spoken"]["accuracy"])),
    ("无关请求被认出（盲测，打字/语音）", "≥ 88 %", lambda f: _pair(f, "blind", "foreign_refused")),
    ("正当请求被拒（盲测，打字/语音）", "≤ 2 %", lambda f: _pair(f, "blind", "proper_refused")),
    ("实体的值 F1（开发集）", "≥ 94 %", lambda f: _percent(f["entities"]["dev"]["f1"])),
    ("实体的值 F1（盲测）", "≥ 94 %", lambda f: _percent(f["entities"]["blind"]["f1"])),
    ("一次解析 p50", "≤ 8 ms", lambda f: f"{f['speed']['wall_p50_ms']:.1f} ms"),
    ("一次解析 p95", "≤ 40 ms", lambda f: f"{f['speed']['wall_p95_ms']:.1f} ms"),
    ("训练", "≤ 240 s", lambda f: _training(f)),
)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _pair(figures: Figures, exam: str, name: str) -> str:
    return " / ".join(_percent(figures["intents"][f"{exam} {mode}"][name]) for mode in ("typed", "spoken"))


def _training(figures: Figures) -> str:
    record = figures["training"]
    return f"{record['seconds']:.0f} s" if record else "没有记录"


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def summary(figures: Figures) -> str:
    """Wanted and reached, one line each."""
    return "\n".join(f"{name}：{reach(figures)}（要求 {wanted}）" for name, wanted, reach in TARGETS)


def _intents(figures: Figures) -> str:
    rows = [
        (
            name,
            f["sentences"],
            *(_percent(f[key]) for key in ("accuracy", "foreign_refused", "proper_refused")),
        )
        for name, f in [
            *figures["intents"].items(),
            ("cross-validation", figures["cross_validation"]),
            ("held-out eighth, light reader alone", figures["held_out"]["light"]),
            ("held-out eighth", figures["held_out"]["pooled"]),
        ]
    ]
    return _table(("考试", "句数", "意图正确", "无关请求被认出", "正当请求被拒"), rows)


def _rates(table: Mapping[str, Mapping[str, float]], head: str) -> str:
    rows = [
        (name, f["number"], *(_percent(f[key]) for key in ("precision", "recall", "f1")))
        for name, f in table.items()
    ]
    return _table((head, "个数", "精确率", "召回率", "F1"), rows)


def _worst(figures: Figures) -> str:
    rows = [(c["wanted"], c["said"], c["number"]) for c in figures["confusions"][:25]]
    return _table(("应为", "答成", "次数"), rows)


def _curve(figures: Figures) -> str:
    rows = [
        (f"{c['threshold']:.2f}", _percent(c["foreign_refused"]), _percent(c["proper_refused"]))
        for c in figures["foreign_curve"]
    ]
    return _table(("门限", "无关请求被认出", "正当请求被拒"), rows)


def _calibration(figures: Figures) -> str:
    rows = [
        (b["number"], _percent(b["confidence"]), _percent(b["right"])) for b in figures["calibration"]["bins"]
    ]
    return _table(("句数", "平均置信度", "实际正确"), rows)


def _stages(figures: Figures) -> str:
    record = figures["training"]
    if not record:
        return "没有训练记录（模型不是这个版本训练的）。"
    rows = [(name, f"{seconds:.1f}") for name, seconds in record["stages"]]
    return _table(("阶段", "秒"), [*rows, ("合计", f"{record['seconds']:.1f}")])


def document(figures: Figures) -> str:
    """``docs/nlu.md``. Written by ``make eval``; whatever is written into it by hand is lost."""
    wanted = _table(("", "要求", "结果"), [(name, wanted, reach(figures)) for name, wanted, reach in TARGETS])
    head = f"""# 语言理解考得怎样

由 `make eval`（`python -m hotline nlu evaluate`）于 {figures["date"]} 生成，不要手改。数据在 [nlu.json](nlu.json)。
语料 {figures["sentences"]} 句，编码器 `{figures["encoder"] or "无"}`（由 `python -m hotline.nlu.tune` 适配）。

## 要求与结果

{wanted}
"""
    return "\n".join(
        [
            head,
            _about_intents(figures),
            _about_entities(figures),
            _about_trust(figures),
            _about_speed(figures),
        ]
    )


def _about_intents(figures: Figures) -> str:
    return f"""## 意图

`noisy` 是加了噪声的同一套题（打字：同音词、漏字、标点；语音：近音词、口头语、读数字），噪声与训练时的增广不是同一段程序。
`new` 是去掉与训练例句一字不差（归一化后）的题：有些极短的问法（“怎么收费”）两边各自都会写到。
`cross-validation` 是全部例句的五折交叉验证，用**不带编码器、不造变体**的轻量模型（编码器适配时见过大多数例句，带上它会虚高；不造变体是为了快），因此偏低。
`held-out eighth` 是编码器适配时从未见过的八分之一例句，此处两个分类器训练时也没有见过，等于一次诚实的整体检验。
例句是特意贴着意图边界写的，比客户的话难，所以后两行比考试低。盲测只记总分。

{_intents(figures)}

### 最常见的混淆（开发集与八分之一）

![意图混淆](nlu-confusions.svg)

{_worst(figures)}

### 各意图（开发集与八分之一）

{_rates(figures["per_intent"], "意图")}
"""


def _about_entities(figures: Figures) -> str:
    return f"""## 实体

值、角色与实体名都对才算对。

{_rates(figures["entities"], "考试")}

### 各实体（开发集）

{_rates(figures["entity_table"], "实体")}
"""


def _about_trust(figures: Figures) -> str:
    options = figures["thresholds"]
    return f"""## 无关请求的门限

一句话对 out_of_scope 的置信度达到门限就当作无关请求（即使它不是第一名）。曲线取自没见过的八分之一。现用 {options["foreign"]}；
第一名低于 {options["nothing"]} 时什么也没认出来（nlu_fallback）。整句都是我们要的信息（“武汉”）时不算无关，算 inform。

{_curve(figures)}

## 置信度可信吗

平均偏差 {_percent(figures["calibration"]["error"])}（没见过的八分之一）。

{_calibration(figures)}
"""


def _about_speed(figures: Figures) -> str:
    fast = figures["speed"]
    times = _table(("", "p50", "p95"), [
        ("实际时间 ms", f"{fast['wall_p50_ms']:.1f}", f"{fast['wall_p95_ms']:.1f}"),
        ("处理器时间 ms", f"{fast['cpu_p50_ms']:.1f}", f"{fast['cpu_p95_ms']:.1f}"),
    ])  # fmt: skip
    return f"""## 速度、内存、训练

开发集 {fast["sentences"]:.0f} 句，一句一句经过 Rasa 的 `parse_message`，绑在一个核上；测量时机器负载 {figures["load_average"]:.1f}。
轻量模型置信度不到 {figures["thresholds"]["sure"]} 时才请教编码器：{_percent(figures["asked_encoder"])} 的句子。

{times}

载入 {fast["load_seconds"]:.1f} 秒，进程内存 {fast["memory_mb"]:.0f} MB（含 Rasa）。

{_stages(figures)}
"""


# --- the picture -----------------------------------------------------------------------------------

_CELL, _LEFT, _TOP, _MOST = 18, 200, 200, 30


def picture(figures: Figures) -> str:
    """The intents that are confused most, as a square of wrong answers: rows wanted, columns said."""
    wrong = {(c["wanted"], c["said"]): c["number"] for c in figures["confusions"]}
    weight: Counter[str] = Counter()
    for (wanted, said), number in wrong.items():
        weight[wanted] += number
        weight[said] += number
    names = sorted(name for name, _ in weight.most_common(_MOST))
    side = _CELL * len(names)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + side + 20}" height="{_TOP + side + 20}" '
        'font-family="sans-serif" font-size="11">',
        f'<rect width="100%" height="100%" fill="white"/><text x="10" y="20">行：应为　列：答成（{_MOST} 个最易混的意图）</text>',
    ]
    for place, name in enumerate(names):
        middle = _CELL * place + 13
        parts.append(f'<text x="{_LEFT - 6}" y="{_TOP + middle}" text-anchor="end">{escape(name)}</text>')
        parts.append(
            f'<text transform="translate({_LEFT + middle},{_TOP - 6}) rotate(-60)">{escape(name)}</text>'
        )
    most = max(wrong.values(), default=1)
    for row, wanted in enumerate(names):
        for column, said in enumerate(names):
            number = wrong.get((wanted, said), 0)
            colour = "#eee" if row == column else f"rgba(200,30,30,{number / most:.2f})" if number else "none"
            x, y = _LEFT + _CELL * column, _TOP + _CELL * row
            parts.append(
                f'<rect x="{x}" y="{y}" width="{_CELL}" height="{_CELL}" fill="{colour}" stroke="#ddd"/>'
            )
            if number:
                parts.append(f'<text x="{x + 9}" y="{y + 13}" text-anchor="middle">{number}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
