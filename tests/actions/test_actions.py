"""The action server before a backend that is a function."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from actions.backend import Backend, client
from actions.main import app

IDS = {"conversation": "c-1", "turn": "t-1", "message": "m-1"}
DOMAIN: dict[str, Any] = {"slots": {}, "responses": {}}


class Backside:
    """What the actions asked of the api, and what it answers."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.answer: Callable[[], httpx.Response] = lambda: httpx.Response(200, json={})

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answer()


@pytest.fixture
def backside() -> Backside:
    return Backside()


@pytest.fixture
async def server(backside: Backside) -> AsyncIterator[httpx.AsyncClient]:
    made = client("http://api", "service")
    api = httpx.AsyncClient(
        base_url="http://api",
        headers=made.headers,
        event_hooks=made.event_hooks,
        transport=httpx.MockTransport(backside),
    )
    transport = httpx.ASGITransport(app(Backend(api), "token"), raise_app_exceptions=False)
    async with api, httpx.AsyncClient(transport=transport, base_url="http://actions") as found:
        yield found


def call(
    action: str, intent: str = "affirm", known: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """`known`: the slots as they are."""
    message = {"text": "", "intent": {"name": intent}, "entities": [], "metadata": IDS, **more}
    tracker = {"sender_id": "s", "slots": known or {}, "latest_message": message, "events": []}
    return {"next_action": action, "sender_id": "s", "tracker": tracker, "domain": DOMAIN}


async def run(server: httpx.AsyncClient, body: Any, shown: str = "token") -> httpx.Response:
    return await server.post("/webhook", params={"token": shown}, json=body)


def slots(answer: httpx.Response) -> dict[str, Any]:
    events = answer.json()["events"]
    return {each["name"]: each["value"] for each in events if each["event"] == "slot"}


def responses(answer: httpx.Response) -> list[str]:
    return [each["response"] for each in answer.json()["responses"]]


def followups(answer: httpx.Response) -> list[str]:
    return [each["name"] for each in answer.json()["events"] if each["event"] == "followup"]


@pytest.mark.anyio
async def test_a_wrong_token_runs_nothing(server: httpx.AsyncClient, backside: Backside) -> None:
    for token in ("", "wrong", "错"):
        assert (await run(server, call("action_file_case"), token)).status_code == 401
    assert backside.asked == []


@pytest.mark.anyio
async def test_an_unknown_action_is_not_found(server: httpx.AsyncClient) -> None:
    assert (await run(server, call("action_dance"))).status_code == 404


@pytest.mark.anyio
@pytest.mark.parametrize("body", [None, [], "x", {}, {"next_action": 7}])
async def test_a_call_of_another_shape_is_refused(server: httpx.AsyncClient, body: Any) -> None:
    assert (await run(server, body)).status_code == 422


@pytest.mark.anyio
async def test_filing_is_asked_in_the_name_of_the_message(
    server: httpx.AsyncClient, backside: Backside
) -> None:
    backside.answer = lambda: httpx.Response(200, json={"number": "20260000001"})
    answer = await run(server, call("action_file_case"))
    assert slots(answer)["filed"] is True
    assert slots(answer)["what"] is None
    [request] = backside.asked
    assert request.url.path == "/v1/internal/cases"
    assert request.headers["authorization"] == "Bearer service"
    assert json.loads(request.content) == IDS


@pytest.mark.anyio
async def test_the_backend_is_called_under_the_id_of_the_request(
    server: httpx.AsyncClient, backside: Backside
) -> None:
    for request in ("r-1", None):
        metadata = IDS | ({"request": request} if request else {})
        await run(server, call("action_cancel_draft", "cancel", metadata=metadata))
    assert [one.headers.get("x-request-id") for one in backside.asked] == ["r-1", None]


@pytest.mark.anyio
async def test_what_is_missing_is_asked_by_the_form(
    server: httpx.AsyncClient, backside: Backside
) -> None:
    missing = {"code": "incomplete_draft", "missing": ["where"]}
    backside.answer = lambda: httpx.Response(409, json=missing)
    answer = await run(server, call("action_file_case"))
    assert slots(answer) == {"where": None, "confirmed": None, "change": None}
    assert followups(answer) == ["intake_form"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    "broken",
    [
        httpx.Response(500, json={}),
        httpx.Response(401, json={}),
        httpx.Response(409, json={"code": "another"}),
        httpx.Response(200, json={}),
        httpx.Response(200, content=b"<html>"),
    ],
)
async def test_a_failing_backend_is_not_caught(
    server: httpx.AsyncClient, backside: Backside, broken: httpx.Response
) -> None:
    backside.answer = lambda: broken
    assert (await run(server, call("action_file_case"))).status_code == 500


@pytest.mark.anyio
async def test_a_message_without_ids_files_nothing(
    server: httpx.AsyncClient, backside: Backside
) -> None:
    assert (await run(server, call("action_file_case", metadata={}))).status_code == 500
    assert backside.asked == []


@pytest.mark.anyio
async def test_cancelling_drops_the_draft(server: httpx.AsyncClient, backside: Backside) -> None:
    answer = await run(server, call("action_cancel_draft", "cancel"))
    assert backside.asked[0].url.path == "/v1/internal/drafts/cancel"
    assert slots(answer)["what"] is None
    assert slots(answer)["relation"] == "not_needed"


@pytest.mark.anyio
async def test_a_person_is_asked_for(server: httpx.AsyncClient, backside: Backside) -> None:
    assert (await run(server, call("action_request_human", "ask_human"))).status_code == 200
    assert backside.asked[0].url.path == "/v1/internal/handoffs"
    assert b'"asked"' in backside.asked[0].content


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("intent", "item", "unset"),
    [
        ("choose_field", "where", {"where", "confirmed", "change"}),
        ("correct", "where", {"confirmed", "change"}),
        ("affirm", None, {"confirmed", "change"}),
    ],
)
async def test_an_item_is_opened_again(
    server: httpx.AsyncClient, intent: str, item: str | None, unset: set[str]
) -> None:
    entities = [{"entity": "item", "value": item}] if item else []
    answer = await run(server, call("action_reopen_field", intent, entities=entities))
    assert set(slots(answer)) == unset


