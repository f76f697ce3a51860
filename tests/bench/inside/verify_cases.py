"""Providers' own Python SDKs, each as a call that verifies one request.

The SDK gets what it takes fastest: text where it would decode bytes, an object made beforehand where it has
one. A form, which it takes parsed, is parsed in the call, as ours is. `whole` is the call its documentation
shows where that also parses the event.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

from verify_bodies import FORM, HEADERS, form_body, json_body, xml_body

type Check = Callable[[], object]
"""Raises, or returns False, for what is not genuine."""
type Sdk = Callable[[Any, str], Check]
"""From a request (`doorbell.domain.requests.RawRequest`) and the secret as the SDK wants it."""

WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass(frozen=True)
class Case:
    """`key` is how the source stores the public half where the signature is asymmetric: hex or spki."""

    provider: str
    package: str
    sdk: Sdk
    whole: Sdk | None = None
    secret: str = "a-shared-secret-of-the-bench"
    key: str = ""
    head: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "json"
    headers: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    tolerance: int | None = None

    @property
    def name(self) -> str:
        return f"{self.provider} (form)" if self.kind == "form" else self.provider

    def body(self, size: int) -> bytes:
        if self.kind == "json":
            return bytes(json_body(size, self.head))
        return bytes(form_body(size) if self.kind == "form" else xml_body(size))

    @property
    def all_headers(self) -> dict[str, str]:
        kind = {"content-type": FORM} if self.kind == "form" else {}
        return {**HEADERS, **kind, **self.headers}


def stripe(request: Any, secret: str) -> Check:
    check = import_module("stripe").WebhookSignature.verify_header
    text, header = request.body.decode(), request.headers["stripe-signature"]
    return lambda: check(text, header, secret, 300)


def stripe_whole(request: Any, secret: str) -> Check:
    construct = import_module("stripe").Webhook.construct_event
    text, header = request.body.decode(), request.headers["stripe-signature"]
    return lambda: construct(text, header, secret)


def slack(request: Any, secret: str) -> Check:
    verifier = import_module("slack_sdk.signature").SignatureVerifier(secret)
    text, headers = request.body.decode(), request.headers
    return lambda: verifier.is_valid_request(text, headers)


def standard(module: str, **options: Any) -> Sdk:
    """Svix's SDK and the one of Standard Webhooks: the same call."""

    def sdk(request: Any, secret: str) -> Check:
        verifier = import_module(module).Webhook(secret)
        text, headers = request.body.decode(), request.headers
        return lambda: verifier.verify(text, headers, **options)

    return sdk


def twilio(request: Any, secret: str) -> Check:
    """A JSON body goes in as it is."""
    validator = import_module("twilio.request_validator").RequestValidator(secret)
    text, url, signature = request.body.decode(), request.url, request.headers["x-twilio-signature"]
    return lambda: validator.validate(url, text, signature)


def twilio_form(request: Any, secret: str) -> Check:
    validator = import_module("twilio.request_validator").RequestValidator(secret)
    text, url, signature = request.body.decode(), request.url, request.headers["x-twilio-signature"]
    return lambda: validator.validate(url, dict(parse_qsl(text, keep_blank_values=True)), signature)


def square(request: Any, secret: str) -> Check:
    verify = import_module("square.utils.webhooks_helper").verify_signature
    text, signature, url = (
        request.body.decode(),
        request.headers["x-square-hmacsha256-signature"],
        request.url,
    )
    return lambda: verify(
        request_body=text, signature_header=signature, signature_key=secret, notification_url=url
    )


def sendgrid(request: Any, secret: str) -> Check:
    verifier = import_module("sendgrid.helpers.eventwebhook").EventWebhook(secret)
    name = "x-twilio-email-event-webhook"
    signature, time = request.headers[f"{name}-signature"], request.headers[f"{name}-timestamp"]
    text = request.body.decode()
    return lambda: verifier.verify_signature(text, signature, time)


def adyen(request: Any, secret: str) -> Check:
    verify = import_module("Adyen.util").is_valid_hmac_payload
    body, signature = request.body, request.headers["hmacsignature"]
    return lambda: verify(signature, secret, body)


def braintree(request: Any, secret: str) -> Check:
    """Its one call parses the XML too."""
    package = import_module("braintree")
    environment = package.Environment.Sandbox
    gateway = package.BraintreeGateway(
        package.Configuration(environment, merchant_id="m", public_key="public", private_key=secret)
    )
    text = request.body.decode()

    def parse() -> object:
        form = dict(parse_qsl(text))
        return gateway.webhook_notification.parse(form["bt_signature"], form["bt_payload"])

    return parse


def razorpay(request: Any, secret: str) -> Check:
    verify = import_module("razorpay").Utility().verify_webhook_signature
    text, signature = request.body.decode(), request.headers["x-razorpay-signature"]
    return lambda: verify(text, signature, secret)


