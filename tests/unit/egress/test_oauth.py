"""Tokens: cached until shortly before they end, one request for many threads, failures without secrets."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from doorbell.domain.errors import Busy
from doorbell.domain.subscriptions import OAuth
from doorbell.egress.errors import FetchError, GuardError
from doorbell.egress.fetch import Fetcher
from doorbell.egress.guard import EgressPolicy
from doorbell.egress.oauth import MAX_TOKENS, TokenSource
from tests.support.clocks import both

URL = "https://auth.example.com/token"
ASK = (URL, "client", "s3cr3t:&", "events.write")


class Endpoint(Fetcher):
    """Answers in place of the network and keeps what was asked."""

    def __init__(self, answer: Callable[[int], tuple[int, Any]]) -> None:
        super().__init__(EgressPolicy())
        self.asked: list[tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]]]] = []
        self._answer = answer

    def post_form(
        self,
        url: str,
        fields: Sequence[tuple[str, str]],
        headers: Sequence[tuple[str, str]] = (),
        *,
        max_bytes: int,
        timeout_seconds: float,
    ) -> tuple[int, bytes]:
        assert url == URL
        self.asked.append((fields, headers))
        status, body = self._answer(len(self.asked))
        return status, body if isinstance(body, bytes) else json.dumps(body).encode()


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def good(count: int) -> tuple[int, Any]:
    return 200, {"access_token": f"t{count}", "token_type": "Bearer", "expires_in": 3600}


def test_a_token_is_reused_until_a_minute_before_its_end() -> None:
    clock, endpoint = Clock(), Endpoint(good)
    source = TokenSource(endpoint, both(clock))
    assert source.token(*ASK) == "t1"
    clock.now += 3539
    assert source.token(*ASK) == "t1"
    clock.now += 2
    assert source.token(*ASK) == "t2"
    assert len(endpoint.asked) == 2


@pytest.mark.parametrize(
    ("expires_in", "lives"), [(100, 80), ("100", 80), (None, 240), ("soon", 240), (-5, 240), (True, 240)]
)
def test_short_missing_and_odd_lifetimes_are_handled(expires_in: object, lives: int) -> None:
    clock = Clock()
    endpoint = Endpoint(lambda n: (200, {"access_token": f"t{n}", "expires_in": expires_in}))
    source = TokenSource(endpoint, both(clock))
    source.token(*ASK)
    clock.now += lives - 1
    assert source.token(*ASK) == "t1"
    clock.now += 2
    assert source.token(*ASK) == "t2"


def test_credentials_go_form_encoded_in_the_authorization_header_and_not_in_the_form() -> None:
    endpoint = Endpoint(good)
    TokenSource(endpoint).token(*ASK)
    fields, headers = endpoint.asked[0]
    assert dict(fields) == {"grant_type": "client_credentials", "scope": "events.write"}
    assert base64.b64decode(dict(headers)["authorization"].removeprefix("Basic ")) == b"client:s3cr3t%3A%26"


OAUTH = OAuth(
    URL,
    "client:1",
    "ssm:/secret",
    "events.write",
    "post",
    (("audience", "https://api.example.com/"), ("resource", "urn:x y")),
)


def test_a_subscription_says_in_which_form_and_with_what_else_its_token_is_asked_for() -> None:
    endpoint = Endpoint(good)
    source = TokenSource(endpoint)
    source.token_for(OAUTH, "s3cr3t")
    source.token_for(replace(OAUTH, client_authentication="basic"), "s\u00fc\u00df+ /%")
    (in_form, no_headers), (fields, headers) = endpoint.asked
    asked = {
        "grant_type": "client_credentials",
        "scope": "events.write",
        "audience": "https://api.example.com/",
        "resource": "urn:x y",
    }
    assert dict(in_form) == {**asked, "client_id": "client:1", "client_secret": "s3cr3t"}
    assert list(no_headers) == []
    assert dict(fields) == asked
    pair = base64.b64decode(dict(headers)["authorization"].removeprefix("Basic "))
    assert pair == b"client%3A1:s%C3%BC%C3%9F%2B+%2F%25", "form-encoded before they are joined"


def test_what_a_subscription_says_nothing_of_is_as_it_was() -> None:
    endpoint = Endpoint(good)
    source = TokenSource(endpoint)
    assert source.token_for(OAuth(*ASK[:2], "ssm:/secret", ASK[3]), ASK[2]) == source.token(*ASK)
    assert len(endpoint.asked) == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(OAUTH, client_authentication="basic"),
        replace(OAUTH, parameters=(("audience", "https://other.example.com/"),)),
        replace(OAUTH, parameters=()),
        replace(OAUTH, scope=""),
    ],
)
def test_a_token_for_one_audience_is_not_used_for_another(other: OAuth) -> None:
    source = TokenSource(Endpoint(good))
    assert source.token_for(OAUTH, "s3cr3t") != source.token_for(other, "s3cr3t")
    source.forget_for(other, "s3cr3t")
    assert source.token_for(OAUTH, "s3cr3t") == "t1"
    assert source.token_for(other, "s3cr3t") == "t3"


def test_a_secret_that_is_no_text_is_a_failure_and_no_crash() -> None:
    for oauth in (OAUTH, replace(OAUTH, client_authentication="basic")):
        with pytest.raises(FetchError) as failure:
            TokenSource(Fetcher(EgressPolicy(), lambda host, seconds: [])).token_for(oauth, "s3cr3t\ud800")
        assert failure.value.code == "oauth_failed"
        assert "s3cr3t" not in str(failure.value)


def test_a_look_up_that_finds_no_room_is_no_failure_of_the_token_server_and_not_remembered() -> None:
    rooms = iter([GuardError("lookups_busy", "32 look-ups hang already"), None])

    def resolver(host: str, seconds: float) -> Sequence[str]:
        if (busy := next(rooms)) is not None:
            raise busy
        raise GuardError("dns_failed", "asked")

    source = TokenSource(Fetcher(EgressPolicy(), resolver))
    with pytest.raises(Busy):
        source.token(*ASK)
    with pytest.raises(FetchError, match="dns_failed"):
        source.token(*ASK)


def test_credentials_go_in_the_form_for_servers_that_want_that() -> None:
    endpoint = Endpoint(good)
    TokenSource(endpoint, client_authentication="post").token(URL, "client", "s3cr3t")
    fields, headers = endpoint.asked[0]
    assert dict(fields) == {
        "grant_type": "client_credentials",
        "client_id": "client",
        "client_secret": "s3cr3t",
    }
    assert list(headers) == []


@pytest.mark.parametrize(
    "answer",
    [
        (400, {"error": "invalid_client", "error_description": "s3cr3t:& is wrong"}),
        (401, b"s3cr3t:&"),
        (200, b"<html>"),
        (200, []),
        (200, {}),
        (200, {"access_token": ""}),
        (200, {"access_token": "a\r\nb"}),
        (200, {"access_token": "a", "token_type": "mac"}),
        (200, b"[" * 60_000),
        (302, {"access_token": "a"}),
    ],
)  # fmt: skip
def test_any_other_answer_is_oauth_failed_and_shows_no_secret(answer: tuple[int, Any]) -> None:
    with pytest.raises(FetchError) as failure:
        TokenSource(Endpoint(lambda n: answer)).token(*ASK)
    assert failure.value.code == "oauth_failed"
    assert "s3cr3t" not in str(failure.value)


def test_a_failure_is_not_asked_for_again_at_once_but_soon() -> None:
    clock = Clock()
    endpoint = Endpoint(lambda n: (500, {}) if n == 1 else good(n))
    source = TokenSource(endpoint, both(clock))
    for _ in range(3):
        with pytest.raises(FetchError):
            source.token(*ASK)
    assert len(endpoint.asked) == 1
    clock.now += 6
    assert source.token(*ASK) == "t2"


def test_ten_threads_make_one_request() -> None:
    def slow(count: int) -> tuple[int, Any]:
        time.sleep(0.05)
        return good(count)

    endpoint = Endpoint(slow)
    source = TokenSource(endpoint)
    with ThreadPoolExecutor(10) as threads:
        tokens = set(threads.map(lambda _: source.token(*ASK), range(50)))
    assert tokens == {"t1"}
    assert len(endpoint.asked) == 1


def test_a_token_without_life_serves_those_who_waited_for_it() -> None:
    def slow(count: int) -> tuple[int, Any]:
        time.sleep(0.02)
        return 200, {"access_token": f"t{count}", "expires_in": 0}

    endpoint, clock = Endpoint(slow), Clock()
    source = TokenSource(endpoint, both(clock))
    with ThreadPoolExecutor(10) as threads:
        assert set(threads.map(lambda _: source.token(*ASK), range(10))) == {"t1"}
    clock.now += 6
    assert source.token(*ASK) == "t2"


def test_other_secret_or_scope_is_another_token_and_a_forgotten_one_is_asked_for_again() -> None:
    source = TokenSource(Endpoint(good))
    assert source.token(*ASK) == "t1"
    assert source.token(URL, "client", "other", "events.write") == "t2"
    assert source.token(URL, "client", "s3cr3t:&", "other") == "t3"
    source.forget(*ASK)
    assert source.token(*ASK) == "t4"


def test_a_token_that_is_in_use_is_not_the_one_that_makes_room_for_others() -> None:
    endpoint = Endpoint(good)
    source = TokenSource(endpoint)
    for number in range(2 * MAX_TOKENS):
        source.token(*ASK)
        source.token(URL, f"client {number}", "secret", "")
    assert len(endpoint.asked) == 1 + 2 * MAX_TOKENS
