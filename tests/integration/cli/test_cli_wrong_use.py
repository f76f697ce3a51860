"""Wrong use is told in a line, with what would be right, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.cli.conftest import Shell

URL = "https://example.com/hook"
PUT = ("subscriptions", "put", "ci", "--url", URL)
SINCE = ("replay", "--subscription", "ci", "--since", "1h")
WRONG = {
    "a header without a colon": ((*PUT, "--header", "x-team"), "Must be name:value."),
    "a header without a name": ((*PUT, "--header", ": core"), "Must be name:value."),
    "an option without a value": (
        ("sources", "put", "gh", "--provider", "github", "--option", "id"),
        "Must be name=value.",
    ),
    "a schedule of words": ((*PUT, "--retry-schedule", "0,soon"), "Must be seconds: 0,5,300."),
    "a field that there is not": ((*PUT, "--unset", "colour"), "a subscription has no such field."),
    "the key dropped": ((*PUT, "--unset", "tenant_id"), "it is the key."),
    "neither a name nor a file": (
        ("subscriptions", "put"),
        "Name a subscription or a --file, one of the two.",
    ),
    "a state that is not lost": ((*SINCE, "--status", "delivered"), "must be one of exhausted, cancelled"),
    "two ways to replay": ((*SINCE, "--jobs"), "Name an EVENT, or --subscription and --since"),
    "a rate for one event": (("replay", "evt_1", "--rate", "5"), "An EVENT is replayed as a whole."),
    "a time of words": (("events", "list", "--since", "soon"), "--since: 'soon' is not a time."),
    "an end of words": (("audit", "--until", "soon"), "--until: 'soon' is not a time."),
    "a span of words": (("audit", "--settle", "soon"), "--settle: 'soon' is not a span of time."),
    "a time before all": (("status", "--since", "1960-01-01"), "--since: '1960-01-01' is before 1970."),
    "a size of words": (("cost", "--body", "big"), "--body: 'big' is not a size."),
    "a share of words": (("cost", "--outages", "some"), "--outages: 'some' is not a share."),
    "retries of a joke": (
        ("cost", "--events", "1M", "--retries", "1001%"),
        "--retries: Must be between 0 and 10",
    ),
    "a latency without a unit": (
        ("cost", "--latency", "200"),
        "--latency: '200' is not a time.",
    ),
    "a number of words": (("cost", "--events", "many"), "--events: 'many' is not a number."),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_use_is_told_with_what_would_be_right_and_nothing_is_written(shell: Shell, case: str) -> None:
    arguments, words = WRONG[case]
    result = shell.run(*arguments, code=2)
    assert words in " ".join(result.stderr.replace("│", " ").split())
    assert result.stdout == ""
    assert shell.target.client("dynamodb").scan(TableName=shell.target.table("Subscriptions"))["Items"] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "contains no subscription."),
        ("- {source_id: gh, provider: github}\n", ":1: source gh: `doorbell apply` takes both kinds."),
    ],
)
def test_a_file_of_something_else_is_refused(shell: Shell, tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(text)
    result = shell.run("subscriptions", "put", "-f", str(file), code=2)
    assert words in " ".join(result.stderr.split())


def test_an_empty_secret_is_none(shell: Shell) -> None:
    result = shell.run("sources", "put", "gh", "--provider", "github", "--secret-stdin", stdin=" \n", code=2)
    assert "There is no secret on stdin." in result.stderr
    assert shell.item("Sources", source_id="gh") == {}


@pytest.mark.parametrize("kind", ["source", "subscription"])
def test_what_was_done_to_an_item_is_one_json_document_that_says_what_and_to_which(
    shell: Shell, kind: str
) -> None:
    shell.put("Sources", source_id="it", provider="github", secrets=["ssm:/doorbell/it"])
    shell.put("Subscriptions", tenant_id="default", subscription_id="it", url=URL, signing="none")
    for action, done in (("disable", "disabled"), ("enable", "enabled"), ("delete", "deleted")):
        told = shell.json(f"{kind}s", action, "it", "--yes")
        assert (told["action"], told["kind"], told[f"{kind}_id"]) == (done, kind, "it")


def test_who_forgets_a_sources_secret_is_told_how_it_is_given(shell: Shell) -> None:
    done = shell.run("sources", "put", "gh", "--provider", "github", code=1)
    assert "secrets: GitHub needs the webhook's secret" in done.stderr
    assert "--secret-stdin" in done.stderr
    wrong = shell.run("sources", "put", "gh", "--provider", "githbu", code=1)
    assert "--secret-stdin" not in wrong.stderr
