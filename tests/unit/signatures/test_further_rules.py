"""Rules with a module of their own: what each of them refuses beside what every provider's does."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from doorbell.domain.errors import SignatureError
from doorbell.domain.events import VerifiedEvent
from doorbell.domain.requests import Answer, RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.gate import Gate
from doorbell.signatures.signing.keys import ed25519_key, rsa_signature
from doorbell.signatures.signing.request import sign_request
from doorbell.signatures.special import adobe_events
from tests.unit.signatures.cases import CASES, NOW, SEED, URL, rsa_keys, with_header


def refusal(name: str, request: RawRequest, now: float = NOW) -> str:
    with pytest.raises(SignatureError) as caught:
        CASES[name].examine(request, now=now)
    return caught.value.reason


def with_token(name: str, claims: dict[str, Any], *, header: dict[str, Any] | None = None) -> RawRequest:
    """A request of the case's with another token in its place, signed with the right key."""
    case = CASES[name]
    algorithm = case.entry.parameters["algorithms"].split()[0]
    token = jwt.encode(claims, case.signing, algorithm=algorithm, headers=header)
    place, value = case.entry.parameters["header"], case.entry.parameters.get("prefix", "") + token
    if place == "body":
        return replace(case.signed(), body=value.encode())
    return with_header(case.signed(), place, value)


def test_a_body_that_is_a_token_says_its_id_and_type() -> None:
    claims = {"event_id": "e1", "type": "user.created"}
    event = CASES["kinde"].examine(with_token("kinde", claims))
    assert isinstance(event, VerifiedEvent)
    assert (event.dedupe_key, event.event_type) == ("e1", "user.created")
    inner = {"data": json.dumps({"eventType": "wix.order", "data": "{}"})}
    event = CASES["wix"].examine(with_token("wix", inner))
    assert isinstance(event, VerifiedEvent)
    assert event.event_type == "wix.order"
    assert refusal("kinde", with_token("kinde", {**claims, "exp": NOW - 1})) == "timestamp_out_of_tolerance"


def test_lagos_token_holds_the_body_itself() -> None:
    body = CASES["lago.jwt"].body.decode()
    assert isinstance(CASES["lago.jwt"].examine(with_token("lago.jwt", {"data": body})), VerifiedEvent)
    assert refusal("lago.jwt", with_token("lago.jwt", {"data": body + " "})) == "claim_mismatch"
    assert refusal("lago.jwt", with_token("lago.jwt", {"iss": "x"})) == "claim_missing"


def google(**changes: object) -> dict[str, object]:
    claims = {"iss": "accounts.google.com", "aud": "https://hooks.example.test", "exp": NOW + 60}
    return {**claims, "email": "a@b.test", "email_verified": True, **changes}


def test_googles_token_is_of_one_of_two_issuers_for_this_audience_and_account() -> None:
    case = CASES["google-oidc"]
    assert isinstance(case.examine(with_token("google-oidc", google())), VerifiedEvent)
    both = google(iss="https://accounts.google.com accounts.google.com")
    for wrong in (both, google(iss="https://evil.test"), google(aud="other")):
        assert refusal("google-oidc", with_token("google-oidc", wrong)) == "claim_mismatch"
    source = replace(case.source(), options={**case.options, "email": "a@b.test"})
    for claims, is_taken in (
        (google(), True),
        (google(email="c@b.test"), False),
        (google(email_verified="true"), False),
    ):
        request = with_token("google-oidc", claims)
        given: dict[str, Any] = {"verify_token": None, "ingest_id": "i", "now": NOW}
        if is_taken:
            assert isinstance(Gate().examine(source, request, [case.stored], **given), VerifiedEvent)
            continue
        with pytest.raises(SignatureError, match="claim_mismatch"):
            Gate().examine(source, request, [case.stored], **given)


def test_a_token_for_another_url_is_refused() -> None:
    request = sign_request("qstash", "v" * 40, url="https://hooks.example.test/in/other", body=b"{}", now=NOW)
    assert refusal("qstash", replace(request, url=URL, path="/in/source")) == "claim_mismatch"


