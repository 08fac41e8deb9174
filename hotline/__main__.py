"""The commands: `python -m hotline …`."""

from __future__ import annotations

import os

# before anything imports TensorFlow or SQLAlchemy
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
# one sentence at a time gives numpy's threads nothing to do but to wait for each other: on two busy cores that was
# 120 ms of processor time a turn instead of 10
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import importlib
import sys

from sqlalchemy.exc import SQLAlchemyError

from hotline import serve, starting
from hotline.datafile import DataError
from hotline.settings import SettingError, Settings
from hotline.store.crypto import VaultError

_ROOMS = ("catalog", "numbers", "applications", "nlu", "gaps", "handoffs")


def parser() -> argparse.ArgumentParser:
    """All commands; each room of `hotline/cli/` registers its own."""
    top = argparse.ArgumentParser(prog="python -m hotline", description="中国移动 400 电话智能助手")
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="启动服务").set_defaults(handler=lambda _: serve.run(Settings.from_env()))
    commands.add_parser("chat", help="在终端里对话").set_defaults(handler=_chat)
    commands.add_parser("train", help="训练模型").set_defaults(handler=_train)
    commands.add_parser("setup", help="只做准备，不启动").set_defaults(
        handler=lambda _: serve.prepare(Settings.from_env()).close()
    )
    for room in _ROOMS:
        try:
            module = importlib.import_module(f"hotline.cli.{room}")
        except ModuleNotFoundError:
            continue
        module.register(commands)
    return top


def _chat(_: argparse.Namespace) -> None:
    from hotline import console

    console.chat(Settings.from_env())


def _train(_: argparse.Namespace) -> None:
    from hotline import model

    if model.fresh():
        print("模型已是最新。")
    else:
        model.train()


def main(arguments: list[str] | None = None) -> int:
    """Run a command; wrong data or settings end it with one sentence, not with a trace."""
    options = parser().parse_args(arguments)
    try:
        return int(options.handler(options) or 0)
    except (DataError, SettingError, VaultError, starting.NotReady) as error:
        print(f"不能启动：{error}", file=sys.stderr)
        return 2
    except SQLAlchemyError as error:
        print(f"没有做成：{starting.why(error, Settings.from_env())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
