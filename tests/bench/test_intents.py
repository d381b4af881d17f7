"""The figures of `bench intents`."""

from typing import ClassVar

import numpy as np
import pytest

from bench import intents
from bench.intents import Judging, Sentence, confusions, figures
from bench.meaning import Message


def test_figures_count_what_is_right_and_weigh_every_intent_alike() -> None:
    found = figures(["greet", "greet", "greet", "thanks"], ["greet", "greet", "greet", "greet"])
    assert (found["right"], found["of"], found["accuracy"]) == (3, 4, 0.75)
    assert found["macro_f1"] == pytest.approx((6 / 7) / 2, abs=1e-4)


def test_the_commonest_confusion_comes_first() -> None:
    meant, taken = ["deny", "deny", "skip", "skip"], ["skip", "skip", "deny", "skip"]
    assert confusions(meant, taken) == ["deny → skip: 2", "skip → deny: 1"]


def test_all_classifiers_learn_and_are_judged_by_the_same_sentences() -> None:
    learnt, judged = intents.training_sentences(), intents.sentences_of("judged")
    assert len(judged) >= 300
    assert {one.intent for one in judged} == {one.intent for one in learnt}
    assert not {one.text for one in judged} & {one.text for one in learnt}


def test_the_open_question_has_its_say() -> None:
    class Undecided:
        classes: ClassVar = ["inform", "tell_story"]

        def scores(self, text: str) -> np.ndarray:
            return np.zeros(len(self.classes))

    texts = [Message("人民路", {}), Message("人民路", {})]
    judging = Judging([Sentence("inform", "where", ""), Sentence("tell_story", "what", "")], texts)
    first, second = judging.rankings(Undecided())
    assert (first[0]["name"], second[0]["name"]) == ("inform", "tell_story")
