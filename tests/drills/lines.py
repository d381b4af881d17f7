"""The wires between the programs, in the drills' hands: held, dropped, cut and mended at will.

A line passes bytes on as they are. Nothing in the product knows of it: a program gets the line's
address in place of its neighbour's.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from anyio.from_thread import BlockingPortal, start_blocking_portal

from backend_api.operations import state
from bench.stack import Stack

CHUNK = 64 * 1024
METHODS = (b"GET ", b"POST ")


class Gate:
    """One direction of a line. Drills call it from their own thread."""

    def __init__(self, portal: BlockingPortal) -> None:
        self.held = 0
        self._portal = portal
        self._decision: asyncio.Future[bool] | None = None
        self._cut = False

    def hold(self) -> None:
        """What comes from now on stays here; `held` counts it."""
        self._portal.call(self._hold)

    def open(self) -> None:
        """What is held goes on its way, and so does what comes."""
        self._portal.call(self._decide, True, False)

    def drop(self) -> None:
        """What is held is lost together with its connection; what comes passes."""
        self._portal.call(self._decide, False, False)

    def cut(self) -> None:
        """What is held and what comes is lost, until the gate is opened."""
        self._portal.call(self._decide, False, True)

    async def lets_through(self) -> bool:
        if self._decision is None:
            return not self._cut
        self.held += 1
        try:
            return await asyncio.shield(self._decision)
        finally:
            self.held -= 1

    def _hold(self) -> None:
        self._decision = self._decision or asyncio.get_running_loop().create_future()

    def _decide(self, passes: bool, cut: bool) -> None:
        if self._decision is not None:
            self._decision.set_result(passes)
        self._decision, self._cut = None, cut


class Line:
    """From a port of its own to a program's port.

    While that program is down a connection is taken and lost at once, instead of being refused.
    """

    def __init__(self, portal: BlockingPortal, target: int) -> None:
        self.requests, self.answers = Gate(portal), Gate(portal)
        self.port = 0
        self._target = target
        self._asked: dict[asyncio.StreamWriter, bytes] = {}
        self._ends: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def waiting(self, method: bytes) -> int:
        """How many requests of this method have reached the program and are not answered yet."""
        return sum(one.startswith(method) for one in tuple(self._asked.values()))

    async def lay(self) -> None:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def take_away(self) -> None:
        if self._server is not None:
            self._server.close()
        while self._ends:
            for end in tuple(self._ends):
                end.close()
            await asyncio.sleep(0)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answers, onwards = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.close()
            return

        ends = {writer, onwards}
        self._ends |= ends

        def note(passed: bytes) -> None:
            if passed.startswith(METHODS):
                self._asked[writer] = passed[:8]

        def forget(_: bytes) -> None:
            self._asked.pop(writer, None)

        await asyncio.gather(
            _pass_on(reader, onwards, self.requests, note),
            _pass_on(answers, writer, self.answers, forget),
        )
        forget(b"")
        self._ends -= ends


async def _pass_on(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    gate: Gate,
    note: Callable[[bytes], None],
) -> None:
    try:
        while (data := await reader.read(CHUNK)) and await gate.lets_through():
            writer.write(data)
            await writer.drain()
            note(data)
    except ConnectionError:  # killed while it spoke or listened
        pass
    finally:
        writer.close()


@dataclass(frozen=True, slots=True)
class Lines:
    """Each is named after the program it leads to."""

    engine: Line  # from the worker
    actions: Line  # from the engine
    api: Line  # from the actions
    front: Line  # from the citizens to the api

    @property
    def all(self) -> tuple[Line, ...]:
        return (self.engine, self.actions, self.api, self.front)

    def mend(self) -> None:
        for line in self.all:
            line.requests.open()
            line.answers.open()


@contextmanager
def laid(stack: Stack) -> Iterator[Lines]:
    """Restarts worker, engine and actions once, with the lines in place of their neighbours."""
    running = state.read(stack.data)
    assert running is not None
    with start_blocking_portal() as portal:
        ports = (running.engine_port, running.actions_port, stack.port, stack.port)
        lines = Lines(*(Line(portal, port) for port in ports))
        for line in lines.all:
            portal.call(line.lay)
        stack.set_environment("engine", HUALIAO_ACTIONS_URL=lines.actions.url)
        stack.set_environment("actions", HUALIAO_API_URL=lines.api.url)
        stack.set_environment("worker", HUALIAO_ENGINE_URL=lines.engine.url)
        stack.wait_until_ready()
        try:
            yield lines
        finally:
            for line in lines.all:
                portal.call(line.take_away)
