"""One whole service, with a citizen's client and a member of staff."""

from collections.abc import Iterator

import httpx
import pytest

from bench.stack import Stack, own_stack

PASSWORD = "a-much-longer-one"


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with own_stack() as made:
        yield made


@pytest.fixture
def channel(stack: Stack) -> Iterator[httpx.Client]:
    """The HTTP channel as a client program has it."""
    with _client(stack, stack.token) as client:
        yield client


@pytest.fixture(scope="session")
def staff(stack: Stack) -> Iterator[httpx.Client]:
    """The first account, signed in, its one-time password changed."""
    with _client(stack, "") as client:
        given = {"username": "admin", "password": stack.first_password}
        opened = client.post("/v1/staff/sign-in", json=given).json()
        client.headers["authorization"] = f"Bearer {opened['token']}"
        assert opened["must_change_password"]
        assert client.get("/v1/cases").json()["code"] == "password_change_required"
        change = {"old": stack.first_password, "new": PASSWORD}
        assert client.post("/v1/staff/password", json=change).status_code == 204
        yield client


def _client(stack: Stack, token: str) -> httpx.Client:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=stack.url, headers=headers, timeout=40, trust_env=False)
