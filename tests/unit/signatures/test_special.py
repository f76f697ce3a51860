"""Rules that belong to one provider."""

from __future__ import annotations

import gzip
import hmac
import json
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.errors import SignatureError
from doorbell.domain.events import Several, VerifiedEvent
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.gate import Gate
from doorbell.signatures.schemes.spellings import respelt
from doorbell.signatures.special.contentful import escape
from tests.unit.signatures.cases import CASES, FORM, NOW, with_header

URL = "https://h.test/in/s"


def examine(
    provider: str,
    secret: str,
    body: bytes,
    headers: Mapping[str, str] | None = None,
    *,
    url: str = URL,
    now: float = NOW,
    options: dict[str, str] | None = None,
) -> VerifiedEvent:
    request = RawRequest("POST", url, "/in/s", url.partition("?")[2], headers or {}, body)
    source = Source("s", provider, secrets=("ssm:/x",), options=options or {})
    event = Gate().examine(source, request, [secret], verify_token=None, ingest_id="i", now=now)
    assert isinstance(event, VerifiedEvent)
    return event


def reason(*args: Any, **kwargs: Any) -> str:
    with pytest.raises(SignatureError) as caught:
        examine(*args, **kwargs)
    return caught.value.reason


ADYEN_KEY = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"


def adyen_item(
    signature: str = "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=", **more: Any
) -> dict[str, Any]:
    """Adyen's documented test values."""
    return {
        "NotificationRequestItem": {
            "pspReference": "7914073381342284",
            "merchantAccountCode": "TestMerchant",
            "merchantReference": "TestPayment-1407325143704",
            "amount": {"value": 1130, "currency": "EUR"},
            "eventCode": "AUTHORISATION",
            "success": "true",
            "additionalData": {"hmacSignature": signature},
            **more,
        }
    }


def adyen(*items: dict[str, Any]) -> bytes:
    return json.dumps({"live": "false", "notificationItems": list(items)}).encode()


def test_adyen_item_with_documented_values_is_accepted() -> None:
    assert examine("adyen", ADYEN_KEY, adyen(adyen_item())).event_type == "AUTHORISATION"


@pytest.mark.parametrize(
    "body",
    [
        adyen(adyen_item(), adyen_item("AAAA")),
        adyen(adyen_item(amount={"value": 1131, "currency": "EUR"})),
        adyen(adyen_item("coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0A")),
        adyen(adyen_item(success="false")),
        adyen(adyen_item(pspReference={"a": 1})),
        adyen(),
    ],
)
def test_adyen_batch_needs_every_item_proven(body: bytes) -> None:
    assert reason("adyen", ADYEN_KEY, body) in ("signature_mismatch", "signature_malformed")


def test_adyen_replay_with_an_unsigned_field_changed_keeps_its_dedupe_key() -> None:
    first = examine("adyen", ADYEN_KEY, adyen(adyen_item()))
    changed = examine("adyen", ADYEN_KEY, adyen(adyen_item(reason="changed")))
    assert first.body != changed.body
    assert first.event_id == changed.event_id


def test_adyen_item_that_is_repeated_makes_no_other_event() -> None:
    repeated = adyen(adyen_item(), adyen_item(reason="forged"))
    assert reason("adyen", ADYEN_KEY, repeated) == "signature_duplicated"


def mailgun(event: str, timestamp: str = str(int(NOW)), token: str = "t" * 50) -> bytes:
    signature = hmac.digest(b"key", (timestamp + token).encode(), "sha256").hex()
    proof = {"timestamp": timestamp, "token": token, "signature": signature}
    return json.dumps({"signature": proof, "event-data": {"event": event}}).encode()


def test_mailgun_replay_with_another_event_keeps_its_dedupe_key() -> None:
    first, forged = (examine("mailgun", "key", mailgun(event)) for event in ("opened", "unsubscribed"))
    assert (first.event_type, forged.event_type) == ("opened", "unsubscribed")
    assert first.event_id == forged.event_id


def test_mailgun_boundary_of_time_and_token_cannot_be_moved_into_a_new_key() -> None:
    body = json.loads(mailgun("opened", token="1" * 50))
    body["signature"]["timestamp"] += "1"
    body["signature"]["token"] = "1" * 49
    assert reason("mailgun", "key", json.dumps(body).encode()) == "timestamp_out_of_tolerance"


