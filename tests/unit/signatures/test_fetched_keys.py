"""Certificates and key sets that are fetched: from allowed hosts only, chained to a root, kept in memory."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from doorbell.domain.errors import Refusal, SignatureError
from doorbell.domain.events import VerifiedEvent
from doorbell.domain.requests import Answer, RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.gate import Gate
from doorbell.signatures.signing.request import sign_request
from doorbell.signatures.special import certificates, key_sets, roots, sns
from tests.unit.signatures.cases import CASES, NOW, TOPIC, with_header

SNS_URL = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-demo.pem"
ISSUER_URL = "https://crt.r2m01.amazontrust.com/r2m01.cer"


class Web:
    """What the egress guard would fetch."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.asked: list[tuple[str, Sequence[str]]] = []
        self.failure: Exception = OSError("no such page")

    def get(self, url: str, *, allowed_hosts: Sequence[str], max_bytes: int, timeout_seconds: float) -> bytes:
        self.asked.append((url, allowed_hosts))
        if url not in self.files:
            raise self.failure
        return self.files[url]


def named(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


class Authority:
    """A root, an intermediate, and leaves for a name."""

    def __init__(self) -> None:
        self.root_key = ec.generate_private_key(ec.SECP256R1())
        self.middle_key = ec.generate_private_key(ec.SECP256R1())
        self.leaf_key = rsa.generate_private_key(65537, 2048)
        self.root = self._authority("Root", self.root_key, "Root", self.root_key)
        self.middle = self._authority("Middle", self.middle_key, "Root", self.root_key)

    def _authority(self, subject: str, key: Any, issuer: str, signer: Any) -> x509.Certificate:
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        return (
            self._builder(subject, key.public_key(), issuer, signer)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(signer, hashes.SHA256())
        )

    def _builder(self, subject: str, public: Any, issuer: str, signer: Any) -> x509.CertificateBuilder:
        start = datetime(2025, 6, 1, tzinfo=UTC)
        return x509.CertificateBuilder(
            named(issuer),
            named(subject),
            public,
            x509.random_serial_number(),
            start,
            start + timedelta(days=390),
        ).add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )

    def leaf(self, name: str = "sns.amazonaws.com") -> bytes:
        access = x509.AccessDescription(
            AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(ISSUER_URL)
        )
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        certificate = (
            self._builder(name, self.leaf_key.public_key(), "Middle", self.middle_key)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.AuthorityInformationAccess([access]), critical=False)
            .add_extension(usage, critical=False)
            .sign(self.middle_key, hashes.SHA256())
        )
        return certificate.public_bytes(Encoding.PEM)

    @property
    def private(self) -> str:
        return self.leaf_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    def signed(self) -> RawRequest:
        return sign_request(
            "sns", self.private, url="https://h.test/in/s", body=b"Hi", now=NOW, options={"topic_arn": TOPIC}
        )


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(autouse=True)
def nothing_remembered(authority: Authority) -> Iterator[None]:
    certificates._kept.clear()
    key_sets._jwks.clear()
    roots._root_store[:] = [authority.root]
    yield
    roots._root_store.clear()


def examine(
    request: RawRequest, web: Web | None, *, now: float = NOW, topic: str = TOPIC
) -> VerifiedEvent | Answer:
    source = Source("s", "sns", options={"topic_arn": topic})
    result = Gate(web).examine(source, request, [], verify_token=None, ingest_id="i", now=now)
    assert isinstance(result, VerifiedEvent | Answer)
    return result


def reason(request: RawRequest, web: Web | None, **more: Any) -> str:
    with pytest.raises(SignatureError) as caught:
        examine(request, web, **more)
    return caught.value.reason


def test_sns_certificate_that_leads_to_a_root_is_believed(authority: Authority) -> None:
    web = Web({SNS_URL: authority.leaf(), ISSUER_URL: authority.middle.public_bytes(Encoding.DER)})
    assert isinstance(examine(authority.signed(), web), VerifiedEvent)
    assert [hosts for _, hosts in web.asked] == [
        ("sns.us-east-1.amazonaws.com",), ("crt.r2m01.amazontrust.com",)
    ]  # fmt: skip


def test_chain_that_comes_whole_needs_no_second_fetch(authority: Authority) -> None:
    chain = authority.leaf() + authority.middle.public_bytes(Encoding.PEM)
    web = Web({SNS_URL: chain})
    examine(authority.signed(), web)
    examine(authority.signed(), web)
    assert len(web.asked) == 1


