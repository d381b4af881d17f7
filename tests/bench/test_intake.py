"""The bench is a judge: what it lets pass, nobody sees."""

import random
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

import pytest
import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer

from backend_api.drafts.labels import label, offer
from backend_api.drafts.rules import ASKED
from backend_api.notifications.texts import citizen_text
from backend_api.operations.folders import PROJECT
from bench import cast, phrases, report
from bench.cast import Errand, Part
from bench.channel import Card, Conversation, Reply, Row, open_http
from bench.dialogue import Dialogue, Ending
from bench.judging import Verdict, digits, judge
from bench.player import Performance, Player, perform

pytestmark = pytest.mark.anyio

Kind = Literal["read_back", "receipt"]
FILED = "已经帮您登记好了。"
PHONE, NAME = "13800001234", "王建国"


# -- the cast ----------------------------------------------------------------------------------


def test_the_cases_are_about_every_matter() -> None:
    listed = yaml.safe_load((PROJECT / "data/matters/matters.yml").read_text(encoding="utf-8"))
    assert {case.matter for case in cast.cases()} == {one["zh"] for one in listed["matters"]}
    assert len(cast.cases()) >= 60
    assert len({case.id for case in cast.cases()}) == len(cast.cases())


@pytest.mark.parametrize("case", cast.cases(), ids=lambda case: case.id)
def test_what_a_case_is_judged_by_is_what_is_said(case: cast.Case) -> None:
    said = {"what": case.story[0], **case.facts}
    assert all(key in said[name] for name, keys in case.keys.items() for key in keys)
    assert all(key in case.terse for key in case.keys["what"])
    assert {"where", "demand"} <= set(case.facts)


def test_there_are_all_the_personas_that_were_asked_for() -> None:
    names = {persona.name for persona in cast.personas()}
    wanted = {"terse", "rambling", "angry", "elderly_voice", "corrects", "asks_back", "several"}
    assert wanted | {"refuses", "switches", "letter", "photos", "person_first"} <= names
    assert any(name.startswith("dialect") for name in names)


def test_the_same_seed_gives_the_same_parts() -> None:
    assert [cast.draw(number, 7) for number in range(60)] == [
        cast.draw(number, 7) for number in range(60)
    ]
    assert cast.draw(1, 7) != cast.draw(1, 8)


def test_what_counts_as_told_is_in_the_opening() -> None:
    for part in (cast.draw(number, 3) for number in range(220)):
        said = "".join(part.opening)
        for errand in part.errands:
            assert all(_value(errand, name) in said for name in errand.told - {"what"})


def _value(errand: Errand, name: str) -> str:
    return errand.said_first(name)


def test_words_of_a_dialect_leave_the_facts_alone() -> None:
    cantonese = next(one for one in cast.personas() if one.name == "dialect_cantonese")
    assert cast.in_own_words(cantonese, "我们没有{where}") == "我哋冇{where}"


# -- verdicts ----------------------------------------------------------------------------------


def errand(**wrong: str) -> Errand:
    case = next(one for one in cast.cases() if one.id == "renting_deposit")
    facts = {"what": case.story[0], **case.facts, "contact": PHONE, "name": NAME}
    return Errand(case, facts, wrong=wrong)


@pytest.mark.parametrize(
    ("name", "stored", "verdict"),
    [
        ("contact", "138 0000 1234", Verdict.RIGHT),
        ("contact", "13800001235", Verdict.WRONG),
        ("contact", None, Verdict.MISSING),
        ("where", "就在罗芳村那边", Verdict.RIGHT),
        ("where", "黄贝街道", Verdict.WRONG),
        ("demand", "希望把押金拿回来", Verdict.RIGHT),
        ("amount", "四千元", Verdict.RIGHT),
        ("amount", "四万元", Verdict.WRONG),
        ("name", "王建国", Verdict.RIGHT),
        ("name", "王建", Verdict.WRONG),
    ],
)
def test_a_stored_value_is_judged_by_the_script(
    name: str, stored: str | None, verdict: Verdict
) -> None:
    assert judge(errand(), name, stored) is verdict