@pytest.mark.anyio
async def test_an_item_the_form_does_not_ask_for_is_waited_for(server: httpx.AsyncClient) -> None:
    entities = [{"entity": "item", "value": "when"}]
    answer = await run(server, call("action_reopen_field", "choose_field", entities=entities))
    assert responses(answer) == ["utter_ask_right_value"]
    assert followups(answer) == ["action_listen"]


@pytest.mark.anyio
@pytest.mark.parametrize("item", ["contact", "where", "when"])
async def test_an_item_that_is_named_with_its_value_is_not_asked_for(
    server: httpx.AsyncClient, item: str
) -> None:
    entities = [{"entity": "item", "value": item}, {"entity": item, "value": "p2"}]
    answer = await run(server, call("action_reopen_field", "choose_field", entities=entities))
    assert item not in slots(answer)
    assert (responses(answer), followups(answer)) == ([], [])


@pytest.mark.anyio
async def test_the_server_says_that_it_lives(server: httpx.AsyncClient) -> None:
    assert (await server.get("/healthz")).status_code == 200


@pytest.mark.anyio
async def test_who_stops_has_the_draft_kept(server: httpx.AsyncClient, backside: Backside) -> None:
    answer = await run(server, call("action_park_draft", "cancel"))
    assert backside.asked[0].url.path == "/v1/internal/drafts/park"
    assert json.loads(backside.asked[0].content) == IDS
    assert set(slots(answer).values()) == {None}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("parked", "said"), [(True, ["utter_offer_parked"]), (False, []), (None, [])]
)
async def test_another_matter_is_offered_only_when_one_waits(
    server: httpx.AsyncClient, backside: Backside, parked: bool | None, said: list[str]
) -> None:
    answer = await run(server, call("action_offer_parked", known={"parked": parked}))
    assert responses(answer) == said
    assert backside.asked == []


OF_THE_OTHER = {"what": "known", "contact": "known", "safe_contact": "not_needed"}


@pytest.mark.anyio
async def test_a_matter_that_waited_is_opened_with_what_is_known_of_it(
    server: httpx.AsyncClient, backside: Backside
) -> None:
    backside.answer = lambda: httpx.Response(200, json={"settled": OF_THE_OTHER})
    before = {"where": "known", "safe_contact": "yes"}
    answer = await run(server, call("action_open_parked", known=before))
    assert backside.asked[0].url.path == "/v1/internal/drafts/parked"
    found = {slot: mark for slot, mark in slots(answer).items() if mark is not None}
    assert found == {
        "what": "known",
        "contact": "known",
        "relation": "not_needed",
        "safe_contact": "not_needed",
    }
    assert slots(answer)["where"] is None
    assert responses(answer) == []


