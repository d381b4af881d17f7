"""Several conversations at a time, against an engine that is played here: it takes what a test
says it takes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import httpx
from sqlalchemy import select

from backend_api.access.rules import Role
from backend_api.access.service import add_account
from backend_api.cases.models import Case
from backend_api.conversations.models import Conversation, Message
from backend_api.core.crypto import unseal
from backend_api.core.ids import new_id
from backend_api.organisation.models import Unit
from backend_api.turns.rules import Outcome
from tests.backend_api.test_turns import PHONE, turns_with
from tests.conftest import SERVICE_TOKEN, World

Answer = Callable[[dict[str, object]], httpx.Response]
STORY = f"房东不退押金,电话{PHONE}"
A_WHOLE_CASE = {"what": "p1", "where": "p1", "demand": "p1", "contact": "p2"}


@dataclass(frozen=True, slots=True)
class Engine:
    """What the engine answers; `takes`: the proposals that it accepts."""

    text: str = "好的"
    takes: tuple[str, ...] = ()
    slots: tuple[tuple[str, str], ...] = ()
    asking: str | None = None
    card: str | None = None
    actions: tuple[str, ...] = ()
    intent: str = "inform"

    def __call__(self, body: dict[str, object]) -> httpx.Response:
        metadata = body["metadata"]
        assert isinstance(metadata, dict)
        slots = dict(self.slots)
        slots |= {
            one["entity"]: one["value"]
            for one in metadata["entities"]
            if one["entity"] in self.takes
        }
        state = {
            "asking": self.asking,
            "form": "intake_form" if self.asking else None,
            "slots": slots,
            "actions": list(self.actions),
            "intent": {"name": self.intent, "confidence": 0.9},
        }
        message = {"response": "utter_x", "text": self.text, "card": self.card}
        return httpx.Response(200, json={"messages": [message], "state": state})


STATUS = Engine("查到了", takes=("lookup",), card="status")
ASKS_TO_WITHDRAW = Engine("要撤回的是这一件吗？", ("lookup",), asking="withdrawal", card="status")


async def conversation_of(world: World, key: str) -> Conversation:
    async with world.sessions() as session:
        return (await session.scalars(select(Conversation).where(Conversation.key == key))).one()


async def turn(world: World, key: str, text: str, answer: Answer) -> Outcome | None:
    """The citizen says it, and the turn is run."""
    assert (await world.say(key, text)).status_code == 202
    conversation = await conversation_of(world, key)
    return await turns_with(world, answer).run(conversation.id, attempts=0)


async def last_reply(world: World, key: str) -> dict[str, object]:
    return (await world.replies(key))[-1]


async def act(world: World, path: str, key: str) -> httpx.Response:
    """What an action asks for while the turn on the citizen's last words is thought."""
    conversation = await conversation_of(world, key)
    async with world.sessions() as session:
        message = await session.scalar(
            select(Message.id)
            .where(Message.conversation_id == conversation.id, Message.author == "citizen")
            .order_by(Message.seq.desc())
            .limit(1)
        )
    ids = {"conversation": conversation.id, "turn": new_id(), "message": message}
    headers = {"authorization": f"Bearer {SERVICE_TOKEN}"}
    body = {name: str(value) for name, value in ids.items()}
    return await world.http.post(f"/v1/internal/{path}", json=body, headers=headers)


async def read_back(world: World, key: str, text: str = STORY, *slots: tuple[str, str]) -> None:
    answer = Engine("对吗？", (), (*A_WHOLE_CASE.items(), *slots), "confirmed", "read_back")
    await turn(world, key, text, answer)


async def confirmed(world: World, key: str) -> Case:
    """The citizen says yes, it is filed, and the receipt is given."""
    await world.say(key, "对")
    answer = await act(world, "cases", key)
    assert answer.status_code == 200, answer.text
    conversation = await conversation_of(world, key)
    receipt = Engine("登记好了", card="receipt", actions=("action_file_case",))
    await turns_with(world, receipt).run(conversation.id, attempts=0)
    return await case_numbered(world, answer.json()["number"])


async def filed(world: World, key: str, *slots: tuple[str, str]) -> Case:
    await read_back(world, key, STORY, *slots)
    return await confirmed(world, key)


async def reported(world: World, key: str) -> Case:
    """A report on an official."""
    return await filed(world, key, ("report", "yes"))


async def case_numbered(world: World, number: str) -> Case:
    async with world.sessions() as session:
        return (await session.scalars(select(Case).where(Case.number == number))).one()


async def code_of(world: World, case: Case) -> str:
    async with world.sessions() as session:
        return unseal(session, case.query_code_sealed)


async def signed_in(world: World, role: Role, unit: Unit | None = None) -> dict[str, str]:
    """Headers of somebody with this role, whose one-time password is changed."""
    username = f"{role}-{new_id().hex[-6:]}"
    async with world.sessions.begin() as session:
        password = await add_account(
            session, username=username, name=f"工作人员{role}", role=role, unit=unit or world.unit
        )
    given = {"username": username, "password": password}
    token = (await world.http.post("/v1/staff/sign-in", json=given)).json()["token"]
    headers = {"authorization": f"Bearer {token}"}
    change = {"old": password, "new": "another-long-one"}
    await world.http.post("/v1/staff/password", json=change, headers=headers)
    return headers


def rows_of(reply: dict[str, object]) -> dict[str, str]:
    card = reply["card"]
    assert isinstance(card, dict), reply
    return {row["field"]: row["value"] for row in card["rows"]}


def numbers(items: Iterable[dict[str, str]]) -> list[str]:
    return [item["number"] for item in items]
