"""Which requests are one event and which are two: what is lost is worse than what comes twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from doorbell.domain.errors import ConfigError, SignatureError
from doorbell.domain.events import VerifiedEvent
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Dedupe, Source
from doorbell.signatures.gate import Gate
from doorbell.signatures.signer import sign_request
from doorbell.signatures.source_check import check_source
from tests.unit.signatures.cases import NOW

URL = "https://hooks.example.test/in/s"
SECRET = "a" * 64


def signed(
    provider: str,
    body: bytes = b"{}",
    *,
    query: str = "",
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    options: Mapping[str, str] | None = None,
    now: float = NOW,
) -> RawRequest:
    url = f"{URL}?{query}" if query else URL
    return sign_request(
        provider, SECRET, method=method, url=url, body=body, headers=headers, now=now, options=options
    )


def examined(
    provider: str,
    request: RawRequest,
    *,
    ingest_id: str = "i1",
    now: float = NOW,
    options: Mapping[str, str] | None = None,
    public_url: str | None = None,
) -> VerifiedEvent:
    source = Source("s", provider, secrets=("ssm:/x",), options=options or {}, public_url=public_url)
    event = Gate().examine(source, request, [SECRET], verify_token=None, ingest_id=ingest_id, now=now)
    assert isinstance(event, VerifiedEvent)
    return event


def key(provider: str, body: bytes = b"{}", **given: object) -> str:
    return examined(provider, signed(provider, body, **given)).event_id  # type: ignore[arg-type]


def test_box_retry_has_the_same_key_though_its_delivery_id_is_another() -> None:
    body = b'{"type":"webhook_event","id":"eb0c4e06","trigger":"FILE.UPLOADED"}'
    ids = {key("box", body, headers={"box-delivery-id": name}) for name in ("d1", "d2")}
    assert len(ids) == 1


def test_hubspot_retry_has_the_same_key_though_its_attempt_number_is_in_the_body() -> None:
    def body(attempt: int, event: int = 7) -> bytes:
        rest = '"subscriptionType":"contact.creation","subscriptionId":3,"occurredAt":1700000000000'
        return f'[{{"eventId":{event},{rest},"attemptNumber":{attempt}}},{{"eventId":8,{rest}}}]'.encode()

    assert key("hubspot", body(0)) == key("hubspot", body(1))
    assert key("hubspot", body(0)) != key("hubspot", body(0, event=9))


def test_line_redelivery_of_several_events_has_the_same_key() -> None:
    def body(again: bool, second: str = "w2") -> bytes:
        context = {"isRedelivery": again}
        events = [{"webhookEventId": name, "deliveryContext": context} for name in ("w1", second)]
        return json.dumps({"events": events}).encode()

    assert key("line", body(False)) == key("line", body(True))
    assert key("line", body(False)) != key("line", body(False, "w3"))


def test_woocommerce_topics_of_one_order_are_two_events() -> None:
    def headers(topic: str, delivery: str) -> dict[str, str]:
        return {"x-wc-webhook-topic": topic, "x-wc-webhook-delivery-id": delivery}

    sent = [("order.created", "d1"), ("order.updated", "d2"), ("action.x", "d3"), ("action.x", "d4")]
    ids = {key("woocommerce", b'{"id":1}', headers=headers(*one)) for one in sent}
    assert len(ids) == 4


def test_contentful_topics_with_one_body_are_two_events_and_its_own_key_counts() -> None:
    topics = {
        key("contentful", headers={"x-contentful-topic": topic}) for topic in ("a.publish", "a.unpublish")
    }
    assert len(topics) == 2
    own = "x-contentful-idempotency-key"
    assert key("contentful", headers={own: "k1"}) != key("contentful", headers={own: "k2"})


def test_ghost_events_with_one_body_are_two_events() -> None:
    """`site.changed` has the body {} always."""
    ids = {
        examined("ghost", signed("ghost", now=NOW + later), now=NOW + later).event_id for later in (0, 0, 60)
    }
    assert len(ids) == 2


@pytest.mark.parametrize("provider", ["token", "basic", "url-secret", "zapier", "wordpress", "dropbox"])
def test_where_nothing_tells_a_repetition_from_a_recurrence_each_request_is_an_event(provider: str) -> None:
    options = {"header": "x-token"} if provider in ("token", "zapier", "wordpress") else {}
    request = signed(provider, b'{"job":"nightly","status":"ok"}', options=options)
    ids = {
        examined(provider, request, ingest_id=name, options=options).event_id for name in ("i1", "i2", "i2")
    }
    assert len(ids) == 2


def test_svix_under_its_other_names_is_known_by_its_id() -> None:
    assert key("svix", headers={"svix-id": "m1"}) != key("svix", headers={"svix-id": "m2"})


@pytest.mark.parametrize("provider", ["twilio", "mandrill"])
def test_a_form_written_in_another_way_is_the_same_event(provider: str) -> None:
    """Its signature fits all ways, so who captured one could make a new event of each."""
    form = "application/x-www-form-urlencoded"
    request = signed(provider, b"Body=a%20b&MessageSid=SM1", headers={"content-type": form})
    bodies = (b"Body=a%20b&MessageSid=SM1", b"MessageSid=SM1&Body=a+b", b"Body=%61+b&MessageSid=SM1")
    assert len({examined(provider, replace(request, body=body)).event_id for body in bodies}) == 1
    other = signed(provider, b"Body=a%20b&MessageSid=SM2", headers={"content-type": form})
    assert examined(provider, other).event_id != examined(provider, request).event_id


@pytest.mark.parametrize("provider", ["twilio", "messagebird"])
def test_what_comes_by_get_is_told_by_its_query_and_goes_on_as_a_form(provider: str) -> None:
    first, second = (
        examined(provider, signed(provider, b"", query=urlencode({"MessageSid": name}), method="GET"))
        for name in ("SM1", "SM2")
    )
    assert first.event_id != second.event_id
    assert first.body.startswith(b"MessageSid=SM1")
    assert first.content_type == first.headers["content-type"] == "application/x-www-form-urlencoded"


def test_vonage_by_get_is_refused_as_nothing_signs_its_query() -> None:
    request = replace(signed("vonage", b""), method="GET", raw_query="text=forged")
    with pytest.raises(Exception, match="method_not_allowed"):
        examined("vonage", request)


def test_twilio_query_of_the_public_url_gives_way_to_the_one_that_came() -> None:
    body = b'{"n":1}'
    request = signed("twilio", body, query="tenant=7", headers={"content-type": "application/json"})
    assert "bodySHA256=" in request.raw_query
    assert examined("twilio", request, public_url=f"{URL}?tenant=7").body == body


def test_guarantee_1_twilio_body_hash_counts_only_in_the_url_that_is_signed() -> None:
    bare = signed("twilio", b"", query="tenant=7")
    body = b'{"forged":true}'
    query = f"tenant=7&bodySHA256={hashlib.sha256(body).hexdigest()}"
    forged = replace(bare, body=body, raw_query=query, url=f"{URL}?{query}")
    for content_type in ("application/json", "application/x-www-form-urlencoded"):
        headers = {**bare.headers, "content-type": content_type}
        with pytest.raises(SignatureError):
            examined("twilio", replace(forged, headers=headers), public_url=f"{URL}?tenant=7")


def test_guarantee_1_twilio_json_request_without_its_body_is_refused() -> None:
    request = signed("twilio", b'{"n":1}', headers={"content-type": "application/json"})
    examined("twilio", request)
    with pytest.raises(SignatureError):
        examined("twilio", replace(request, body=b""))


def test_guarantee_1_hubspot_v1_hash_that_somebody_went_on_with_proves_no_event() -> None:
    """Whoever knows a plain hash of secret and body can tell that of the same with padding and more."""
    secret, body = "s", b'[{"eventId":1}]'
    padding = b"\x80" + b"\0" * (55 - len(secret) - len(body)) + (8 * (len(secret) + len(body))).to_bytes(8)
    longer = body + padding + b"anything"
    headers = {"x-hubspot-signature": hashlib.sha256(secret.encode() + longer).hexdigest()}
    source = Source("s", "hubspot.v1", secrets=("ssm:/x",))
    request = RawRequest("POST", URL, "/in/s", "", headers, longer)
    with pytest.raises(SignatureError):
        Gate().examine(source, request, [secret], verify_token=None, ingest_id="i", now=NOW)


def test_a_source_may_not_bear_the_name_of_what_is_published() -> None:
    with pytest.raises(ConfigError, match="source_id"):
        check_source(Source("publish", "stripe", secrets=("ssm:/x",)))


def test_sns_signs_some_fields_only_so_its_own_key_stays() -> None:
    source = Source("s", "sns", options={"topic_arn": "*"}, dedupe=Dedupe("hash", "", None))
    with pytest.raises(ConfigError, match="dedupe"):
        check_source(source)


@pytest.mark.parametrize(
    ("stored", "used"),
    [
        ("a&regb", "a&regb"),
        ("q&#4z", "q&#4z"),
        ("a&amp;b", "a&b"),
        ("&lt;&gt;&quot;&#039;", "<>\"'"),
        ("&amp;lt;", "&lt;"),
    ],
)
def test_woocommerce_secret_is_unescaped_as_wordpress_does_and_no_further(stored: str, used: str) -> None:
    request = sign_request("woocommerce", used.replace("&", "&amp;"), url=URL, body=b"{}", now=NOW)
    source = Source("s", "woocommerce", secrets=("ssm:/x",))
    event = Gate().examine(source, request, [stored], verify_token=None, ingest_id="i", now=NOW)
    assert isinstance(event, VerifiedEvent)
