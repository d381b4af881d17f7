"""What many tests stand on: a real PostgreSQL with a fresh database each, and the api."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest

from backend_api.access.rules import Role
from backend_api.access.service import add_account, create_token
from backend_api.audit.service import SYSTEM
from backend_api.core.crypto import Keyring, new_keyring_file
from backend_api.core.db import Sessions, open_sessions
from backend_api.core.jobs import open_jobs
from backend_api.core.migrate import upgrade
from backend_api.main import Settings, create_app
from backend_api.operations.postgres import running
from backend_api.organisation.models import Site, Unit
from backend_api.organisation.rules import Level
from backend_api.organisation.service import add_site, add_unit

SERVICE_TOKEN = "service-token-of-the-tests"
CONSOLE_TOKEN = "console-token-of-the-tests"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass(frozen=True, slots=True)
class Template:
    """A migrated database with one organisation, made once and then only copied."""

    server: str
    keys: Path
    unit: Unit
    site: Site
    token: str
    password: str


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    folder = tmp_path_factory.mktemp("postgres")
    keys = folder / "keyring.json"
    new_keyring_file(keys)
    with running(folder) as url:
        upgrade(url)
        yield asyncio.run(_set_up(url, keys))


async def _set_up(url: str, keys: Path) -> Template:
    sessions = open_sessions(url, keyring=Keyring(keys), jobs=open_jobs(url))
    async with sessions.begin() as session:
        unit = await add_unit(session, SYSTEM, name="翠竹街道", level=Level.STREET, parent=None)
        site = await add_site(session, SYSTEM, name="大门口", unit=unit)
        token = await create_token(session, role=Role.CLIENT, name="test", unit=unit)
        password = await add_account(
            session, username="admin", name="管理员", role=Role.ADMINISTRATOR, unit=unit
        )
    await sessions.kw["bind"].dispose()
    return Template(url.rsplit("/", 1)[0], keys, unit, site, token, password)


@pytest.fixture
def database_url(template: Template) -> Iterator[str]:
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(f"{template.server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE hualiao STRATEGY file_copy")
        yield f"{template.server}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True, slots=True)
class World:
    """One organisation with one site, a client that brings messages, and an administrator."""

    database_url: str
    sessions: Sessions
    http: httpx.AsyncClient
    unit: Unit
    site: Site
    client: dict[str, str]
    password: str

    async def sign_in(self) -> dict[str, str]:
        """Headers of the administrator, whose one-time password is changed."""
        given = {"username": "admin", "password": self.password}
        opened = (await self.http.post("/v1/staff/sign-in", json=given)).json()
        headers = {"authorization": f"Bearer {opened['token']}"}
        change = {"old": self.password, "new": "a-much-longer-one"}
        await self.http.post("/v1/staff/password", json=change, headers=headers)
        return headers

    async def say(self, conversation: str, text: str, message_id: str = "") -> httpx.Response:
        body = {
            "conversation": conversation,
            "message_id": message_id or secrets.token_hex(8),
            "text": text,
        }
        return await self.http.post("/v1/chat", json=body, headers=self.client)

    async def replies(self, conversation: str, after: int = 0) -> list[dict[str, object]]:
        url = f"/v1/chat/{conversation}?after={after}"
        answer = await self.http.get(url, headers=self.client)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, object]] = answer.json()
        return found


@pytest.fixture
async def world(template: Template, database_url: str) -> AsyncIterator[World]:
    settings = Settings(
        port=1,
        database_url=database_url,
        keyring=template.keys,
        service_token=SERVICE_TOKEN,
        console_token=CONSOLE_TOKEN,
        engine_url="http://127.0.0.1:9",
        actions_url="http://127.0.0.1:9",
    )
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            yield World(
                database_url,
                app.state.sessions,
                http,
                template.unit,
                template.site,
                {"authorization": f"Bearer {template.token}"},
                template.password,
            )
