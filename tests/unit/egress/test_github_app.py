"""How a GitHub App says who it is, as GitHub checks it."""

from __future__ import annotations

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from doorbell.domain.backfill import NotPossible
from doorbell.domain.sources import Backfill, Source
from doorbell.egress.lists.github_app import app_token
from doorbell.runtime.provider_lists import list_of
from tests.support.fakes import START
from tests.unit.usecases.backfill_world import World

APP = "1234"


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def said(key: rsa.RSAPrivateKey, token: str) -> dict[str, object]:
    """What GitHub reads, once it has checked the signature; the times are of no clock here."""
    claims: dict[str, object] = jwt.decode(
        token,
        key.public_key(),
        algorithms=["RS256"],
        options={"verify_exp": False, "verify_iat": False},
    )
    return claims


def test_it_names_the_app_for_less_than_ten_minutes_and_from_before_now(key: rsa.RSAPrivateKey) -> None:
    """Ten minutes is the most that GitHub takes, and its clock may be behind.
    https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app"""
    claims = said(key, app_token(APP, pem(key), START))
    assert claims == {"iss": APP, "iat": int(START) - 60, "exp": int(START) + 540}


def test_the_list_of_an_app_is_asked_for_with_it(key: rsa.RSAPrivateKey) -> None:
    world = World(
        Source("gh", "github", ("ssm:/x",), tenant_id="acme", backfill=Backfill("ssm:/k", f"app/{APP}"))
    )
    world.hook.instead = lambda call: (200, {}, b"[]")
    listed = list_of(world.source, pem(key), world, [], world.clock, world.take)  # type: ignore[arg-type]
    assert listed.page(None, 0.0).rows == ()
    (request,) = world.requests
    assert request.url.startswith("https://api.github.com/app/hook/deliveries?")
    scheme, _, token = dict(request.headers)["authorization"].partition(" ")
    assert (scheme, said(key, token)["iss"]) == ("Bearer", APP)


@pytest.mark.parametrize("text", ["", "no key", pem(ec.generate_private_key(ec.SECP256R1()))])
def test_what_is_no_private_key_of_an_app_is_told_to_people(text: str) -> None:
    with pytest.raises(NotPossible, match="its private key, as PEM"):
        app_token(APP, text, START)
