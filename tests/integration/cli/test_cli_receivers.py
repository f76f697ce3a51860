"""What receivers' libraries cannot use is told when it is written, by `check`, and before an upgrade."""

from __future__ import annotations

from typing import Any

import pytest

from doorbell.signatures.signing.outgoing import sign
from tests.integration.cli.conftest import Shell

URL = ("--url", "https://127.0.0.1/")
ASIDE, KEPT = "doorbell-original-svix-", "doorbell-event-id"
PADDED = "whsec_b3VycywgYW5kIG5vdCB0aGUgcHJvdmlkZXIncw=="


def put(shell: Shell, *more: str, stdin: str = "", code: int = 0) -> str:
    """What is said on stderr, but for the address that is none on AWS."""
    said = shell.run("subscriptions", "put", "ci", *URL, *more, stdin=stdin, code=code).stderr
    return "".join(line for line in said.splitlines() if ": url: works on" not in line)


def test_a_secret_that_is_text_is_told_where_it_is_given(shell: Shell) -> None:
    told = put(shell, "--secret-stdin", stdin="open sesame\n")
    assert "warning: subscription default/ci: secret: it does not begin with whsec_" in told
    assert "sesame" not in told
    assert shell.parameter(
        shell.item("Subscriptions", tenant_id="default", subscription_id="ci")["secrets"][0]
    )
    told = shell.run("subscriptions", "rotate-secret", "ci", "--secret-stdin", stdin="sesame open").stderr
    assert "secret: it does not begin with whsec_" in told


def test_a_secret_that_is_referred_to_is_looked_at_where_it_can_be_read(shell: Shell) -> None:
    shell.target.client("ssm").put_parameter(Name="/doorbell/x", Value="open sesame", Type="SecureString")
    assert "does not begin with whsec_" in put(shell, "--secret", "ssm:/doorbell/x")
    nowhere = put(shell, "--secret", "ssm:/doorbell/nowhere")
    assert "secret ssm:/doorbell/nowhere: no such parameter" in nowhere
    assert "whsec_" not in nowhere
    assert put(shell, "--secret", "not a reference", code=1) != ""


def test_nothing_is_told_of_the_usual_secret_nor_of_one_that_doorbell_makes(shell: Shell) -> None:
    assert put(shell, "--secret-stdin", stdin=PADDED) == ""
    shell.run("subscriptions", "delete", "ci", "--yes")
    assert put(shell) == ""


def test_check_notes_it_and_finds_nothing_wrong(shell: Shell) -> None:
    put(shell, "--secret-stdin", stdin=PADDED.rstrip("="))
    document = shell.json("check")
    assert document["ok"] is True
    (note,) = [note for note in document["notes"] if "padding" in note]
    assert note.startswith("subscription default/ci: secret ssm:/doorbell/")


def test_the_key_pair_is_told_once_when_it_is_chosen(shell: Shell) -> None:
    assert "no stock library" in put(shell, "--signing", "standard-ed25519")
    assert put(shell, "--description", "the same") == ""
    reference = shell.item("Subscriptions", tenant_id="default", subscription_id="ci")["secrets"][0]
    assert sign("standard-ed25519", [shell.parameter(reference)], "m", 1, b"")


@pytest.mark.parametrize(
    ("provider", "fields", "told"),
    [
        ("svix", {}, ASIDE),
        ("svix", {"signing": "none"}, None),
        ("svix", {"body": "cloudevents"}, None),
        ("svix", {"sources": ["other"]}, None),
        ("standard-webhooks", {"signing": "github"}, KEPT),
        ("standard-webhooks", {}, None),
        ("github", {}, None),
    ],
)
def test_before_an_upgrade_the_headers_that_get_other_names_are_noted(
    shell: Shell, provider: str, fields: dict[str, Any], told: str | None
) -> None:
    reference = shell.target.client("ssm")
    reference.put_parameter(Name="/doorbell/x", Value=PADDED, Type="SecureString")
    shell.put("Sources", source_id="in", provider=provider, secrets=["ssm:/doorbell/x"])
    shell.put("Sources", source_id="other", provider="github", secrets=["ssm:/doorbell/x"])
    item = {"url": URL[1], "secrets": ["ssm:/doorbell/x"], **fields}
    shell.put("Subscriptions", tenant_id="default", subscription_id="ci", **item)
    notes = [note for note in shell.json("check", "--before-upgrade")["notes"] if "headers will" in note]
    assert [word for word in (ASIDE, KEPT) if any(word in note for note in notes)] == ([told] if told else [])