def test_a_value_that_was_taken_back_must_be_gone() -> None:
    assert judge(errand(where="万新花苑"), "where", "万新花苑 罗芳村") is Verdict.WRONG


def test_a_refused_number_is_right_when_none_is_stored() -> None:
    mine = errand()
    refused = Errand(mine.case, {k: v for k, v in mine.facts.items() if k != "contact"})
    assert judge(refused, "contact", "不留电话（匿名）") is Verdict.RIGHT
    assert judge(refused, "contact", PHONE) is Verdict.WRONG


def test_a_dictated_number_is_read_as_figures() -> None:
    assert digits("幺三八零零零零幺二三四") == PHONE


# -- the service's texts -----------------------------------------------------------------------


def response(name: str) -> str:
    return min(text for text, found in phrases.load().names.items() if found == name)


def said_by_bot(
    text: str, *, rows: dict[str, str] | None = None, kind: Kind = "read_back"
) -> Reply:
    listed = [Row(field=name, label=label(name), value=at) for name, at in (rows or {}).items()]
    lines = "".join(f"\n{row['label']}：{row['value']}" for row in listed)
    card = Card(kind=kind, rows=listed) if rows is not None else None
    return {"text": text + lines, "choices": [], "kind": "bot", "card": card, "seq": 2}


def test_a_read_back_is_recognised_with_its_offer() -> None:
    more = citizen_text("offer_more", items=offer("name"))
    reply = said_by_bot(response("utter_ask_confirmed") + more, rows={"where": "罗芳村"})
    assert phrases.load().question([reply]) == "confirmed"
    assert phrases.offered([reply]) == ["name"]


def test_a_text_that_is_filled_in_is_recognised() -> None:
    several = citizen_text("several", matters="劳动欠薪、房屋租赁")
    assert phrases.load().name_of(said_by_bot(several)) == "several"


def test_an_explained_question_is_still_the_open_one() -> None:
    texts = phrases.load()
    hint = [said_by_bot(response("utter_hint_contact"))]
    assert texts.question(hint) is None
    assert texts.spoken_of(hint) == "contact"


# -- conversations, over real HTTP with a service that follows a script --------------------------


@dataclass
class Service:
    """Answers each message by the next entry of its script, then by silence. `skips`: replies that
    are never handed out."""

    script: list[list[Reply]]
    skips: int = 0
    replies: list[Reply] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    seq: int = 0

    async def take(self, request: web.Request) -> web.Response:
        self.heard.append((await request.json())["text"])
        self.seq += 1
        mine = self.seq
        for reply in self.script.pop(0) if self.script else []:
            self.seq += 1 + self.skips
            self.replies.append({**reply, "seq": self.seq})
        return web.json_response({"seq": mine}, status=202)

    async def give(self, request: web.Request) -> web.Response:
        after = int(request.query["after"])
        return web.json_response([one for one in self.replies if one["seq"] > after])


@asynccontextmanager
async def served(service: Service) -> AsyncIterator[Conversation]:
    app = web.Application()
    app.router.add_post("/v1/chat", service.take)
    app.router.add_get("/v1/chat/{conversation}", service.give)
    async with TestServer(app) as server, open_http(str(server.make_url("/")), "token") as http:
        yield Conversation(http)


async def played(part: Part, service: Service) -> Performance:
    async with served(service) as talk:
        pace = random.Random(1)  # noqa: S311 - a script, no secret
        dialogue = Dialogue(talk, phrases.load(), pace, reply_seconds=0.2, pause=0.0)
        return await Player(part, dialogue, perform(part, 1), pace).play()


def part_of(name: str) -> Part:
    names = [persona.name for persona in cast.personas()]
    return cast.draw(names.index(name), 1)


def ask(name: str) -> list[Reply]:
    return [said_by_bot(response(f"utter_ask_{name}"))]


