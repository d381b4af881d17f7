"""A turn from stored message to written answer, against an engine that is played here."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

import anyio
import httpx
import pytest
from sqlalchemy import func, select

from backend_api.audit.models import AuditEntry
from backend_api.cases.models import Case
from backend_api.conversations.models import Conversation, Message
from backend_api.conversations.rules import Author, Status
from backend_api.conversations.service import lock_conversation
from backend_api.core.clock import now
from backend_api.core.db import Sessions, reading
from backend_api.core.ids import new_id
from backend_api.drafts.models import Fact
from backend_api.drafts.service import current_facts, open_draft, values_of
from backend_api.handoff.models import Handoff
from backend_api.handoff.rules import Reason
from backend_api.notifications.texts import citizen_text
from backend_api.turns.ending import OutdatedError
from backend_api.turns.engine import Engine, EngineDownError, EngineFailedError
from backend_api.turns.models import Turn
from backend_api.turns.rules import Outcome
from backend_api.turns.service import Turns
from backend_api.understanding.analysis import Analysis, Crisis, Fields, Matter, Phone, Pii
from tests.conftest import SERVICE_TOKEN, World

pytestmark = pytest.mark.anyio
PHONE = "13800138000"
EMPTY = Analysis("", "zh-Hans", (), "求决", "normal", Crisis(), "self", Fields(), ())
Answer = Callable[[dict[str, object]], httpx.Response]


def read(text: str, at: datetime, place: str) -> Analysis:
    """Understanding cut down to what these tests say."""
    del at, place
    found = replace(EMPTY, text=text, matters=(Matter("rent", "房屋租赁", 0.9),))
    if (start := text.find(PHONE)) >= 0:
        end = start + len(PHONE)
        phones = (Phone(start, end, PHONE, PHONE, "mobile"),)
        found = replace(found, fields=Fields(phones=phones), pii=(Pii(start, end, "phone"),))
    return found


def engine_says(
    *texts: str, slots: dict[str, str] | None = None, asking: str | None = None, card: str = ""
) -> Answer:
    def answer(_: dict[str, object]) -> httpx.Response:
        messages = [{"response": "utter_x", "text": text, "card": card or None} for text in texts]
        state = {"asking": asking, "form": "intake_form" if asking else None, "slots": slots or {}}
        return httpx.Response(200, json={"messages": messages, "state": state})

    return answer


def turns_with(world: World, answer: Answer, seen: list[dict[str, object]] | None = None) -> Turns:
    def handle(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        if seen is not None:
            seen.append(body)
        return answer(body)

    http = httpx.AsyncClient(transport=httpx.MockTransport(handle), base_url="http://engine")
    return Turns(world.sessions, reading(world.sessions), Engine(http), read)


async def the_conversation(sessions: Sessions) -> Conversation:
    async with sessions() as session:
        return (await session.scalars(select(Conversation))).one()


async def test_everything_that_waits_is_answered_in_one_turn(world: World) -> None:
    await world.say("c1", "房东不退押金")
    await world.say("c1", "三千块")
    seen: list[dict[str, object]] = []
    turns = turns_with(world, engine_says("在哪里?", asking="where"), seen)
    conversation = await the_conversation(world.sessions)
    assert await turns.run(conversation.id, attempts=0) is Outcome.ANSWERED
    assert await turns.run(conversation.id, attempts=0) is None
    assert [body["text"] for body in seen] == ["房东不退押金\n三千块"]
    replies = await world.replies("c1")
    assert [one["kind"] for one in replies] == ["bot", "bot"]
    assert "小程序" in str(replies[0]["text"])
    assert replies[1]["text"] == "在哪里?"


async def test_the_engine_never_sees_a_phone_number(world: World) -> None:
    await world.say("c1", f"我电话是{PHONE}")
    seen: list[dict[str, object]] = []
    conversation = await the_conversation(world.sessions)
    await turns_with(world, engine_says("好的"), seen).run(conversation.id, attempts=0)
    assert PHONE not in json.dumps(seen)
    assert "〔电话〕" in json.dumps(seen, ensure_ascii=False)


async def test_only_what_the_engine_accepts_becomes_a_fact(world: World) -> None:
    await world.say("c1", f"房东不退押金,电话{PHONE}")
    conversation = await the_conversation(world.sessions)
    answer = engine_says("在哪里?", slots={"what": "p1", "where": "known"}, asking="where")
    await turns_with(world, answer).run(conversation.id, attempts=0)
    async with world.sessions() as session:
        draft = await open_draft(session, conversation.id)
        assert draft is not None
        values = values_of(session, await current_facts(session, draft.id))
    assert values == {
        "what": f"房东不退押金,电话{PHONE}",
        "type": "求决",
        "matter": "房屋租赁",
    }


async def test_a_fact_that_the_engine_dropped_is_asked_anew(world: World) -> None:
    conversation = await complete_draft(world)
    await world.say("c1", "改一下地点")
    slots = {"what": "known", "demand": "known", "contact": "known"}
    answer = engine_says("您希望怎么解决？", slots=slots, asking="demand")
    await turns_with(world, answer).run(conversation.id, attempts=0)
    await world.say("c1", "要收费吗")
    seen: list[dict[str, object]] = []
    await turns_with(world, answer, seen).run(conversation.id, attempts=0)
    metadata = seen[0]["metadata"]
    assert isinstance(metadata, dict)
    assert "where" not in metadata["draft"]
    assert {"what", "contact"} <= set(metadata["draft"])


async def test_a_value_said_again_is_no_news(world: World) -> None:
    conversation = await complete_draft(world)
    await world.say("c1", f"对,电话就是{PHONE}")
    seen: list[dict[str, object]] = []
    await turns_with(world, engine_says("好"), seen).run(conversation.id, attempts=0)
    metadata = seen[0]["metadata"]
    assert isinstance(metadata, dict)
    assert [one["entity"] for one in metadata["entities"]] == ["story", "answer", "restated"]


async def test_a_corrected_fact_keeps_its_history(world: World) -> None:
    conversation_id = None
    for text in ("在东门", "不对,在西门"):
        await world.say("c1", text)
        conversation_id = (await the_conversation(world.sessions)).id
        turns = turns_with(world, engine_says("好", slots={"where": "p1"}, asking="what"))
        await turns.run(conversation_id, attempts=0)
    async with world.sessions() as session:
        facts = (await session.scalars(select(Fact).order_by(Fact.created_at))).all()
        assert [fact.superseded_at is None for fact in facts] == [False, True]
        assert [fact.source_seq for fact in facts] == [1, 4]


@pytest.mark.parametrize(
    ("response", "failure"),
    [
        pytest.param(httpx.Response(503, json={"error": "x"}), EngineFailedError, id="503"),
        pytest.param(httpx.Response(200, json=[]), EngineFailedError, id="200-and-nothing"),
        pytest.param(
            httpx.Response(200, json={"messages": [], "state": {}}), EngineFailedError, id="empty"
        ),
        pytest.param(httpx.Response(200, content=b"<html>"), EngineFailedError, id="not-json"),
    ],
)
async def test_a_failed_engine_is_loud_and_the_words_wait(
    world: World, response: httpx.Response, failure: type[Exception]
) -> None:
    await world.say("c1", "楼上漏水")
    conversation = await the_conversation(world.sessions)
    with pytest.raises(failure):
        await turns_with(world, lambda _: response).run(conversation.id, attempts=0)
    assert (await the_conversation(world.sessions)).answered_seq == 0
    assert await world.replies("c1") == []


async def test_giving_up_tells_the_truth_and_calls_a_person(world: World) -> None:
    await world.say("c1", "楼上漏水")
    conversation = await the_conversation(world.sessions)
    turns = turns_with(world, engine_says("x"))
    await turns.give_up(conversation.id, attempts=25, failure=EngineFailedError())
    replies = await world.replies("c1")
    assert [one["kind"] for one in replies] == ["system"]
    assert "工作人员" in str(replies[0]["text"])
    async with world.sessions() as session:
        handoff = (await session.scalars(select(Handoff))).one()
        assert handoff.reason is Reason.FAILURE
    after = await the_conversation(world.sessions)
    assert (after.status, after.answered_seq) == (Status.WAITING, 1)


async def test_words_that_never_reached_the_engine_are_taken_by_the_next_turn(
    world: World,
) -> None:
    await world.say("c1", "楼上漏水")
    conversation = await the_conversation(world.sessions)
    seen: list[dict[str, object]] = []
    turns = turns_with(world, engine_says("在哪里?", asking="where"), seen)
    await turns.give_up(conversation.id, attempts=25, failure=EngineDownError())
    await world.say("c1", "在吗")
    await turns.run(conversation.id, attempts=0)
    assert [body["text"] for body in seen] == ["楼上漏水\n在吗"]


async def test_a_crisis_is_answered_without_the_engine(world: World) -> None:
    await world.say("c1", "我不想活了")
    conversation = await the_conversation(world.sessions)

    def never(_: dict[str, object]) -> httpx.Response:
        raise httpx.ConnectError("engine is down")

    outcome = await turns_with(world, never).run(conversation.id, attempts=0)
    assert outcome is Outcome.CRISIS
    replies = await world.replies("c1")
    assert "12356" in str(replies[0]["text"])
    async with world.sessions() as session:
        handoff = (await session.scalars(select(Handoff))).one()
        assert (handoff.reason, handoff.risk) == (Reason.CRISIS, 2)


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param(["我不想", "活了"], id="in-pieces"),
        pytest.param(["说" * 3500 + "。我不想活了，我要跳楼。" + "说" * 3500], id="in-the-middle"),
    ],
)
async def test_a_cry_for_help_is_heard_wherever_it_stands(world: World, pieces: list[str]) -> None:
    for piece in pieces:
        await world.say("c1", piece)
    conversation = await the_conversation(world.sessions)
    outcome = await turns_with(world, engine_says("x")).run(conversation.id, attempts=0)
    assert outcome is Outcome.CRISIS


async def test_a_cry_for_help_that_goes_on_in_the_next_turn_is_heard(world: World) -> None:
    turns = turns_with(world, engine_says("您说"))
    await world.say("c1", "我不想")
    conversation = await the_conversation(world.sessions)
    assert await turns.run(conversation.id, attempts=0) is Outcome.ANSWERED
    await world.say("c1", "活了")
    assert await turns.run(conversation.id, attempts=0) is Outcome.CRISIS
    await world.say("c1", "我现在安全")
    assert await turns.run(conversation.id, attempts=0) is Outcome.ANSWERED


async def test_after_a_cry_for_help_nothing_is_asked_but_safety(world: World) -> None:
    seen: list[dict[str, object]] = []
    turns = turns_with(world, engine_says("您希望怎么解决？"), seen)
    await world.say("c1", "我不想活了")
    conversation = await the_conversation(world.sessions)
    await turns.run(conversation.id, attempts=0)
    for text in ("在天台上", "没用的", "算了", "我不安全"):
        await world.say("c1", text)
        assert await turns.run(conversation.id, attempts=0) is Outcome.CRISIS
    assert seen == []
    replies = await world.replies("c1")
    assert replies[-1]["choices"] == ["我现在安全", "我还有危险"]
    assert len({str(one["text"]) for one in replies[2:5]}) == 3
    await world.say("c1", "我现在安全")
    assert await turns.run(conversation.id, attempts=0) is Outcome.ANSWERED


@pytest.mark.parametrize(
    ("cry", "line", "over"),
    [
        ("我家厨房着火了", "119", "火灭了，没人受伤"),
        ("有人拿刀堵在我家门口", "110", "他们都散了，没人受伤"),
        ("我妈突然晕倒了叫不醒", "120", "醒过来了"),
    ],
)
async def test_who_stays_in_danger_hears_whom_to_call_in_it(
    world: World, cry: str, line: str, over: str
) -> None:
    turns = turns_with(world, engine_says("您希望怎么解决？"))
    await world.say("c1", cry)
    conversation = await the_conversation(world.sessions)
    await turns.run(conversation.id, attempts=0)
    for text in ("等一等", "我好怕", "怎么还没来"):
        await world.say("c1", text)
        assert await turns.run(conversation.id, attempts=0) is Outcome.CRISIS
    stays = [str(one["text"]) for one in (await world.replies("c1"))[2:5]]
    assert all(line in one and "12356" not in one for one in stays)
    await world.say("c1", over)
    assert await turns.run(conversation.id, attempts=0) is Outcome.ANSWERED


async def test_a_child_who_tells_on_after_being_safe_is_still_spoken_to_as_one(
    world: World,
) -> None:
    turns = turns_with(world, engine_says("好的，你慢慢说"))
    await world.say("c1", "我今年13岁，我妈打我，好痛")
    conversation = await the_conversation(world.sessions)
    await turns.run(conversation.id, attempts=0)
    for text in ("我现在安全", "我妈又打我了，快来救我"):
        await world.say("c1", text)
        await turns.run(conversation.id, attempts=0)
    told = [one["text"] for one in await world.replies("c1")]
    assert told.count(citizen_text("crisis_minor")) == 2


async def test_a_life_is_not_safe_because_a_fire_is_out(world: World) -> None:
    turns = turns_with(world, engine_says("x"))
    await world.say("c1", "我不想活了")
    conversation = await the_conversation(world.sessions)
    await turns.run(conversation.id, attempts=0)
    for text in ("家里着火了", "火灭了"):
        await world.say("c1", text)
        assert await turns.run(conversation.id, attempts=0) is Outcome.CRISIS


async def test_a_crisis_is_answered_though_understanding_is_broken(world: World) -> None:
    def broken(text: str, at: datetime, place: str) -> Analysis:
        raise RuntimeError

    await world.say("c1", "我不想活了")
    conversation = await the_conversation(world.sessions)
    turns = replace(turns_with(world, engine_says("x")), read=broken)
    with pytest.raises(RuntimeError):
        await turns.run(conversation.id, attempts=0)
    assert "12356" in str((await world.replies("c1"))[0]["text"])
    assert await turns.run(conversation.id, attempts=1) is None


async def test_the_notice_comes_with_the_first_reply_that_is_no_emergency(world: World) -> None:
    turns = turns_with(world, engine_says("好"))
    await world.say("c1", "我不想活了")
    conversation = await the_conversation(world.sessions)
    await turns.run(conversation.id, attempts=0)
    for text in ("我现在安全", "没事了"):
        await world.say("c1", text)
        await turns.run(conversation.id, attempts=0)
    texts = [str(one["text"]) for one in await world.replies("c1")]
    # The line and the queue; then who is safe is heard first; the notice is for the turn after.
    assert texts[2] == citizen_text("after_self_harm")
    assert ["小程序" in text for text in texts] == [False, False, False, False, True, False]


@pytest.mark.parametrize("text", ["要不要报警啊", "我想报警", "你们能报警吗", "怎么报警"])
async def test_who_wants_the_police_hears_how_to_call_them(world: World, text: str) -> None:
    turns = turns_with(world, engine_says("好"))
    await world.say("c1", text)
    conversation = await the_conversation(world.sessions)
    assert await turns.run(conversation.id, attempts=0) is Outcome.ANSWERED
    texts = [str(one["text"]) for one in await world.replies("c1")]
    assert texts == [citizen_text("advice_police"), citizen_text("advice_police_ask")]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("他以前打我，想申请保护令", "advice_domestic_violence"),
        ("告诫书去哪里开", "advice_domestic_violence"),
        ("部门经理老是对我动手动脚", "advice_harassment"),
        ("领导半夜给我发下流话", "advice_harassment"),
        ("前天有人在网上骗了我八千块钱，我想报警", "advice_police"),
    ],
)
async def test_advice_about_violence_comes_once_before_the_dialogue(
    world: World, text: str, key: str
) -> None:
    turns = turns_with(world, engine_says("好"))
    await world.say("c1", text)
    conversation = await the_conversation(world.sessions)
    assert await turns.run(conversation.id, attempts=0) is Outcome.ANSWERED
    await world.say("c1", text)
    await turns.run(conversation.id, attempts=0)
    texts = [str(one["text"]) for one in await world.replies("c1")]
    assert texts[1] == citizen_text(key)
    assert texts.count(citizen_text(key)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "老是接到骚扰电话",
        "我已经报警了，警察没管",
        "他刚打我旁边过，蹭坏了我的车",
        "想请你们来讲反家暴法",
    ],
)
async def test_what_only_sounds_like_violence_gets_no_advice(world: World, text: str) -> None:
    turns = turns_with(world, engine_says("好"))
    await world.say("c1", text)
    conversation = await the_conversation(world.sessions)
    await turns.run(conversation.id, attempts=0)
    texts = [str(one["text"]) for one in await world.replies("c1")]
    assert len(texts) == 2
    assert texts[1] == "好"


async def test_after_blows_at_home_the_ways_to_be_protected_are_told(world: World) -> None:
    turns = turns_with(world, engine_says("好"))
    await world.say("c1", "我男人正在打我")
    conversation = await the_conversation(world.sessions)
    await turns.run(conversation.id, attempts=0)
    await world.say("c1", "我现在安全")
    await turns.run(conversation.id, attempts=0)
    texts = [str(one["text"]) for one in await world.replies("c1")]
    assert texts[2:] == [citizen_text("advice_domestic_violence"), "好"]


async def test_words_of_safety_are_read_as_nothing_else(world: World) -> None:
    seen: list[dict[str, object]] = []
    turns = turns_with(world, engine_says("好"), seen)
    await world.say("c1", "老公家暴我三年了，昨晚又打")
    conversation = await the_conversation(world.sessions)
    await turns.run(conversation.id, attempts=0)
    await world.say("c1", "我到我妈家了")
    assert await turns.run(conversation.id, attempts=0) is Outcome.ANSWERED
    assert [one["text"] for one in seen] == ["我现在安全"]


async def test_what_is_tapped_in_a_danger_tells_of_no_new_one(world: World) -> None:
    turns = turns_with(world, engine_says("好"))
    await world.say("c1", "我家厨房着火了")
    conversation = await the_conversation(world.sessions)
    await turns.run(conversation.id, attempts=0)
    assert (await world.replies("c1"))[1]["choices"] == ["我现在安全", "我还有危险"]
    await world.say("c1", "我还有危险")
    assert await turns.run(conversation.id, attempts=0) is Outcome.CRISIS
    assert "119" in str((await world.replies("c1"))[-1]["text"])


@pytest.mark.parametrize(
    "cry",
    [
        "我今年13岁，我妈打我，好痛",
        "我十六岁被赶出来了没地方睡",
        "我上初二，家里着火了",
        "爸爸打妈妈，我和妹妹躲着不敢动",
        "我14岁，不想活了",
    ],
)
async def test_a_child_is_never_spoken_to_as_a_grown_up(world: World, cry: str) -> None:
    turns = turns_with(world, engine_says("您希望怎么解决？"))
    await world.say("c1", cry)
    conversation = await the_conversation(world.sessions)
    await turns.run(conversation.id, attempts=0)
    for text in ("我好怕", "我现在安全", "在学校门口"):
        await world.say("c1", text)
        await turns.run(conversation.id, attempts=0)
    told = "".join(str(one["text"]) for one in await world.replies("c1"))
    assert "您" not in told
    assert any(citizen_text(key) in told for key in ("after_child", "after_danger"))


async def test_what_is_told_in_a_crisis_is_not_asked_for_again(world: World) -> None:
    await world.say("c1", f"我不想活了,电话{PHONE}")
    conversation = await the_conversation(world.sessions)
    await turns_with(world, engine_says("x")).run(conversation.id, attempts=0)
    seen: list[dict[str, object]] = []
    await world.say("c1", "我现在安全")
    await turns_with(world, engine_says("x"), seen).run(conversation.id, attempts=0)
    metadata = seen[0]["metadata"]
    assert isinstance(metadata, dict)
    known = {field for field, mark in metadata["draft"].items() if mark == "known"}
    assert known == {"what", "contact"}
    assert metadata["memory"]["pending"] is True


async def accept(world: World, headers: dict[str, str], conversation: Conversation) -> None:
    url = f"/v1/conversations/{conversation.id}/accept"
    assert (await world.http.post(url, headers=headers)).status_code == 200


async def test_the_bot_is_silent_once_a_person_has_accepted(world: World) -> None:
    headers = await world.sign_in()
    await world.say("c1", "找人工")
    conversation = await the_conversation(world.sessions)
    await accept(world, headers, conversation)
    outcome = await turns_with(world, engine_says("bot!")).run(conversation.id, attempts=0)
    assert outcome is Outcome.HELD
    assert [one["kind"] for one in await world.replies("c1")] == ["system"]


async def test_a_person_who_takes_over_mid_turn_is_not_talked_over(world: World) -> None:
    headers = await world.sign_in()
    await world.say("c1", "楼上漏水")
    conversation = await the_conversation(world.sessions)

    async def slow(request: httpx.Request) -> httpx.Response:
        await accept(world, headers, conversation)
        return engine_says("bot!", slots={"what": "p1"})(json.loads(request.content))

    http = httpx.AsyncClient(transport=httpx.MockTransport(slow), base_url="http://engine")
    outcome = await Turns(world.sessions, reading(world.sessions), Engine(http), read).run(
        conversation.id, attempts=0
    )
    assert outcome is Outcome.SUPERSEDED
    assert [one["kind"] for one in await world.replies("c1")] == ["system"]
    async with world.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Fact)) == 3


async def test_giving_up_is_silent_while_a_person_holds_the_conversation(world: World) -> None:
    headers = await world.sign_in()
    await world.say("c1", "楼上漏水")
    conversation = await the_conversation(world.sessions)
    await accept(world, headers, conversation)
    turns = turns_with(world, engine_says("x"))
    await turns.give_up(conversation.id, attempts=25, failure=EngineFailedError())
    assert ["接入" in str(one["text"]) for one in await world.replies("c1")] == [True]


async def test_giving_up_and_delay_are_told_once_for_the_same_words(world: World) -> None:
    await world.say("c1", "楼上漏水")
    conversation = await the_conversation(world.sessions)
    turns = turns_with(world, engine_says("x"))
    for _ in range(2):
        await turns.tell_delay(conversation.id)
        await turns.give_up(conversation.id, attempts=25, failure=EngineDownError())
    assert len(await world.replies("c1")) == 2


async def test_words_given_back_between_two_looks_are_not_lost(world: World) -> None:
    headers = await world.sign_in()
    await world.say("c1", "楼上漏水")
    conversation = await the_conversation(world.sessions)
    await accept(world, headers, conversation)
    url = f"/v1/conversations/{conversation.id}/release"
    turns = turns_with(world, engine_says("在哪里?"))

    def slow(text: str, at: datetime, place: str) -> Analysis:
        anyio.from_thread.run(partial(world.http.post, url, headers=headers))
        return read(text, at, place)

    with pytest.raises(OutdatedError):
        await replace(turns, read=slow).run(conversation.id, attempts=0)
    assert await turns.run(conversation.id, attempts=1) is Outcome.ANSWERED


async def test_a_conversation_that_moved_on_is_run_again(world: World) -> None:
    await world.say("c1", "楼上漏水")
    conversation = await the_conversation(world.sessions)

    async def meddle(request: httpx.Request) -> httpx.Response:
        async with world.sessions.begin() as session:
            (await lock_conversation(session, conversation.id)).version += 1
        return engine_says("bot!")(json.loads(request.content))

    http = httpx.AsyncClient(transport=httpx.MockTransport(meddle), base_url="http://engine")
    with pytest.raises(OutdatedError):
        await Turns(world.sessions, reading(world.sessions), Engine(http), read).run(
            conversation.id, attempts=0
        )
    assert await world.replies("c1") == []


async def file_case(world: World, conversation: Conversation) -> httpx.Response:
    """As the action does in the turn that answers the citizen's last message."""
    last = select(Message.id).where(Message.author == Author.CITIZEN).order_by(Message.seq.desc())
    async with world.sessions() as session:
        message = await session.scalar(last.limit(1))
    ids = {"conversation": str(conversation.id), "turn": str(new_id()), "message": str(message)}
    headers = {"authorization": f"Bearer {SERVICE_TOKEN}"}
    return await world.http.post("/v1/internal/cases", json=ids, headers=headers)


