"""Which secrets receivers' libraries cannot use, held against the libraries."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import standardwebhooks
import svix.webhooks

from doorbell.signatures.signing.outgoing import secret_problem, sign
from doorbell_cli.ops.receivers import signing_warning, unreadable

PADDED = "whsec_b3VycywgYW5kIG5vdCB0aGUgcHJvdmlkZXIncw=="
BODY = b"{}"
LIBRARIES: list[Callable[..., Any]] = [standardwebhooks.Webhook, svix.webhooks.Webhook]


def accepted(library: Callable[..., Any], secret: str, form: str = "standard", receivers: str = "") -> bool:
    headers = sign(form, [secret], "msg_1", int(time.time()), BODY)
    try:
        library(receivers or secret).verify(BODY, headers)
    except (standardwebhooks.WebhookVerificationError, ValueError):
        return False
    return True


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("secret", ["correct horse battery staple", "0f" * 16, "b3VycywgYW5kIG5vdA=="])
def test_a_secret_that_is_text_is_told_and_the_libraries_refuse_its_deliveries(
    library: Callable[..., Any], secret: str
) -> None:
    assert [text for text in unreadable("standard", secret) if "whsec_" in text]
    assert not accepted(library, secret)


@pytest.mark.parametrize("library", LIBRARIES)
def test_of_the_usual_secret_nothing_is_told_and_the_libraries_take_it(library: Callable[..., Any]) -> None:
    assert list(unreadable("standard", PADDED)) == []
    assert accepted(library, PADDED)


@pytest.mark.parametrize(
    ("secret", "told"),
    [
        (PADDED.rstrip("="), "padding"),
        (f"{PADDED}\n", "line end"),
        (f" {PADDED}", "blanks"),
        (f"v1,{PADDED}", "version"),
        (" plain text", "blanks"),
        (" plain text", "whsec_"),
    ],
)
def test_what_doorbell_forgives_and_libraries_do_not_is_told_without_the_secret(
    secret: str, told: str
) -> None:
    assert secret_problem("standard", secret) == ""
    texts = list(unreadable("standard", secret))
    assert [text for text in texts if told in text]
    assert not [text for text in texts if secret.strip() in text]


def test_a_line_end_is_part_of_a_github_secret_and_text_is_what_it_should_be() -> None:
    assert sign("github", ["a\n"], "m", 1, BODY) != sign("github", ["a"], "m", 1, BODY)
    assert len(list(unreadable("github", "a\n"))) == 1
    assert list(unreadable("github", "plain text")) == []
    assert list(unreadable("none", " x ")) == []


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_key_pair_is_told_and_no_stock_library_takes_its_signature(library: Callable[..., Any]) -> None:
    secret = "whsk_" + "A" * 43 + "="
    assert "v1a" in signing_warning("standard-ed25519")
    assert not accepted(library, secret, "standard-ed25519", receivers=PADDED)
    assert [signing_warning(form) for form in ("standard", "github", "none")] == [""] * 3
