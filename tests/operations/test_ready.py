import socket

import pytest

from backend_api.operations.ready import Addresses, failing


@pytest.mark.parametrize("host", ["127.0.0.1", "10.1.2.3", "::1"])
def test_a_chosen_address_is_shown_as_it_is(host: str) -> None:
    assert host in Addresses(host, 8080, 8081).shown_chat("abc")


def test_listening_everywhere_shows_an_address_that_people_can_open() -> None:
    shown = Addresses("0.0.0.0", 8080, 8081).shown_chat("abc")  # noqa: S104
    host = shown.removeprefix("http://").removesuffix(":8080/c/abc")
    assert host != "0.0.0.0"  # noqa: S104
    with socket.socket() as server:
        server.bind((host, 0))  # it is an address of this machine


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            '{"database": "ok", "engine": "unreachable", "worker": "silent"}',
            "engine unreachable, worker silent",
        ),
        ("<html>", "api"),
        ("[]", "api"),
        ("", "api"),
    ],
)
def test_only_the_failing_parts_are_named(body: str, words: str) -> None:
    assert failing(body) == words