@pytest.mark.parametrize("name", [
    "evil.test", "sns.amazonaws.com.evil.test", "notamazonaws.com", "sqs.amazonaws.com",
    "bucket.s3.amazonaws.com", "sns.s3-us-west-2.amazonaws.com", "sns.eusc-de-east-1.amazonaws.com.evil.test",
    "sns.eu-central-1.amazonaws.eu.evil.test", "sns.eu.amazonaws.eu",
])  # fmt: skip
def test_certificate_of_another_name_is_not_believed(authority: Authority, name: str) -> None:
    chain = authority.leaf(name) + authority.middle.public_bytes(Encoding.PEM)
    assert reason(authority.signed(), Web({SNS_URL: chain})) == "certificate_untrusted"


@pytest.mark.parametrize("name", [
    "sns.amazonaws.com", "sns.cn-north-1.amazonaws.com.cn", "sns.us-gov-west-1.amazonaws.com",
    "sns.amazonaws.eu", "sns.eusc-de-east-1.amazonaws.eu",
])  # fmt: skip
def test_certificate_of_sns_in_any_region_is_believed(authority: Authority, name: str) -> None:
    chain = authority.leaf(name) + authority.middle.public_bytes(Encoding.PEM)
    assert isinstance(examine(authority.signed(), Web({SNS_URL: chain})), VerifiedEvent)


@pytest.mark.parametrize("region", ["us-east-1", "us-gov-west-1", "cn-north-1", "eusc-de-east-1"])
def test_sns_is_known_in_each_partition_where_aws_says_that_it_is(region: str) -> None:
    nobody = boto3.Session(aws_access_key_id="nobody", aws_secret_access_key="none", region_name=region)
    there = nobody.client("sns").meta.endpoint_url
    assert sns.CERTIFICATE_URL.fullmatch(f"{there}/SimpleNotificationService-a1.pem")
    assert sns.SUBSCRIBE_URL.fullmatch(f"{there}/?Action=ConfirmSubscription&Token=1")


@pytest.mark.parametrize("field", ["MessageId", "Subject", "Timestamp"])
@pytest.mark.parametrize("end", ["\n", "\r"])
def test_sns_field_with_a_line_end_is_refused_before_any_fetch(
    authority: Authority, field: str, end: str
) -> None:
    """What is signed is lines: a line end could move the boundary between two fields."""
    fields = json.loads(authority.signed().body)
    fields[field] = f"{fields.get(field, '')}{end}x"
    web = Web({})
    changed = replace(authority.signed(), body=json.dumps(fields).encode())
    assert reason(changed, web) == "signature_malformed"
    assert web.asked == []


def test_sns_message_may_have_lines(authority: Authority) -> None:
    chain = authority.leaf() + authority.middle.public_bytes(Encoding.PEM)
    request = sign_request(
        "sns", authority.private, url="https://h.test/", body=b"a\nb", now=NOW, options={"topic_arn": TOPIC}
    )
    assert isinstance(examine(request, Web({SNS_URL: chain})), VerifiedEvent)


def test_certificate_of_another_root_is_not_believed(authority: Authority) -> None:
    other = Authority()
    chain = other.leaf() + other.middle.public_bytes(Encoding.PEM)
    assert reason(other.signed(), Web({SNS_URL: chain})) == "certificate_untrusted"


def test_expired_certificate_is_not_believed(authority: Authority) -> None:
    chain = authority.leaf() + authority.middle.public_bytes(Encoding.PEM)
    late = NOW + 400 * 86_400
    request = sign_request(
        "sns", authority.private, url="https://h.test/", body=b"", now=late, options={"topic_arn": TOPIC}
    )
    assert reason(request, Web({SNS_URL: chain}), now=late) == "certificate_untrusted"


def test_key_that_cannot_be_fetched_refuses(authority: Authority) -> None:
    assert reason(authority.signed(), Web({})) == "key_unavailable"
    assert reason(authority.signed(), None) == "key_unavailable"
    assert reason(authority.signed(), Web({SNS_URL: b"<html>"})) == "certificate_malformed"


HOUR = 3600.0