def test_mailgun_moved_boundary_keeps_the_key_even_where_no_time_is_judged() -> None:
    body = json.loads(mailgun("opened", token="1" * 50))
    body["signature"] |= {"timestamp": body["signature"]["timestamp"] + "1", "token": "1" * 49}
    source = Source("s", "mailgun", secrets=("ssm:/x",), tolerance_seconds=10**12)
    events = []
    for raw in (mailgun("opened", token="1" * 50), json.dumps(body).encode()):
        request = RawRequest("POST", URL, "/in/s", "", {}, raw)
        events.append(Gate().examine(source, request, ["key"], verify_token=None, ingest_id="i", now=NOW))
    first, moved = events
    assert isinstance(first, VerifiedEvent)
    assert isinstance(moved, VerifiedEvent)
    assert first.event_id == moved.event_id


def test_mailgun_subaccount_event_is_proven_by_either_account_and_keyed_alike() -> None:
    body = json.loads(mailgun("opened"))
    proof = body["signature"]
    text = (proof["timestamp"] + proof["token"]).encode()
    proof["parent-signature"] = hmac.digest(b"parent", text, "sha256").hex()
    raw = json.dumps(body).encode()
    assert examine("mailgun", "parent", raw).event_id == examine("mailgun", "key", raw).event_id
    assert reason("mailgun", "stranger", raw) == "signature_mismatch"


def test_mailgun_form_of_routes_is_accepted_and_keyed_alike() -> None:
    proof = json.loads(mailgun("opened"))["signature"]
    form = urlencode({**proof, "recipient": "a@example.test"}).encode()
    assert examine("mailgun", "key", form, FORM).event_id == examine("mailgun", "key", mailgun("x")).event_id


@pytest.mark.parametrize("path", ["/a b", "/a%20b", "/é", "/x?a=1&b=2 3", "/x?a=%2F", "/x?y?z"])
def test_contentful_path_is_escaped_as_its_toolkit_does(path: str) -> None:
    known = {
        "/a b": "/a%20b",
        "/a%20b": "/a%2520b",
        "/é": "/%C3%A9",
        "/x?a=1&b=2 3": "/x?a%253D1%2526b%253D2%25203",
        "/x?a=%2F": "/x?a%253D%25252F",
        "/x?y?z": "/x?y",
    }
    assert escape(path) == known[path]


def test_contentful_age_of_exactly_its_limit_is_too_old() -> None:
    case = CASES["contentful"]
    request = case.signed()
    assert isinstance(case.examine(request, now=NOW + 29.9), VerifiedEvent)
    with pytest.raises(SignatureError):
        case.examine(request, now=NOW + 30)


@pytest.mark.parametrize("before", ["\n            ", " ", "\t\r\n"])
def test_braintree_notification_whose_xml_begins_with_blanks_is_accepted(before: str) -> None:
    """As the provider's own samples do. (braintree-python 4.39, WebhookTestingGateway)"""
    sample = before + "<notification><kind>check</kind></notification>"
    payload = b64encode(sample.encode()).decode() + "\n"
    event = examine("braintree", "private", braintree(payload), options={"public_key": "pub"})
    assert event.event_type == "check"


def test_braintree_payload_that_is_an_answered_challenge_is_refused() -> None:
    challenge = "20f9f8ed05f77439fe955c977e4c8a53"
    options = {"public_key": "pub"}
    assert reason("braintree", "private", braintree(challenge), options=options) == "signature_malformed"


def test_contentful_secret_has_64_characters() -> None:
    case = CASES["contentful"]
    with pytest.raises(SignatureError) as caught:
        case.examine(case.signed(), secrets=["c" * 63])
    assert caught.value.reason == "secret_malformed"


def test_contentful_request_whose_query_is_signed_in_part_is_refused() -> None:
    case = CASES["contentful"]
    request = case.signed()
    query = request.raw_query + "?more"
    longer = replace(request, raw_query=query, url=f"{request.url.partition('?')[0]}?{query}")
    with pytest.raises(SignatureError, match="url_not_signed"):
        case.examine(longer)


