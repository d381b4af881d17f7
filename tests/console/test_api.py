"""The console's way to the api: what it sends, and what becomes of failures."""

import json
from collections.abc import Callable
from uuid import UUID

import httpx
import pytest

from console.api import Api, ApiError, PasswordChangeRequiredError, SignedOutError

pytestmark = pytest.mark.anyio
Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def api_answering(answer: Answer) -> Api:
    transport = httpx.MockTransport(answer)
    return Api(httpx.AsyncClient(transport=transport, base_url="http://api"), "key")


async def test_a_reply_carries_the_token_and_its_id() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(202, json={})

    await api_answering(answer).reply("c1", UUID(int=7), "您好")
    (request,) = seen
    assert request.url.path == "/v1/conversations/c1/reply"
    assert request.headers["authorization"] == "Bearer key"
    assert json.loads(request.content) == {"message_id": str(UUID(int=7)), "text": "您好"}


async def test_a_number_is_asked_for_with_its_reason() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"values": {"contact": "13800000000"}})

    shown = await api_answering(answer).unmask("c1", "verify")
    (request,) = seen
    assert (request.method, request.url.path) == ("POST", "/v1/cases/c1/unmask")
    assert json.loads(request.content) == {"reason": "verify"}
    assert shown == {"contact": "13800000000"}


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (401, {"code": "wrong_credentials", "detail": ""}, ApiError, "wrong_credentials"),
        (401, {"code": "expired"}, SignedOutError, "expired"),
        (403, {"code": "password_change_required"}, PasswordChangeRequiredError, None),
        (409, {"code": "already_accepted", "detail": "有人了"}, ApiError, "already_accepted"),
        (500, None, ApiError, "unexpected"),
        (422, {"detail": [{"loc": ["body"]}]}, ApiError, "unexpected"),
    ],
)
async def test_each_failure_has_its_error(
    status: int, body: object, kind: type[ApiError], code: str | None
) -> None:
    content = b"<html>" if body is None else json.dumps(body).encode()
    api = api_answering(lambda request: httpx.Response(status, content=content))
    with pytest.raises(ApiError) as caught:
        await api.me()
    assert type(caught.value) is kind
    assert code in (None, caught.value.code)


async def test_an_unreachable_api_is_an_api_error() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(ApiError) as caught:
        await api_answering(answer).queue()
    assert caught.value.code == "unreachable"