def sns_request(authority: Authority, now: float) -> RawRequest:
    return sign_request(
        "sns", authority.private, url="https://h.test/", body=b"", now=now, options={"topic_arn": TOPIC}
    )


class Failed(Exception):
    """As the egress guard's errors are."""

    def __init__(self, code: str, status: int | None = None) -> None:
        super().__init__(code)
        self.code, self.status = code, status


def test_known_certificate_serves_for_a_day_while_it_cannot_be_fetched_anew(authority: Authority) -> None:
    web = Web({SNS_URL: authority.leaf() + authority.middle.public_bytes(Encoding.PEM)})
    examine(authority.signed(), web)
    web.files.clear()
    for hours in (2, 12, 23.9):
        now = NOW + hours * HOUR
        assert isinstance(examine(sns_request(authority, now), web, now=now), VerifiedEvent)
    late = NOW + 24.1 * HOUR
    assert reason(sns_request(authority, late), web, now=late) == "key_unavailable"


def test_known_certificate_does_not_serve_beyond_its_own_end(authority: Authority) -> None:
    web = Web({SNS_URL: authority.leaf() + authority.middle.public_bytes(Encoding.PEM)})
    ends = (datetime(2025, 6, 1, tzinfo=UTC) + timedelta(days=390)).timestamp()
    examine(sns_request(authority, ends - 2 * HOUR), web, now=ends - 2 * HOUR)
    web.files.clear()
    examine(sns_request(authority, ends - HOUR / 2), web, now=ends - HOUR / 2)
    assert reason(sns_request(authority, ends), web, now=ends) == "key_unavailable"


def test_host_that_failed_is_left_alone_for_a_minute_while_a_certificate_is_known(
    authority: Authority,
) -> None:
    web = Web({SNS_URL: authority.leaf() + authority.middle.public_bytes(Encoding.PEM)})
    examine(authority.signed(), web)
    web.files.clear()
    for seconds, asked in ((0, 2), (30, 2), (59, 2), (60, 3)):
        now = NOW + 2 * HOUR + seconds
        examine(sns_request(authority, now), web, now=now)
        assert len(web.asked) == asked


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (Failed("fetch_status", 404), "key_not_found"),
        (Failed("fetch_too_large", 200), "key_not_found"),
        (Failed("fetch_status", 503), "key_unavailable"),
        (Failed("fetch_status", 429), "key_unavailable"),
        (Failed("connection_lost", 200), "key_unavailable"),
        (Failed("dns_failed"), "key_unavailable"),
        (TimeoutError(), "key_unavailable"),
    ],
    ids=str,
)
def test_url_at_which_there_is_nothing_is_the_callers_fault_and_a_hiccup_is_not(
    authority: Authority, failure: Exception, expected: str
) -> None:
    """The caller names the URL: it must not be able to make an outage of ours."""
    web = Web({})
    web.failure = failure
    assert reason(authority.signed(), web) == expected


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.us-east-1.amazonaws.com/a.pem",
        "https://sns.us-east-1.amazonaws.com.evil.test/a.pem",
        "https://evil.test/sns.us-east-1.amazonaws.com/a.pem",
        "https://sns.us-east-1.amazonaws.com@evil.test/a.pem",
        "https://sns.us-east-1.amazonaws.com:8443/a.pem",
        "https://sns.us-east-1.amazonaws.com/a.pem?x=.pem",
        "https://sns.us-east-1.amazonaws.com/a/b.pem",
        "https://sns.us-east-1.amazonaws.com/../a.txt",
        "https://bucket.s3.amazonaws.com/a.pem",
        "https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-demo.pem",
        "https://sns.elasticbeanstalk.amazonaws.com/SimpleNotificationService-demo.pem",
        "https://sns.us-east-1.amazonaws.com/another-demo.pem",
        "",
    ],
)
def test_certificate_url_elsewhere_is_never_fetched(authority: Authority, url: str) -> None:
    request = authority.signed()
    fields = json.loads(request.body) | {"SigningCertURL": url}
    web = Web({})
    assert reason(replace(request, body=json.dumps(fields).encode()), web) == "certificate_url_not_allowed"
    assert web.asked == []


def test_message_of_another_topic_is_refused_before_any_fetch(authority: Authority) -> None:
    web = Web({})
    assert reason(authority.signed(), web, topic="arn:aws:sns:us-east-1:1:other") == "topic_not_allowed"
    assert web.asked == []


