"""Which requests are one event and which are two: what is lost is worse than what comes twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from doorbell.domain.errors import ConfigError, SignatureError
from doorbell.domain.events import Several, VerifiedEvent, event_id_for
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Dedupe, Source
from doorbell.signatures.facts import Facts
from doorbell.signatures.gate import Gate
from doorbell.signatures.naming import AS_LONG_AS_KEPT_HOURS, dedupe_key, window_hours
from doorbell.signatures.signing.request import sign_request
from doorbell.signatures.source_check import check_source
from tests.unit.signatures.cases import CASES, NOW, with_header

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


def of_case(name: str, request: RawRequest, now: float = NOW) -> VerifiedEvent:
    event = CASES[name].examine(request, now=now)
    assert isinstance(event, VerifiedEvent)
    return event


UNSIGNED = {
    "zendesk": "x-zendesk-webhook-invocation-id",
    "linear": "linear-delivery",
    "jira": "x-atlassian-webhook-identifier",
    "razorpay": "x-razorpay-event-id",
    "sanity": "idempotency-key",
}
"""Headers that name a delivery and that nobody signs."""


@pytest.mark.parametrize(("name", "header"), UNSIGNED.items())
def test_a_header_that_nobody_signs_makes_no_new_event_of_a_captured_request(name: str, header: str) -> None:
    request = CASES[name].signed()
    ids = {of_case(name, with_header(request, header, text)).event_id for text in ("d1", "d2")}
    assert ids == {of_case(name, request).event_id}


@pytest.mark.parametrize(("name", "header"), UNSIGNED.items())
def test_the_key_of_the_release_before_is_told_beside_the_new_one(name: str, header: str) -> None:
    """So that what was rung before an upgrade and comes again after it is found."""
    event = of_case(name, with_header(CASES[name].signed(), header, "d1"))
    assert event.former_id == event_id_for("default", "src", "d1")
    assert event.former_id != event.event_id


def test_a_paytm_field_under_another_name_is_the_same_event() -> None:
    """Only the values are signed: `STATUS` may be called `STATUT` by whoever captured the request."""
    case = CASES["paytm"]
    request = case.signed()
    renamed = replace(request, body=request.body.replace(b"STATUS=", b"STATUT="))
    assert of_case("paytm", renamed).event_id == of_case("paytm", request).event_id


def test_postmarks_trace_id_tells_a_retry_and_without_it_the_body_does() -> None:
    trace = "x-pm-webhook-trace-id"
    case = CASES["postmark"]
    first = of_case("postmark", with_header(case.signed(), trace, "t1"))
    changed = replace(with_header(case.signed(), trace, "t1"), body=b'{"RecordType":"Open","retried":1}')
    assert of_case("postmark", changed).event_id == first.event_id
    assert of_case("postmark", with_header(case.signed(), trace, "t2")).event_id != first.event_id
    assert of_case("postmark", case.signed()).event_id == first.former_id


@pytest.mark.parametrize("name", ["ghost", "zendesk", "sanity"])
def test_the_signed_time_belongs_to_the_key(name: str) -> None:
    case = CASES[name]
    ids = [of_case(name, case.signed(NOW + late), NOW + late).event_id for late in (0, 0, 60)]
    assert ids[0] == ids[1] != ids[2]


def test_the_text_of_a_tokens_signature_is_no_part_of_the_key() -> None:
    case = CASES["plaid"]
    request = case.signed()
    signed_part, _, _ = request.headers["plaid-verification"].rpartition(".")
    keys = {
        dedupe_key(
            Facts(with_header(request, "plaid-verification", f"{signed_part}.{text}")), case.entry.dedupe
        )
        for text in ("AAAA", "BBBB")
    }
    assert len(keys) == 1
    later = case.signed(NOW + 60)
    assert of_case("plaid", request).event_id != of_case("plaid", later, NOW + 60).event_id


TIMED = {
    "signature": {"header": "x-signature"},
    "timestamp": {"header": "x-time", "tolerance": 600},
    "message": ["timestamp", "text:.", "body"],
}


def declared(scheme: Mapping[str, object], now: float) -> VerifiedEvent:
    request = sign_request("hmac", SECRET, url=URL, body=b'{"status":"alive"}', now=now, scheme=scheme)
    source = Source("s", "hmac", secrets=("ssm:/x",), scheme=scheme)
    event = Gate().examine(source, request, [SECRET], verify_token=None, ingest_id="i", now=now)
    assert isinstance(event, VerifiedEvent)
    return event


def test_a_heartbeat_of_a_declared_scheme_with_a_time_is_not_swallowed() -> None:
    first, again, later = (declared(TIMED, NOW + late) for late in (0, 0, 30))
    assert first.event_id == again.event_id != later.event_id
    digest = hashlib.sha256(b'{"status":"alive"}').hexdigest()
    assert first.former_id == event_id_for("default", "s", f"sha256:{digest}")


def test_a_declared_scheme_without_a_time_keys_on_its_body() -> None:
    first, later = (declared({"signature": {"header": "x-signature"}}, NOW + late) for late in (0, 30))
    assert first.event_id == later.event_id
    assert first.former_id is None


@pytest.mark.parametrize("provider", ["twilio", "messagebird"])
def test_the_signed_url_belongs_to_the_key(provider: str) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    ids = {
        examined(provider, signed(provider, b"Body=a", query=query, headers=form)).event_id
        for query in ("order=1", "order=2", "order=1")
    }
    assert len(ids) == 2


@pytest.mark.parametrize("provider", ["gitlab", "gitlab.signed"])
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"object_kind": "push", "event_name": "push"}, "Push_Hook"),
        ({"object_kind": "merge_request"}, "Merge_Request_Hook"),
        ({"object_kind": "build"}, "Job_Hook"),
        ({"event_name": "project_create"}, "System_Hook"),
        ({}, "unknown"),
    ],
)
def test_gitlab_type_is_the_bodys_and_not_what_a_header_says(
    provider: str, body: dict[str, str], kind: str
) -> None:
    case = CASES[provider]
    request = sign_request(
        provider, case.signing, url=URL, body=json.dumps(body).encode(), headers=case.headers, now=NOW
    )
    for header in ("Push Hook", "Forged Hook"):
        assert of_case(provider, with_header(request, "x-gitlab-event", header)).event_type == kind


def test_adyen_items_in_one_request_are_the_events_that_each_would_be_alone() -> None:
    """Else who captured some could make a new event of each choice of them."""

    def item(reference: str) -> dict[str, object]:
        return {"NotificationRequestItem": {"pspReference": reference, "eventCode": "AUTHORISATION"}}

    def rung(*references: str) -> VerifiedEvent | Several:
        body = json.dumps({"live": "false", "notificationItems": [item(one) for one in references]}).encode()
        request = sign_request("adyen", SECRET, url=URL, body=body, now=NOW)
        event = Gate().examine(
            Source("s", "adyen", secrets=("ssm:/x",)),
            request,
            [SECRET],
            verify_token=None,
            ingest_id="i",
            now=NOW,
        )
        assert isinstance(event, VerifiedEvent | Several)
        return event

    alone = [rung(name) for name in ("A", "B")]
    together = rung("B", "A")
    assert isinstance(together, Several)
    assert all(isinstance(one, VerifiedEvent) for one in alone)
    assert {one.event_id for one in together.events} == {
        one.event_id for one in alone if isinstance(one, VerifiedEvent)
    }


@pytest.mark.parametrize(
    ("provider", "once"),
    [
        ("plivo.v2", True), ("plivo", True), ("adyen", True), ("braintree", True), ("trello", True),
        ("jwt.body", True), ("jws", False), ("http-signature", False),
        ("github", False), ("stripe", False), ("dropbox", False), ("hmac", False), ("jira", False),
    ],
)  # fmt: skip
def test_what_is_good_for_ever_once_captured_is_taken_once_for_as_long_as_events_are_kept(
    provider: str, once: bool
) -> None:
    """Not where only a hash, or a header that nobody signs, tells one from another."""
    entry = CASES[provider].entry
    window = window_hours(Source("s", provider), entry)
    assert (window == AS_LONG_AS_KEPT_HOURS) is once