async def complete_draft(world: World) -> Conversation:
    await world.say("c1", f"房东不退押金,电话{PHONE}")
    conversation = await the_conversation(world.sessions)
    slots = {"what": "p1", "where": "p1", "demand": "p1", "contact": "p2"}
    answer = engine_says("对吗?", slots=slots, asking="confirmed", card="read_back")
    await turns_with(world, answer).run(conversation.id, attempts=0)
    return conversation


async def test_a_read_back_shows_what_is_stored(world: World) -> None:
    await complete_draft(world)
    card = (await world.replies("c1"))[-1]["card"]
    assert isinstance(card, dict)
    assert {row["field"]: row["value"] for row in card["rows"]}["contact"] == PHONE


async def test_filing_twice_gives_one_case_with_one_number(world: World) -> None:
    conversation = await complete_draft(world)
    await world.say("c1", "对")
    first, second = await file_case(world, conversation), await file_case(world, conversation)
    assert first.json() == second.json()
    async with world.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Case)) == 1


async def test_an_incomplete_draft_is_not_filed(world: World) -> None:
    await world.say("c1", "楼上漏水")
    conversation = await the_conversation(world.sessions)
    answer = await file_case(world, conversation)
    assert answer.status_code == 409
    assert answer.json()["code"] == "incomplete_draft"
    assert answer.json()["missing"] == ["what", "where", "demand", "contact"]


