"""One persona's conversation: answers, slips, interjections and a careful look at the read-back."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from bench.cast import ASKED, Errand, Part, phrase, phrases_of
from bench.channel import Reply
from bench.dialogue import (
    BAD,
    HANDED_OVER,
    Dialogue,
    EndedError,
    Ending,
    has_receipt,
    is_alarmed,
    read_back_of,
)
from bench.judging import Verdict, unscripted, verdicts
from bench.phrases import offered

MAX_TURNS = 40
MAX_SAME_QUESTION = 4
MAX_WITHOUT_QUESTION = 3
MAX_CORRECTIONS, MAX_OF_ONE_FIELD = 3, 2
MAX_ALARMS = 2
NAMES_ITEM_SHARE = 0.3
PAUSE_SHARE = 0.4
# Questions of which the report keeps count: all others are about the read-back or the course.
COUNTED = {"what", "where", "demand", "contact", "safe_contact", "relation"}
# Nothing is interjected here: the answer itself is what is looked at.
UNDISTURBED = {"change", "parked", "relation", "right_value", "lookup", "withdrawal"}
OF_THE_CITIZEN = {"contact", "name", "on_behalf"}
ADDED = {"utter_added", "utter_after_filing"}


@dataclass(slots=True)
class Performance:
    """What happened. `first`: verdicts of the first read-back; `fields`: of the last one.
    `needless`: asked though the opening held it, or nobody needs it; `again`: after an answer."""

    number: int
    persona: str
    matters: list[str]
    cases: list[str]
    ending: Ending = Ending.STUCK
    right: bool = False
    why: str = ""
    lines: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    needless: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    misunderstood: list[str] = field(default_factory=list)
    unresumed: list[str] = field(default_factory=list)
    alarms: int = 0
    corrections: int = 0
    first: dict[str, Verdict] = field(default_factory=dict)
    fields: dict[str, Verdict] = field(default_factory=dict)
    expected: dict[str, str] = field(default_factory=dict)
    stored: dict[str, str] = field(default_factory=dict)
    unscripted: dict[str, str] = field(default_factory=dict)
    troubles: Counter[str] = field(default_factory=Counter)
    filed: int = 0

    def plain(self) -> dict[str, object]:
        # Not `asdict`: it breaks a Counter (fixed in Python 3.12).
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def is_bad(self) -> bool:
        return self.ending in BAD or bool(self.troubles)

    def badness(self) -> float:
        """Worst first: what must never happen, then wrong ends, wrong facts, tiring questions."""
        lost = [verdict for verdict in self.fields.values() if verdict is not Verdict.RIGHT]
        return (
            100 * self.is_bad()
            + 50 * (not self.right)
            + 5 * len(lost)
            + 4 * self.needless.total()
            + 3 * self.again.total()
            + 2 * (len(self.misunderstood) + self.alarms + self.corrections)
            + len(self.unresumed)
        )


class Player:
    """Plays one part through the channel."""

    def __init__(
        self, part: Part, dialogue: Dialogue, record: Performance, chance: random.Random
    ) -> None:
        self._part, self._persona, self._dialogue = part, part.persona, dialogue
        self._chance, self.record = chance, record
        self._said: set[str] = set()
        self._turn_to(0)
        self._interjections = list(phrases_of(self._persona, "interjections"))
        chance.shuffle(self._interjections)
        self._without = 0
        self._open: str | None = None
        self._answered = True
        self._changing = ""
        self._last_said: Sequence[str] = ()
        self._cancelled = self._added = False

    def _turn_to(self, number: int) -> None:
        """The next errand: what was said of the citizen holds on."""
        self._number = number
        self._errand: Errand = self._part.errands[number]
        carried = self._said & OF_THE_CITIZEN if number else set()
        self._said = {*self._errand.told, *carried}
        self._slipped = {name for name in self._errand.wrong if name in self._said}
        self._to_mend = [name for name in self._slipped if self._is_mended_next(name)]
        self._stored: dict[str, str] = {}
        self._corrected: Counter[str] = Counter()
        self._named = 0
        self._has_offered = False

    def _is_mended_next(self, name: str) -> bool:
        return self._errand.mended[name] == "next"

    async def play(self) -> Performance:
        try:
            await self._play()
        except EndedError as end:
            self.record.ending, self.record.why = end.ending, end.why
        await self._dialogue.close()
        return self._recorded()

    async def _play(self) -> None:
        for text in self._persona.prelude:
            replies = await self._exchange([text])
            names = set(self._dialogue.phrases.names_of(replies))
            if self._persona.wants == "person" and names & HANDED_OVER:
                raise EndedError(Ending.HANDED_OVER)
        messages: Sequence[str] = self._part.opening
        for _ in range(MAX_TURNS):
            messages = self._next(await self._exchange(messages))
        raise EndedError(Ending.STUCK, f"{MAX_TURNS} turns")

    async def _exchange(self, messages: Sequence[str]) -> list[Reply]:
        self._last_said = messages
        return await self._dialogue.exchange(messages)

    def _recorded(self) -> Performance:
        record, dialogue = self.record, self._dialogue
        record.lines, record.seconds = dialogue.lines, dialogue.seconds
        record.troubles = dialogue.troubles
        record.right = record.ending in self._right_endings() and not record.why
        return record

    def _right_endings(self) -> set[Ending]:
        match self._persona.wants:
            case "person":
                wanted = {Ending.HANDED_OVER}
            case "cancel":
                wanted = {Ending.CANCELLED}
            case _:
                wanted = {Ending.FILED}
        accepted = {Ending(end) for each in self._part.errands for end in each.case.ends}
        must = any(each.case.must_alarm for each in self._part.errands)
        return accepted if must else wanted | accepted

    def _next(self, replies: list[Reply]) -> Sequence[str]:
        """What the citizen says to these replies; raises at the end of the conversation."""
        names = set(self._dialogue.phrases.names_of(replies))
        self._hear(replies, names)
        if has_receipt(replies):
            self._file()
            if self._number == len(self._part.errands) - 1:
                return self._afterwards()
            self._turn_to(self._number + 1)
            if "utter_offer_parked" not in names:
                return self._remind()
        self._raise_at_end(names)
        if is_alarmed(names):
            return self._calm()
        question = self._dialogue.phrases.question(replies)
        if question is None:
            return self._unasked(replies, names)
        self._without = 0
        self._count(question)
        return self._respond(question, replies, names)

    def _hear(self, replies: list[Reply], names: set[str]) -> None:
        if (rows := read_back_of(replies)) is not None:
            is_first = not self._stored
            self._stored = rows
            if is_first:
                self.record.first |= self._labelled(self._verdicts())
        if "utter_default" in names or "utter_offer_human" in names:
            self.record.misunderstood.append(" / ".join(self._last_said))

    def _verdicts(self) -> dict[str, Verdict]:
        stated = {*self._errand.facts, "contact"}
        return verdicts(self._errand, self._said & stated, self._stored)

    def _labelled(self, found: dict[str, Verdict]) -> dict[str, Verdict]:
        return {self._label(name): verdict for name, verdict in found.items()}

    def _label(self, name: str) -> str:
        return f"{self._number + 1}.{name}" if len(self._part.errands) > 1 else name

    def _file(self) -> None:
        found, facts, record = self._verdicts(), self._errand.facts, self.record
        record.filed += 1
        record.fields |= self._labelled(found)
        record.expected |= {self._label(name): facts.get(name, "anonymous") for name in found}
        record.stored |= {self._label(name): value for name, value in self._stored.items()}
        extra = unscripted(self._errand, self._stored)
        record.unscripted |= {self._label(name): value for name, value in extra.items()}

    def _raise_at_end(self, names: set[str]) -> None:
        if "utter_cancelled" in names:
            raise EndedError(Ending.CANCELLED)
        if self._added and names & ADDED:
            raise EndedError(Ending.FILED)
        in_danger = is_alarmed(names)
        if in_danger and Ending.DANGER in self._errand.case.ends:
            raise EndedError(Ending.DANGER)
        if not in_danger and names & HANDED_OVER:
            raise EndedError(Ending.HANDED_OVER)

    def _calm(self) -> Sequence[str]:
        """Taken for an emergency that it is not."""
        self.record.alarms += 1
        if self.record.alarms > MAX_ALARMS:
            raise EndedError(Ending.DANGER, "an emergency that is none does not end")
        self._answered = False
        return [self._phrase("safe")]

    def _remind(self) -> Sequence[str]:
        """The other matter of the same message is not offered."""
        self.record.why = "the other matter was forgotten"
        return [self._phrase("another_matter") + "。" + self._part.stories[self._number]]

    def _afterwards(self) -> Sequence[str]:
        thought = self._phrase("afterthoughts")
        if not thought:
            raise EndedError(Ending.FILED, self.record.why)
        self._added = True
        return [thought]

    def _unasked(self, replies: list[Reply], names: set[str]) -> Sequence[str]:
        self._without += 1
        if self._without >= MAX_WITHOUT_QUESTION:
            heard = ", ".join(self._dialogue.phrases.names_of(replies))
            if self._added:
                raise EndedError(Ending.FILED, f"what was added is not taken: {heard}")
            raise EndedError(Ending.STUCK, f"no question any more: {heard}")
        if "utter_offer_human" in names:
            return [self._phrase("go_on")]
        if self._added:
            return self._last_said
        if not self._answered and self._open:
            self.record.unresumed.append(" / ".join(self._last_said))
        question = self._dialogue.phrases.spoken_of(replies) or self._open
        if question:
            return self._answer(question, replies)
        return [self._part.stories[self._number]]

    def _count(self, question: str) -> None:
        is_same, self._open = question == self._open, question
        if question not in COUNTED or (is_same and not self._answered):
            return
        if question == self._changing:
            return
        record = self.record
        record.asked[question] += 1
        if self._added and question != "relation":
            raise EndedError(Ending.FILED, f"what was added is asked about: {question}")
        if question in self._errand.told or self._is_uncalled(question):
            record.needless[question] += 1
        elif question in self._said:
            record.again[question] += 1
        if record.asked[question] > MAX_SAME_QUESTION * len(self._part.errands):
            raise EndedError(Ending.STUCK, f"{question} asked {record.asked[question]} times")

    def _is_uncalled(self, question: str) -> bool:
        case = self._errand.case
        return (question == "demand" and not case.wishes) or (
            question == "safe_contact" and not case.delicate
        )

    def _respond(self, question: str, replies: list[Reply], names: set[str]) -> Sequence[str]:
        """Something else first, if this citizen has something else to say; else the answer."""
        self._answered = False
        if self._persona.wants == "cancel" and self._open in {"demand", "contact", "confirmed"}:
            return self._cancel()
        if self._to_mend:
            name = self._to_mend.pop()
            return [self._phrase("said_wrong", name).format(self._errand.facts[name])]
        is_due = self._persona.group and "representatives" not in self._said
        if is_due and "utter_group" in names:
            self._said.add("representatives")
            return [self._errand.facts["representatives"]]
        if question not in UNDISTURBED and self._interjects():
            return [self._interjections.pop()]
        return self._answer(question, replies)

    def _interjects(self) -> bool:
        return bool(self._interjections) and self._chance.random() < self._persona.interjects

    def _cancel(self) -> Sequence[str]:
        if self._cancelled:
            raise EndedError(Ending.STUCK, "cannot be cancelled")
        self._cancelled = True
        return [self._phrase("cancelled")]

    def _answer(self, question: str, replies: list[Reply]) -> Sequence[str]:
        self._answered = True
        if question in ASKED:
            return self._give(question)
        match question:
            case "confirmed":
                text = self._confirm(replies)
            case "change":
                text = self._name_item()
            case "what":
                text = self._part.stories[self._number]
            case "right_value":
                text = self._errand.facts.get(self._changing) or self._phrase("no_more_change")
            case "relation" if self._added:
                text = self._phrase("belongs")
            case _:
                text = self._phrase("answers", question)
        return [text]

    def _give(self, name: str) -> Sequence[str]:
        self._said.add(name)
        if name in self._persona.refuses:
            return [self._phrase("refusals", name)]
        right = self._errand.facts[name]
        wrong = self._errand.wrong.get(name)
        if wrong is not None and name not in self._slipped:
            return [self._slip(name, wrong, right)]
        text = self._phrase("answers", name).format(right)
        is_typed_on = self._persona.pieces and self._chance.random() < PAUSE_SHARE
        return [self._phrase("pauses"), text] if is_typed_on else [text]

    def _slip(self, name: str, wrong: str, right: str) -> str:
        self._slipped.add(name)
        if self._errand.mended[name] == "at once":
            return self._phrase("mends_at_once", name).format(wrong, right)
        if self._is_mended_next(name):
            self._to_mend.append(name)
        return self._phrase("answers", name).format(wrong)

    def _confirm(self, replies: list[Reply]) -> str:
        self._changing = ""
        wrong = self._wrong_rows()
        if wrong and self._corrected.total() < MAX_CORRECTIONS:
            return self._correct(wrong[0])
        more = [name for name in offered(replies) if name in self._errand.facts]
        fresh = [name for name in more if name not in self._said]
        if fresh and not self._has_offered and self._chance.random() < self._persona.offered:
            self._has_offered = True
            self._said |= set(fresh)
            facts = self._errand.facts
            return "，".join(self._phrase("offers", name).format(facts[name]) for name in fresh)
        return self._phrase("affirmed")

    def _wrong_rows(self) -> list[str]:
        """What a careful reader sees: anything wrong, and what is required and missing."""
        found = self._verdicts()
        wrong = [
            name
            for name, verdict in found.items()
            if verdict is Verdict.WRONG or (verdict is Verdict.MISSING and name in ASKED)
        ]
        tried = [name for name in wrong if self._corrected[name] < MAX_OF_ONE_FIELD]
        return sorted(tried, key=lambda name: name not in ASKED)

    def _correct(self, name: str) -> str:
        self._corrected[name] += 1
        if name not in self._slipped:
            self.record.corrections += 1
        if name in self._persona.refuses:
            return self._phrase("refusals", name)
        self._changing = name
        if phrases_of(self._persona, "labels", name) and self._chance.random() < NAMES_ITEM_SHARE:
            return self._phrase("change")
        return self._right(name)

    def _right(self, name: str) -> str:
        return self._phrase("corrections", name).format(self._errand.facts[name])

    def _name_item(self) -> str:
        self._named += 1
        if not self._changing or self._named > MAX_CORRECTIONS:
            return self._phrase("no_more_change")
        return self._phrase("labels", self._changing) or self._right(self._changing)

    def _phrase(self, kind: str, name: str = "") -> str:
        return phrase(self._persona, kind, name, self._chance)


def perform(part: Part, number: int) -> Performance:
    """An empty record for this part."""
    return Performance(
        number,
        part.persona.name,
        [each.case.matter for each in part.errands],
        [each.case.id for each in part.errands],
    )
