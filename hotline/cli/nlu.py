"""`python -m hotline nlu …`: for whoever edits the sentences and wants to know what they bring."""

from __future__ import annotations

import argparse
from typing import Any


def register(commands: Any) -> None:
    """Add the commands; what computes is imported when one is used."""
    nlu = commands.add_parser("nlu", help="语言理解：试一句、看例句、检查语料、考试")
    actions = nlu.add_subparsers(dest="action", required=True)
    parse = actions.add_parser("parse", help="这句话理解成什么")
    parse.add_argument("text", help="一句话")
    parse.set_defaults(handler=_parse)
    sample = actions.add_parser("sample", help="看看某个意图的例句")
    sample.add_argument("intent", help="意图名")
    sample.add_argument("--number", type=int, default=10, help="看几句")
    sample.set_defaults(handler=_sample)
    actions.add_parser("check", help="语料有没有问题：重复、跨意图近似、名字不对、太少").set_defaults(
        handler=_check
    )
    evaluate = actions.add_parser("evaluate", help="考试，写出 docs/nlu.md")
    evaluate.add_argument("--dev-only", action="store_true", help="只考开发集，只在屏幕上列错题，不写报告")
    evaluate.set_defaults(handler=_evaluate)


def _parse(options: argparse.Namespace) -> int:
    from hotline.nlu import cli

    return cli.parse(options.text)


def _sample(options: argparse.Namespace) -> int:
    from hotline.nlu import cli

    return cli.sample(options.intent, options.number)


def _check(_: argparse.Namespace) -> int:
    from hotline.nlu import cli

    return cli.check()


def _evaluate(options: argparse.Namespace) -> int:
    from hotline import model
    from hotline.examine import evaluate

    model.ensure()
    return evaluate.show_errors() if options.dev_only else evaluate.write_report()
