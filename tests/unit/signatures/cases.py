"""One case per catalogue entry: what to sign, with what, and what the source stores."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from doorbell.domain.events import Several, VerifiedEvent
from doorbell.domain.requests import Answer, Learn, RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.catalogue import find, names
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.gate import Gate
from doorbell.signatures.schemes.scheme import NEVER
from doorbell.signatures.signing.keys import public_half
from doorbell.signatures.signing.request import sign_request

NOW = 1_764_000_000.0
URL = "https://hooks.example.test/in/source?tenant=1&x=%2F"
SEED = "1f" * 32
WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TOPIC = "arn:aws:sns:us-east-1:123456789012:orders"
SCHEME = {
    "signature": {"header": "X-Signature", "prefix": "v1="},
    "timestamp": {"header": "X-Time", "unit": "ms", "tolerance": 60},
    "message": ["timestamp", "text:.", "header:X-Id", "text:.", "url", "body"],
}
TOLERANCES = {
    "linear": 60, "contentful": 30, "mailgun": 43_200, "sns": 604_800, "paypal": 604_800, "fal": 300,
    "mailchannels": 300, "http-signature": 300, "jws": 300, "alexa": 150, "neon": 300,
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    name: str
    signing: str
    stored: str
    body: bytes = b'{"id":"evt_1","type":"order.created","amount":1299}'
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    options: Mapping[str, str] = field(default_factory=dict)
    scheme: Mapping[str, Any] | None = None
    certificate: bytes = b""
    method: str = "POST"

    @property
    def entry(self) -> Entry:
        entry = find(self.name)
        assert entry is not None
        return entry

    def source(self) -> Source:
        return Source(
            "src", self.name, secrets=("ssm:/x",), options=self.options, scheme=self.scheme, public_url=None
        )

    def signed(self, now: float = NOW) -> RawRequest:
        return sign_request(
            self.name,
            self.signing,
            method=self.method,
            url=URL,
            body=self.body,
            headers=self.headers,
            now=now,
            options=self.options,
            scheme=self.scheme,
        )

    def gate(self) -> Gate:
        return Gate(OneFile(self.certificate), trusted_certificates=self.certificate)

    def examine(
        self, request: RawRequest, *, now: float = NOW, secrets: Sequence[str] | None = None
    ) -> VerifiedEvent | Several | Answer | Learn:
        stored = [self.stored] if secrets is None else secrets
        return self.gate().examine(
            self.source(), request, stored, verify_token="t", ingest_id="in_1", now=now
        )

    @property
    def tolerance(self) -> int | None:
        """Seconds of age at which a request is too old; None when it has no time."""
        if self.name == "hmac":
            return 60
        if self.entry.scheme is not None:
            time = self.entry.scheme.timestamp
            return time.tolerance if time is not None and time.tolerance < NEVER else None
        if self.entry.special == "jwt_request":
            named = self.entry.parameters.get("max_age") or self.entry.parameters.get("age_without_exp")
            if not named and "exp" not in self.entry.parameters.get("requires", "exp").split():
                return None
            return int(named or self.options.get("max_age") or 130)
        return TOLERANCES.get(self.name)

    @property
    def ahead(self) -> int | None:
        """Seconds in the future beyond which a request is refused."""
        time = self.entry.scheme.timestamp if self.entry.scheme else None
        if self.entry.special == "jwt_request" and not self.bounds_the_future:
            return None
        return time.ahead if time is not None and time.ahead is not None else self.tolerance

    @property
    def bounds_the_future(self) -> bool:
        """Of a token: whether it says from when on it counts, or its own age is looked at."""
        known = self.entry.parameters.keys() | self.options.keys()
        return "nbf" in self.entry.parameters.get("requires", "") or not known.isdisjoint(
            ("max_age", "age_without_exp")
        )

    @property
    def signs_body(self) -> bool:
        """Whether a change of any byte of the body must be noticed. (Adyen: the form in a header.)"""
        tokens = ("token", "bearer", "graph")
        if not self.body:
            return False
        return self.name == "adyen" or (self.entry.binds_body and self.entry.special not in tokens)

    @property
    def signs_url(self) -> bool:
        message = self.entry.scheme.message if self.entry.scheme else ()
        return (
            "url" in message
            or "path" in message
            or self.name in ("hmac", "twilio", "mandrill", "messagebird", "contentful", "plivo", "qstash")
        )


class OneFile:
    """Serves the certificate at the URLs that the signer writes, and nothing anywhere else."""

    URLS = (
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-demo.pem",
        "https://api.paypal.com/v1/notifications/certs/CERT-demo",
        "https://s3.amazonaws.com/echo.api/echo-api-cert-demo.pem",
        "https://static.adobeioevents.com/prod/keys/pub-key-demo.pem",
    )

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.asked: list[str] = []

    def get(self, url: str, *, allowed_hosts: Sequence[str], max_bytes: int, timeout_seconds: float) -> bytes:
        self.asked.append(url)
        if url not in self.URLS:
            raise OSError("nothing there")
        return self.content


@cache
def rsa_pair(serial: int = 7) -> tuple[str, bytes]:
    """A private key as PEM, and a certificate of a name under paypal.com: each serial has its own key."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "certs.paypal.com")])
    start = datetime(2025, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), serial, start, start + timedelta(days=3650)
    )
    certificate = builder.sign(key, hashes.SHA256())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return pem, certificate.public_bytes(Encoding.PEM)


