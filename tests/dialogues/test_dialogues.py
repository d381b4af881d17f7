"""The journeys of the .yml files here, each played with a whole service over the HTTP channel."""

import pytest

from tests.dialogues import journeys
from tests.dialogues.journeys import Journey
from tests.dialogues.playing import Played

JOURNEYS = journeys.load()


def _parameter(one: Journey) -> object:
    marks = [pytest.mark.xfail(reason=one.fails, strict=True)] if one.fails else []
    return pytest.param(one, marks=marks, id=one.name)


@pytest.mark.timeout(900)  # the first one starts the service, which may train the models
@pytest.mark.parametrize("journey", [_parameter(one) for one in JOURNEYS])
def test_a_citizen_is_answered_as_the_journey_says(
    journey: Journey, played: dict[str, Played]
) -> None:
    went = played[journey.name]
    if went.faults:
        pytest.fail(f"\n{went}", pytrace=False)
