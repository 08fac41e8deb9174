"""A network between us and a server, in a thread of its own: it passes everything, swallows it, or cuts."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Network:
    """`silent`: what comes is swallowed (connections stay, and new ones are taken). `cut`: all are reset once.
    `forget`: the connections of this moment swallow what comes, later ones work."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._age = 0  # how often it has forgotten its connections
        self._open = threading.Event()
        self._open.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(asyncio.start_server(self._meet, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        """Until `close`; then everything is put away here, where no other loop runs."""
        self._loop.run_forever()
        if left := asyncio.all_tasks(self._loop):
            for task in left:
                task.cancel()
            self._loop.run_until_complete(asyncio.wait(left))
        self._server.close()
        self._loop.run_until_complete(self._server.wait_closed())
        self._loop.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        age = self._age
        await asyncio.gather(self._pump(reader, back, age), self._pump(there, writer, age))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, age: int) -> None:
        self._writers.add(writer)
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if self._open.is_set() and age == self._age:
                    writer.write(data)
                    await writer.drain()
        self._writers.discard(writer)
        writer.close()

    @contextmanager
    def silent(self) -> Iterator[None]:
        """What is sent inside is lost, both ways; afterwards the network has forgotten its connections."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()
            self.cut()

    def forget(self) -> None:
        """As a router does that was started anew: nobody is told, nothing is closed."""
        self._age += 1

    def cut(self) -> None:
        """Reset every connection."""
        done = threading.Event()

        def abort() -> None:
            for writer in list(self._writers):
                writer.transport.abort()
            done.set()

        self._loop.call_soon_threadsafe(abort)
        done.wait(5)

    def close(self) -> None:
        """The network is gone."""
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)


@contextmanager
def network(port: int) -> Iterator[Network]:
    """A network to a port of this machine."""
    made = Network(port)
    try:
        yield made
    finally:
        made.close()
