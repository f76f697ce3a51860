"""Composes the request that a subscriber gets: body form, headers, signature, credentials.

When the body is not the provider's bytes any more (a transform, a CloudEvent, one event of several), none of
the provider's headers can be trusted to fit it: content type, encoding, digests, signatures of any name. All
of them travel as `doorbell-original-…` then; in `raw` form under their own names.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import doorbell
from doorbell.domain.credentials import is_secret_reference, secret_headers
from doorbell.domain.errors import Busy, DoorbellError, SecretMissing, Unavailable
from doorbell.domain.outbound import OutboundRequest
from doorbell.domain.presets import PAGERDUTY
from doorbell.domain.records import StoredEvent
from doorbell.domain.subscriptions import OAuth, Subscription
from doorbell.payloads.content import Content, content_of
from doorbell.payloads.errors import COMPOSE_FAILED, OAUTH_FAILED, ComposeError
from doorbell.payloads.own_headers import doorbell_headers, subscription_headers
from doorbell.payloads.provider_headers import beside, set_aside
from doorbell.payloads.signing_keys import signing_keys

Sign = Callable[[str, Sequence[str], str, int, bytes], Mapping[str, str]]
"""`(form, secrets, webhook_id, timestamp, body)` → the headers of the signature."""

Token = Callable[[OAuth, str], str]
"""`(what the subscription says, client secret)` → an access token; raises a `DoorbellError`."""


ProofHeaders = Callable[[str, Iterable[str]], set[str]]
"""`(provider, names of headers)` → those that prove the provider's request."""


class Secrets(Protocol):
    def resolve(self, references: Sequence[str], *, owner: Mapping[str, str]) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Composer:
    """The `Composer` port. `token` None: no subscription may ask for OAuth. `forget_token` takes the same.
    `proof_headers` is asked for those subscriptions alone that may not have the provider's signature."""

    secrets: Secrets
    sign: Sign
    token: Token | None = None
    forget_token: Callable[[OAuth, str], None] | None = None
    proof_headers: ProofHeaders | None = None
    version: str = doorbell.__version__

    def compose(
        self, subscription: Subscription, event: StoredEvent, body: bytes, attempt: int, now: float
    ) -> OutboundRequest:
        """For a target a `TargetRequest`. Raises `ComposeError`, `SecretMissing`, `Unavailable` or `Busy`."""
        owner = _owner(subscription)
        content = self._content(subscription, event, body, owner)
        added = self._added(subscription, owner)
        ours = {
            "webhook-id": event.event_id,
            "webhook-timestamp": str(int(now)),
            **doorbell_headers(event, attempt, self.version),
            **self._signature(subscription, owner, event.event_id, int(now), content.body),
            **self._authorization(subscription.oauth, owner),
        }
        if content.content_type:
            ours["content-type"] = content.content_type
        travelling = self._travelling(subscription, event, content.provider_headers)
        if content.fits:
            theirs, ours = beside(travelling, ours, subscription.signing)
        else:
            theirs = set_aside(travelling, travelling)
        if "traceparent" in added:
            theirs.pop("tracestate", None)  # it belongs to the trace that is not named
        headers = tuple({**theirs, **added, **ours}.items())
        if subscription.has_target:
            from doorbell.payloads.to_target import to_target  # for those alone that have one

            return to_target(subscription, event, headers, content.body)
        return OutboundRequest(
            url=subscription.url,
            headers=headers,
            body=content.body,
            timeout_seconds=subscription.timeout_seconds,
            ca_bundle_pem=self._pem(subscription.ca_bundle_ref, owner),
            client_cert_pem=self._pem(subscription.client_cert_ref, owner),
            secrets=(
                *(added[name] for name in secret_headers(subscription.headers) if name in added),
                *self._in_body(subscription, owner),
            ),
            signed_by=signing_keys(subscription),
        )

    def _content(
        self, subscription: Subscription, event: StoredEvent, body: bytes, owner: Mapping[str, str]
    ) -> Content:
        if subscription.preset is None:
            return content_of(subscription, event, body)
        from doorbell.payloads.presets.content import preset_content  # for the few that people read

        return preset_content(subscription, event, body, self._in_body(subscription, owner))

    def _in_body(self, subscription: Subscription, owner: Mapping[str, str]) -> tuple[str, ...]:
        """Secrets that the body bears."""
        if subscription.preset != PAGERDUTY:
            return ()
        return self.secrets.resolve(subscription.secrets[:1], owner=owner)

    def _travelling(
        self, subscription: Subscription, event: StoredEvent, headers: Mapping[str, str]
    ) -> Mapping[str, str]:
        """The provider's headers, without its proof where the subscription says so."""
        if subscription.provider_signature == "keep":
            return headers
        if self.proof_headers is None:
            raise ComposeError(COMPOSE_FAILED, "the provider's signature cannot be left out here")
        proof = self.proof_headers(event.incoming.provider, headers)
        return {name: value for name, value in headers.items() if name not in proof}

    def rejected(self, subscription: Subscription) -> None:
        """The subscriber answered 401: its access token is asked for anew next time."""
        oauth = subscription.oauth
        if oauth is not None and self.forget_token is not None:
            (client_secret,) = self.secrets.resolve((oauth.client_secret_ref,), owner=_owner(subscription))
            self.forget_token(oauth, client_secret)

    def _signature(
        self, subscription: Subscription, owner: Mapping[str, str], event_id: str, timestamp: int, body: bytes
    ) -> dict[str, str]:
        form = subscription.signing
        if form == "none":
            return {}
        secrets = self.secrets.resolve(subscription.secrets, owner=owner)
        if not secrets:
            raise ComposeError(COMPOSE_FAILED, f"no secret to sign with ({form})")
        try:
            signed = self.sign(form, secrets, event_id, timestamp, body)
        except (DoorbellError, ValueError):  # its text can hold part of the secret
            raise ComposeError(COMPOSE_FAILED, f"a secret does not fit the signing form {form}") from None
        return {name.lower(): value for name, value in signed.items()}

    def _authorization(self, oauth: OAuth | None, owner: Mapping[str, str]) -> dict[str, str]:
        if oauth is None:
            return {}
        if self.token is None:
            raise ComposeError(OAUTH_FAILED, "OAuth is not available here")
        (client_secret,) = self.secrets.resolve((oauth.client_secret_ref,), owner=owner)
        try:
            token = self.token(oauth, client_secret)
        except (SecretMissing, Unavailable, Busy):
            raise
        except DoorbellError as error:
            raise ComposeError(OAUTH_FAILED, str(error)) from error
        return {"authorization": f"Bearer {token}"}

    def _added(self, subscription: Subscription, owner: Mapping[str, str]) -> dict[str, str]:
        """The subscription's own headers; a value that is a secret reference becomes the secret."""
        headers = {
            name: self.secrets.resolve([value], owner=owner)[0] if is_secret_reference(value) else value
            for name, value in subscription.headers.items()
        }
        try:
            return subscription_headers(headers)
        except ValueError as error:
            raise ComposeError(COMPOSE_FAILED, f"headers: {error}") from None

    def _pem(self, reference: str | None, owner: Mapping[str, str]) -> str | None:
        return None if reference is None else self.secrets.resolve((reference,), owner=owner)[0]


def _owner(subscription: Subscription) -> dict[str, str]:
    return {"tenant_id": subscription.tenant_id, "subscription_id": subscription.subscription_id}
