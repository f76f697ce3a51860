"""The trust policy that a subscription's role needs."""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from doorbell.domain.targets import external_id
from doorbell_cli.commands.configuration import trust
from doorbell_cli.commands.configuration.trust import trust_of
from doorbell_cli.main import app

DISPATCHER = "arn:aws:iam::123456789012:role/gateway-DispatcherRole-1A2B"


class Lambda:
    def get_function_configuration(self, **given: Any) -> dict[str, Any]:
        assert given == {"FunctionName": "gateway-dispatcher"}
        return {"Role": DISPATCHER}


def test_a_role_trusts_the_dispatcher_for_one_subscription_and_no_other() -> None:
    target: Any = SimpleNamespace(
        name="gateway", client=lambda service: Lambda(), function_name=lambda name: f"gateway-{name}"
    )
    (statement,) = trust_of(target, "acme", "orders")["Statement"]
    assert statement["Principal"] == {"AWS": DISPATCHER}
    assert statement["Action"] == "sts:AssumeRole"
    named = {"sts:ExternalId": external_id("gateway", "acme", "orders")}
    assert statement["Condition"] == {"StringEquals": named}


@pytest.mark.parametrize(("named", "tenant"), [("orders", "default"), ("acme/orders", "acme")])
def test_the_command_shows_it_for_a_name_with_its_tenant_or_without(
    named: str, tenant: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target: Any = SimpleNamespace(
        name="gateway", client=lambda service: Lambda(), function_name=lambda name: f"gateway-{name}"
    )
    monkeypatch.setattr(trust, "connected", lambda stack: nullcontext(target))
    trust.trust_policy(named, as_json=True)
    assert external_id("gateway", tenant, "orders") in capsys.readouterr().out


@pytest.mark.parametrize("name", ["a/b/c", "two words", "/orders", "acme/", "x" * 65])
def test_a_name_that_no_subscription_can_have_is_wrong_use_and_no_role_to_make(name: str) -> None:
    """A slash in it would make two subscriptions one to the role."""
    done = CliRunner().invoke(app, ["subscriptions", "trust-policy", name])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "No subscription can have this name" in done.stderr
