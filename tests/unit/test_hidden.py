"""Nothing that holds a secret shows it, wherever it is printed by chance."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import doorbell

SECRET = {
    "secret", "secrets", "client_secret", "token", "verify_token", "credential", "password",
    "client_cert_pem", "client_key_pem",
}  # fmt: skip
NO_SECRETS = {
    "doorbell.domain.sources.Source.secrets": "references",
    "doorbell.domain.subscriptions.Subscription.secrets": "references",
    "doorbell.signatures.handshakes.challenge_rules.Challenge.token": "where it is",
}


def classes() -> Iterator[type[Any]]:
    """All dataclasses of the layer, each where it is written."""
    for found in pkgutil.walk_packages(doorbell.__path__, "doorbell."):
        module = importlib.import_module(found.name)
        for one in vars(module).values():
            if isinstance(one, type) and dataclasses.is_dataclass(one) and one.__module__ == found.name:
                yield one


def is_text(kind: object) -> bool:
    """Or several, or none; and nothing that is asked for it."""
    return re.search(r"\bstr\b", str(kind)) is not None and "Callable" not in str(kind)


def test_a_field_that_holds_a_secret_is_left_out_of_what_its_object_shows() -> None:
    named = {
        f"{one.__module__}.{one.__qualname__}.{field.name}"
        for one in classes()
        if "__repr__" in vars(one)
        for field in dataclasses.fields(one)
        if field.name in SECRET and field.repr and is_text(field.type)
    }
    assert named == set(NO_SECRETS)
