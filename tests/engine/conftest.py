"""The real engine and the real action server, with a small api behind them that only remembers."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend_api.drafts.rules import CODES, SHOWN, UNKNOWN, settled_slots
from backend_api.turns.rules import LOST_AFTER, next_misunderstood

ROOT = Path(__file__).parents[2]
ENGINE_PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"
TOKEN = "engine-token-of-the-tests"
FACTS = tuple(field for field in SHOWN if field not in CODES)
# What is asked, and the questions of each form.
ASKED = ("what", "where", "demand", "contact")
INTAKE = ("relation", *ASKED, "safe_contact", "confirmed", "change")
FORM_OF = {
    **dict.fromkeys(INTAKE, "intake_form"),
    "lookup": "status_form",
    "withdrawal": "withdraw_form",
}
# Slots that say something themselves; of all others the worker knows the value.
SPEAKING = frozenset({"anonymous", UNKNOWN, "yes", "no"})


@dataclass
class FakeApi:
    """Stands for backend_api: what it was asked, and what it will answer next."""

    url: str = ""
    calls: list[tuple[str, dict[str, Any], str | None]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    # what is known of the matter that waits; None: none does
    parked: list[str] | None = None

    @property
    def paths(self) -> list[str]:
        return [path.removeprefix("/v1/internal/") for path, *_ in self.calls]

    def answer(self, path: str) -> tuple[int, dict[str, Any]]:
        if self.answers:
            return self.answers.pop(0)
        if path.endswith("/drafts/parked"):
            marks = dict.fromkeys(self.parked or (), "known") | {"safe_contact": "not_needed"}
            return 200, {"settled": marks if self.parked is not None else None}
        return 200, {"number": "20260000001"} if path.endswith("/cases") else {"waiting": 1}


@contextmanager
def running_api() -> Iterator[FakeApi]:
    api = FakeApi()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            api.calls.append((self.path, body, self.headers["X-Request-ID"]))
            status, found = api.answer(self.path)
            answer = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    api.url = f"http://127.0.0.1:{server.server_port}"
    yield api
    server.shutdown()
    thread.join()
    server.server_close()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running_process(
    command: list[str], port: int, environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    process = subprocess.Popen(
        command, cwd=ROOT, env={**kept, **environment}, stdout=subprocess.DEVNULL
    )
    try:
        _wait_until_healthy(process, port)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_healthy(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{process.args!r} did not become healthy")


def sources() -> list[Path]:
    folders = [ROOT / "data" / each for each in ("nlu", "rules", "stories")]
    folders += [ROOT / "bot" / "domain", ROOT / "bot" / "components"]
    found = [each for folder in folders for each in folder.rglob("*") if each.is_file()]
    return [*found, ROOT / "bot" / "config.yml", ROOT / "bot" / "segmenter_words.txt"]


@pytest.fixture(scope="session")
def model() -> Path:
    """The model that HUALIAO_ENGINE_MODEL names, or one trained here when the sources changed."""
    if given := os.environ.get("HUALIAO_ENGINE_MODEL"):
        return Path(given)
    made = ROOT / "build" / "models" / "engine.tar.gz"
    newest = max(each.stat().st_mtime for each in sources())
    if not made.exists() or made.stat().st_mtime < newest:
        command = [str(ENGINE_PYTHON), "-m", "bot.train", "--out", str(made)]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return made


@pytest.fixture(scope="session")
def api() -> Iterator[FakeApi]:
    with running_api() as api:
        yield api


@pytest.fixture(scope="session")
def engine_url(model: Path, api: FakeApi) -> Iterator[str]:
    engine, actions = free_port(), free_port()
    actions_environment = {
        "HUALIAO_ACTIONS_PORT": str(actions),
        "HUALIAO_ACTIONS_TOKEN": "actions-token",
        "HUALIAO_API_URL": api.url,
        "HUALIAO_SERVICE_TOKEN": "service-token",
    }
    engine_environment = {
        "HUALIAO_ENGINE_PORT": str(engine),
        "HUALIAO_ENGINE_TOKEN": TOKEN,
        "HUALIAO_ENGINE_MODEL": str(model),
        "HUALIAO_ACTIONS_URL": f"http://127.0.0.1:{actions}",
        "HUALIAO_ACTIONS_TOKEN": "actions-token",
    }
    actions_command = [sys.executable, "-m", "actions.main"]
    engine_command = [str(ENGINE_PYTHON), "-m", "bot.run"]
    with (
        running_process(actions_command, actions, actions_environment),
        running_process(engine_command, engine, engine_environment),
    ):
        yield f"http://127.0.0.1:{engine}"


@pytest.fixture(scope="session")
def engine(engine_url: str) -> Iterator[httpx.Client]:
    headers = {"x-engine-token": TOKEN}
    with httpx.Client(base_url=engine_url, headers=headers, timeout=30) as client:
        yield client


@pytest.fixture
def quiet_api(api: FakeApi) -> FakeApi:
    api.calls.clear()
    api.answers.clear()
    api.parked = None
    return api


@dataclass(frozen=True)
class Reply:
    body: dict[str, Any]

    @property
    def responses(self) -> list[str]:
        return [each["response"] for each in self.body["messages"]]

    @property
    def asking(self) -> str | None:
        asking: str | None = self.body["state"]["asking"]
        return asking

    @property
    def form(self) -> str | None:
        form: str | None = self.body["state"]["form"]
        return form

    @property
    def intent(self) -> str:
        return str(self.body["state"]["intent"]["name"])

    @property
    def slots(self) -> dict[str, Any]:
        slots: dict[str, Any] = self.body["state"]["slots"]
        return slots

    @property
    def facts(self) -> dict[str, Any]:
        """What is known of the case."""
        known = {slot: mark for slot, mark in self.slots.items() if slot in FACTS}
        return {slot: mark for slot, mark in known.items() if mark != "not_needed"}

    @property
    def actions(self) -> list[str]:
        actions: list[str] = self.body["state"]["actions"]
        return actions

    @property
    def questions(self) -> list[str]:
        return [each for each in self.responses if each.startswith("utter_ask_")]


@dataclass
class Citizen:
    """Talks to the engine and remembers for it, as the worker does (turns/waiting.py, ending.py).

    `draft`: the facts of the open draft, field → "known" or a value that speaks for itself.
    """

    client: httpx.Client
    draft: dict[str, str] = field(default_factory=dict)
    asking: str | None = None
    form: str | None = None
    memory: dict[str, bool] = field(default_factory=dict)
    case_type: str | None = None
    # the matter is one in which a call at the wrong moment may do harm
    delicate: bool = False
    parked: int = 0
    misunderstood: int = 0
    reopened: frozenset[str] = frozenset()
    has_filed: bool = False
    looked_up: bool = False

    def says(self, text: str, *facts: str, answers: bool = True) -> Reply:
        """`facts`: what understanding found in it; `answers`: it may answer the open question."""
        turn = self.turn(text, *facts, answers=answers)
        answer = self.client.post("/webhooks/turn/webhook", json=turn)
        assert answer.status_code == 200, (text, answer.text)
        reply = Reply(answer.json())
        self._remember(reply, frozenset(turn["metadata"]["draft"]))
        return reply

    def turn(self, text: str, *facts: str, answers: bool = True) -> dict[str, Any]:
        whole = {"start": 0, "end": len(text)}
        entities = [{"entity": "story", "value": "p0", **whole}]
        if self.asking and answers:
            entities.append({"entity": "answer", "value": "p1", **whole})
        entities += [
            {"entity": fact, "value": f"p{place}", "start": 0, "end": 1}
            for place, fact in enumerate(facts, 2)
        ]
        metadata = {
            "conversation": str(uuid.uuid4()),
            "turn": str(uuid.uuid4()),
            "message": str(uuid.uuid4()),
            "draft": self.settled(),
            "asking": self.asking,
            "form": self.form,
            "memory": self._memory(),
            "entities": entities,
        }
        return {"turn": uuid.uuid4().hex, "text": text, "metadata": metadata}

    def settled(self) -> dict[str, str]:
        """What the engine need not ask."""
        guesses = {"type": self.case_type or "", "matter": "家庭暴力" if self.delicate else ""}
        settled = settled_slots(self.draft, self.asking, guesses=guesses)
        settled |= {slot: "not_needed" for slot, value in self.draft.items() if value == UNKNOWN}
        filed = self.memory.get("filed", False)
        if self.asking != "relation" and (not filed or self.form == "intake_form"):
            settled["relation"] = "not_needed"
        return {slot: mark for slot, mark in settled.items() if slot not in self.reopened}

    def _memory(self) -> dict[str, bool]:
        pending = "what" in self.draft and self.asking is None
        has_case = self.memory.get("filed", False)
        return {"has_case": has_case, "pending": pending, **self.memory}

    def _remember(self, reply: Reply, sent: frozenset[str]) -> None:
        self.asking, self.form = reply.asking, reply.body["state"]["form"]
        self.reopened = sent - set(reply.slots) if self.form else frozenset()
        parking = bool(self.draft) and "action_park_draft" in reply.actions
        self.parked = max(self.parked + parking - ("action_open_parked" in reply.actions), 0)
        self.draft = {slot: self._value(slot, reply.slots[slot]) for slot in self._facts(reply)}
        self.misunderstood = next_misunderstood(self.misunderstood, reply.intent, reply.responses)
        self._remember_the_case(reply)
        self.memory |= {
            "lost": self.misunderstood >= LOST_AFTER,
            "asked_again": self.misunderstood > 0,
            "parked": self.parked > 0,
            "parked_offered": "utter_offer_parked" in reply.responses,
            "person_offered": "utter_offer_human" in reply.responses,
            "queued": self.memory.get("queued", False) or "action_request_human" in reply.actions,
        }

    def _facts(self, reply: Reply) -> list[str]:
        marks = {slot: reply.slots[slot] for slot in FACTS if slot in reply.slots}
        return [slot for slot, mark in marks.items() if mark != "not_needed" or slot in self.draft]

    def _value(self, slot: str, mark: str) -> str:
        return mark if mark in SPEAKING else self.draft.get(slot, "known")

    def _remember_the_case(self, reply: Reply) -> None:
        """The latest draft decides: open, or filed."""
        filed = "action_file_case" in reply.actions and not self.form
        self.has_filed = self.has_filed or filed or self.memory.get("filed", False)
        self.looked_up = self.looked_up or "lookup" in reply.slots
        self.memory["filed"] = self.has_filed and not self.draft
        self.memory["has_case"] = self.memory["filed"] or self.looked_up


def at(citizen: Citizen, asking: str | None, *, filed: bool = False) -> Citizen:
    """The citizen where this is the open question."""
    citizen.asking, citizen.form = asking, FORM_OF.get(asking or "")
    before = ASKED[: ASKED.index(asking)] if asking in ASKED else ASKED
    if asking in INTAKE and asking != "relation":
        citizen.draft = dict.fromkeys(before, "known")
    if asking == "relation":
        citizen.draft, citizen.has_filed = {"what": "known"}, True
    citizen.delicate = asking == "safe_contact"
    if filed or asking == "withdrawal":
        citizen.memory["filed"] = True
    return citizen


@pytest.fixture
def citizen(engine: httpx.Client, quiet_api: FakeApi) -> Citizen:
    return Citizen(engine)