async def test_the_receipt_carries_number_and_query_code(world: World) -> None:
    conversation = await complete_draft(world)
    await world.say("c1", "对")
    number = (await file_case(world, conversation)).json()["number"]
    await turns_with(world, engine_says("登记好了", card="receipt")).run(
        conversation.id, attempts=0
    )
    card = (await world.replies("c1"))[-1]["card"]
    assert isinstance(card, dict)
    rows = {row["field"]: row["value"] for row in card["rows"]}
    assert rows["number"] == number
    assert len(rows["query_code"]) == 8


async def test_the_receipt_of_a_try_that_died_after_filing_is_told_by_the_next(
    world: World,
) -> None:
    conversation = await complete_draft(world)
    await world.say("c1", "对")
    number = (await file_case(world, conversation)).json()["number"]

    def never(_: dict[str, object]) -> httpx.Response:
        raise AssertionError

    outcome = await turns_with(world, never).run(conversation.id, attempts=1)
    assert outcome is Outcome.ANSWERED
    card = (await world.replies("c1"))[-1]["card"]
    assert isinstance(card, dict)
    assert card["rows"][0]["value"] == number


async def test_staff_see_the_case_masked(world: World) -> None:
    conversation = await complete_draft(world)
    await world.say("c1", "对")
    await file_case(world, conversation)
    headers = await world.sign_in()
    item = (await world.http.get("/v1/cases", headers=headers)).json()["items"][0]
    case = (await world.http.get(f"/v1/cases/{item['id']}", headers=headers)).json()
    url = f"/v1/conversations/{case['conversation']}/messages"
    transcript = (await world.http.get(url, headers=headers)).json()
    assert PHONE not in json.dumps([item, case, transcript])
    assert {field["field"] for field in case["fields"]} >= {"what", "where", "contact"}
    assert [one["from"] for one in transcript["items"]] == ["citizen", "bot", "bot", "citizen"]


