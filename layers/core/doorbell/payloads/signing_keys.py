"""Which keys sign a request, by name: of a secret that is part of its reference, a digest of that."""

from hashlib import sha256

from doorbell.domain.subscriptions import Subscription

DIGITS = 12


def signing_keys(subscription: Subscription) -> tuple[str, ...]:
    """In the order of the signatures. "github" has room for one."""
    if subscription.signing == "none":
        return ()
    used = subscription.secrets[:1] if subscription.signing == "github" else subscription.secrets
    return tuple(map(_name, used))


def _name(reference: str) -> str:
    """A ciphertext opens nothing by itself, but is long."""
    if not reference.startswith("kms:"):
        return reference
    return f"kms:sha256:{sha256(reference.encode()).hexdigest()[:DIGITS]}"