@given(st.text(st.sampled_from('a/\\"é€😀\x00\x1f\x7f \n'), max_size=40))
def test_box_spelling_is_that_of_its_library_for_every_character(text: str) -> None:
    """Character by character, as box-sdk-gen has it."""
    doubled = re.sub(r"\\(?!/)", r"\\\\", text)
    known = re.sub(r"[^\x20-\x7e]", lambda found: json.dumps(found.group())[1:-1], doubled)
    scheme = CASES["box"].entry.scheme
    assert scheme is not None
    spelt = [body for _, body in respelt(scheme, "", text.encode())]
    assert spelt in ([known.encode()], [])
    assert spelt or known == text


@pytest.mark.parametrize("port", ["", ":443", ":8443"])
def test_twilio_signature_over_the_url_with_or_without_port_is_accepted(port: str) -> None:
    for signed in ("", ":443" if port in ("", ":443") else port):
        text = f"https://u:p@h.test{signed}/in/s?q='1'" + "a1"
        value = b64encode(hmac.digest(b"tok", text.encode(), "sha1")).decode()
        headers = {**FORM, "x-twilio-signature": value}
        examine("twilio", "tok", b"a=1", headers, url=f"https://u:p@h.test{port}/in/s?q='1'")


@pytest.mark.parametrize(("signed", "called"), [("%27", "'"), ("'", "%27"), ("'", "'"), ("%27", "%27")])
def test_twilio_quote_in_the_query_may_be_signed_escaped_or_not(signed: str, called: str) -> None:
    text = f"https://h.test/in/s?q={signed}"
    value = b64encode(hmac.digest(b"tok", text.encode(), "sha1")).decode()
    examine("twilio", "tok", b"", {"x-twilio-signature": value}, url=f"https://h.test/in/s?q={called}")


def in_another_order(provider: str, written: str, called: str, headers: dict[str, str]) -> VerifiedEvent:
    """A request to the URL `called` of a source whose `public_url` is `written`."""
    request = RawRequest("GET", called, "/in/s", called.partition("?")[2], headers, b"")
    if provider == "square":
        request = replace(request, method="POST", body=b"{}")
    source = Source("s", provider, secrets=("ssm:/x",), public_url=written)
    event = Gate().examine(source, request, ["tok"], verify_token=None, ingest_id="i", now=NOW)
    assert isinstance(event, VerifiedEvent)
    return event


def twilio_signed(url: str) -> dict[str, str]:
    return {"x-twilio-signature": b64encode(hmac.digest(b"tok", url.encode(), "sha1")).decode()}


WRITTEN = "https://hooks.example.com/in/s?b=2&a=1"


@pytest.mark.parametrize("called", ["a=1&b=2", "b=2&a=1", "a=%31&b=2"])
def test_a_url_signed_as_it_was_given_and_called_in_another_order_is_accepted(called: str) -> None:
    in_another_order("twilio", WRITTEN, f"https://h.test/in/s?{called}", twilio_signed(WRITTEN))


@pytest.mark.parametrize("called", ["a=1", "a=1&b=2&b=2", "a=1&b=3", "a=1&b=2&c=3", "b=1&a=2"])
def test_a_signed_url_does_not_stand_for_one_with_other_pairs(called: str) -> None:
    with pytest.raises(SignatureError, match="signature_mismatch"):
        in_another_order("twilio", WRITTEN, f"https://h.test/in/s?{called}", twilio_signed(WRITTEN))


def test_values_of_one_name_keep_their_order_in_a_signed_url() -> None:
    written = "https://hooks.example.com/in/s?a=1&a=2"
    with pytest.raises(SignatureError, match="signature_mismatch"):
        in_another_order("twilio", written, "https://h.test/in/s?a=2&a=1", twilio_signed(written))


def test_a_declared_scheme_that_signs_the_url_takes_it_as_it_was_given() -> None:
    value = b64encode(hmac.digest(b"tok", WRITTEN.encode() + b"{}", "sha256")).decode()
    headers = {"x-square-hmacsha256-signature": value}
    in_another_order("square", WRITTEN, "https://h.test/in/s?a=1&b=2", headers)
    with pytest.raises(SignatureError, match="signature_mismatch"):
        in_another_order("square", WRITTEN, "https://h.test/in/s?a=1&b=3", headers)


