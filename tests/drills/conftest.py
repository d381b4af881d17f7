"""One service for all drills, and how they went when nothing broke."""

from collections.abc import Iterator

import pytest

from bench.stack import Stack, own_stack
from tests.drills.talks import facts, must_be_whole, talk

CITIZENS = 6


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with own_stack() as made:
        yield made


@pytest.fixture(scope="session")
def undisturbed(stack: Stack) -> list[dict[str, str]]:
    """The facts of the cases when nothing happens."""
    talks = talk(stack, CITIZENS)
    must_be_whole(stack, talks)
    return facts(talks)
