"""What a consumer verifies Doorbell's Ed25519 signatures with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from doorbell.domain.errors import ConfigError, Refusal, SignatureError
from doorbell.domain.subscriptions import Subscription
from doorbell.usecases.ports import Secrets

FORM = "standard-ed25519"


class OneSubscription(Protocol):
    def get(self, tenant_id: str, subscription_id: str) -> Subscription | None: ...


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """`public_key` makes a secret's public half."""

    subscriptions: OneSubscription
    secrets: Secrets
    public_key: Callable[[str], str]

    def __call__(self, tenant_id: str, subscription_id: str) -> Sequence[str]:
        """One for each secret, in order: the first is what signs. Refuses (404) an unknown subscription and
        (409) one that signs otherwise; raises `SecretMissing`, `ConfigError`."""
        subscription = self.subscriptions.get(tenant_id, subscription_id)
        if subscription is None:
            raise Refusal(404, "unknown_subscription", "no such subscription")
        if subscription.signing != FORM:
            raise Refusal(409, "no_public_key", f'only signing "{FORM}" has a public key')
        owner = {"tenant_id": tenant_id, "subscription_id": subscription_id}
        secrets = self.secrets.resolve(subscription.secrets, owner=owner)
        try:
            return tuple(self.public_key(secret) for secret in secrets)
        except SignatureError as error:
            name = f"subscription {subscription.endpoint_id}"
            raise ConfigError(name, "secrets", "not a whsk_ key") from error
