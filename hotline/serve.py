"""The server: set-up that is still missing, then one process with Rasa, the actions and the channels."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import structlog
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from hotline import model, services, starting
from hotline.datafile import ROOT, DataError
from hotline.services import Services
from hotline.settings import Settings
from hotline.starting import NotReady
from hotline.store.crypto import VaultError

REFRESH_SECONDS = 5.0
SWEEP_SECONDS = 60.0
CLEAN_UP_SECONDS = 3600.0
#: said to ourselves before the first customer comes: what is loaded at first use is loaded then
REHEARSAL = ("你好", "怎么收费", "需要什么材料", "找个尾号 88 的号码", "推荐套餐")
log = structlog.get_logger(__name__)


def prepare(settings: Settings) -> Services:
    """Everything that must be there before the first message: data, keys, tables, sample numbers, model.

    Raises NotReady. Does nothing that was done before.
    """
    try:
        sv = services.build(settings)
        for path in sv.new_keys:
            print(
                f"已生成密钥 {path}（权限 0600）。它一旦丢失，已加密的数据就再也读不出来，请备份。",
                flush=True,
            )
        sv.database.upgrade()
        _sample_numbers(sv)
        model.ensure()
    except CommandError as error:
        raise NotReady(f"{settings.database}：数据库的结构不是这个版本的程序能用的（{error}）") from error
    except (VaultError, SQLAlchemyError, OSError, ValueError, RuntimeError) as error:
        raise NotReady(starting.why(error, settings)) from error
    return sv


def _sample_numbers(sv: Services) -> None:
    count = sv.settings.sample_numbers
    if not count:
        return
    shown = -1

    def progress(done: int) -> None:
        nonlocal shown
        if shown < 0:
            print(f"正在生成 {count} 个示例号码 …", flush=True)
        if (percent := done * 100 // count) // 10 > shown // 10:
            print(f"  {percent}%", flush=True)
        shown = percent

    with sv.database.unhurried():
        services.fill_sample_numbers(sv, progress)


def run(settings: Settings) -> None:
    """Serve until interrupted. Raises NotReady, also for what fails while the model is loaded."""
    if settings.dev_api and settings.host not in ("127.0.0.1", "localhost", "::1"):
        raise NotReady("开发接口（REST 和 HTTP API）只能开在本机：对外服务请设 HOTLINE_DEV_API=0。")
    starting.ask_address(settings)
    starting.ask_redis(settings)
    with starting.alone(settings):
        _serve(settings)


def _serve(settings: Settings) -> None:
    app = make_app(prepare(settings))
    failures, told_by = starting.Failures(), logging.getLogger("sanic.error")
    told_by.addFilter(failures)

    async def announce(*_: Any) -> None:
        told_by.removeFilter(failures)
        failures.first = None
        print(f"\n已启动：http://{settings.host}:{settings.port}\n按 Ctrl-C 停止。", flush=True)

    app.register_listener(announce, "after_server_start")
    from hotline.runtime.edge import Protocol

    print("正在载入模型 …", flush=True)
    try:
        app.run(
            host=settings.host,
            port=settings.port,
            workers=1,
            access_log=False,
            motd=False,
            protocol=Protocol,
        )
    except Exception as error:
        if failures.first is None:
            raise
        raise starting.not_loaded(error, settings) from error
    if failures.first is not None:  # Sanic tells of an address that it cannot have, and then just returns
        raise NotReady(starting.address_words(failures.first, settings)) from failures.first


def make_app(sv: Services) -> Any:
    """The Sanic application: Rasa's own (with its HTTP API only in development) and our channels on it."""
    from hotline.runtime import logs, no_tensorflow

    settings = sv.settings
    logs.configure(settings.log_level)
    no_tensorflow.step_in(ROOT / "config.yml")
    import rasa.core.run
    from rasa.core.channels import channel as rasa_channels
    from rasa.core.channels.channel import InputChannel

    from hotline import brain
    from hotline.channels import operations, web, web_pages
    from hotline.channels.rest import RestInput
    from hotline.runtime import edge, memory
    from hotline.runtime.phrases import Phrases

    app = rasa.core.run.configure_app(enable_api=settings.dev_api, port=settings.port, cors=None)
    logs.adopt_sanics()
    edge.guard(app, Phrases.from_file(), web.UPLOAD_MOST)
    app.config.WEBSOCKET_MAX_SIZE = web.FRAME_LIMIT
    health = operations.Health(sv)
    app.blueprint(operations.blueprint(health))
    holder: dict[str, Any] = {}
    inputs: list[InputChannel] = [web.WebInput(lambda: (holder["brain"].runner, sv), settings.web_origins)]
    if settings.dev_api:
        inputs.append(RestInput(lambda: holder["brain"].runner))
    rasa_channels.register(inputs, app, route="/webhooks/")
    pages = web_pages.Pages()
    app.blueprint(web_pages.blueprint(pages))
    app.register_middleware(web_pages.root(pages), "request")

    async def load(running: Any, _: Any) -> None:
        loaded = holder["brain"] = await asyncio.to_thread(brain.load, sv)
        running.ctx.agent, running.ctx.brain = loaded.agent, loaded
        await loaded.runner.bell.start()
        await loaded.runner.recover()
        await brain.rehearse(loaded, REHEARSAL)
        memory.settle()
        health.runner = loaded.runner
        holder["chores"] = [
            asyncio.create_task(chore)
            for chore in (_refresh(sv, health), _sweep(loaded.runner), _clean_up(sv))
        ]

    async def unload(_: Any, __: Any) -> None:
        health.stopping = True
        for chore in holder.get("chores", []):
            chore.cancel()
        if "brain" in holder:
            runner = holder["brain"].runner
            await runner.drain()
            await runner.bell.stop()
            await runner.agent.lock_store.close()
        sv.close()

    app.register_listener(load, "before_server_start")
    app.register_listener(unload, "after_server_stop")
    return app


async def _refresh(sv: Services, health: Any) -> None:
    """Follow edited prices and answers, off the event loop."""
    while True:
        await asyncio.sleep(REFRESH_SECONDS)
        try:
            await asyncio.to_thread(sv.refresh)
            health.data_error = None
        except (DataError, OSError) as error:  # the old reading stays; the log has said why
            health.data_error = str(error)


async def _sweep(runner: Any) -> None:
    """Nobody is left without a word for ever."""
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        try:
            if count := await runner.sweep():
                log.error("turns.forgotten", count=count)
        except Exception as error:  # the database is away
            log.warning("turns.not_swept", error=type(error).__name__)


async def _clean_up(sv: Services) -> None:
    """Keep the promises of how long things are kept."""
    while True:
        try:
            if counts := await asyncio.to_thread(services.clean_up, sv):
                log.info("retention.cleaned", **counts)
        except Exception:  # tomorrow is another day; the service goes on
            log.exception("retention.failed")
        await asyncio.sleep(CLEAN_UP_SECONDS)