def test_twilio_json_without_body_hash_is_refused_although_the_url_is_signed() -> None:
    value = b64encode(hmac.digest(b"tok", URL.encode(), "sha1")).decode()
    headers = {"content-type": "application/json", "x-twilio-signature": value}
    assert reason("twilio", "tok", b"{}", headers) == "body_not_signed"


def test_twilio_shared_key_signature_is_sha256_when_the_settings_say_so() -> None:
    value = b64encode(hmac.digest(b"tok", URL.encode() + b"a1", "sha256")).decode()
    settings = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"
    headers = {**FORM, "x-twilio-signature": value, "x-twilio-webhooks-signature-settings": settings}
    examine("twilio", "tok", b"a=1", headers)
    other = headers | {"x-twilio-webhooks-signature-settings": "algorithm=HMAC_MD5"}
    assert reason("twilio", "tok", b"a=1", other) == "algorithm_not_allowed"


def test_plivo_v2_replay_with_another_body_keeps_its_dedupe_key() -> None:
    request = CASES["plivo.v2"].signed()
    first = CASES["plivo.v2"].examine(request)
    forged = CASES["plivo.v2"].examine(replace(request, body=b"From=1&Text=forged"))
    assert isinstance(first, VerifiedEvent)
    assert isinstance(forged, VerifiedEvent)
    assert first.event_id == forged.event_id


def test_plivo_v2_signature_does_not_count_beside_a_v3_one() -> None:
    request = CASES["plivo.v2"].signed()
    for name in ("x-plivo-signature-v3", "x-plivo-signature-v3-nonce"):
        with pytest.raises(SignatureError):
            CASES["plivo"].examine(with_header(request, name, "x"), secrets=["a-shared-secret"])


def test_plivo_request_without_its_v3_headers_is_not_judged_by_v2() -> None:
    """V2 does not sign the body: whoever has seen a request with both could put any body under it."""
    with pytest.raises(SignatureError, match="missing"):
        CASES["plivo"].examine(CASES["plivo.v2"].signed(), secrets=["a-shared-secret"])


def braintree(payload: str, public: str = "pub") -> bytes:
    import hashlib

    key = hashlib.sha1(b"private", usedforsecurity=False).digest()
    signature = hmac.digest(key, payload.encode(), "sha1").hex()
    return urlencode({"bt_signature": f"x|y&{public}|{signature}", "bt_payload": payload}).encode()


PAYLOAD = b64encode(b"<notification><kind>subscription_went_past_due</kind></notification>").decode() + "\n"


def test_braintree_signature_of_our_public_key_counts() -> None:
    options = {"public_key": "pub"}
    event = examine("braintree", "private", braintree(PAYLOAD), options=options)
    assert event.event_type == "subscription_went_past_due"
    other = braintree(PAYLOAD, "badpub")
    assert reason("braintree", "private", other, options=options) == "signature_malformed"


def test_braintree_payload_without_its_last_newline_is_the_same_event() -> None:
    options = {"public_key": "pub"}
    whole = braintree(PAYLOAD)
    cut = whole.replace(b"%0A", b"")
    assert whole != cut
    first, second = (examine("braintree", "private", body, options=options) for body in (whole, cut))
    assert first.event_id == second.event_id


def test_box_needs_its_version_and_algorithm() -> None:
    request = CASES["box"].signed()
    for name in ("box-signature-version", "box-signature-algorithm"):
        for value in (None, "2"):
            with pytest.raises(SignatureError):
                CASES["box"].examine(with_header(request, name, value))


@pytest.mark.parametrize(("seconds", "accepted"), [(5, True), (6, False), (-600, True), (-601, False)])
def test_box_time_may_be_ten_minutes_old_but_hardly_in_the_future(seconds: int, accepted: bool) -> None:
    case = CASES["box"]
    if accepted:
        assert isinstance(case.examine(case.signed(NOW + seconds)), VerifiedEvent)
    else:
        with pytest.raises(SignatureError):
            case.examine(case.signed(NOW + seconds))