def confirmation(authority: Authority, kind: str, url: str) -> RawRequest:
    from doorbell.signatures.signing.keys import rsa_signature

    fields = {
        "Type": kind, "MessageId": "m", "Token": "t", "TopicArn": TOPIC, "Message": "You have chosen…",
        "SubscribeURL": url, "Timestamp": "2025-11-24T16:00:00.000Z", "SignatureVersion": "1",
        "SigningCertURL": SNS_URL,
    }  # fmt: skip
    raw = rsa_signature(authority.private, sns.message(fields), hashes.SHA1())
    body = json.dumps(fields | {"Signature": b64encode(raw).decode()}).encode()
    return RawRequest("POST", "https://h.test/in/s", "/in/s", "", {"content-type": "text/plain"}, body)


CONFIRM_URL = "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:x&Token=t"


def test_proven_subscription_is_confirmed_and_not_forwarded(authority: Authority) -> None:
    chain = authority.leaf() + authority.middle.public_bytes(Encoding.PEM)
    web = Web({SNS_URL: chain, CONFIRM_URL: b"<ok/>"})
    answer = examine(confirmation(authority, "SubscriptionConfirmation", CONFIRM_URL), web)
    assert isinstance(answer, Answer)
    assert answer.status == 200
    assert web.asked[-1] == (CONFIRM_URL, ("sns.us-east-1.amazonaws.com",))


def test_where_only_events_are_wanted_a_proven_confirmation_is_refused_and_not_visited(
    authority: Authority,
) -> None:
    chain = authority.leaf() + authority.middle.public_bytes(Encoding.PEM)
    web, source = (
        Web({SNS_URL: chain, CONFIRM_URL: b"<ok/>"}),
        Source("s", "sns", options={"topic_arn": TOPIC}),
    )
    request = confirmation(authority, "SubscriptionConfirmation", CONFIRM_URL)
    with pytest.raises(Refusal, match="409 handshake"):
        Gate(web).examine(source, request, [], verify_token=None, ingest_id="i", now=NOW, events_only=True)
    assert [url for url, _ in web.asked] == [SNS_URL]


def test_subscription_is_not_confirmed_at_another_host(authority: Authority) -> None:
    chain = authority.leaf() + authority.middle.public_bytes(Encoding.PEM)
    web = Web({SNS_URL: chain})
    request = confirmation(authority, "SubscriptionConfirmation", "https://169.254.169.254/latest")
    assert reason(request, web) == "handshake_malformed"
    assert len(web.asked) == 1


def test_proven_unsubscription_is_answered_and_not_undone(authority: Authority) -> None:
    chain = authority.leaf() + authority.middle.public_bytes(Encoding.PEM)
    web = Web({SNS_URL: chain})
    assert isinstance(examine(confirmation(authority, "UnsubscribeConfirmation", CONFIRM_URL), web), Answer)
    assert len(web.asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://api.paypal.com/cert",
        "https://paypal.com.evil.test/cert",
        "https://evilpaypal.com/cert",
        "https://api.paypal.com:444/cert",
        "https://x@api.paypal.com/cert",
        "https://api.paypal.com/v1/anything/else",
        "https://api.paypal.com/v1/notifications/certs/CERT-demo?x=1",
        "https://api.paypal.com/v1/notifications/certs/../../x",
    ],
)
def test_paypal_certificate_elsewhere_is_never_fetched(url: str) -> None:
    case = CASES["paypal"]
    with pytest.raises(SignatureError) as caught:
        case.examine(with_header(case.signed(), "paypal-cert-url", url))
    assert caught.value.reason == "certificate_url_not_allowed"


@pytest.mark.parametrize("version", ["0", "3", "", None])
def test_sns_of_a_signature_version_that_nobody_knows_is_refused_before_any_fetch(
    version: str | None,
) -> None:
    case = CASES["sns"]
    request = case.signed()
    fields = {**json.loads(request.body), "SignatureVersion": version}
    with pytest.raises(SignatureError) as caught:
        case.examine(replace(request, body=json.dumps(fields).encode()))
    assert caught.value.reason == "algorithm_not_allowed"


