"""`rotate-secret`: the new secret first, the old one beside it, until it is finished."""

from __future__ import annotations

from typing import Any

import pytest

from doorbell.store.secrets.secret_fetch import encrypt
from doorbell.store.secrets.secrets import SecretStore
from tests.integration.cli.conftest import Shell

OWNER = {"tenant_id": "default", "subscription_id": "ci"}


def put(shell: Shell, reference: str) -> None:
    shell.put("Subscriptions", **OWNER, url="https://127.0.0.1/", secrets=[reference])


def references(shell: Shell) -> list[str]:
    found: list[str] = shell.item("Subscriptions", **OWNER)["secrets"]
    return found


def resolved(shell: Shell) -> tuple[str, ...]:
    return SecretStore(shell.target.client).resolve(references(shell), owner=OWNER)


def stored_in(shell: Shell, service: str) -> str:
    """A reference to a secret `old` in each of the three places."""
    client: Any = shell.target.client(service)
    if service == "ssm":
        client.put_parameter(Name="/doorbell/ci", Value="old", Type="SecureString")
        return "ssm:/doorbell/ci"
    if service == "secretsmanager":
        client.create_secret(Name="doorbell/ci", SecretString="old")
        return "secretsmanager:doorbell/ci"
    return encrypt(client, client.create_key()["KeyMetadata"]["KeyId"], "old", OWNER)


@pytest.mark.parametrize("service", ["ssm", "secretsmanager", "kms"])
def test_both_secrets_are_there_until_the_rotation_is_finished(shell: Shell, service: str) -> None:
    old = stored_in(shell, service)
    put(shell, old)
    new = shell.json("subscriptions", "rotate-secret", "ci")["secret"]
    assert resolved(shell) == (new, "old")
    assert references(shell)[0].startswith(f"{service}:")
    finished = shell.json("subscriptions", "rotate-secret", "ci", "--finish")
    assert resolved(shell) == (new,)
    assert len(finished["no_longer_used"]) == 1


@pytest.mark.parametrize(
    ("item", "says"), [({"preset": "pagerduty"}, "routing key"), ({"signing": "none"}, "no use")]
)
def test_no_secret_is_made_where_none_signs(shell: Shell, item: dict[str, str], says: str) -> None:
    shell.put("Subscriptions", **OWNER, url="https://127.0.0.1/", secrets=[stored_in(shell, "ssm")], **item)
    before = references(shell)
    assert says in shell.run("subscriptions", "rotate-secret", "ci", code=2).stderr
    assert references(shell) == before
    given = shell.run("subscriptions", "rotate-secret", "ci", "--secret-stdin", stdin="a" * 32)
    assert len(references(shell)) == 2, given.output


def test_a_new_secret_that_cannot_sign_begins_no_rotation(shell: Shell) -> None:
    put(shell, stored_in(shell, "ssm"))
    before = references(shell)
    run = shell.run("subscriptions", "rotate-secret", "ci", "--secret-stdin", stdin="whsec_*", code=2)
    assert "cannot be used" in run.stderr
    assert references(shell) == before


def test_a_second_rotation_does_not_begin_before_the_first_is_finished(shell: Shell) -> None:
    put(shell, stored_in(shell, "ssm"))
    shell.run("subscriptions", "rotate-secret", "ci")
    before = references(shell)
    assert "--finish" in shell.run("subscriptions", "rotate-secret", "ci", code=1).stderr
    assert references(shell) == before


def test_there_is_nothing_to_finish_when_none_was_begun(shell: Shell) -> None:
    put(shell, stored_in(shell, "ssm"))
    shell.run("subscriptions", "rotate-secret", "ci", "--finish", code=1)
    assert resolved(shell) == ("old",)


def test_rotating_twice_does_not_make_the_name_longer(shell: Shell) -> None:
    put(shell, stored_in(shell, "ssm"))
    for _ in range(2):
        shell.run("subscriptions", "rotate-secret", "ci")
        shell.run("subscriptions", "rotate-secret", "ci", "--finish")
    (reference,) = references(shell)
    assert reference.count(".") == 1
    assert reference.startswith("ssm:/doorbell/ci.")


def test_a_source_takes_the_providers_new_secret_from_stdin(shell: Shell) -> None:
    shell.put("Sources", source_id="gh", provider="github", secrets=[stored_in(shell, "ssm")])
    result = shell.run("sources", "rotate-secret", "gh", stdin="brand-new\n")
    found = shell.item("Sources", source_id="gh")["secrets"]
    assert [shell.parameter(reference) for reference in found] == ["brand-new", "old"]
    assert "brand-new" not in result.output


@pytest.mark.parametrize("secrets", ["ssm:/doorbell/x", 7, [7], {"a": 1}])
@pytest.mark.parametrize("more", [[], ["--finish"]])
def test_an_item_whose_secrets_are_no_list_of_texts_is_told(
    shell: Shell, secrets: object, more: list[str]
) -> None:
    shell.put("Subscriptions", **OWNER, url="https://127.0.0.1/", secrets=secrets)
    before = shell.item("Subscriptions", **OWNER)
    assert "secrets" in shell.run("subscriptions", "rotate-secret", "ci", *more, code=1).stderr
    assert shell.item("Subscriptions", **OWNER) == before


MAKES = {
    "Sources": (("sources", "rotate-secret", "gh", "--generate"),),
    "Subscriptions": (
        ("subscriptions", "put", "ci", "--url", "https://127.0.0.1/"),
        ("subscriptions", "rotate-secret", "ci"),
    ),
}
KEYS = {"Sources": {"source_id": "gh"}, "Subscriptions": OWNER}


@pytest.mark.parametrize(("table", "command"), [(one, words) for one in MAKES for words in MAKES[one]])
def test_a_secret_that_is_made_is_shown_to_people_once_and_is_the_one_that_is_kept(
    shell: Shell, table: str, command: tuple[str, ...]
) -> None:
    """Who does not see it then never does: nothing shows it again."""
    shell.put("Sources", source_id="gh", provider="github", secrets=[stored_in(shell, "ssm")])
    if "put" not in command:
        put(shell, "ssm:/doorbell/ci")
    said = shell.run(*command).stdout
    made = shell.parameter(shell.item(table, **KEYS[table])["secrets"][0])
    assert made != "old"
    assert said.count(made) == 1