def test_box_signature_over_the_escaped_body_is_accepted() -> None:
    stamp = "2025-11-24T16:00:00Z"
    text = '{"name":"\\u3042\\ud83d\\ude80"}'
    value = b64encode(hmac.digest(b"key", (text + stamp).encode(), "sha256")).decode()
    headers = {
        "box-signature-primary": value,
        "box-signature-version": "1",
        "box-signature-algorithm": "HmacSHA256",
        "box-delivery-timestamp": stamp,
    }
    examine("box", "key", '{"name":"あ🚀"}'.encode(), headers)


@pytest.mark.parametrize(
    ("body", "header", "expected"),
    [
        ({"webhookTimestamp": int(NOW * 1000)}, None, ""),
        ({}, None, "timestamp_missing"),
        ({"webhookTimestamp": int(NOW * 1000) - 61_000}, None, "timestamp_out_of_tolerance"),
        ({"webhookTimestamp": int(NOW * 1000)}, str(int(NOW * 1000) - 61_000), "timestamp_out_of_tolerance"),
        ({"webhookTimestamp": int(NOW * 1000)}, "soon", "timestamp_malformed"),
        ({"webhookTimestamp": "soon"}, None, "timestamp_malformed"),
        ({"webhookTimestamp": True}, None, "timestamp_malformed"),
    ],
)
def test_linear_time_in_body_and_header_must_be_fresh(
    body: dict[str, Any], header: str | None, expected: str
) -> None:
    raw = json.dumps(body).encode()
    headers = {"linear-signature": hmac.digest(b"k", raw, "sha256").hex()}
    if header is not None:
        headers["linear-timestamp"] = header
    if expected:
        assert reason("linear", "k", raw, headers) == expected
    else:
        examine("linear", "k", raw, headers)


def test_zoom_time_in_milliseconds_is_understood() -> None:
    stamp = str(int(NOW * 1000))
    value = "v0=" + hmac.digest(b"k", f"v0:{stamp}:".encode() + b"{}", "sha256").hex()
    examine("zoom", "k", b"{}", {"x-zm-signature": value, "x-zm-request-timestamp": stamp})


def test_hubspot_url_signed_with_listed_escapes_resolved_is_accepted() -> None:
    for signed in ("https://h.test/in/s?a=x@y/z", "https://h.test/in/s?a=x%40y%2Fz"):
        stamp = str(int(NOW * 1000))
        value = b64encode(hmac.digest(b"k", f"POST{signed}{{}}{stamp}".encode(), "sha256")).decode()
        headers = {"x-hubspot-signature-v3": value, "x-hubspot-request-timestamp": stamp}
        examine("hubspot", "k", b"{}", headers, url="https://h.test/in/s?a=x%40y%2Fz")


def test_woocommerce_secret_is_unescaped_as_it_escapes_it() -> None:
    value = b64encode(hmac.digest(b"it's", b"{}", "sha256")).decode()
    examine("woocommerce", "it&#039;s", b"{}", {"x-wc-webhook-signature": value})


def test_any_docusign_header_may_match_any_key() -> None:
    right = b64encode(hmac.digest(b"k", b"{}", "sha256")).decode()
    wrong = b64encode(hmac.digest(b"other", b"{}", "sha256")).decode()
    examine("docusign", "k", b"{}", {"x-docusign-signature-1": wrong, "x-docusign-signature-7": right})
    assert reason("docusign", "k", b"{}", {"x-docusign-signature-1": wrong}) == "signature_mismatch"


def test_graph_needs_the_client_state_in_every_item() -> None:
    def body(*states: str | None) -> bytes:
        return json.dumps({"value": [{"clientState": state} for state in states]}).encode()

    examine("microsoft-graph", "state", body("state", "state"))
    assert reason("microsoft-graph", "state", body("state", "other")) == "signature_mismatch"
    assert reason("microsoft-graph", "state", body("state", None)) == "token_missing"
    assert reason("microsoft-graph", "state", body()) == "token_missing"


def test_stripe_bad_candidate_beside_a_good_one_does_no_harm() -> None:
    request = CASES["stripe"].signed()
    value = request.headers["stripe-signature"]
    for more in (",v1=bad_signature", ",v0=x", ",v1"):
        changed = with_header(request, "stripe-signature", value + more)
        assert isinstance(CASES["stripe"].examine(changed), VerifiedEvent)


