"""`doorbell sources …` and `doorbell subscriptions …`"""

from __future__ import annotations

from pathlib import Path

import pytest

from doorbell.domain.health import Health
from doorbell.store.endpoints import EndpointTable
from tests.integration.cli.conftest import Shell

URL = "https://127.0.0.1:9/hook"


def new_subscription(shell: Shell, name: str = "ci", *more: str) -> dict[str, str]:
    document: dict[str, str] = shell.json("subscriptions", "put", name, "--url", URL, *more)
    return document


def test_a_source_is_made_and_its_secret_kept_in_a_parameter_the_functions_may_read(shell: Shell) -> None:
    made = shell.json("sources", "put", "gh", "--provider", "github", "--secret-stdin", stdin="hush\n")
    item = shell.item("Sources", source_id="gh")
    (reference,) = item["secrets"]
    assert made["url"].endswith("/in/gh")
    assert reference.startswith("ssm:/doorbell/sources/gh.")
    assert shell.parameter(reference) == "hush"


def test_what_the_provider_needs_and_the_source_lacks_is_said_and_nothing_is_stored(shell: Shell) -> None:
    result = shell.run("sources", "put", "x", "--provider", "githob", "--secret-stdin", stdin="hush", code=1)
    assert "provider" in result.stderr
    assert shell.item("Sources", source_id="x") == {}
    assert shell.target.client("ssm").describe_parameters()["Parameters"] == []


@pytest.mark.parametrize(
    ("command", "needed"),
    [
        (("sources", "put", "x", "--provider", "standard-webhooks"), "base64, with or without"),
        (("sources", "put", "x", "--provider", "discord"), "hex digits"),
        (("subscriptions", "put", "x", "--url", "https://127.0.0.1/"), "`whsec_` and base64"),
        (
            ("subscriptions", "put", "x", "--url", "https://127.0.0.1/", "--signing", "standard-ed25519"),
            "`whsk_` and base64",
        ),
    ],
)
def test_a_secret_that_looks_like_a_known_form_and_is_none_is_refused_and_not_repeated(
    shell: Shell, command: tuple[str, ...], needed: str
) -> None:
    result = shell.run(*command, "--secret-stdin", stdin="whsec_*hush*", code=2)
    assert needed in result.stderr
    assert "hush" not in result.stderr + result.stdout
    assert shell.target.client("ssm").describe_parameters()["Parameters"] == []


def test_a_secret_in_clear_is_refused_and_not_repeated(shell: Shell) -> None:
    result = shell.run("sources", "put", "gh", "--provider", "github", "--secret", "hush-hush", code=1)
    assert "not a secret reference" in result.stderr
    assert "hush-hush" not in result.output
    assert shell.item("Sources", source_id="gh") == {}


def test_a_new_subscription_gets_a_secret_that_is_shown_once(shell: Shell) -> None:
    made = new_subscription(shell)
    item = shell.item("Subscriptions", tenant_id="default", subscription_id="ci")
    assert made["secret"].startswith("whsec_")
    assert shell.parameter(item["secrets"][0]) == made["secret"]
    assert made["secret"] not in shell.run("subscriptions", "show", "ci").output


def test_an_ed25519_subscription_shows_the_public_key_only(shell: Shell) -> None:
    made = new_subscription(shell, "ci", "--signing", "standard-ed25519")
    item = shell.item("Subscriptions", tenant_id="default", subscription_id="ci")
    assert made["public_key"].startswith("whpk_")
    assert "secret" not in made
    assert shell.parameter(item["secrets"][0]).startswith("whsk_")


@pytest.mark.parametrize(
    ("flags", "field"),
    [
        (["--url", "https://169.254.169.254/"], "url"),
        (["--url", URL, "--filter", "a ["], "filter"),
        (["--url", URL, "--filter", "nope(a)"], "filter"),
        (["--url", URL, "--header", "authorization: Bearer x"], "headers.authorization"),
        (["--url", URL, "--timeout", "900"], "timeout_seconds"),
    ],
)
def test_a_subscription_that_could_not_work_is_refused_by_its_field(
    shell: Shell, flags: list[str], field: str
) -> None:
    result = shell.run("subscriptions", "put", "ci", *flags, code=1)
    assert f"{field}: " in result.stderr
    assert shell.item("Subscriptions", tenant_id="default", subscription_id="ci") == {}


def test_put_changes_what_is_given_and_leaves_the_rest(shell: Shell) -> None:
    new_subscription(shell, "ci", "--event-type", "push", "--rate-limit", "2.5")
    before = shell.item("Subscriptions", tenant_id="default", subscription_id="ci")
    shell.run("subscriptions", "put", "ci", "--event-type", "pull.*")
    after = shell.item("Subscriptions", tenant_id="default", subscription_id="ci")
    assert after["event_types"] == ["pull.*"]
    assert {**after, "event_types": 0, "updated_at": 0} == {**before, "event_types": 0, "updated_at": 0}


def test_a_field_can_be_dropped(shell: Shell) -> None:
    new_subscription(shell, "ci", "--filter", "body.x")
    shell.run("subscriptions", "put", "ci", "--unset", "filter")
    assert "filter" not in shell.item("Subscriptions", tenant_id="default", subscription_id="ci")


