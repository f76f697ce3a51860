"""API Gateway's payload 2.0 in and out: raw bytes stay raw."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from doorbell.domain.errors import Refusal
from doorbell.domain.events import BodyAt
from doorbell.domain.requests import Answer
from doorbell.queues.envelopes import EventEnvelope
from doorbell.queues.events import encode
from doorbell.runtime.http import principal_of, request_from, response_of, source_id_of
from tests.support.builders import a_verified_event


def event(**changes: Any) -> dict[str, Any]:
    return {
        "rawPath": "/in/github",
        "rawQueryString": "a=%2F&b",
        "headers": {"Host": "hooks.example", "X-Hub-Signature-256": "sha256=0"},
        "requestContext": {"http": {"method": "POST", "sourceIp": "192.0.2.7"}, "domainName": "d.example"},
        "body": "{}",
        "isBase64Encoded": False,
        **changes,
    }


@given(st.binary(max_size=200))
def test_a_binary_body_arrives_byte_for_byte(body: bytes) -> None:
    assert request_from(event(body=b64encode(body).decode(), isBase64Encoded=True)).body == body


@given(st.text(max_size=100))
def test_a_text_body_arrives_byte_for_byte(body: str) -> None:
    assert request_from(event(body=body)).body == body.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("body", ["!!!", "a", "e30=\n", "ü"])
def test_a_body_that_is_marked_base64_and_is_not_is_refused(body: str) -> None:
    with pytest.raises(Refusal) as refused:
        request_from(event(body=body, isBase64Encoded=True))
    assert refused.value.status == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"headers": {"x-a": "\ud800"}},
        {"headers": {"x-a": "caf\u00e9 \udfff"}},
        {"headers": {"x-\udc00": "1"}},
        {"rawQueryString": "a=\ud800"},
        {"rawPath": "/in/\ud800"},
    ],
)
def test_half_a_surrogate_pair_in_a_header_or_url_is_refused_at_the_door(changes: dict[str, Any]) -> None:
    """JSON may hold it and no message can: an event accepted with it would come to the dead-letter queue."""
    with pytest.raises(Refusal) as refused:
        request_from(event(**changes))
    assert (refused.value.status, refused.value.code) == (400, "request_malformed")


any_text = st.text(st.characters(), max_size=20)


@given(any_text, any_text)
@example("x-a", "\ud83d")
def test_what_the_door_lets_in_gets_through_the_queue(name: str, value: str) -> None:
    try:
        request = request_from(event(headers={name: value}))
    except Refusal:
        assert any("\ud800" <= character <= "\udfff" for character in name + value)
        return
    message = encode(replace(a_verified_event(), headers=request.headers), BodyAt(2, inline=b"{}"))
    assert EventEnvelope.model_validate_json(message).headers == {name.lower(): value}


def test_a_request_without_a_body_has_an_empty_one() -> None:
    given = event()
    del given["body"], given["isBase64Encoded"]
    assert request_from(given).body == b""


def test_the_query_stays_as_it_was_sent_and_headers_are_lower_case() -> None:
    request = request_from(event())
    assert request.url == "https://hooks.example/in/github?a=%2F&b"
    assert request.header("x-hub-signature-256") == "sha256=0"
    assert request.header("X-Hub-Signature-256") == "sha256=0"
    assert (request.method, request.source_ip) == ("POST", "192.0.2.7")


@pytest.mark.parametrize(
    ("parameters", "source_id"),
    [
        ({"source_id": "github"}, "github"),
        ({"source_id": "github", "proxy": ""}, "github"),
        ({"source_id": "github", "proxy": "/"}, "github"),
        ({"source_id": "github", "proxy": "more"}, "github/more"),
        (None, ""),
    ],
)
def test_a_slash_at_the_end_of_a_sources_url_changes_nothing_and_a_longer_path_is_another(
    parameters: dict[str, str] | None, source_id: str
) -> None:
    assert source_id_of(event(pathParameters=parameters)) == source_id


def test_without_a_host_header_the_gateways_domain_is_the_host() -> None:
    assert request_from(event(headers={}, rawQueryString="")).url == "https://d.example/in/github"


@pytest.mark.parametrize(
    "authorizer",
    [{}, {"iam": None}, {"iam": {}}, {"iam": {"userArn": ""}}, {"iam": {"userArn": 7}}, {"jwt": {}}],
)
def test_guarantee_1_a_request_without_an_iam_identity_has_no_principal(authorizer: dict[str, Any]) -> None:
    context = {**event()["requestContext"], "authorizer": authorizer}
    with pytest.raises(Refusal) as refused:
        principal_of(event(requestContext=context))
    assert refused.value.status == 403


def test_the_principal_is_the_arn_that_api_gateway_authenticated() -> None:
    arn = "arn:aws:iam::123456789012:role/app"
    context = {**event()["requestContext"], "authorizer": {"iam": {"userArn": arn}}}
    assert principal_of(event(requestContext=context)) == arn


def test_no_answer_may_be_sniffed_or_cached_and_its_own_headers_are_kept() -> None:
    response = response_of(Answer(202, "{}", headers={"doorbell-event-id": "evt_1"}))
    assert (response["statusCode"], response["body"]) == (202, "{}")
    assert response["headers"] == {
        "content-type": "application/json",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        "doorbell-event-id": "evt_1",
    }