def test_cloudevents_token_may_be_in_the_query_but_not_in_both_places() -> None:
    examine("cloudevents", "tok", b"{}", url=URL + "?access_token=tok")
    both = {"authorization": "Bearer tok"}
    assert reason("cloudevents", "tok", b"{}", both, url=URL + "?access_token=tok") == "signature_duplicated"


@pytest.mark.parametrize(
    ("stored", "query"),
    [("a+b/c=", "a%2Bb%2Fc%3D"), ("a+b/c=", "a+b/c="), ("a%2Bb", "a%2Bb"), ("a b", "a+b"), ("a b", "a%20b")],
)
def test_a_secret_in_the_url_is_compared_as_sent_and_as_decoded(stored: str, query: str) -> None:
    url = f"{URL}?other=1&secret={query}"
    examine("url-secret", stored, b"{}", url=url, options={"query": "secret"})
    wrong = reason("url-secret", stored, b"{}", url=url + "x", options={"query": "secret"})
    assert wrong == "signature_mismatch"


@pytest.mark.parametrize("sent", ["user:p@ss/word", "user:p%40ss%2Fword"])
def test_credentials_given_in_a_url_are_compared_as_sent_and_as_decoded(sent: str) -> None:
    headers = {"authorization": "Basic " + b64encode(sent.encode()).decode()}
    examine("postmark", "user:p@ss/word", b"{}", headers)
    assert reason("postmark", "user:other", b"{}", headers) == "signature_mismatch"


@pytest.mark.parametrize(
    ("stored", "sent"), [("tok", "tok"), ("tok", "Bearer tok"), ("Bearer tok", "Bearer tok")]
)
def test_authorization_secret_may_stand_behind_bearer(stored: str, sent: str) -> None:
    examine("auth0", stored, b"{}", {"authorization": sent})
    assert reason("auth0", stored, b"{}", {"authorization": sent + "x"}) == "signature_mismatch"
    assert reason("auth0", stored, b"{}", {"authorization": "Basic tok"}) == "signature_mismatch"


@pytest.mark.parametrize(
    ("provider", "body", "kept"),
    [
        ("zoho.crm", b'{"token": "hush-hush", "n": 1.10}', b'{"token":"[redacted]","n":1.10}'),
        (
            "microsoft-graph",
            b'{"value": [{"clientState": "hush-hush", "id": "a"}, {"id": "b", "clientState": "hush-hush"}]}',
            b'{"value":[{"clientState":"[redacted]","id":"a"},{"id":"b","clientState":"[redacted]"}]}',
        ),
        (
            "microsoft-graph",
            b'{"value":[{"clientState":"hush\\u002dhush","id":"a"}]}',
            b'{"value":[{"clientState":"[redacted]","id":"a"}]}',
        ),
    ],
)
def test_a_token_in_the_body_proves_the_sender_and_goes_no_further(
    provider: str, body: bytes, kept: bytes
) -> None:
    event = examine(provider, "hush-hush", body)
    assert event.body == kept
    packed = examine(provider, "hush-hush", gzip.compress(body), {"content-encoding": "gzip"})
    assert (packed.body, "content-encoding" in packed.headers) == (kept, False)


def test_an_element_of_a_split_body_bears_no_token_either() -> None:
    body = b'{"value":[{"clientState":"hush-hush","id":"a"},{"clientState":"hush-hush","id":"b"}]}'
    request = RawRequest("POST", URL, "/in/s", "", {}, body)
    source = Source("s", "microsoft-graph", secrets=("ssm:/x",), split=True)
    made = Gate().examine(source, request, ["hush-hush"], verify_token=None, ingest_id="i", now=NOW)
    assert isinstance(made, Several)
    assert [json.loads(one.body)["id"] for one in made.events] == ["a", "b"]
    assert not [one for one in (made.whole, *made.events) if b"hush" in one.body]


def test_a_header_that_holds_the_secret_as_a_url_writes_it_is_not_kept() -> None:
    headers = {"x-original-url": "/in/s?secret=a%2Bb%2Fc", "x-kept": "100%"}
    event = examine(
        "url-secret", "a+b/c", b"{}", headers, url=f"{URL}?secret=a%2Bb%2Fc", options={"query": "secret"}
    )
    assert set(event.headers) == {"x-kept"}