async def test_a_number_is_unmasked_for_a_person_with_a_reason_and_it_is_written_down(
    world: World,
) -> None:
    conversation = await complete_draft(world)
    await world.say("c1", "对")
    await file_case(world, conversation)
    headers = await world.sign_in()
    item = (await world.http.get("/v1/cases", headers=headers)).json()["items"][0]
    url = f"/v1/cases/{item['id']}/unmask"
    refused = await world.http.post(url, json={"reason": "curious"}, headers=headers)
    assert refused.status_code == 422
    shown = await world.http.post(url, json={"reason": "contact"}, headers=headers)
    assert shown.json() == {"values": {"contact": PHONE}}
    async with world.sessions() as session:
        entry = (
            await session.scalars(select(AuditEntry).where(AuditEntry.action == "case.unmasked"))
        ).one()
    assert (entry.details, str(entry.subject_id)) == ({"reason": "contact"}, item["id"])
    assert entry.actor_id is not None


async def test_the_actions_door_is_closed_to_others(world: World) -> None:
    conversation = await complete_draft(world)
    ids = {name: str(conversation.id) for name in ("conversation", "turn", "message")}
    for headers in ({}, world.client, {"authorization": "Bearer wrong"}):
        answer = await world.http.post("/v1/internal/cases", json=ids, headers=headers)
        assert answer.status_code == 401


async def test_a_turn_leaves_a_trace_without_words(world: World) -> None:
    await world.say("c1", "楼上漏水")
    conversation = await the_conversation(world.sessions)
    await turns_with(world, engine_says("在哪里?")).run(conversation.id, attempts=0)
    async with world.sessions() as session:
        turn = (await session.scalars(select(Turn))).one()
        message = await session.scalar(select(Message).where(Message.seq == 1))
    assert (turn.number, turn.outcome) == (1, Outcome.ANSWERED)
    assert "engine_ms" in turn.trace
    assert "漏水" not in json.dumps(turn.trace, ensure_ascii=False)
    assert message is not None
    assert message.analysis_sealed is not None
    assert now() >= turn.created_at
