"""Subscriptions that write to the tools of people, from the shell."""

import pytest

from tests.integration.cli.conftest import Shell

URLS = {
    "slack": "https://hooks.slack.com/services/T0/B0/x",
    "teams": "https://prod-01.westeurope.logic.azure.com:443/workflows/a/triggers/manual/paths/invoke?sig=x",
    "discord": "https://discord.com/api/webhooks/1/x",
    "email-text": "https://mail.example.com/send",
}


@pytest.mark.parametrize("preset", sorted(URLS))
def test_a_tool_s_url_is_all_that_a_preset_needs(shell: Shell, preset: str) -> None:
    given = ("--source", "github-main", "--event-type", "push", "--filter", "body.ref == 'refs/heads/main'")
    made = shell.json("subscriptions", "put", "team", "--preset", preset, "--url", URLS[preset], *given)
    item = shell.item("Subscriptions", tenant_id="default", subscription_id="team")
    assert (item["preset"], item["url"], item["event_types"]) == (preset, URLS[preset], ["push"])
    assert "secrets" not in item
    assert not [name for name in made if "secret" in name]


def test_pagerduty_asks_for_its_routing_key(shell: Shell) -> None:
    url = ("--url", "https://events.pagerduty.com/v2/enqueue")
    refused = shell.run("subscriptions", "put", "team", "--preset", "pagerduty", *url, code=1)
    assert "secrets" in refused.stderr
    assert "routing key" in refused.stderr
    shell.json("subscriptions", "put", "team", "--preset", "pagerduty", *url, "--secret", "ssm:/doorbell/pd")
    item = shell.item("Subscriptions", tenant_id="default", subscription_id="team")
    assert item["secrets"] == ["ssm:/doorbell/pd"]