def read_back(part: Part, **other: str) -> list[Reply]:
    facts = dict(part.errands[0].facts)
    rows = {name: value for name, value in facts.items() if name in {"what", *ASKED, "name"}}
    return [said_by_bot(response("utter_ask_confirmed"), rows=rows | other)]


def receipt() -> list[Reply]:
    return [said_by_bot(FILED, rows={"number": "1"}, kind="receipt")]


async def test_who_tells_everything_files_without_a_question() -> None:
    part = part_of("everything")
    record = await played(part, Service([read_back(part), receipt()]))
    assert (record.ending, record.right, record.asked.total()) == (Ending.FILED, True, 0)
    assert set(record.fields.values()) == {Verdict.RIGHT}
    assert not record.is_bad()


async def test_a_question_for_what_was_told_is_needless() -> None:
    part = part_of("everything")
    record = await played(part, Service([ask("where"), read_back(part), receipt()]))
    assert record.needless == {"where": 1}


async def test_a_question_put_again_after_its_answer_is_counted() -> None:
    part = part_of("terse")
    script = [ask("demand"), ask("demand"), read_back(part), receipt()]
    record = await played(part, Service(script))
    assert record.again["demand"] + record.needless["demand"] >= 1


async def test_a_wrong_row_is_corrected_and_judged_at_both_times() -> None:
    part = part_of("everything")
    service = Service([read_back(part, contact="13899999999"), read_back(part), receipt()])
    record = await played(part, service)
    assert (record.first["contact"], record.fields["contact"]) == (Verdict.WRONG, Verdict.RIGHT)
    assert record.corrections == 1


async def test_what_is_required_is_corrected_first_and_nothing_for_ever() -> None:
    part = part_of("everything")
    wrong = read_back(part, contact="13899999999", name="别人")
    record = await played(part, Service([wrong] * 8 + [receipt()]))
    assert (record.ending, record.corrections) == (Ending.FILED, 3)
    assert record.fields["contact"] is Verdict.WRONG


async def test_silence_is_silence() -> None:
    record = await played(part_of("terse"), Service([[]]))
    assert record.ending is Ending.SILENT
    assert record.is_bad()


async def test_a_reply_that_never_came_is_lost() -> None:
    part = part_of("everything")
    record = await played(part, Service([read_back(part), receipt()], skips=1))
    assert record.troubles["lost"]
    assert record.is_bad()


async def test_the_same_question_for_ever_is_stuck() -> None:
    record = await played(part_of("terse"), Service([ask("where")] * 50))
    assert record.ending is Ending.STUCK


async def test_being_handed_over_is_right_only_for_who_asked() -> None:
    handed = [said_by_bot(response("utter_human_requested"))]
    wanted = await played(part_of("person_first"), Service([handed]))
    unasked = await played(part_of("terse"), Service([handed]))
    assert (wanted.right, unasked.right) == (True, False)


async def test_cancelling_ends_without_a_case() -> None:
    service = Service([ask("demand"), [said_by_bot(response("utter_cancelled"))]])
    record = await played(part_of("cancels"), service)
    assert (record.ending, record.right) == (Ending.CANCELLED, True)


async def test_of_several_matters_none_may_be_forgotten() -> None:
    part = part_of("several")
    second = Part(part.persona, part.errands[1:], part.opening, part.stories[1:])
    script = [read_back(part), receipt(), read_back(second), receipt()]
    record = await played(part, Service(script))
    assert (record.filed, record.right) == (2, False)
    assert record.why == "the other matter was forgotten"


# -- the report --------------------------------------------------------------------------------


async def test_the_worst_conversations_come_first() -> None:
    part = part_of("everything")
    good = await played(part, Service([read_back(part), receipt()]))
    bad = await played(part_of("terse"), Service([[]]))
    assert report.worst_first([good, bad]) == [bad, good]
    figures = report.performance_figures([good, bad])
    assert figures["right_outcomes"] == 0.5
    assert _keys(figures["by_persona"]) == {"everything", "terse"}


def _keys(table: object) -> set[str]:
    assert isinstance(table, Iterable)
    return set(table)
