"""What the libraries of receivers and of providers make of a delivery in `raw` form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
import standardwebhooks
import svix.webhooks
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.records import StoredEvent
from doorbell.domain.subscriptions import Subscription
from doorbell.payloads.compose import Composer
from doorbell.payloads.provider_headers import beside
from doorbell.signatures.proof_headers import proof_headers
from doorbell.signatures.signing.outgoing import sign

OURS = "whsec_b3VycywgYW5kIG5vdCB0aGUgcHJvdmlkZXIncw=="
THEIRS = "whsec_dGhlIHByb3ZpZGVyJ3MsIGFuZCBub3Qgb3Vycw=="
BODY = b'{"type":"user.created","data":{"name":"Gr\xc3\xb6\xc3\x9fe"}}'
Make = Callable[..., Any]
TWINS: dict[str, Make] = {"webhook": standardwebhooks.Webhook, "svix": svix.webhooks.Webhook}
"""The library of each brand of headers."""


class Vault:
    def resolve(self, references: Sequence[str], *, owner: object) -> tuple[str, ...]:
        return tuple(OURS for _ in references)


@pytest.fixture
def delivered(make_event: Make, make_subscription: Make) -> Callable[..., tuple[dict[str, str], bytes]]:
    """What leaves for an event that a sender of `brand` signed."""

    def deliver(brand: str, **fields: Any) -> tuple[dict[str, str], bytes]:
        now = datetime.now(UTC).replace(microsecond=0)
        signature = standardwebhooks.Webhook(THEIRS).sign("msg_theirs", now, BODY.decode())
        parts = {"id": "msg_theirs", "timestamp": str(int(now.timestamp())), "signature": signature}
        event: StoredEvent = make_event(
            BODY, headers={f"{brand}-{name}": part for name, part in parts.items()}
        )
        subscription: Subscription = make_subscription(secrets=("ssm:/ours",), **fields)
        composer = Composer(Vault(), sign, proof_headers=proof_headers)
        request = composer.compose(subscription, event, BODY, 1, now.timestamp())
        return dict(request.headers), request.body

    return deliver


@pytest.mark.parametrize("library", TWINS.values(), ids=TWINS)
@pytest.mark.parametrize("brand", TWINS)
@pytest.mark.parametrize("body", ["raw", "cloudevents"])
def test_standard_signing_is_verified_whatever_the_provider_signed_with(
    delivered: Make, brand: str, library: Make, body: str
) -> None:
    headers, sent = delivered(brand, body=body)
    library(OURS).verify(sent, headers)  # raises where it refuses
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        library(OURS).verify(sent + b" ", headers)
    assert headers[f"doorbell-original-{brand}-id"] == "msg_theirs"


@pytest.mark.parametrize("brand", TWINS)
@pytest.mark.parametrize("signing", ["none", "github"])
def test_without_standard_signing_the_providers_own_library_goes_on_verifying(
    delivered: Make, brand: str, signing: str
) -> None:
    headers, sent = delivered(brand, signing=signing)
    TWINS[brand](THEIRS).verify(sent, headers)  # raises where it refuses
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        TWINS[brand](THEIRS).verify(sent + b" ", headers)


@pytest.mark.parametrize("signing", ["none", "github"])
def test_the_events_id_is_there_where_the_providers_headers_have_its_name(
    delivered: Make, signing: str
) -> None:
    headers, _ = delivered("webhook", signing=signing)
    assert (headers["webhook-id"], headers["doorbell-event-id"]) == ("msg_theirs", "evt_1_2")
    assert headers["doorbell-original-webhook-id"] == "msg_theirs"  # for who read it before
    headers, _ = delivered("svix", signing=signing)
    assert headers["webhook-id"] == "evt_1_2"
    assert "doorbell-event-id" not in headers


@pytest.mark.parametrize("signing", ["none", "github"])
def test_a_providers_id_without_its_signature_takes_no_name_of_ours(delivered: Make, signing: str) -> None:
    headers, _ = delivered("webhook", signing=signing, provider_signature="strip")
    assert headers["webhook-id"] == "evt_1_2"
    assert headers["doorbell-original-webhook-id"] == "msg_theirs"


NAMES = ["webhook-id", "webhook-timestamp", "webhook-signature", "svix-id", "user-agent", "x-a"]


@given(
    st.dictionaries(st.sampled_from(NAMES), st.just("theirs")),
    st.sampled_from(["standard", "standard-ed25519", "github", "none"]),
)
def test_both_travel_whole_under_names_of_their_own(headers: dict[str, str], signing: str) -> None:
    ours = {"webhook-id": "ours", "webhook-timestamp": "ours", "user-agent": "ours"}
    theirs, sent = beside(headers, ours, signing)
    assert not theirs.keys() & sent.keys()
    assert {name.removeprefix("doorbell-original-") for name in theirs} == headers.keys()
    assert "ours" in (sent.get("webhook-id"), sent.get("doorbell-event-id"))
    of_the_standard = {
        value for name, value in {**theirs, **sent}.items() if name.startswith(("webhook-", "svix-"))
    }
    assert signing in ("github", "none") or of_the_standard == {"ours"}