def line(request: Any, secret: str) -> Check:
    validate = import_module("linebot.v3.webhook").SignatureValidator(secret).validate
    text, signature = request.body.decode(), request.headers["x-line-signature"]
    return lambda: validate(text, signature)


def discord(request: Any, secret: str) -> Check:
    verify = import_module("discord_interactions").verify_key
    body, headers = request.body, request.headers
    signature, time = headers["x-signature-ed25519"], headers["x-signature-timestamp"]
    return lambda: verify(body, signature, time, secret)


def gocardless(request: Any, secret: str) -> Check:
    verify = import_module("gocardless_pro.webhooks")._verify_signature
    body, signature = request.body, request.headers["webhook-signature"]
    return lambda: verify(body, secret, signature)


def gocardless_whole(request: Any, secret: str) -> Check:
    parse = import_module("gocardless_pro.webhooks").parse_with_meta
    body, signature = request.body, request.headers["webhook-signature"]
    return lambda: parse(body, secret, signature)


def coinbase(request: Any, secret: str) -> Check:
    verify = import_module("coinbase_commerce.webhook").WebhookSignature.verify_sig_header
    text, signature = request.body.decode(), request.headers["x-cc-webhook-signature"]
    return lambda: verify(text, signature, secret)


def coinbase_whole(request: Any, secret: str) -> Check:
    construct = import_module("coinbase_commerce.webhook").Webhook.construct_event
    text, signature = request.body.decode(), request.headers["x-cc-webhook-signature"]
    return lambda: construct(text, signature, secret)


def box(request: Any, secret: str) -> Check:
    validate = import_module("box_sdk_gen.managers.webhooks").WebhooksManager.validate_message
    text, headers = request.body.decode(), request.headers
    return lambda: validate(text, headers, secret)


def workos(request: Any, secret: str) -> Check:
    verify = import_module("workos.webhooks._verification").verify_header
    body, signature = request.body, request.headers["workos-signature"]
    return lambda: verify(event_body=body, event_signature=signature, secret=secret, tolerance=180)


def paddle(request: Any, secret: str) -> Check:
    notifications = import_module("paddle_billing.Notifications")
    verifier, known = notifications.Verifier(300), notifications.Secret(secret)

    asked = SimpleNamespace(
        headers={"Paddle-Signature": request.headers["paddle-signature"]}, body=request.body
    )
    return lambda: verifier.verify(asked, known)


CASES = (
    Case("stripe", "stripe", stripe, stripe_whole, head={"id": "evt_1", "object": "event", "type": "a.b"}),
    Case("slack", "slack_sdk", slack, head={"event_id": "Ev1", "event": {"type": "message"}}),
    Case(
        "standard-webhooks",
        "standardwebhooks",
        standard("standardwebhooks", json_parse=False),
        standard("standardwebhooks"),
        WHSEC,
        head={"type": "invoice.paid"},
    ),
    Case("svix", "svix", standard("svix.webhooks"), secret=WHSEC, head={"type": "invoice.paid"}),
    Case("twilio", "twilio", twilio, headers={"i-twilio-idempotency-token": "token-1"}),
    Case("twilio", "twilio", twilio_form, kind="form", headers={"i-twilio-idempotency-token": "token-1"}),
    Case("square", "squareup", square, head={"event_id": "e1", "type": "payment.created"}),
    Case("sendgrid", "sendgrid", sendgrid, key="spki"),
    Case("adyen", "adyen", adyen, secret="ab" * 32, head={"type": "balancePlatform.created"}),
    Case("braintree", "braintree", braintree, kind="xml", options={"public_key": "public"}),
    Case(
        "razorpay",
        "razorpay",
        razorpay,
        head={"event": "payment.captured"},
        headers={"x-razorpay-event-id": "Ev1"},
    ),
    Case("line", "line-bot-sdk", line, head={"events": [{"type": "message", "webhookEventId": "w1"}]}),
    Case("discord", "discord-interactions", discord, key="hex", head={"type": 2, "event": {"type": "E"}}),
    Case(
        "gocardless",
        "gocardless_pro",
        gocardless,
        gocardless_whole,
        head={
            "meta": {"webhook_id": "WB1"},
            "events": [{"id": "EV1", "resource_type": "mandates", "action": "x"}],
        },
    ),
    Case(
        "coinbase-commerce",
        "coinbase-commerce",
        coinbase,
        coinbase_whole,
        head={"event": {"id": "e1", "type": "charge:confirmed"}},
    ),
    Case("box", "box-sdk-gen", box, head={"trigger": "FILE.UPLOADED"}, headers={"box-delivery-id": "d1"}),
    Case("workos", "workos", workos, head={"id": "event_1", "event": "user.created"}),
    Case(
        "paddle", "paddle-python-sdk", paddle, head={"event_id": "evt_1", "event_type": "a.b"}, tolerance=300
    ),
)
