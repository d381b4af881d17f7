"""Several matters of one citizen: what waits its turn, what is carried over, what is added."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import httpx
import pytest
from sqlalchemy import func, select

from backend_api.access.rules import Role
from backend_api.core.clock import now
from backend_api.core.db import reading
from backend_api.drafts.models import Draft
from backend_api.drafts.rules import DraftStatus, How
from backend_api.drafts.service import Finding, current_facts, open_draft, park, values_of
from backend_api.turns.service import Turns
from backend_api.understanding.analysis import Analysis, Demand, Fields, Part, Place
from tests.backend_api.talks import (
    A_WHOLE_CASE,
    STORY,
    Engine,
    act,
    confirmed,
    conversation_of,
    filed,
    last_reply,
    read_back,
    signed_in,
    turn,
)
from tests.backend_api.test_turns import PHONE, read, turns_with
from tests.conftest import World

pytestmark = pytest.mark.anyio
OTHER = "13900139000"


async def facts_of_open(world: World, key: str) -> dict[str, str]:
    conversation = await conversation_of(world, key)
    async with world.sessions() as session:
        draft = await open_draft(session, conversation.id)
        assert draft is not None
        return values_of(session, await current_facts(session, draft.id))


async def parked(world: World, key: str, **values: str) -> None:
    conversation = await conversation_of(world, key)
    found = {name: Finding(value, value, How.SAID) for name, value in values.items()}
    async with world.sessions.begin() as session:
        await park(session, conversation, found, at=now())


async def count(world: World, status: DraftStatus) -> int:
    async with world.sessions() as session:
        query = select(func.count()).select_from(Draft).where(Draft.status == status)
        return await session.scalar(query) or 0


async def test_of_two_matters_in_one_message_the_second_waits_and_the_citizen_is_told(
    world: World,
) -> None:
    first, second = "房东不退押金三千块，", "还有楼道的灯坏了两个月没人修"

    def two(text: str, at: datetime, place: str) -> Analysis:
        found = read(text, at, place)
        if second not in text:
            return found
        border = len(first)
        parts = (Part(0, border, "rent", "房屋租赁"), Part(border, len(text), "x", "公共设施"))
        return replace(found, parts=parts)

    await world.say("c1", first + second)
    conversation = await conversation_of(world, "c1")
    engine = Engine("在哪里？", ("story",), (("what", "p1"),), "where", intent="tell_story")
    turns = replace(turns_with(world, engine), read=two)
    assert isinstance(turns, Turns)
    await turns.run(conversation.id, attempts=0)
    texts = [str(one["text"]) for one in await world.replies("c1")]
    assert any("房屋租赁、公共设施" in text for text in texts)
    assert texts[-1] == "在哪里？"
    assert "灯" not in (await facts_of_open(world, "c1"))["what"]
    assert await count(world, DraftStatus.PARKED) == 1
    assert reading(world.sessions)


async def test_the_waiting_matter_is_opened_with_the_number_of_the_one_before(
    world: World,
) -> None:
    await read_back(world, "c1")
    await parked(world, "c1", what="楼道的灯坏了", matter="公共设施")
    first = await confirmed(world, "c1")
    await world.say("c1", "好的，接着登记")
    answer = await act(world, "drafts/parked", "c1")
    settled = answer.json()["settled"]
    assert settled == {"contact": "known", "what": "known", "safe_contact": "not_needed"}
    assert (await act(world, "drafts/parked", "c1")).json() == answer.json()
    assert (await facts_of_open(world, "c1"))["contact"] == PHONE
    engine = Engine("对吗？", (), (("where", "p1"), ("demand", "p1")), "confirmed", "read_back")
    await turn(world, "c1", "三栋楼道", engine)
    second = await confirmed(world, "c1")
    assert (second.number, second.draft_id) != (first.number, first.draft_id)


async def test_what_was_said_with_the_waiting_matter_counts_more_than_what_is_carried_over(
    world: World,
) -> None:
    await read_back(world, "c1")
    await parked(world, "c1", what="楼道的灯坏了", contact=OTHER)
    await confirmed(world, "c1")
    await world.say("c1", "好的")
    await act(world, "drafts/parked", "c1")
    assert (await facts_of_open(world, "c1"))["contact"] == OTHER


async def test_who_stayed_anonymous_is_not_asked_again_for_the_next_matter(world: World) -> None:
    slots = (("what", "p1"), ("where", "p1"), ("demand", "p1"), ("contact", "anonymous"))
    await turn(world, "c1", "房东不退押金", Engine("对吗？", (), slots, "confirmed", "read_back"))
    await parked(world, "c1", what="楼道的灯坏了")
    await confirmed(world, "c1")
    await world.say("c1", "好的")
    await act(world, "drafts/parked", "c1")
    assert (await facts_of_open(world, "c1"))["contact"] == "anonymous"


async def test_where_nothing_waits_nothing_is_opened(world: World) -> None:
    await filed(world, "c1")
    await world.say("c1", "还有一件事")
    assert (await act(world, "drafts/parked", "c1")).json() == {"settled": None}


async def test_a_matter_that_waits_in_one_conversation_is_not_opened_in_another(
    world: World,
) -> None:
    await read_back(world, "c1")
    await parked(world, "c1", what="楼道的灯坏了")
    await world.say("c2", "还有一件事")
    assert (await act(world, "drafts/parked", "c2")).json() == {"settled": None}
    assert await count(world, DraftStatus.PARKED) == 1


@pytest.mark.parametrize("path", ["cases/add", "drafts/parked", "cases/withdraw"])
async def test_a_late_action_on_cases_and_waiting_matters_is_outdated(
    world: World, path: str
) -> None:
    await filed(world, "c1")
    await parked(world, "c1", what="楼道的灯坏了")
    answer = await act(world, path, "c1")
    assert (answer.status_code, answer.json()["code"]) == (409, "outdated")
    assert await count(world, DraftStatus.PARKED) == 1


async def added(world: World, key: str, text: str) -> None:
    """A story after filing, which the citizen says belongs to the case."""
    engine = Engine("是补充刚才那件吗？", (), (("what", "p1"),), "relation")
    await turn(world, key, text, engine)
    await world.say(key, "补充刚才那件")
    assert (await act(world, "cases/add", key)).status_code == 200
    conversation = await conversation_of(world, key)
    await turns_with(world, Engine("加上了")).run(conversation.id, attempts=0)


async def test_what_is_told_after_filing_stands_on_the_case_page_in_order_and_masked(
    world: World,
) -> None:
    case = await filed(world, "c1")
    await added(world, "c1", f"他又换了锁，电话{OTHER.replace('9', '8', 1)}")
    await added(world, "c1", f"新的证据在{PHONE}")
    headers = await signed_in(world, Role.STAFF)
    page = (await world.http.get(f"/v1/cases/{case.id}", headers=headers)).json()
    assert [text[:4] for text in page["added"]] == ["他又换了", "新的证据"]
    assert PHONE not in json.dumps(page)
    assert "〔电话〕" in page["added"][1]


async def test_adding_twice_adds_once(world: World) -> None:
    case = await filed(world, "c1")
    await turn(world, "c1", "他又换了锁", Engine("是补充吗？", (), (("what", "p1"),), "relation"))
    await world.say("c1", "补充刚才那件")
    for _ in range(2):
        assert (await act(world, "cases/add", "c1")).status_code == 200
    headers = await signed_in(world, Role.STAFF)
    page = (await world.http.get(f"/v1/cases/{case.id}", headers=headers)).json()
    assert page["added"] == ["他又换了锁"]


async def test_nothing_is_added_to_the_case_of_another_conversation(world: World) -> None:
    case = await filed(world, "c1")
    engine = Engine("在哪里？", (), (("what", "p1"),), "where")
    await turn(world, "c2", "楼道的灯坏了", engine)
    await world.say("c2", "补充刚才那件")
    answer = await act(world, "cases/add", "c2")
    assert (answer.status_code, answer.json()["code"]) == (409, "outdated")
    headers = await signed_in(world, Role.STAFF)
    page = (await world.http.get(f"/v1/cases/{case.id}", headers=headers)).json()
    assert page["added"] == []


async def test_a_read_back_shows_the_open_matter_only(world: World) -> None:
    await filed(world, "c1")
    await read_back(world, "c2", f"楼道的灯坏了,电话{OTHER.replace('139', '138')}")
    assert STORY not in str(await last_reply(world, "c2"))
    assert A_WHOLE_CASE


@pytest.mark.parametrize("contact", [PHONE, "anonymous"])
async def test_a_new_matter_after_filing_knows_how_to_reach_the_citizen(
    world: World, contact: str
) -> None:
    number = "p2" if contact == PHONE else contact
    slots = (("what", "p1"), ("where", "p1"), ("demand", "p1"), ("contact", number))
    await turn(world, "c1", STORY, Engine("对吗？", (), slots, "confirmed", "read_back"))
    await confirmed(world, "c1")
    story = Engine("在哪里？", ("story",), (("what", "p1"),), "where", intent="tell_story")
    await turn(world, "c1", "楼道的灯坏了", story)
    facts = await facts_of_open(world, "c1")
    assert (facts["what"], facts["contact"]) == ("楼道的灯坏了", contact)


async def test_of_several_matters_the_first_keeps_its_own_facts_alone(world: World) -> None:
    text = "工地夜里打桩，在松石大道。还有退租不给押金，在浪口村，要求退押金"
    border = text.index("还有")
    parts = (Part(0, border, "noise", "噪音扰民"), Part(border, len(text), "rent", "房屋租赁"))
    seen: list[dict[str, object]] = []
    engine = Engine("希望怎么解决？", ("story", "where", "demand"), asking="demand")
    engine = replace(engine, slots=(("what", "p1"),), intent="complain_service")
    turns = turns_with(world, engine, seen)
    await world.say("c1", text)
    conversation = await conversation_of(world, "c1")
    await replace(turns, read=reading_of(parts)).run(conversation.id, attempts=0)
    facts = await facts_of_open(world, "c1")
    assert (facts["where"], facts["matter"]) == ("松石大道", "噪音扰民")
    assert "demand" not in facts
    assert "demand" not in {one["entity"] for one in entities_of(seen)}
    assert await count(world, DraftStatus.PARKED) == 1


def reading_of(parts: tuple[Part, ...]) -> Callable[[str, datetime, str], Analysis]:
    """Understanding that finds these parts, the places and the demand of that text."""

    def read_parts(text: str, at: datetime, place: str) -> Analysis:
        places = [Place(text.index(one), text.index(one) + 3, one) for one in ("浪口村",)]
        road = text.index("松石大道")
        places.append(Place(road, road + 4, "松石大道", street="松石大道"))
        wish = text.index("要求")
        demand = (Demand(wish, len(text), text[wish:]),)
        found = replace(read(text, at, place), parts=parts)
        return replace(found, fields=Fields(places=tuple(places), demand=demand))

    return read_parts


def entities_of(seen: list[dict[str, object]]) -> list[dict[str, str]]:
    metadata = seen[-1]["metadata"]
    assert isinstance(metadata, dict)
    found: list[dict[str, str]] = metadata["entities"]
    return found


async def test_what_was_announced_is_added_with_the_facts_of_its_own_turn(world: World) -> None:
    await filed(world, "c1")
    more = Engine(slots=(("what", "p1"),), actions=("action_add_to_case",), intent="tell_story")
    await turn(world, "c1", "店老板姓姜,每天早上都在", more)
    assert await count(world, DraftStatus.ADDED) == 1
    assert await count(world, DraftStatus.OPEN) == 0


async def test_a_fact_said_by_the_way_after_filing_begins_no_other_matter(world: World) -> None:
    await filed(world, "c1")
    await turn(world, "c1", "我就住在楼上", Engine(slots=(("where", "p1"),)))
    assert await count(world, DraftStatus.OPEN) == 0
    assert await count(world, DraftStatus.FILED) == 1


async def test_an_account_after_filing_waits_to_be_told_apart(world: World) -> None:
    await filed(world, "c1")
    story = Engine(slots=(("what", "p1"),), asking="relation", intent="tell_story")
    await turn(world, "c1", "楼道的灯坏了两个月", story)
    assert await count(world, DraftStatus.OPEN) == 1


async def test_more_is_to_come_until_it_is_told(world: World) -> None:
    await filed(world, "c1")
    memory: list[object] = []

    def answer(response: str) -> Callable[[dict[str, object]], httpx.Response]:
        def heard(body: dict[str, object]) -> httpx.Response:
            metadata = body["metadata"]
            assert isinstance(metadata, dict)
            memory.append(metadata["memory"]["adding"])
            state = {"asking": None, "form": None, "slots": {}, "actions": []}
            messages = [{"response": response, "text": "好的"}]
            return httpx.Response(200, json={"messages": messages, "state": state})

        return heard

    for response in ("utter_go_ahead", "utter_wait", "utter_added", "utter_idle"):
        await turn(world, "c1", "嗯", answer(response))
    assert memory == [False, True, True, False]


async def test_every_item_that_was_read_back_may_be_chosen_for_correction(world: World) -> None:
    taken = tuple(A_WHOLE_CASE.items())
    await turn(world, "c1", STORY, Engine(slots=taken, asking="confirmed"))
    await turn(world, "c1", "有地方要改", Engine(asking="change", card="change"))
    reply = await last_reply(world, "c1")
    assert reply["choices"] == ["什么事", "在哪里", "希望怎么解决", "联系电话"]