def jws(header: dict[str, Any], payload: str = "") -> RawRequest:
    """Signed over the body as it is, whatever the header says."""
    case = CASES["saleor.jws"]
    head = urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    signature = rsa_signature(rsa_keys()[0], head.encode() + b"." + case.body, hashes.SHA256())
    token = f"{head}.{payload}.{urlsafe_b64encode(signature).decode().rstrip('=')}"
    return with_header(case.signed(), "saleor-signature", token)


def test_a_jws_is_detached_and_unencoded_or_nobodys() -> None:
    right = {"alg": "RS256", "b64": False, "crit": ["b64"]}
    assert isinstance(CASES["saleor.jws"].examine(jws(right)), VerifiedEvent)
    for wrong in (
        {**right, "b64": True},
        {**right, "crit": ["b64", "exp"]},
        {"alg": "RS256", "b64": False},
        {"alg": "RS256"},
    ):
        assert refusal("saleor.jws", jws(wrong)) == "token_malformed"
    assert refusal("saleor.jws", jws(right, payload="e30")) == "token_malformed"
    assert refusal("saleor.jws", jws({**right, "alg": "none"})) == "algorithm_not_allowed"


def message_signature(covered: str, lines: Sequence[str], digest: str, seed: str = SEED) -> dict[str, str]:
    text = "\n".join([*lines, f'"@signature-params": {covered}'])
    signature = b64encode(ed25519_key(seed).sign(text.encode())).decode()
    return {"content-digest": digest, "signature-input": f"s={covered}", "signature": f"s=:{signature}:"}


def digest_of(body: bytes, name: str = "sha-256") -> str:
    raw = hashlib.new(name.replace("-", ""), body).digest()
    return f"{name}=:{b64encode(raw).decode()}:"


BODY = b'[{"event":"delivered"}]'


@pytest.mark.parametrize(
    ("parameters", "component", "digest", "reason"),
    [
        (f';created={int(NOW)};alg="ed25519";keyid="k"', "content-digest", digest_of(BODY), ""),
        (f";created={int(NOW)}", "content-digest", digest_of(BODY, "sha-512"), ""),
        (f";created={int(NOW)}", "content-digest", digest_of(b"other"), "digest_mismatch"),
        (f';created={int(NOW)};alg="rsa"', "content-digest", digest_of(BODY), "algorithm_not_allowed"),
        (f";created={int(NOW) - 301}", "content-digest", digest_of(BODY), "timestamp_out_of_tolerance"),
        (f";created={int(NOW) + 31}", "content-digest", digest_of(BODY), "timestamp_out_of_tolerance"),
        (f";created={int(NOW)};expires={int(NOW) - 1}", "content-digest", digest_of(BODY),
         "timestamp_out_of_tolerance"),
        ("", "content-digest", digest_of(BODY), "timestamp_missing"),
        (f";created={int(NOW)}", "content-type", digest_of(BODY), "part_missing"),
        (f";created={int(NOW)}", "content-digest", "md5=:AA==:", "signature_malformed"),
    ],
)  # fmt: skip
def test_a_message_signature_covers_the_bodys_digest_and_a_time(
    parameters: str, component: str, digest: str, reason: str
) -> None:
    value = digest if component == "content-digest" else "application/json"
    headers = message_signature(f'("{component}"){parameters}', [f'"{component}": {value}'], digest)
    headers["content-type"] = "application/json"
    request = RawRequest("POST", URL, "/in/source", "", headers, BODY)
    if reason:
        assert refusal("mailchannels", request) == reason
        return
    assert isinstance(CASES["mailchannels"].examine(request), VerifiedEvent)


def test_a_message_signature_may_cover_the_request_too() -> None:
    covered = f'("@method" "@authority" "@path" "content-digest");created={int(NOW)}'
    digest = digest_of(BODY)
    lines = [
        '"@method": POST', '"@authority": hooks.example.test', '"@path": /in/source',
        f'"content-digest": {digest}',
    ]  # fmt: skip
    headers = message_signature(covered, lines, digest)
    request = RawRequest("POST", URL, "/in/source", "tenant=1&x=%2F", headers, BODY)
    assert isinstance(CASES["mailchannels"].examine(request), VerifiedEvent)
    moved = replace(request, url="https://hooks.example.test/in/other", path="/in/other")
    assert refusal("mailchannels", moved) == "signature_mismatch"