def test_paypal_of_another_webhook_or_algorithm_is_refused() -> None:
    case = CASES["paypal"]
    with pytest.raises(SignatureError) as caught:
        case.examine(case.signed(), secrets=["WH-2"])
    assert caught.value.reason == "signature_mismatch"
    with pytest.raises(SignatureError) as caught:
        case.examine(with_header(case.signed(), "paypal-auth-algo", "SHA1withRSA"))
    assert caught.value.reason == "algorithm_not_allowed"


JWKS_URL = "https://keys.test/jwks"
OPTIONS = {
    "algorithms": "RS256",
    "body_claim": "none",
    "jwks_url": JWKS_URL,
    "issuer": "us",
    "audience": "me",
}
CLAIMS = {"iss": "us", "aud": ["me", "you"], "exp": NOW + 60}


def jwk(key: rsa.RSAPrivateKey, kid: str) -> dict[str, Any]:
    return dict(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)) | {"kid": kid}


def ask(web: Web, token: str, *, now: float = NOW, secrets: Sequence[str] = (), **options: str) -> str:
    request = RawRequest("POST", "https://h.test/", "/", "", {"authorization": f"Bearer {token}"}, b"{}")
    source = Source("s", "jwt", options=OPTIONS | options)
    try:
        Gate(web).examine(source, request, secrets, verify_token=None, ingest_id="i", now=now)
    except SignatureError as error:
        return error.reason
    return "accepted"


def token_of(
    key: Any, claims: dict[str, Any] | None = None, kid: str = "k1", algorithm: str = "RS256"
) -> str:
    return jwt.encode(CLAIMS if claims is None else claims, key, algorithm, headers={"kid": kid})


def test_token_signed_by_a_key_of_the_set_is_accepted_and_the_set_is_kept(authority: Authority) -> None:
    web = Web({JWKS_URL: json.dumps({"keys": [jwk(authority.leaf_key, "k1")]}).encode()})
    assert ask(web, token_of(authority.leaf_key)) == "accepted"
    assert ask(web, token_of(authority.leaf_key)) == "accepted"
    assert len(web.asked) == 1


def test_unknown_key_ids_cannot_make_us_ask_again_and_again(authority: Authority) -> None:
    web = Web({JWKS_URL: json.dumps({"keys": [jwk(authority.leaf_key, "k1")]}).encode()})
    for number in range(5):
        assert ask(web, token_of(authority.leaf_key, kid=f"x{number}")) == "signature_mismatch"
    assert len(web.asked) == 1
    late = CLAIMS | {"exp": NOW + 120}
    assert ask(web, token_of(authority.leaf_key, late, "x9"), now=NOW + 61) == "signature_mismatch"
    assert len(web.asked) == 2


def asked_later(web: Web, key: Any, after: float, kid: str = "k1") -> str:
    return ask(web, token_of(key, CLAIMS | {"exp": NOW + after + 60}, kid), now=NOW + after)


@pytest.mark.parametrize("page", [None, b"<html>", b'{"error":"later"}', b"[" * 100_000])
def test_known_keys_serve_for_a_day_while_the_set_cannot_be_fetched_anew(
    authority: Authority, page: bytes | None
) -> None:
    web = Web({JWKS_URL: json.dumps({"keys": [jwk(authority.leaf_key, "k1")]}).encode()})
    assert asked_later(web, authority.leaf_key, 0) == "accepted"
    web.files = {} if page is None else {JWKS_URL: page}
    for hours in (2, 12, 23.9):
        assert asked_later(web, authority.leaf_key, hours * HOUR) == "accepted"
    assert asked_later(web, authority.leaf_key, 24.1 * HOUR) == "key_unavailable"


def test_unknown_key_ids_cannot_make_us_ask_again_and_again_while_the_host_is_down(
    authority: Authority,
) -> None:
    web = Web({JWKS_URL: json.dumps({"keys": [jwk(authority.leaf_key, "k1")]}).encode()})
    asked_later(web, authority.leaf_key, 0)
    web.files.clear()
    for second in range(59):
        assert asked_later(web, authority.leaf_key, 61 + second, f"x{second}") == "key_unavailable"
        assert asked_later(web, authority.leaf_key, 61 + second) == "accepted"
    assert len(web.asked) == 2


def test_host_of_a_set_of_which_nothing_is_known_is_asked_every_few_seconds(authority: Authority) -> None:
    web = Web({})
    for second in (0, 1, 4, 5, 6):
        assert asked_later(web, authority.leaf_key, second) == "key_unavailable"
    assert len(web.asked) == 2
    web.files = {JWKS_URL: json.dumps({"keys": [jwk(authority.leaf_key, "k1")]}).encode()}
    assert asked_later(web, authority.leaf_key, 10) == "accepted"


