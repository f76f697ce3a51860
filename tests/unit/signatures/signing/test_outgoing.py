"""What Doorbell signs, verified by the official Standard Webhooks library."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from doorbell.domain.errors import SignatureError
from doorbell.domain.events import VerifiedEvent
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.gate import Gate
from doorbell.signatures.signing.outgoing import public_key, secret_problem, sign

NEW, OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
SEED = "whsk_" + b64encode(bytes(range(32))).decode()
OTHER_SEED = "whsk_" + b64encode(bytes(range(32, 64))).decode()
BODY = b'{"test": 2432232314}'


def now() -> int:
    import time

    return int(time.time())


def library(secret: str) -> Any:
    return Webhook(secret)


@settings(deadline=None, max_examples=50)
@given(body=st.dictionaries(st.text(max_size=5), st.integers()))
def test_official_library_accepts_what_we_sign(body: dict[str, int]) -> None:
    import json

    raw = json.dumps(body).encode()
    assert library(NEW).verify(raw, sign("standard", [NEW], "msg_1", now(), raw)) == body


def test_official_library_accepts_during_rotation_with_either_secret() -> None:
    headers = sign("standard", [NEW, OLD], "msg_1", now(), BODY)
    for secret in (NEW, OLD):
        assert library(secret).verify(BODY, headers)
    assert len(headers["webhook-signature"].split(" ")) == 2


@pytest.mark.parametrize(
    ("form", "keys"), [("standard", [NEW, OLD]), ("standard-ed25519", [SEED, OTHER_SEED])]
)
def test_signatures_stand_in_the_order_of_the_secrets_the_one_that_signs_first(
    form: str, keys: list[str]
) -> None:
    """A consumer that looks at the first only goes by the newest secret."""
    alone = [sign(form, [key], "msg_1", 1_614_265_330, BODY)["webhook-signature"] for key in keys]
    assert sign(form, keys, "msg_1", 1_614_265_330, BODY)["webhook-signature"].split(" ") == alone


def test_official_library_refuses_one_byte_changed() -> None:
    headers = sign("standard", [NEW], "msg_1", now(), BODY)
    with pytest.raises(WebhookVerificationError):
        library(NEW).verify(BODY + b" ", headers)


def test_documented_value_is_reproduced() -> None:
    headers = sign("standard", [NEW], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, BODY)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_raw_text_secret_is_the_key_itself() -> None:
    headers = sign("standard", ["my text secret"], "msg_1", now(), BODY)
    assert library(b64encode(b"my text secret").decode()).verify(BODY, headers)


@pytest.mark.parametrize("secret", [SEED, "whsk_" + b64encode(bytes(range(32)) + bytes(32)).decode()])
def test_ed25519_signature_verifies_with_the_published_key(secret: str) -> None:
    headers = sign("standard-ed25519", [secret], "msg_1", 1764000000, BODY)
    version, _, signature = headers["webhook-signature"].partition(",")
    published = public_key(secret)
    key = Ed25519PublicKey.from_public_bytes(b64decode(published.removeprefix("whpk_")))
    key.verify(b64decode(signature), b"msg_1.1764000000." + BODY)
    assert version == "v1a"
    with pytest.raises(InvalidSignature):
        key.verify(b64decode(signature), b"msg_1.1764000000." + BODY + b" ")


def test_our_own_gate_accepts_our_ed25519_signature() -> None:
    headers = sign("standard-ed25519", [SEED], "msg_1", 1764000000, BODY)
    request = RawRequest("POST", "https://h.test/in/s", "/in/s", "", headers, BODY)
    source = Source("s", "standard-webhooks.ed25519", secrets=("ssm:/x",))
    event = Gate().examine(
        source, request, [public_key(SEED)], verify_token=None, ingest_id="i", now=1764000000
    )
    assert isinstance(event, VerifiedEvent)


def test_github_form_carries_the_first_secret_only() -> None:
    headers = sign("github", ["It's a Secret to Everybody", "other"], "msg_1", 1, b"Hello, World!")
    assert headers["x-hub-signature-256"] == (
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    )


def test_form_none_signs_nothing_but_names_the_message() -> None:
    assert sign("none", [], "msg_1", 5, BODY) == {"webhook-id": "msg_1", "webhook-timestamp": "5"}


@pytest.mark.parametrize(
    ("form", "secrets", "reason"),
    [
        ("standard", [], "secret_missing"),
        ("standard", ["whsec_***"], "secret_malformed"),
        ("standard", [""], "secret_malformed"),
        ("standard", [SEED], "secret_malformed"),
        ("standard", [f"whpk_{b64encode(bytes(32)).decode()}"], "secret_malformed"),
        ("standard-ed25519", ["whsk_AAAA"], "secret_malformed"),
        ("standard-ed25519", [NEW], "secret_malformed"),
        ("github", [], "secret_missing"),
    ],
)
def test_unusable_secret_is_an_error_and_never_an_unsigned_message(
    form: str, secrets: list[str], reason: str
) -> None:
    with pytest.raises(SignatureError) as caught:
        sign(form, secrets, "msg_1", 1, BODY)
    assert caught.value.reason == reason


@pytest.mark.parametrize("dress", ["{}", "{}\n", " {}\r\n", "v1,{}", "v1,{}\n"])
def test_a_secret_signs_the_same_in_the_dress_that_its_sender_gave_it(dress: str) -> None:
    assert sign("standard", [dress.format(NEW)], "msg_1", 1, BODY) == sign(
        "standard", [NEW], "msg_1", 1, BODY
    )
    seed = sign("standard-ed25519", [SEED], "msg_1", 1, BODY)
    assert sign("standard-ed25519", [dress.format(SEED)], "msg_1", 1, BODY) == seed


@pytest.mark.parametrize(
    ("form", "secret", "is_usable"),
    [
        ("standard", NEW, True),
        ("standard", "any text", True),
        ("standard", "whsec_***", False),
        ("standard", SEED, False),
        ("standard-ed25519", SEED, True),
        ("standard-ed25519", "any text", False),
        ("github", "any text", True),
        ("none", "", True),
    ],
)
def test_a_secret_that_cannot_sign_is_told_before_it_is_stored(
    form: str, secret: str, is_usable: bool
) -> None:
    problem = secret_problem(form, secret)
    assert (problem == "") is is_usable
    assert not secret or secret not in problem


def test_unknown_form_is_an_error() -> None:
    with pytest.raises(ValueError, match="hmac-md5"):
        sign("hmac-md5", [NEW], "msg_1", 1, BODY)
