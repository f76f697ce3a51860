"""Which provider headers reach a subscriber."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.credentials import is_credential
from doorbell.payloads.provider_headers import passed_on, set_aside

HOP_BY_HOP = [
    "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authentication-Info", "Proxy-Authorization",
    "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings",
]  # fmt: skip
CREDENTIALS = [
    "Authorization", "Cookie", "Set-Cookie", "X-Amz-Security-Token", "X-Api-Key", "Api-Key", "X-ApiKey",
    "Apikey", "X-Gitlab-Token", "X-Telegram-Bot-Api-Secret-Token", "X-Goog-Channel-Token",
    "X-Hook-Secret", "CF-Webhook-Auth", "X-Auth-Token", "X-Access-Token", "X-Shopify-Access-Token",
    "Ocp-Apim-Subscription-Key", "X-Functions-Key", "X-Webhook-Password", "X-Original-Authorization",
]  # fmt: skip
FORWARDING = [
    "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Anything", "Forwarded",
    "Via", "X-Amzn-Trace-Id", "X-Amzn-Apigateway-Api-Id", "CF-Connecting-IP", "CF-Ray",
    "CloudFront-Viewer-Country", "X-Real-IP", "True-Client-IP", "X-Envoy-Internal", "CDN-Loop",
    "X-Amz-Cf-Id",
]  # fmt: skip
OF_THE_MESSAGE = ["Host", "Content-Length", "Accept-Encoding", "Expect"]
TRAVEL = [
    "Content-Type", "Content-Encoding", "Content-Digest", "X-Hub-Signature-256", "Stripe-Signature",
    "X-GitHub-Event", "Paypal-Auth-Algo", "Paypal-Transmission-Sig", "X-Event-Key", "Idempotency-Key",
    "I-Twilio-Idempotency-Token", "X-Shopify-Hmac-Sha256", "MessageBird-Signature-JWT",
    "X-Amz-Sns-Message-Type", "Ce-Id", "X-Request-Id", "Linear-Delivery", "X-Vercel-Signature",
    "Svix-Id", "X-Author",
]  # fmt: skip


@pytest.mark.parametrize("name", HOP_BY_HOP + CREDENTIALS + FORWARDING + OF_THE_MESSAGE)
def test_header_of_connection_proxy_frame_or_credential_stays_behind(name: str) -> None:
    for spelling in (name, name.lower(), name.upper()):
        assert passed_on({spelling: "v", "x-kept": "1"}) == {"x-kept": "1"}


@pytest.mark.parametrize("name", TRAVEL)
def test_providers_own_header_travels_unchanged(name: str) -> None:
    assert passed_on({name: "v=1,2; a"}) == {name.lower(): "v=1,2; a"}


def test_what_connection_names_stays_behind() -> None:
    headers = {
        "Connection": "close, X-Custom-Hop ,x-other",
        "X-Custom-Hop": "1",
        "x-Other": "2",
        "x-kept": "3",
    }
    assert passed_on(headers) == {"x-kept": "3"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("x-a", "1\r\nx-evil: 1"), ("x-a", "1\n"), ("x-a", "\x00"), ("x a", "1"), ("x:a", "1"), (":path", "/"),
     ("", "1"), ("x-\u00e9", "1"), ("x-a", "\ud800"), ("x" * 257, "1")],
)  # fmt: skip
def test_header_that_no_client_would_send_stays_behind(name: str, value: str) -> None:
    assert passed_on({name: value}) == {}


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=6))
def test_nothing_that_travels_can_break_a_line_or_bear_a_credential(headers: dict[str, str]) -> None:
    for name, value in passed_on(headers).items():
        assert name.isascii()
        assert name == name.lower()
        assert not set(name + value) & set("\r\n\x00")
        assert not is_credential(name)


def test_providers_headers_with_doorbells_names_are_set_aside() -> None:
    theirs = {
        "webhook-id": "a",
        "user-agent": "b",
        "doorbell-attempt": "c",
        "x-hub-signature-256": "d",
        "x-e": "e",
    }
    assert set_aside(theirs, ["x-hub-signature-256"]) == {
        "doorbell-original-webhook-id": "a",
        "doorbell-original-user-agent": "b",
        "doorbell-original-doorbell-attempt": "c",
        "doorbell-original-x-hub-signature-256": "d",
        "x-e": "e",
    }


@given(
    st.dictionaries(
        st.sampled_from(["webhook-id", "doorbell-original-webhook-id", "doorbell-x", "x"]), st.text()
    )
)
def test_setting_aside_loses_no_header(theirs: dict[str, str]) -> None:
    assert sorted(set_aside(theirs, []).values()) == sorted(theirs.values())
