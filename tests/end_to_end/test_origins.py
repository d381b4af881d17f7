"""On a real server nobody chooses the address that the limits go by."""

import httpx

from bench.stack import Stack


def test_an_address_that_a_caller_claims_is_not_believed(stack: Stack) -> None:
    body = {"username": "nobody-at-all", "password": "x"}
    with httpx.Client(base_url=stack.url, trust_env=False) as client:
        answers = [
            client.post(
                "/v1/staff/sign-in", json=body, headers={"x-forwarded-for": f"192.0.2.{n}"}
            ).status_code
            for n in range(6)
        ]
    assert answers == [401] * 5 + [429]


def test_the_counters_are_not_for_whoever_comes_through_a_proxy(stack: Stack) -> None:
    with httpx.Client(base_url=stack.url, trust_env=False) as client:
        assert client.get("/metrics").status_code == 200
        assert client.get("/metrics", headers={"via": "1.1 proxy"}).status_code == 401
