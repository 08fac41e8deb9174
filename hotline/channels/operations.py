"""What operators and load balancers ask: is it alive, is it ready and if not why, what has it counted.

``GET /health``        200 as long as the process answers; says whether it is ready
``GET /health/ready``  200 or 503
``GET /metrics``       Prometheus' text format

The reasons and the metrics are for who has the token (HOTLINE_METRICS_TOKEN). While developing they need none, from
this machine; in deployment (HOTLINE_DEV_API=0) they do, because behind a reverse proxy on the same machine everybody
comes from this machine, and a proxy need not say that it is one.
"""

from __future__ import annotations

import asyncio
import hmac
import shutil
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from hotline.business.handoff import WAITING
from hotline.runtime import metrics
from hotline.runtime.turns import TurnRunner
from hotline.services import Services
from hotline.store.people import SqlPeople
from hotline.store.trackers import TrackerLog
from hotline.threads import ACTIONS, CHECKS, POOLS

log = structlog.get_logger(__name__)

CHECK_SECONDS = 0.8  # a check that takes longer has failed: who asks for /health waits for a second at most
WRITER_MS = 500  # how long another writer of SQLite is waited for within that
KEPT_SECONDS = 1.0  # an answer serves all who ask within this time
LEAST_FREE = 100 * 1024 * 1024  # bytes on the disk of HOTLINE_VAR
LOCAL = ("127.0.0.1", "::1")
BETWEEN = frozenset(
    {
        "forwarded",
        "via",
        "x-real-ip",
        "x-client-ip",
        "x-cluster-client-ip",
        "true-client-ip",
        "x-original-host",
    }
)

# what the operator reads
REASONS = {
    "starting": "正在加载模型",
    "stopping": "正在停止",
    "database": "数据库不能用",
    "disk": "磁盘快满了",
    "redis": "Redis 连不上",
    "actions": "动作卡住的线程太多，不再接新消息",
    "data": "data/ 里刚改的文件有错，仍在用旧的",
}


class Health:
    """Knows whether the process can take messages. `runner` is set once the model is loaded."""

    def __init__(self, sv: Services) -> None:
        self.sv = sv
        self.runner: TurnRunner | None = None
        self.stopping = False
        self.data_error: str | None = None
        self._last: tuple[float, dict[str, str]] = (-1e9, {})
        self._asking: dict[str, asyncio.Task[Any]] = {}

    async def reasons(self) -> dict[str, str]:
        """Why no message should be sent here: code → detail. Empty: ready."""
        if self.stopping or self.runner is None:
            code = "stopping" if self.stopping else "starting"
            return {code: REASONS[code]}
        made, found = self._last
        if time.monotonic() - made > KEPT_SECONDS:
            found = await self._check()
            self._last = (time.monotonic(), found)
        return found

    async def warnings(self) -> dict[str, str]:
        """What is wrong without keeping anybody from being served."""
        return {"data": f"{REASONS['data']}：{self.data_error}"} if self.data_error else {}

    async def _check(self) -> dict[str, str]:
        checks: dict[str, Callable[[], Awaitable[Any]]] = {
            "database": lambda: CHECKS.run(self._ask_database),
            "disk": lambda: CHECKS.run(self._ask_disk),
        }
        redis = getattr(getattr(self.runner and self.runner.agent.lock_store, "backend", None), "ping", None)
        if redis is not None:
            checks["redis"] = redis
        errors = await asyncio.gather(*(self._ask(code, check) for code, check in checks.items()))
        found: dict[str, str] = {}
        for code, error in zip(checks, errors, strict=True):
            if error is not None:
                log.warning("health.failed", check=code, error=type(error).__name__)
                found[code] = f"{REASONS[code]}（{type(error).__name__}）"
        if ACTIONS.used_up:
            found["actions"] = f"{REASONS['actions']}（{ACTIONS.hanging}）"
        return found

    async def _ask(self, name: str, check: Callable[[], Awaitable[Any]]) -> Exception | None:
        """What is wrong, within a limited time. One that has not answered yet is not asked again beside it, so that
        each keeps one thread at most."""
        asking = self._asking.get(name)
        if asking is None or asking.done():
            asking = self._asking[name] = asyncio.ensure_future(check())
            asking.add_done_callback(
                lambda task: task.cancelled() or task.exception()
            )  # heard of, also if late
        try:
            await asyncio.wait_for(asyncio.shield(asking), CHECK_SECONDS)
        except Exception as error:
            return error
        return None

    async def recount(self) -> None:
        """Bring the gauges up to date, as far as they can be."""
        for pool in POOLS:
            metrics.HANGING.labels(pool.name).set(pool.hanging)
        if self.runner is not None:
            metrics.WAITING.set(self.runner.waiting())
        error = await self._ask("metrics", lambda: CHECKS.run(self._count))
        if error is not None:
            metrics.ERRORS.labels("metrics").inc()
            log.warning("metrics.database_failed", error=type(error).__name__)

    def _ask_database(self) -> None:
        TrackerLog(self.sv.database, self.sv.vault).read("")
        # each message is written: who can only read cannot take one
        self.sv.database.assert_writable(WRITER_MS)

    def _ask_disk(self) -> None:
        if shutil.disk_usage(self.sv.settings.var).free < LEAST_FREE:
            raise OSError("little space left")

    def _count(self) -> None:
        """The gauges that are read from the database."""
        rows = SqlPeople(self.sv.database).handoff_counts()
        metrics.DESK_QUEUE.set(sum(count for _, status, count in rows if status == WAITING))
        by_reason: dict[str, int] = {}
        for reason, _, count in rows:
            by_reason[reason] = by_reason.get(reason, 0) + count
        metrics.HANDOFFS.clear()
        for reason, count in by_reason.items():
            metrics.HANDOFFS.labels(reason).set(count)


def blueprint(health: Health) -> Blueprint:
    """The three routes."""
    bp = Blueprint("operations")
    settings = health.sv.settings

    def may_see(request: Request) -> bool:
        if settings.metrics_token:
            given = request.headers.get("authorization", "").removeprefix("Bearer ")
            return hmac.compare_digest(given.encode(), settings.metrics_token.encode())
        return settings.dev_api and request.ip in LOCAL and not _forwarded(request)

    @bp.get("/health")
    async def live(request: Request) -> HTTPResponse:
        return response.json(await _state(health, may_see(request)))

    @bp.get("/health/ready")
    async def ready(request: Request) -> HTTPResponse:
        state = await _state(health, may_see(request))
        return response.json(state, status=200 if state["ready"] else 503)

    @bp.get("/metrics")
    async def counted(request: Request) -> HTTPResponse:
        if not may_see(request):
            return response.empty(404)
        await health.recount()
        return response.raw(metrics.render(), content_type="text/plain; version=0.0.4; charset=utf-8")

    return bp


async def _state(health: Health, with_reasons: bool) -> dict[str, Any]:
    reasons = await health.reasons()
    state: dict[str, Any] = {"status": "live", "ready": not reasons}
    if with_reasons:
        state.update(reasons=reasons, warnings=await health.warnings())
    return state


def _forwarded(request: Request) -> bool:
    """Whether somebody in between says so, or is said to be there (SANIC_PROXIES_COUNT, SANIC_REAL_IP_HEADER)."""
    config = request.app.config
    return bool(config.PROXIES_COUNT or config.REAL_IP_HEADER) or any(
        name in BETWEEN or name.startswith(("x-forwarded", "x-envoy", "cf-")) for name in request.headers
    )
