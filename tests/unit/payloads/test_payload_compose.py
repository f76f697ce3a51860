"""The request a subscriber gets: body form, headers, signature, credentials."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

import doorbell
from doorbell.domain.errors import Busy, DoorbellError, SecretMissing, Unavailable
from doorbell.domain.outbound import OutboundRequest
from doorbell.domain.records import StoredEvent
from doorbell.domain.subscriptions import OAuth, Subscription
from doorbell.domain.targets import TargetRequest
from doorbell.payloads import content
from doorbell.payloads.compose import Composer
from doorbell.payloads.content import content_of
from doorbell.payloads.errors import ComposeError
from doorbell.payloads.turns import Turns
from doorbell.signatures.proof_headers import proof_headers

NOW = 1_700_000_100.9
BODY = b'{ "action" : "opened",\n "price": 1.10 }'

MakeEvent = Callable[..., StoredEvent]
MakeSubscription = Callable[..., Subscription]


class Vault(Protocol):
    secrets: dict[str, str]
    asked: list[tuple[tuple[str, ...], dict[str, str]]]


def headers_of(request: OutboundRequest) -> dict[str, str]:
    headers = dict(request.headers)
    assert len(headers) == len(request.headers)
    assert all(name == name.lower() for name in headers)
    return headers


def test_raw_form_passes_bytes_and_headers_through_and_adds_ours(
    composer: Composer, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    theirs = {
        "content-type": "application/json; charset=utf-8",
        "X-Hub-Signature-256": "sha256=ab",
        "user-agent": "GitHub-Hookshot/1",
        "authorization": "Bearer t",
        "host": "api.example.com",
        "content-length": "999",
    }
    request = composer.compose(
        make_subscription(timeout_seconds=7), make_event(BODY, headers=theirs), BODY, 3, NOW
    )
    assert (request.method, request.url, request.timeout_seconds) == ("POST", "https://example.com/hook", 7)
    assert request.body is BODY
    assert headers_of(request) == {
        "content-type": "application/json; charset=utf-8",
        "x-hub-signature-256": "sha256=ab",
        "doorbell-original-user-agent": "GitHub-Hookshot/1",
        "user-agent": "Doorbell/9.9.9",
        "webhook-id": "evt_1_2",
        "webhook-timestamp": "1700000100",
        "webhook-signature": f"standard|s1+s0|evt_1_2|1700000100|{len(BODY)}",
        "doorbell-event-type": "pull_request.opened",
        "doorbell-source": "github-main",
        "doorbell-attempt": "3",
    }


@given(body=st.binary(max_size=300))
def test_raw_form_is_the_providers_bytes_whatever_they_are(
    make_event: MakeEvent, make_subscription: MakeSubscription, body: bytes
) -> None:
    content = content_of(make_subscription(), make_event(body), body)
    assert content.body == body
    assert content.fits


def test_content_type_of_the_event_serves_where_there_is_no_header(
    composer: Composer, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    event = make_event(BODY, headers={}, content_type="text/xml")
    assert (
        headers_of(composer.compose(make_subscription(), event, BODY, 1, NOW))["content-type"] == "text/xml"
    )
    event = make_event(BODY, headers={}, content_type="")
    assert "content-type" not in headers_of(composer.compose(make_subscription(), event, BODY, 1, NOW))


def test_provider_headers_with_our_names_travel_as_original(
    composer: Composer, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    theirs = {
        "Webhook-Id": "msg_1",
        "webhook-timestamp": "1",
        "webhook-signature": "v1,x",
        "doorbell-attempt": "9",
    }
    headers = headers_of(
        composer.compose(make_subscription(), make_event(BODY, headers=theirs), BODY, 1, NOW)
    )
    assert headers["doorbell-original-webhook-id"] == "msg_1"
    assert headers["doorbell-original-webhook-timestamp"] == "1"
    assert headers["doorbell-original-webhook-signature"] == "v1,x"
    assert headers["doorbell-original-doorbell-attempt"] == "9"
    assert headers["webhook-id"] == "evt_1_2"
    assert headers["doorbell-attempt"] == "1"


def test_github_form_sets_the_providers_own_signature_aside(
    composer: Composer, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    event = make_event(BODY, headers={"x-hub-signature-256": "sha256=theirs"})
    headers = headers_of(composer.compose(make_subscription(signing="github"), event, BODY, 1, NOW))
    assert headers["x-hub-signature-256"].startswith("github|")
    assert headers["doorbell-original-x-hub-signature-256"] == "sha256=theirs"


@pytest.mark.parametrize("form", [{"transform": "{a: body.action}"}, {"body": "cloudevents"}])
def test_no_provider_header_stands_beside_a_body_that_is_not_theirs(
    composer: Composer, make_event: MakeEvent, make_subscription: MakeSubscription, form: dict[str, Any]
) -> None:
    theirs = {
        "content-type": "application/json; charset=utf-8",
        "content-encoding": "identity",
        "content-digest": "sha-256=:x:",
        "stripe-signature": "t=1",
        "x-acme-hmac": "ab",
        "webhook-id": "m",
        "cookie": "c",
    }
    request = composer.compose(make_subscription(**form), make_event(BODY, headers=theirs), BODY, 1, NOW)
    headers = headers_of(request)
    for name in theirs.keys() - {"cookie"}:
        assert headers[f"doorbell-original-{name}"] == theirs[name]
    assert not [
        name for name in headers if "cookie" in name or name.startswith("doorbell-original-doorbell-")
    ]
    assert headers.keys() & {"content-encoding", "content-digest", "stripe-signature", "x-acme-hmac"} == set()
    assert headers["webhook-signature"].endswith(f"|{len(request.body)}")


TRACE = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "a=1"}


@pytest.mark.parametrize("form", [{}, {"transform": "{a: body.action}"}, {"body": "cloudevents"}])
def test_the_trace_of_an_event_travels_with_it_whatever_becomes_of_its_body(
    composer: Composer, make_event: MakeEvent, make_subscription: MakeSubscription, form: dict[str, Any]
) -> None:
    event = make_event(BODY, headers={"x-github-event": "push", **TRACE})
    headers = headers_of(composer.compose(make_subscription(**form), event, BODY, 1, NOW))
    assert {name: value for name, value in headers.items() if "trace" in name} == TRACE


def test_a_trace_that_the_subscription_names_stands_and_nothing_of_the_events_beside_it(
    composer: Composer, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    own = TRACE["traceparent"].replace("-01", "-00")
    request = composer.compose(
        make_subscription(headers={"Traceparent": own}), make_event(BODY, headers=TRACE), BODY, 1, NOW
    )
    assert {n: v for n, v in headers_of(request).items() if "trace" in n} == {"traceparent": own}


def test_transform_makes_the_body_json(
    composer: Composer, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    event = make_event(BODY, headers={}, content_type="text/plain")
    request = composer.compose(make_subscription(transform="{a: body.action}"), event, BODY, 1, NOW)
    assert request.body == b'{"a":"opened"}'
    assert headers_of(request)["content-type"] == "application/json"


def test_failed_transform_sends_nothing_and_asks_for_no_secret(
    composer: Composer, vault: Vault, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    with pytest.raises(ComposeError) as caught:
        composer.compose(make_subscription(transform="body.absent"), make_event(BODY), BODY, 1, NOW)
    assert caught.value.code == "transform_failed"
    assert vault.asked == []


@pytest.mark.parametrize("there", [b"", BODY[:-1], BODY + b" "])
def test_half_a_body_is_never_sent(
    composer: Composer, make_event: MakeEvent, make_subscription: MakeSubscription, there: bytes
) -> None:
    event = make_event(BODY)
    with pytest.raises(ComposeError) as caught:
        composer.compose(make_subscription(), event, there, 1, NOW)
    assert caught.value.code == "body_missing"


def test_subscription_headers_are_added_and_win_over_the_providers_but_not_over_ours(
    composer: Composer, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    added = {
        "X-Team": "billing",
        "x-github-event": "mine",
        "Webhook-Id": "evil",
        "Host": "evil",
        "Content-Length": "1",
    }
    headers = headers_of(composer.compose(make_subscription(headers=added), make_event(BODY), BODY, 1, NOW))
    assert (headers["x-team"], headers["x-github-event"]) == ("billing", "mine")
    assert headers["webhook-id"] == "evt_1_2"
    assert headers.keys() & {"host", "content-length"} == set()


def test_malformed_subscription_header_is_not_sent(
    composer: Composer, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    with pytest.raises(ComposeError) as caught:
        composer.compose(make_subscription(headers={"x-a": "1\r\nx-b: 2"}), make_event(BODY), BODY, 1, NOW)
    assert caught.value.code == "compose_failed"


def test_header_that_is_a_secret_is_told_to_be_one_whatever_its_name(
    composer: Composer, vault: Vault, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    vault.secrets.update({"ssm:/key": "k-123456", "ssm:/host": "evil"})
    added = {"X-Webhook-Key": "ssm:/key", "x-team": "billing", "Host": "ssm:/host"}
    request = composer.compose(make_subscription(headers=added), make_event(BODY), BODY, 1, NOW)
    assert request.secrets == ("k-123456",)


def test_secrets_and_certificates_are_resolved_as_the_subscriptions(
    composer: Composer, vault: Vault, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    vault.secrets.update({"ssm:/ca": "CA PEM", "ssm:/cert": "CERT PEM"})
    subscription = make_subscription(ca_bundle_ref="ssm:/ca", client_cert_ref="ssm:/cert")
    request = composer.compose(subscription, make_event(BODY), BODY, 1, NOW)
    assert (request.ca_bundle_pem, request.client_cert_pem) == ("CA PEM", "CERT PEM")
    assert [owner for _, owner in vault.asked] == [{"tenant_id": "acme", "subscription_id": "sub_1"}] * 3


def test_unsigned_form_asks_for_no_secret(
    composer: Composer, vault: Vault, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    headers = headers_of(composer.compose(make_subscription(signing="none"), make_event(BODY), BODY, 1, NOW))
    assert "webhook-signature" not in headers
    assert headers["webhook-id"] == "evt_1_2"
    assert vault.asked == []


def test_subscription_to_be_signed_without_a_secret_is_not_sent_unsigned(
    composer: Composer, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    with pytest.raises(ComposeError, match="no secret"):
        composer.compose(make_subscription(secrets=()), make_event(BODY), BODY, 1, NOW)


def test_missing_secret_passes_through(
    composer: Composer, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    with pytest.raises(SecretMissing):
        composer.compose(make_subscription(secrets=("ssm:/nowhere",)), make_event(BODY), BODY, 1, NOW)


def test_secret_that_does_not_fit_the_form_is_not_shown(
    vault: Any, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    def refuse(
        form: str, secrets: Sequence[str], webhook_id: str, timestamp: int, body: bytes
    ) -> dict[str, str]:
        raise ValueError(f"bad base64 in {secrets[0]}-s3cret")

    with pytest.raises(ComposeError) as caught:
        Composer(vault, refuse).compose(make_subscription(), make_event(BODY), BODY, 1, NOW)
    assert caught.value.code == "compose_failed"
    assert "s3cret" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_subscriber_that_may_not_have_the_providers_signature_gets_none(
    composer: Composer, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    headers = {"x-hub-signature-256": "sha256=00", "x-github-event": "push", "x-github-delivery": "d1"}
    event = make_event(BODY, headers=headers)
    with pytest.raises(ComposeError, match="cannot be left out"):
        composer.compose(make_subscription(provider_signature="strip"), event, BODY, 1, NOW)
    composer = replace(composer, proof_headers=proof_headers)
    kept = dict(composer.compose(make_subscription(), event, BODY, 1, NOW).headers)
    stripped = composer.compose(make_subscription(provider_signature="strip"), event, BODY, 1, NOW)
    assert {name: kept[name] for name in headers} == headers
    assert dict(stripped.headers) == {name: kept[name] for name in kept if name != "x-hub-signature-256"}


def with_oauth(subscription: Subscription) -> Subscription:
    return replace(subscription, oauth=OAuth("https://id.example.com/token", "me", "ssm:/oauth", "write"))


def test_oauth_token_becomes_the_authorization_whatever_else_was_given(
    vault: Any, composer: Composer, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    vault.secrets["ssm:/oauth"] = "hush"
    asked: list[tuple[object, str]] = []

    def token(oauth: OAuth, client_secret: str) -> str:
        asked.append((oauth, client_secret))
        return "tok"

    subscription = with_oauth(make_subscription(headers={"Authorization": "Basic x"}))
    request = replace(composer, token=token).compose(subscription, make_event(BODY), BODY, 1, NOW)
    assert headers_of(request)["authorization"] == "Bearer tok"
    assert asked == [(subscription.oauth, "hush")]


def test_refused_token_is_oauth_failed_but_an_outage_stays_an_outage(
    vault: Any, composer: Composer, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    vault.secrets["ssm:/oauth"] = "hush"
    subscription = with_oauth(make_subscription())

    def refused(*_: object) -> str:
        raise DoorbellError("fetch_status: 401")

    def out(*_: object) -> str:
        raise Unavailable("ssm", "GetParameter", "Throttled")

    def busy(*_: object) -> str:
        raise Busy("lookups")

    for token in (refused, None):
        with pytest.raises(ComposeError) as caught:
            replace(composer, token=token).compose(subscription, make_event(BODY), BODY, 1, NOW)
        assert caught.value.code == "oauth_failed"
    with pytest.raises(Unavailable):
        replace(composer, token=out).compose(subscription, make_event(BODY), BODY, 1, NOW)
    with pytest.raises(Busy):
        replace(composer, token=busy).compose(subscription, make_event(BODY), BODY, 1, NOW)


def test_unknown_body_form_is_not_guessed_at(
    composer: Composer, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    with pytest.raises(ComposeError, match="unknown body form"):
        composer.compose(make_subscription(body="xml"), make_event(BODY), BODY, 1, NOW)


def test_every_attempt_bears_the_same_id_and_its_own_time(
    composer: Composer, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    first, later = (
        headers_of(composer.compose(make_subscription(), make_event(BODY), BODY, n, NOW + 60 * n))
        for n in (1, 2)
    )
    assert first["webhook-id"] == later["webhook-id"]
    assert int(later["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 60
    assert (first["doorbell-attempt"], later["doorbell-attempt"]) == ("1", "2")


def test_user_agent_bears_the_packages_version_by_default(
    vault: Any, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    composer = Composer(vault, lambda *_: {})
    headers = headers_of(composer.compose(make_subscription(), make_event(BODY), BODY, 1, NOW))
    assert headers["user-agent"] == f"Doorbell/{doorbell.__version__}"


def test_transform_and_cloudevents_together_wrap_what_the_transform_made(
    composer: Composer, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    subscription = make_subscription(body="cloudevents", transform="{a: body.action}")
    request = composer.compose(subscription, make_event(BODY), BODY, 1, NOW)
    envelope = json.loads(request.body)
    assert (envelope["data"], envelope["datacontenttype"]) == ({"a": "opened"}, "application/json")
    assert headers_of(request)["content-type"] == "application/cloudevents+json"


@pytest.fixture
def somebody_transforms(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """For longer than anybody waits for a turn."""
    turns = Turns("transform", 0.05)
    monkeypatch.setattr(content, "_turns", turns)
    with turns.turn("somebody"):
        yield


@pytest.mark.usefixtures("somebody_transforms")
def test_guarantee_4_a_neighbours_transform_does_not_hold_up_a_small_cloudevent(
    make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    made = content_of(make_subscription(body="cloudevents"), make_event(BODY), BODY)
    assert json.loads(made.body)["specversion"] == "1.0"


@pytest.mark.usefixtures("somebody_transforms")
@pytest.mark.parametrize(
    ("changes", "size"), [({"transform": "body"}, 2), ({"body": "cloudevents"}, content.SMALL_BYTES + 1)]
)
def test_what_takes_memory_waits_for_its_turn_and_is_busy_when_that_does_not_come(
    make_event: MakeEvent, make_subscription: MakeSubscription, changes: dict[str, str], size: int
) -> None:
    body = b"[" + b" " * (size - 2) + b"]"
    with pytest.raises(Busy):
        content_of(make_subscription(**changes), make_event(body), body)


def test_for_a_target_the_same_leaves_and_what_its_service_asks_for(
    composer: Composer, make_event: MakeEvent, make_subscription: MakeSubscription
) -> None:
    arn = "arn:aws:sqs:eu-central-1:123456789012:orders"
    event = make_event(BODY)
    plain = composer.compose(make_subscription(), event, BODY, 3, NOW)
    request = composer.compose(make_subscription(url=arn), event, BODY, 3, NOW)
    assert isinstance(request, TargetRequest)
    assert not isinstance(plain, TargetRequest)
    assert (request.url, request.headers, request.body) == (arn, plain.headers, plain.body)
    assert (request.event_id, request.source_id) == (event.event_id, event.incoming.source_id)
    assert (request.event_type, request.hops) == (event.incoming.event_type, event.incoming.hops)
    subscription = make_subscription()
    assert (request.tenant_id, request.subscription_id) == (
        subscription.tenant_id,
        subscription.subscription_id,
    )
