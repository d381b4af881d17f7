"""One service for all drills, and how they went when nothing broke."""

from collections.abc import Callable, Iterator

import pytest

from bench.stack import Stack, own_stack
from tests.drills.lines import Lines, laid
from tests.drills.talks import (
    EVERY_STAGE,
    Crowd,
    Drilled,
    Result,
    Talk,
    must_be_whole,
    results,
    talk,
    talk_through,
)

CITIZENS = 6


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with own_stack() as made:
        yield made


@pytest.fixture(scope="session")
def undisturbed(stack: Stack) -> list[Result]:
    """What the conversations come to when nothing happens."""
    talks = talk(stack, CITIZENS)
    must_be_whole(stack, talks)
    return results(stack, talks)


@pytest.fixture(scope="session")
def laid_lines(stack: Stack) -> Iterator[Lines]:
    with laid(stack) as lines:
        yield lines


@pytest.fixture
def lines(stack: Stack, laid_lines: Lines) -> Iterator[Lines]:
    """Open, with everything up behind them; whatever a drill leaves held is let go."""
    stack.wait_until_ready()
    yield laid_lines
    laid_lines.mend()


@pytest.fixture
def drilled(stack: Stack, lines: Lines, undisturbed: list[Result]) -> Drilled:
    """Runs a drill; afterwards everything is as if nothing had happened."""

    def run(drill: Callable[[Crowd], None], stages: tuple[int, ...] = EVERY_STAGE) -> list[Talk]:
        talks = talk_through(stack, lines.front.url, stages, drill)
        must_be_whole(stack, talks)
        assert results(stack, talks) == undisturbed[: len(stages)]
        return talks

    return run