class Published:
    """Serves one text at every URL, and remembers which were asked for."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.asked: list[str] = []

    def get(self, url: str, *, allowed_hosts: Sequence[str], max_bytes: int, timeout_seconds: float) -> bytes:
        self.asked.append(url)
        return self.content


class Silent(Published):
    def get(self, url: str, *, allowed_hosts: Sequence[str], max_bytes: int, timeout_seconds: float) -> bytes:
        raise OSError("nobody answers")


def examine(fetch: Published, name: str, request: RawRequest, *, now: float = NOW, **options: str) -> object:
    source = Source("s", name, options=options)
    return Gate(fetch).examine(source, request, [], verify_token=None, ingest_id="i", now=now)


def test_adobes_key_is_fetched_from_its_host_once_and_from_nowhere_else() -> None:
    adobe_events._kept.clear()
    request = CASES["adobe-events"].signed()
    host = Published(rsa_keys()[1].encode())
    for _ in range(3):
        assert isinstance(examine(host, "adobe-events", request), VerifiedEvent)
    assert host.asked == ["https://static.adobeioevents.com/prod/keys/pub-key-demo.pem"]
    for path in (
        "/prod/keys/../x.pem",
        "//evil.test/x.pem",
        "/prod/keys/pub-key-a.pem?b",
        "@evil.test/a",
        "",
    ):
        spoilt = with_header(request, "x-adobe-public-key1-path", path)
        with pytest.raises(SignatureError, match="key_not_found"):
            examine(host, "adobe-events", spoilt)
    assert len(host.asked) == 1


def test_adobes_known_key_serves_while_its_host_does_not() -> None:
    adobe_events._kept.clear()
    request = CASES["adobe-events"].signed()
    host = Published(rsa_keys()[1].encode())
    assert isinstance(examine(host, "adobe-events", request), VerifiedEvent)
    later = NOW + adobe_events.HOUR + 1
    assert isinstance(examine(Silent(b""), "adobe-events", request, now=later), VerifiedEvent)
    with pytest.raises(SignatureError, match="key_unavailable"):
        examine(Silent(b""), "adobe-events", request, now=NOW + 25 * adobe_events.HOUR)


def test_any_of_fals_published_keys_proves() -> None:
    raw = [bytes.fromhex(SEED), bytes(32)]
    keys = [ed25519_key(seed.hex()).public_key().public_bytes_raw() for seed in raw]
    encoded = [b64encode(key, altchars=b"-_").decode().rstrip("=") for key in reversed(keys)]
    jwks = json.dumps({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": text} for text in encoded]})
    host = Published(jwks.encode())
    url = "https://keys.example.test/jwks.json"
    for seed in raw:
        request = sign_request("fal", seed.hex(), url=URL, body=b"{}", now=NOW)
        assert isinstance(examine(host, "fal", request, jwks_url=url), VerifiedEvent)
    stranger = sign_request("fal", "ab" * 32, url=URL, body=b"{}", now=NOW)
    with pytest.raises(SignatureError, match="signature_mismatch"):
        examine(host, "fal", stranger, jwks_url=url)
    assert host.asked == [url]


def test_neons_published_key_proves_and_no_other() -> None:
    host, url = Published(CASES["neon"].stored.encode()), "https://neon.example.test/jwks.json"
    assert isinstance(examine(host, "neon", CASES["neon"].signed(), jwks_url=url), VerifiedEvent)
    stranger = sign_request("neon", "ab" * 32, url=URL, body=CASES["neon"].body, now=NOW)
    with pytest.raises(SignatureError, match="signature_mismatch"):
        examine(host, "neon", stranger, jwks_url=url)
    assert host.asked == [url]


@pytest.mark.parametrize(
    "url",
    [
        "http://s3.amazonaws.com/echo.api/c.pem",
        "https://evil.test/echo.api/c.pem",
        "https://s3.amazonaws.com:8443/echo.api/c.pem",
        "https://s3.amazonaws.com/EcHo.aPi/c.pem",
        "https://s3.amazonaws.com/echo.api/../other/c.pem",
        "https://s3.amazonaws.com/echo.api/..",
        "https://s3.amazonaws.com@evil.test/echo.api/c.pem",
        "https://s3.amazonaws.com/echo.api/c.pem?x=1",
        "https://s3.amazonaws.com/invalid.path/c.pem",
    ],
)
def test_alexas_certificate_is_looked_for_where_alexas_are_alone(url: str) -> None:
    request = with_header(CASES["alexa"].signed(), "signaturecertchainurl", url)
    assert refusal("alexa", request) == "certificate_untrusted"


def test_an_event_of_a_skill_itself_may_come_an_hour_later() -> None:
    case = replace(CASES["alexa"], body=b'{"request":{"type":"AlexaSkillEvent.SkillEnabled"}}')
    request = case.signed()
    assert isinstance(case.examine(request, now=NOW + 3500), VerifiedEvent)
    assert refusal("alexa", CASES["alexa"].signed(), now=NOW + 151) == "timestamp_out_of_tolerance"


def test_sinch_rings_for_one_application_and_with_its_documented_words() -> None:
    request = CASES["sinch.application"].signed()
    value = request.headers["authorization"]
    assert value.startswith("Application k1:")
    service = with_header(request, "authorization", value.replace("Application", "Service"))
    assert isinstance(CASES["sinch.application"].examine(service), VerifiedEvent)
    for spoilt in (value.replace("k1", "k2"), value.replace("Application", "Other"), f"{value},{value}"):
        assert refusal("sinch.application", with_header(request, "authorization", spoilt))


def test_a_field_given_twice_is_no_form_of_paytms_or_paddles() -> None:
    for name in ("paytm", "paddle.classic"):
        request = CASES[name].signed()
        assert refusal(name, replace(request, body=request.body + b"&extra=1")) == "signature_mismatch"
        assert (
            refusal(name, replace(request, body=request.body + b"&extra=1&extra=2")) == "signature_malformed"
        )


def test_members_that_przelewy24_does_not_sign_make_no_other_event() -> None:
    case = CASES["przelewy24"]
    request = case.signed()
    first = case.examine(request)
    data = json.loads(request.body)
    other = case.examine(replace(request, body=json.dumps({**data, "note": "x"}).encode()))
    assert isinstance(first, VerifiedEvent)
    assert isinstance(other, VerifiedEvent)
    assert other.event_id == first.event_id
    spoilt = replace(request, body=json.dumps({**data, "amount": 9}).encode())
    assert refusal("przelewy24", spoilt) == "signature_mismatch"


AES_KEY = b64encode(bytes(range(32))).decode().rstrip("=")


def wecom_challenge(plain: bytes, corporation: bytes = b"corp1", token: str = "token") -> RawRequest:
    key = bytes(range(32))
    text = bytes(16) + len(plain).to_bytes(4) + plain + corporation
    padding = 32 - len(text) % 32
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    echo = b64encode(cipher.update(text + bytes([padding]) * padding) + cipher.finalize()).decode()
    signature = hashlib.sha1("".join(sorted([token, "1", "n", echo])).encode(), usedforsecurity=False)
    quoted = echo.replace("+", "%2B")
    query = f"msg_signature={signature.hexdigest()}&timestamp=1&nonce=n&echostr={quoted}"
    return RawRequest("GET", f"{URL}?{query}", "/in/source", query, {}, b"")


def greeted(name: str, request: RawRequest, secrets: Sequence[str], **given: Any) -> Answer:
    source = Source("s", name, secrets=("ssm:/x",), **given)
    token = "t0ken" if name == "ebay" else None
    found = Gate().examine(source, request, secrets, verify_token=token, ingest_id="i", now=NOW)
    assert isinstance(found, Answer)
    return found


def test_wecoms_challenge_is_answered_to_who_can_sign_it_and_to_nobody_else() -> None:
    secrets = ["token", AES_KEY]
    answer = greeted("wecom", wecom_challenge(b"12345"), secrets, options={"corp_id": "corp1"})
    assert (answer.status, answer.body) == (200, "12345")
    assert answer.content_type.startswith("text/plain")
    for request, known in (
        (wecom_challenge(b"12345", token="other"), secrets),
        (wecom_challenge(b"12345", corporation=b"corp2"), secrets),
        (wecom_challenge(b"12345"), ["token"]),
    ):
        with pytest.raises(SignatureError):
            greeted("wecom", request, known, options={"corp_id": "corp1"})


def test_ebays_challenge_is_answered_with_the_hash_of_code_token_and_url() -> None:
    query = "challenge_code=abc"
    request = RawRequest("GET", f"https://h.test/in/s?{query}", "/in/s", query, {}, b"")
    answer = greeted("ebay", request, ["k"])
    expected = hashlib.sha256(b"abct0kenhttps://h.test/in/s").hexdigest()
    assert json.loads(answer.body) == {"challengeResponse": expected}


def test_adobes_challenge_is_given_back_as_json() -> None:
    query = "challenge=%3Cb%3E"
    request = RawRequest("GET", f"https://h.test/in/s?{query}", "/in/s", query, {}, b"")
    answer = greeted("adobe-events", request, [])
    assert (json.loads(answer.body), answer.content_type) == ({"challenge": "<b>"}, "application/json")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_public_key_may_be_the_base64_of_its_pem() -> None:
    wrapped = b64encode(rsa_keys()[1].encode()).decode()
    request = with_token("wix", {"data": "{}"})
    assert isinstance(CASES["wix"].examine(request, secrets=[wrapped]), VerifiedEvent)


def test_fusionauths_key_is_of_any_kind_and_a_public_one_is_no_secret() -> None:
    body = CASES["fusionauth"].body
    claims = {"request_body_sha256": b64encode(hashlib.sha256(body).digest()).decode()}
    private, public = rsa_keys()
    for key, algorithm, stored in ((private, "RS512", public), ("v" * 64, "HS512", "v" * 64)):
        token = jwt.encode(claims, key, algorithm=algorithm)
        request = with_header(CASES["fusionauth"].signed(), "x-fusionauth-signature-jwt", token)
        assert isinstance(CASES["fusionauth"].examine(request, secrets=[stored]), VerifiedEvent)
    wrapped = b64encode(public.encode()).decode()
    for known in (public, wrapped):
        digest = hmac.digest(known.encode(), forged_input(claims), "sha256")
        forged = forged_input(claims) + b"." + urlsafe_b64encode(digest).rstrip(b"=")
        request = with_header(CASES["fusionauth"].signed(), "x-fusionauth-signature-jwt", forged.decode())
        with pytest.raises(SignatureError, match="signature_mismatch"):
            CASES["fusionauth"].examine(request, secrets=[known])


def forged_input(claims: dict[str, Any]) -> bytes:
    """What a token says that names HS256, for who takes a public key for the secret."""
    parts = ({"alg": "HS256", "typ": "JWT"}, claims)
    return b".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)


@pytest.mark.parametrize(("name", "header"), [("creem", "creem-signature"), ("imagekit", "x-ik-signature")])
def test_a_provider_of_two_forms_rings_at_one_source_in_either(name: str, header: str) -> None:
    case = CASES[name]
    older = CASES[f"{name}.legacy"]
    request = sign_request(f"{name}.legacy", case.stored, url=URL, body=older.body, now=NOW)
    assert header in request.headers
    first = case.examine(request)
    again = case.examine(with_header(request, "webhook-id", "another"))
    assert isinstance(first, VerifiedEvent)
    assert isinstance(again, VerifiedEvent)
    assert again.event_id == first.event_id
    newer = {"webhook-signature": "v1,AAAA", "webhook-id": "m", "webhook-timestamp": str(int(NOW))}
    both = replace(request, headers={**request.headers, **newer})
    assert refusal(name, both) == "signature_mismatch"


def test_mollies_validator_takes_several_signatures_and_bare_ones() -> None:
    case = CASES["mollie"]
    request = case.signed()
    good = request.headers["x-mollie-signature"]
    for value in (f"sha256={'0' * 64},{good}", good.removeprefix("sha256=")):
        assert isinstance(case.examine(with_header(request, "x-mollie-signature", value)), VerifiedEvent)
    assert refusal("mollie", with_header(request, "x-mollie-signature", f"{good},{good}"))


@pytest.mark.parametrize(
    "name", ["notion", "terra", "sumup", "discord.interactions", "hook0", "creem.legacy"]
)
def test_hex_in_upper_case_is_taken_where_the_providers_own_package_takes_it(name: str) -> None:
    case = CASES[name]
    request = case.signed()
    at = case.entry.scheme.signature.headers[0] if case.entry.scheme is not None else ""
    value = request.headers[at]
    before, _, digest = value.rpartition("=")
    upper = f"{before}={digest.upper()}" if before else digest.upper()
    assert isinstance(case.examine(with_header(request, at, upper)), VerifiedEvent)
