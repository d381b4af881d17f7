"""The main job: a citizen tells what happened, and staff find a masked, registered case."""

import httpx
import pytest

from backend_api.cases.rules import is_registration_number
from tests.end_to_end.talking import Citizen, asked

pytestmark = pytest.mark.timeout(900)  # the first start may train the models

STORY = "我们小区楼下的烧烤店每天晚上吵到两三点,油烟很大,跟物业说过好几次都没人管"
PHONE = "13800001234"
ANSWERS = {
    "where": "罗湖区翠竹街道翠竹苑3栋",
    "demand": "希望他们晚上十点以后不要营业",
    "contact": f"我的电话是{PHONE}",
    "confirmed": "对，就这样登记",
}


def filed(citizen: Citizen) -> dict[str, str]:
    """Answers what is asked; the receipt's rows."""
    replies = citizen.say(STORY)
    for _ in range(len(ANSWERS) + 1):
        cards = [reply["card"] for reply in replies if reply["card"]]
        if cards and cards[-1]["kind"] == "receipt":
            return {row["field"]: row["value"] for row in cards[-1]["rows"]}
        replies = citizen.say(ANSWERS[asked(replies) or ""])
    raise AssertionError("never filed")


def test_a_story_becomes_a_case_that_staff_see_masked(
    channel: httpx.Client, staff: httpx.Client
) -> None:
    receipt = filed(Citizen(channel))
    assert is_registration_number(receipt["number"])
    items = staff.get("/v1/cases").json()["items"]
    case = next(item for item in items if item["number"] == receipt["number"])
    assert case["status"] == "registered"
    assert "烧烤店" in case["summary"]
    found = staff.get(f"/v1/cases/{case['id']}").json()
    fields = {field["field"]: field["value"] for field in found["fields"]}
    assert fields["contact"] == "138****1234"
    assert fields["where"] == ANSWERS["where"]
    transcript = staff.get(f"/v1/conversations/{found['conversation']}/messages").text
    assert "烧烤店" in transcript
    assert PHONE not in transcript + str(found) + str(items)


def test_a_case_needs_a_signed_in_member_of_staff(channel: httpx.Client) -> None:
    assert channel.get("/v1/cases").status_code in {401, 403}
    stranger = {"authorization": "Bearer forged"}
    assert channel.get("/v1/cases", headers=stranger).status_code == 401
