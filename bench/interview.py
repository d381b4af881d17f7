"""One scripted citizen's conversation from the opening to its end, with everything said."""

import random
import re
from collections import Counter
from dataclasses import dataclass, field, fields

from bench import citizen
from bench.channel import Reply
from bench.citizen import Script
from bench.dialogue import BAD, Dialogue, EndedError, Ending, has_receipt, read_back_of

MAX_TURNS = 30
MAX_SAME_QUESTION = 4
MAX_WITHOUT_QUESTION = 3
FIELDS = ("what", "where", "demand", "contact")


@dataclass(slots=True)
class Interview:
    """What happened. `compared`: field → same | partial | other | wrong | missing."""

    label: str
    mode: str
    ending: Ending = Ending.STUCK
    why: str = ""
    lines: list[str] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    needless: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    expected: dict[str, str] = field(default_factory=dict)
    stored: dict[str, str] = field(default_factory=dict)
    compared: dict[str, str] = field(default_factory=dict)
    troubles: Counter[str] = field(default_factory=Counter)

    def plain(self) -> dict[str, object]:
        # Not `asdict`: it breaks a Counter (fixed in Python 3.12).
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def has_wrong_fact(self) -> bool:
        return bool({"wrong", "missing"} & set(self.compared.values()))

    def is_bad(self) -> bool:
        return self.ending in BAD or bool(self.troubles)

    def badness(self) -> float:
        """Worst first: what must never happen, then wrong facts, tiring questions, length."""
        wrong = sum(result in {"wrong", "missing"} for result in self.compared.values())
        tiring = self.needless.total() + self.again.total()
        return 100 * self.is_bad() + 10 * wrong + 5 * tiring + len(self.seconds)


class Interviewee:
    """Plays one script through the channel."""

    def __init__(self, script: Script, dialogue: Dialogue, chance: random.Random) -> None:
        self._script, self._dialogue, self._chance = script, dialogue, chance
        self._values = dict(script.values)
        self._told = set(script.told)
        self._corrected = self._reopened = False
        self._asked_back: set[str] = set()
        self._without_question = 0
        self._last: str | None = None
        self.record = Interview("", script.mode.value)

    async def play(self) -> Interview:
        try:
            await self._play()
        except EndedError as end:
            self.record.ending, self.record.why = end.ending, end.why
        await self._dialogue.close()
        self.record.lines, self.record.seconds = self._dialogue.lines, self._dialogue.seconds
        self.record.troubles = self._dialogue.troubles
        if self.record.ending is Ending.FILED:
            self._compare()
        return self.record

    async def _play(self) -> None:
        opening = list(self._script.opening)
        if self._script.mode is citizen.Opening.GREETING:
            await self._exchange([opening.pop(0)])
        replies = await self._exchange(opening)
        self._told.add("what")
        for _ in range(MAX_TURNS):
            replies = await self._exchange(self._next(replies))
        raise EndedError(Ending.STUCK, f"{MAX_TURNS} turns")

    async def _exchange(self, messages: list[str]) -> list[Reply]:
        replies = await self._dialogue.exchange(messages)
        self.record.stored = read_back_of(replies) or self.record.stored
        return replies

    def _next(self, replies: list[Reply]) -> list[str]:
        """What the citizen says to these replies; raises at the end of the conversation."""
        if has_receipt(replies):
            raise EndedError(Ending.FILED)
        self._dialogue.raise_if_handed_over(replies)
        question = self._dialogue.phrases.question(replies)
        if question is None:
            return self._without(replies)
        self._without_question = 0
        self._count(question)
        match question:
            case "confirmed":
                return [self._confirm()]
            case "change":
                return [self._name_item()]
            case "what" | "where" | "demand" | "contact":
                return self._answer(question)
            case _:
                return [citizen.reply_to(question, self._chance)]

    def _without(self, replies: list[Reply]) -> list[str]:
        self._without_question += 1
        names = [self._dialogue.phrases.name_of(reply) or "?" for reply in replies]
        if self._without_question >= MAX_WITHOUT_QUESTION:
            raise EndedError(Ending.STUCK, f"no question any more: {', '.join(names)}")
        if "utter_offer_human" in names:
            return [citizen.one_of("go_on", self._chance)]
        if self._last in FIELDS:
            return self._answer(self._last or "")
        return [self._script.opening[-1]]

    def _count(self, question: str) -> None:
        if question not in FIELDS:
            self._last = question
            return
        is_interruption = self._last == question and question not in self._told
        self._last = question
        if is_interruption or self._reopened:
            self._reopened = False
            return
        self.record.asked[question] += 1
        if question in self._script.told or question == "what":
            self.record.needless[question] += 1
        elif question in self._told:
            self.record.again[question] += 1
        if self.record.asked[question] > MAX_SAME_QUESTION:
            raise EndedError(Ending.STUCK, f"{question} asked {self.record.asked[question]} times")

    def _answer(self, question: str) -> list[str]:
        if question in self._script.asks_back and question not in self._asked_back:
            self._asked_back.add(question)
            return [self._script.asks_back[question]]
        self._told.add(question)
        if question == "what":
            return [self._script.opening[-1]]
        return citizen.answer(self._script, question, self._values.get(question), self._chance)

    def _confirm(self) -> str:
        correction = self._script.correction
        if correction is None or self._corrected:
            return citizen.one_of("affirmed", self._chance)
        if correction.directly:
            self._take(correction)
        return citizen.correct(correction, self._chance)

    def _name_item(self) -> str:
        correction = self._script.correction
        if correction is None or self._corrected:
            return citizen.one_of("nothing_to_change", self._chance)
        self._take(correction)
        self._reopened = True
        return citizen.texts()["labels"][correction.field]

    def _take(self, correction: citizen.Correction) -> None:
        self._corrected = True
        self._values[correction.field] = correction.value
        self._told.add(correction.field)

    def _changed(self, name: str) -> bool:
        return self._values.get(name) != self._script.values.get(name)

    def _compare(self) -> None:
        """Only what the citizen really said: a place in the real message may have been enough."""
        said = {name for name in ("where", "demand", "contact") if name in self._told}
        self.record.expected = {name: self._values.get(name, "") for name in sorted(said)}
        opening = squeezed("".join(self._script.opening))
        for name, wanted in self.record.expected.items():
            found = self.record.stored.get(name)
            story = opening if name in self._script.told and not self._changed(name) else ""
            self.record.compared[name] = verdict(wanted, found, story)


def verdict(wanted: str, found: str | None, story: str) -> str:
    """`other`: something else that the same message says. `wanted` empty: anonymous."""
    if not found:
        return "missing"
    if not wanted:
        return "same" if not re.search(r"\d{7}", squeezed(found)) else "wrong"
    expected, stored = squeezed(wanted), squeezed(found)
    if expected in stored:
        return "same"
    if stored in expected and len(stored) >= 3:
        return "partial"
    parts = [squeezed(part) for part in re.split("[；;]", found)]
    return "other" if all(part in story for part in parts) else "wrong"


def squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)