def test_key_of_another_kind_than_the_forged_algorithm_is_a_mismatch_and_no_fault_of_the_source(
    authority: Authority,
) -> None:
    stored = json.dumps({"keys": [jwk(authority.leaf_key, "k1")]})
    web = Web({JWKS_URL: stored.encode()})
    forged = token_of(ec.generate_private_key(ec.SECP256R1()), algorithm="ES256")
    assert ask(web, forged, algorithms="RS256 ES256") == "signature_mismatch"
    assert ask(web, forged, secrets=[stored], algorithms="RS256 ES256", jwks_url="") == "signature_mismatch"


@pytest.mark.parametrize(
    ("secrets", "expected"),
    [
        ([], "secret_missing"),
        (["not a key"], "secret_malformed"),
        (["{broken"], "secret_malformed"),
        (['{"keys":[{"kty":"RSA","n":"!"}]}'], "secret_malformed"),
        (["-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"], "secret_malformed"),
    ],
    ids=str,
)
def test_token_of_a_source_without_a_usable_key_names_the_secret(
    authority: Authority, secrets: list[str], expected: str
) -> None:
    assert ask(Web({}), token_of(authority.leaf_key), secrets=secrets, jwks_url="") == expected


def test_broken_secret_does_not_spoil_the_key_beside_it(authority: Authority) -> None:
    secrets = ["{broken", json.dumps(jwk(authority.leaf_key, "k1"))]
    assert ask(Web({}), token_of(authority.leaf_key), secrets=secrets, jwks_url="") == "accepted"
    assert ask(Web({}), token_of(Authority().leaf_key), secrets=secrets, jwks_url="") == "signature_mismatch"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"iss": "them"}, "claim_mismatch"),
        ({"aud": "you"}, "claim_mismatch"),
        ({"exp": NOW - 61}, "timestamp_out_of_tolerance"),
        ({"exp": None}, "claim_missing"),
        ({"exp": "soon"}, "timestamp_malformed"),
        ({"nbf": NOW + 61}, "timestamp_out_of_tolerance"),
    ],
)
def test_token_with_a_wrong_claim_is_refused(
    authority: Authority, changes: dict[str, Any], expected: str
) -> None:
    web = Web({JWKS_URL: json.dumps({"keys": [jwk(authority.leaf_key, "k1")]}).encode()})
    claims = {name: value for name, value in (CLAIMS | changes).items() if value is not None}
    header = jwt.utils.base64url_encode(json.dumps({"alg": "RS256", "kid": "k1"}).encode())
    payload = jwt.utils.base64url_encode(json.dumps(claims).encode())
    from cryptography.hazmat.primitives.asymmetric import padding

    raw = authority.leaf_key.sign(header + b"." + payload, padding.PKCS1v15(), hashes.SHA256())
    token = b".".join((header, payload, jwt.utils.base64url_encode(raw))).decode()
    assert ask(web, token) == expected


def test_algorithm_of_the_token_does_not_choose_the_check(authority: Authority) -> None:
    keys = json.dumps({"keys": [jwk(authority.leaf_key, "k1")]}).encode()
    unsigned = jwt.encode(CLAIMS, "", "none", headers={"kid": "k1"})
    confused = token_of("x" * 64, algorithm="HS256")
    for token in (unsigned, confused):
        assert ask(Web({JWKS_URL: keys}), token) == "algorithm_not_allowed"


def test_symmetric_key_in_a_public_set_counts_for_nothing() -> None:
    keys = json.dumps({"keys": [{"kty": "oct", "k": "eHh4", "kid": "k1"}]}).encode()
    web = Web({JWKS_URL: keys})
    token = token_of("x" * 64, algorithm="HS256")
    assert ask(web, token, algorithms="HS256") == "signature_mismatch"


def test_body_that_the_token_does_not_bind_is_refused() -> None:
    case = CASES["jwt"]
    token = jwt.encode({"exp": NOW + 60, "iat": NOW}, case.signing, "ES256")
    with pytest.raises(SignatureError) as caught:
        case.examine(with_header(case.signed(), "authorization", f"Bearer {token}"))
    assert caught.value.reason == "claim_missing"