@cache
def rsa_keys() -> tuple[str, str]:
    """A private key and its public half, both PEM."""
    pem = rsa_pair()[0]
    public = load_pem_private_key(pem.encode(), None).public_key()
    return pem, public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@cache
def ec_pair() -> tuple[str, str]:
    """A P-256 private key and its public half, both PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def okp(public: str) -> str:
    """An Ed25519 key in hex as a JWK."""
    x = urlsafe_b64encode(bytes.fromhex(public)).decode().rstrip("=")
    return json.dumps({"kty": "OKP", "crv": "Ed25519", "x": x})


FORM = {"content-type": "application/x-www-form-urlencoded"}


def _special(name: str) -> Case | None:
    pem, certificate = rsa_pair()
    private, public = ec_pair()
    special = {
        "hmac": Case(name, "a-secret", "a-secret", scheme=SCHEME),
        "discord": Case(name, SEED, public_half("hex", SEED), b'{"type":2}'),
        "adyen": Case(name, "ab" * 32, "ab" * 32),
        "vonage": Case(name, "v" * 40, "v" * 40),
        "messagebird": Case(name, "m" * 64, "m" * 64),
        "contentful": Case(name, "c" * 64, "c" * 64),
        "braintree": Case(
            name, "private", "private", b"<kind>check</kind>", options={"public_key": "public_key"}
        ),
        "twilio": Case(name, "tok", "tok", b"From=%2B1555&Body=h%C3%A9llo&Empty=", FORM),
        "mandrill": Case(name, "tok", "tok", b"mandrill_events=%5B%5D", FORM),
        "plivo": Case(name, "tok", "tok", b"From=1555&Text=hello", FORM),
        "basic": Case(name, "user:pass word", "user:pass word"),
        "plaid": Case(name, private, public),
        "jwt": Case(
            name,
            private,
            public,
            options={"algorithms": "ES256", "body_claim": "body_sha256", "max_age": "300"},
        ),
        "jwt.body": Case(name, private, public, options={"algorithms": "ES256", "max_age": "300"}),
        "jws": Case(name, private, public, options={"algorithms": "ES256", "issued": "iat"}),
        "http-signature": Case(
            name,
            private,
            public,
            options={"algorithm": "ecdsa-p256-sha256", "requires": "@method content-digest content-type"},
        ),
        "paypal": Case(name, f"WH-1\n{pem}", "WH-1", certificate=certificate),
        "sns": Case(
            name, pem, "unused", b"Hello, World!", options={"topic_arn": TOPIC}, certificate=certificate
        ),
        "figma": Case(name, "a-passcode", "a-passcode", b'{"event_type":"FILE_UPDATE","passcode":"x"}'),
        "meraki": Case(name, "s3cret", "s3cret", b'{"alertTypeId":"motion_alert","sharedSecret":"x"}'),
        "favro": Case(name, "s3cret", "s3cret", b'{"payloadId":"NzcxYjk2","action":"created"}'),
        "monday": Case(name, "m" * 64, "m" * 64),
        "solidgate": Case(name, "wh_sk_1", "wh_sk_1", options={"public_key": "wh_pk_1"}),
        "tiktok-shop": Case(name, "s3cret", "s3cret", options={"app_key": "ak1"}),
        "gumroad": Case(name, "s3cret", "s3cret", b"sale_id=1&resource_name=sale", FORM),
        "netlify": Case(name, "v" * 40, "v" * 40),
    }
    return special.get(name) or _further(name)


def _further(name: str) -> Case | None:
    """Of the rules that few have."""
    pem, public = rsa_keys()
    payment = b"ORDERID=o1&TXNID=t1&TXNAMOUNT=12.50&STATUS=TXN_SUCCESS"
    notice = b"totalAmount=12.50&currency=EUR&Status=APPROVED&productId=p"
    order = b"ORDER_ID=1&ORDER_STATUS=Processed&ORDER_TOTAL_AMOUNT=9.99&CUSTOMER_EMAIL=a&TEST_MODE=1"
    further = {
        "paytm": Case(name, "0123456789abcdef", "0123456789abcdef", payment, FORM),
        "opennode": Case(name, "key", "key", b"id=c1&status=paid", FORM),
        "nuvei": Case(name, "key", "key", notice, FORM),
        "paypro-global": Case(name, "key", "key", order + b"&IPN_TYPE_NAME=OrderCharged", FORM),
        "nuvei.md5": Case(name, "key", "key", notice, FORM),
        "dropbox-sign": Case(name, "key", "key", b"json=%7B%22account%22%3A1%7D", FORM),
        "paddle.classic": Case(name, pem, public, b"alert_id=1&alert_name=paid", FORM),
        "travis": Case(name, pem, public, b"payload=%7B%22id%22%3A1%7D"),
        "rapyd": Case(name, "key", "key", options={"access_key": "a1"}),
        "fal": Case(name, SEED, public_half("hex", SEED)),
        "neon": Case(name, SEED, okp(public_half("hex", SEED))),
        "mailchannels": Case(name, SEED, public_half("hex", SEED)),
        "adobe-events": Case(name, pem, "", certificate=public.encode()),
        "alexa": Case(
            name, pem, "unused", b'{"request":{"type":"LaunchRequest"}}', certificate=rsa_pair()[1]
        ),
        "livekit": Case(name, "v" * 40, "v" * 40, options={"issuer": "APIkey1"}),
        "sinch.application": Case(name, "c2VjcmV0", "c2VjcmV0", options={"key": "k1"}),
        "fusionauth": Case(name, "v" * 40, "v" * 40),
        "qstash": Case(name, "v" * 40, "v" * 40),
        "google-oidc": Case(name, pem, public, options={"audience": "https://hooks.example.test"}),
        "shopware.get": Case(name, "key", "key", b"", {}, method="GET"),
        "wecom": Case(name, "token", "token"),
    }
    if name in ("kinde", "wix", "saleor.jws", "lago.jwt"):
        return Case(name, pem, public)
    return further.get(name)


def _by_key(name: str) -> Case:
    """What the entry's scheme takes for a key; user and password where the secret is both."""
    entry = find(name)
    assert entry is not None
    scheme, private = entry.scheme, ec_pair()[0]
    if scheme is not None and scheme.algorithm == "ed25519":
        return Case(name, SEED, public_half(scheme.key, SEED))
    if scheme is not None and scheme.algorithm.startswith("rsa"):
        return Case(name, *rsa_keys())
    if scheme is not None and scheme.algorithm.startswith("ecdsa"):
        return Case(name, private, public_half("spki", private))
    plain = "user:password" if entry.parameters.get("basic") else "a-shared-secret"
    keys = {"whsec": WHSEC, "hex": "ab" * 32, "base64": "MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY="}
    secret = keys.get(scheme.key, plain) if scheme is not None else plain
    return Case(name, secret, secret)


def case_for(name: str) -> Case:
    return _special(name) or _by_key(name)


CASES = {name: case_for(name) for name in names()}


def with_header(request: RawRequest, name: str, value: str | None) -> RawRequest:
    """`request` with that header, or without it."""
    headers = {key: text for key, text in request.headers.items() if key != name}
    return replace(request, headers=headers if value is None else {**headers, name: value})


def with_url(request: RawRequest, url: str) -> RawRequest:
    path, _, query = url.partition("/in/")[2].partition("?")
    return replace(request, url=url, path=f"/in/{path}", raw_query=query)