@pytest.mark.anyio
async def test_how_to_be_reached_is_asked_where_the_next_matter_is_delicate(
    server: httpx.AsyncClient, backside: Backside
) -> None:
    backside.answer = lambda: httpx.Response(200, json={"settled": {"what": "known"}})
    answer = await run(server, call("action_open_parked", known={"safe_contact": "yes"}))
    assert slots(answer)["safe_contact"] is None


@pytest.mark.anyio
async def test_when_nothing_waits_it_is_asked_for(
    server: httpx.AsyncClient, backside: Backside
) -> None:
    backside.answer = lambda: httpx.Response(200, json={"settled": None})
    answer = await run(server, call("action_open_parked"))
    assert responses(answer) == ["utter_no_parked"]
    assert slots(answer)["what"] is None


@pytest.mark.anyio
@pytest.mark.parametrize("body", [{}, {"settled": "what"}, {"waiting": 1}])
async def test_an_answer_of_another_shape_opens_nothing(
    server: httpx.AsyncClient, backside: Backside, body: dict[str, Any]
) -> None:
    backside.answer = lambda: httpx.Response(200, json=body)
    assert (await run(server, call("action_open_parked"))).status_code == 500


@pytest.mark.anyio
async def test_what_was_told_after_filing_is_added_to_the_case(
    server: httpx.AsyncClient, backside: Backside
) -> None:
    answer = await run(server, call("action_add_to_case", "add_facts"))
    assert backside.asked[0].url.path == "/v1/internal/cases/add"
    assert slots(answer)["filed"] is True
    assert slots(answer)["what"] is None


@pytest.mark.anyio
async def test_a_case_is_taken_back_on_a_yes(server: httpx.AsyncClient, backside: Backside) -> None:
    answer = await run(server, call("action_withdraw_case", known={"withdrawal": "yes"}))
    assert [one.url.path for one in backside.asked] == ["/v1/internal/cases/withdraw"]
    assert responses(answer) == ["utter_withdrawn"]
    assert slots(answer) == {"withdrawal": None}


@pytest.mark.anyio
@pytest.mark.parametrize("said", ["no", None, "maybe"])
async def test_a_case_is_taken_back_on_nothing_else(
    server: httpx.AsyncClient, backside: Backside, said: str | None
) -> None:
    answer = await run(server, call("action_withdraw_case", known={"withdrawal": said}))
    assert backside.asked == []
    assert responses(answer) == ["utter_not_withdrawn"]
    assert slots(answer) == {"withdrawal": None}


@pytest.mark.anyio
@pytest.mark.parametrize(
    "action",
    [
        *("action_park_draft", "action_open_parked", "action_add_to_case", "action_cancel_draft"),
        "action_request_human",
    ],
)
async def test_what_the_backend_could_not_do_is_not_said_to_be_done(
    server: httpx.AsyncClient, backside: Backside, action: str
) -> None:
    backside.answer = lambda: httpx.Response(500, json={})
    assert (await run(server, call(action))).status_code == 500


@pytest.mark.anyio
async def test_a_case_that_was_not_taken_back_is_not_said_to_be(
    server: httpx.AsyncClient, backside: Backside
) -> None:
    backside.answer = lambda: httpx.Response(409, json={"code": "outdated"})
    answer = await run(server, call("action_withdraw_case", known={"withdrawal": "yes"}))
    assert answer.status_code == 500


SETTLED = {"what": "known", "where": "known", "demand": "not_needed", "contact": "anonymous"}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("asking", "again"),
    [
        *(("what", None), ("where", "what"), ("demand", "where"), ("contact", "where")),
        *(("confirmed", "contact"), ("change", "contact"), ("relation", None)),
    ],
)
async def test_the_question_before_is_opened_again(
    server: httpx.AsyncClient, asking: str, again: str | None
) -> None:
    known = {"requested_slot": asking, "safe_contact": "not_needed", **SETTLED}
    answer = await run(server, call("action_go_back", "go_back", known=known))
    assert set(slots(answer)) == {"confirmed", "change"} | ({again} if again else set())
    assert set(slots(answer).values()) == {None}


@pytest.mark.anyio
@pytest.mark.parametrize("asking", ["where", "demand", "safe_contact"])
async def test_the_open_question_is_left_open(
    server: httpx.AsyncClient, backside: Backside, asking: str
) -> None:
    answer = await run(server, call("action_leave_open", "skip", known={"requested_slot": asking}))
    assert slots(answer) == {asking: "unknown"}
    assert backside.asked == []