def test_list_says_which_item_is_broken_and_where(shell: Shell) -> None:
    new_subscription(shell)
    shell.put("Subscriptions", tenant_id="default", subscription_id="bad", url="ftp://x", signing="none")
    items = {item["subscription_id"]: item for item in shell.json("subscriptions", "list")}
    assert items["ci"]["problems"] == []
    assert [problem["field"] for problem in items["bad"]["problems"]] == ["url"]
    assert "BROKEN url" in shell.run("subscriptions", "list").stdout


def test_a_list_can_be_of_one_tenant(shell: Shell) -> None:
    new_subscription(shell, "acme/one")
    new_subscription(shell, "two")
    listed = shell.json("subscriptions", "list", "--tenant", "acme")
    assert [item["subscription_id"] for item in listed] == ["one"]


def test_a_source_without_tenant_is_of_the_default_one(shell: Shell) -> None:
    shell.put("Sources", source_id="mine", provider="github", secrets=["ssm:/doorbell/x"])
    shell.put("Sources", source_id="theirs", provider="github", secrets=["ssm:/doorbell/x"], tenant_id="acme")
    assert [item["source_id"] for item in shell.json("sources", "list", "--tenant", "default")] == ["mine"]
    assert [item["source_id"] for item in shell.json("sources", "list", "--tenant", "acme")] == ["theirs"]


def test_disabled_with_a_reason_and_enabled_with_a_clean_record(shell: Shell) -> None:
    new_subscription(shell)
    endpoints = EndpointTable(shell.target.client("dynamodb"), shell.target.table("Endpoints"))
    endpoints.write_health("default/ci", Health(failures=9, failing_since=1.0, parked_until=9e9, parks=3))
    shell.run("subscriptions", "disable", "ci", "--reason", "moving house")
    assert "disabled: moving house" in shell.run("subscriptions", "list").stdout
    shell.run("subscriptions", "enable", "ci")
    item = shell.item("Subscriptions", tenant_id="default", subscription_id="ci")
    health = endpoints.health("default/ci")
    assert item["enabled"] is True
    assert "disabled_reason" not in item
    assert (health.failures, health.parked_until, health.parks) == (0, None, 0)


def test_a_broken_item_can_be_disabled_and_deleted_but_not_enabled(shell: Shell) -> None:
    shell.put("Subscriptions", tenant_id="default", subscription_id="bad", url="ftp://x", odd=1)
    shell.run("subscriptions", "enable", "bad", code=1)
    shell.run("subscriptions", "disable", "bad")
    assert shell.item("Subscriptions", tenant_id="default", subscription_id="bad")["enabled"] is False
    shell.run("subscriptions", "delete", "bad", "--yes")
    assert shell.item("Subscriptions", tenant_id="default", subscription_id="bad") == {}


def test_delete_without_anybody_to_ask_deletes_nothing(shell: Shell) -> None:
    new_subscription(shell)
    result = shell.run("subscriptions", "delete", "ci", code=2)
    assert "--yes" in result.stderr
    assert shell.item("Subscriptions", tenant_id="default", subscription_id="ci") != {}


def test_what_is_not_there_is_said(shell: Shell) -> None:
    for command in ("show", "enable", "disable", "rotate-secret"):
        assert (
            "There is no subscription default/no" in shell.run("subscriptions", command, "no", code=1).stderr
        )


def test_a_yaml_file_is_written_as_it_is(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(f"subscription_id: ci\nurl: {URL}\nsigning: none\nretry: {{schedule: [0, 2.5]}}\n")
    shell.run("subscriptions", "put", "-f", str(file))
    item = shell.item("Subscriptions", tenant_id="default", subscription_id="ci")
    assert item["retry"] == {"schedule": [0, 2.5]}


def test_several_items_of_a_file_make_one_json_document(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text("".join(f"- {{subscription_id: {n}, url: {URL!r}, signing: none}}\n" for n in "ab"))
    made = shell.json("subscriptions", "put", "-f", str(file))
    assert [(change["subscription_id"], change["action"]) for change in made] == [
        ("a", "create"),
        ("b", "create"),
    ]


def test_a_secret_written_into_an_item_in_clear_is_never_shown(shell: Shell) -> None:
    oauth = {"token_url": URL, "client_id": "me", "client_secret_ref": "hunter2"}
    bad = {"secrets": ["hunter2"], "headers": {"authorization": "Bearer hunter2"}, "oauth": oauth}
    shell.put("Subscriptions", tenant_id="default", subscription_id="bad", url=URL, **bad)
    shell.put("Sources", source_id="bad", provider="github", secrets="hunter2", verify_token_ref="hunter2")
    for kind in ("subscriptions", "sources"):
        for command in (["show", "bad"], ["list"], ["show", "bad", "--json"], ["list", "--json"]):
            output = shell.run(kind, *command).output
            assert "BROKEN" in output or "not a secret reference" in output
            assert "hunter2" not in output
    changed = shell.run("subscriptions", "put", "bad", "--secret", "ssm:/doorbell/x", "--unset", "oauth",
                        "--unset", "headers").output  # fmt: skip
    assert "(hidden: it may hold a secret)" in changed
    assert "hunter2" not in changed


def test_a_field_that_does_not_exist_cannot_be_dropped(shell: Shell) -> None:
    new_subscription(shell)
    for name in ("filtre", "subscription_id"):
        assert name in shell.run("subscriptions", "put", "ci", "--unset", name, code=2).stderr
    shell.put("Subscriptions", tenant_id="default", subscription_id="odd", url=URL, signing="none", odd=1)
    shell.run("subscriptions", "put", "odd", "--unset", "odd")
    assert "odd" not in shell.item("Subscriptions", tenant_id="default", subscription_id="odd")
