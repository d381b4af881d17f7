"""Neither the logs nor the database hold in clear what a citizen wrote."""

import asyncio
import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from backend_api.core import logs
from backend_api.core.live import CHANNEL, News
from backend_api.main import Settings
from backend_api.migrations.tables import METADATA
from tests.backend_api.test_turns import (
    PHONE,
    complete_draft,
    engine_says,
    file_case,
    turns_with,
)
from tests.conftest import World

WORD = "房东"


@pytest.fixture
def logged() -> Iterator[StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.configure("test", level="DEBUG")
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream := StringIO())
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.anyio
async def test_no_log_holds_what_somebody_sent(world: World, logged: StringIO) -> None:
    await world.say("c1", f"我的电话是{PHONE}")
    for username in (f"{PHONE}\x00", PHONE):
        body = {"username": username, "password": PHONE}
        await world.http.post("/v1/staff/sign-in", json=body)
    for query in (f"after={PHONE}", f"wait={PHONE}", f"{PHONE}=x"):
        await world.http.get(f"/v1/chat/{PHONE}?{query}", headers=world.client)
    with pytest.raises(Exception, match=PHONE) as failure:
        async with world.sessions() as session:
            await session.execute(text("SELECT CAST(:v AS uuid)"), {"v": PHONE})
    logging.getLogger("uvicorn.error").error("Exception", exc_info=failure.value)
    # asyncio's own words for a task that nobody awaited
    logging.getLogger("asyncio").error("lost\nfuture: %r", failure.value, exc_info=failure.value)
    written = logged.getvalue()
    assert '"event": "request"' in written
    assert "test_secrecy.py:" in written
    assert PHONE not in written


def test_an_exception_is_logged_with_its_causes_and_without_its_words(
    logged: StringIO,
) -> None:
    try:
        try:
            int(PHONE + "x")
        except ValueError as exc:
            raise KeyError(PHONE) from exc
    except KeyError:
        logging.getLogger("backend_api.core").exception("failed")
    line = json.loads(logged.getvalue())
    assert [one for one in line["exc_info"].split("\n") if one[0] != " "] == [
        "KeyError",
        "ValueError",
    ]
    assert PHONE not in json.dumps(line)


def test_wrong_settings_are_named_and_not_repeated() -> None:
    with pytest.raises(ValidationError) as wrong:
        Settings(port=PHONE + "x", service_token="")  # type: ignore[arg-type, call-arg]
    assert "port" in str(wrong.value)
    assert PHONE not in str(wrong.value)


@pytest.mark.anyio
async def test_no_table_holds_personal_data_in_clear(world: World) -> None:
    conversation = await complete_draft(world)
    await world.say("c1", "对")
    assert (await file_case(world, conversation)).status_code == 200
    await world.say("c1", f"{WORD}又骂人,电话{PHONE}")
    receipt = engine_says("登记好了", card="receipt")
    await turns_with(world, receipt).run(conversation.id, attempts=0)
    await world.say("c1", f"{WORD}还在,电话{PHONE}")
    tables = [*(table.name for table in METADATA.sorted_tables), "procrastinate_jobs"]
    async with world.sessions() as session:
        for table in tables:
            rows = (await session.scalars(text(f"SELECT t::text FROM {table} t"))).all()  # noqa: S608
            # bytea is shown as hexadecimal digits
            for secret in (PHONE, WORD, PHONE.encode().hex(), WORD.encode().hex()):
                assert not [row for row in rows if secret in row], table
        assert await session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 4
        assert await session.scalar(text("SELECT count(*) FROM case_file")) == 1
        sealed = await session.scalar(text("SELECT count(extras_sealed) FROM message"))
        assert sealed
        assert await session.scalar(text("SELECT count(analysis_sealed) FROM message"))


@pytest.mark.anyio
async def test_foreign_news_are_passed_over(world: World) -> None:
    ended: list[str] = []
    news = News(world.database_url, end=lambda: ended.append("end"))
    async with news.listening():
        await world.say("c1", "漏水")
        await asyncio.sleep(0.2)
        async with world.sessions.begin() as session:
            await session.execute(text("SELECT pg_notify(:c, 'nobody')"), {"c": CHANNEL})
        await asyncio.sleep(0.2)
    assert ended == []


@pytest.mark.anyio
async def test_news_that_fail_end_the_process() -> None:
    ended: list[str] = []
    news = News("no such thing as a = valid url", end=lambda: ended.append("end"))
    async with news.listening():
        await asyncio.sleep(0.1)
    assert ended == ["end"]
