"""What `doorbell sources put` says of a provider and of the secret that it is given."""

from __future__ import annotations

import pytest

from tests.integration.cli.conftest import Shell


def test_put_warns_of_a_provider_that_only_third_parties_code_shows(shell: Shell) -> None:
    put = ("sources", "put", "deploys", "--provider", "vercel", "--secret-stdin")
    result = shell.run(*put, stdin="whsec_1")
    assert "warning: How Vercel signs is known from third parties' code only" in result.stderr
    assert shell.item("Sources", source_id="deploys")["provider"] == "vercel"


def test_put_warns_of_no_provider_whose_own_code_was_run(shell: Shell) -> None:
    result = shell.run("sources", "put", "gh", "--provider", "github", "--secret-stdin", stdin="k")
    assert "third parties" not in result.output


@pytest.mark.parametrize(
    ("provider", "secret", "what"),
    [
        ("stripe", "sk_live_51Abc", "an API key"),
        ("clerk", "sk_test_abc", "an API key"),
        ("polar", "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----", "a private key"),
        ("notion", "ntn_123", "an integration's API token"),
    ],
)
def test_put_refuses_what_plainly_is_another_secret_and_stores_nothing(
    provider: str, secret: str, what: str, shell: Shell
) -> None:
    result = shell.run("sources", "put", "s", "--provider", provider, "--secret-stdin", stdin=secret, code=2)
    assert what in result.stderr
    assert secret not in result.output
    assert shell.item("Sources", source_id="s") == {}
    assert shell.target.client("ssm").describe_parameters()["Parameters"] == []


def test_put_takes_an_api_key_where_the_provider_has_no_other_secret(shell: Shell) -> None:
    shell.run("sources", "put", "pay", "--provider", "paystack", "--secret-stdin", stdin="sk_live_51Abc")
    assert shell.item("Sources", source_id="pay")["provider"] == "paystack"


@pytest.mark.parametrize("provider", ["dingtalk.events", "wecom"])
def test_put_warns_where_the_second_secret_is_missing_that_makes_the_answers(
    provider: str, shell: Shell
) -> None:
    alone = shell.run("sources", "put", "chat", "--provider", provider, "--secret-stdin", stdin="token")
    assert "needs a second secret" in alone.stderr
    both = ("--secret", "ssm:/doorbell/chat", "--secret", "ssm:/doorbell/chat-aes-key")
    assert "a second secret" not in shell.run("sources", "put", "chat", *both).stderr
