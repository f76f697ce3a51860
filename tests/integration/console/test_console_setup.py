"""A new source and a new subscription, from the first look at the catalogue to the first ring."""

from __future__ import annotations

import html
import json
import re
import shlex
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from doorbell.domain.rollups import ACCEPTED, Holder, Kind, bucket_at
from doorbell.store.rollups.rollup_table import RollupTable
from doorbell_cli.configuration import SOURCE, SUBSCRIPTION
from doorbell_cli.configuration import Kind as ItemKind
from doorbell_cli.console.desk import Desk
from doorbell_cli.console.pages.first_ring import changes
from doorbell_cli.console.starting import desk_of
from tests.integration.console.conftest import Browser, Opened
from tests.integration.console.test_console_pages import ACTIVE, HOSTILE
from tests.integration.ops.deployed import DAY, Doorbell
from tests.integration.ops.test_ops_refused import keep, secret

GITHUB = "/new/source/github"
SUBSCRIPTION_FORM = "/new/subscription"
URL = "https://example.com/hook"


def values(doorbell: Doorbell, kind: ItemKind, *key: str) -> dict[str, Any]:
    found = kind.table(doorbell.target).get(*key)
    assert found is not None
    return found.values


def parameters(doorbell: Doorbell) -> dict[str, str]:
    found = doorbell.target.client("ssm").get_parameters_by_path(
        Path="/doorbell", Recursive=True, WithDecryption=True
    )
    return {f"ssm:{one['Name']}": one["Value"] for one in found["Parameters"]}


def spelled(page: str, kind: str) -> str:
    found = re.search(rf'<pre tabindex="0" class="{kind}">(.*?)</pre>', page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def test_a_provider_is_found_by_a_part_of_its_name_without_a_call(browser: Browser) -> None:
    browser.calls.clear()
    assert 'href="/new/source/github?tenant=acme"' in browser.page("/new/source?tenant=acme&q=gitHUB")
    assert "No provider has" in browser.page("/new/source?q=zzzz")
    assert "more: type more of the name" in browser.page("/new/source?q=a")
    assert browser.calls == []
    browser.page("/new/source/nobody", 404)


def test_every_provider_has_a_form(browser: Browser) -> None:
    from doorbell.signatures.catalogue import names

    for name in list(names())[::12]:
        assert "New source" in browser.page(f"/new/source/{name}")


def test_a_source_is_checked_and_made_with_its_secret_kept_by_reference(
    doorbell: Doorbell, browser: Browser
) -> None:
    query = {"tenant": "acme", "source_id": "shop", "check": 1}
    browser.calls.clear()
    checked = browser.page(f"{GITHUB}?{urlencode(query)}")
    assert browser.calls == []
    assert "Nothing is wrong with it." in checked
    command = spelled(checked, "command")
    put = "doorbell sources put shop --tenant acme --provider github --secret-stdin"
    assert command == f"{put} --stack doorbell"
    led = browser.send(GITHUB, tenant="acme", source_id="shop", secret0="the-provider-s-own-secret")
    assert led == "/sources/shop/first"
    made = values(doorbell, SOURCE, "shop")
    assert parameters(doorbell)[made["secrets"][0]] == "the-provider-s-own-secret"
    page = browser.page(led)
    assert "the-provider-s-own-secret" not in page
    assert "Nobody has rung yet." in page
    assert "source shop" in browser.page("/audit?tenant=acme")


def test_a_name_that_is_taken_or_wrong_stores_nothing(doorbell: Doorbell, browser: Browser) -> None:
    for name, status in (("github", 409), ("doorbell", 422), ("two words", 422), ("", 422)):
        browser.send(GITHUB, status, tenant="acme", source_id=name, secret0="the-provider-s-own-secret")
    browser.send(GITHUB, 422, tenant="acme", source_id="shop", secret0=" ")
    assert "looks like" in browser.send(
        GITHUB, 422, tenant="acme", source_id="shop", secret0="ghp_" + "a" * 36
    )
    assert parameters(doorbell) == {}
    assert "<tbody>" not in browser.page("/audit?tenant=acme")
    assert "source_id" in browser.page(f"{GITHUB}?check=1&source_id=doorbell&tenant=acme")


def test_what_a_provider_needs_beside_its_secret_is_asked_for(doorbell: Doorbell, browser: Browser) -> None:
    page = browser.page("/new/source/twilio")
    assert 'name="public_url"' in page
    refused = browser.page("/new/source/twilio?check=1&source_id=calls&tenant=acme")
    assert "public_url" in refused
    assert "Nothing is wrong" not in refused
    browser.send("/new/source/twilio", 422, source_id="calls", tenant="acme", secret0="a" * 32)
    assert SOURCE.table(doorbell.target).get("calls") is None


@pytest.mark.parametrize("way", ["command", "yaml", "put-item"])
def test_each_other_way_to_write_a_source_makes_the_same_item(
    doorbell: Doorbell, browser: Browser, tmp_path: Path, way: str
) -> None:
    fields = {"public_url": "https://x.example/it's?a=b", "source_id": "calls", "tenant": "acme"}
    browser.send("/new/source/twilio", secret0="a" * 32, **fields)
    before = values(doorbell, SOURCE, "calls")
    text = spelled(browser.page("/sources/calls/first"), way)
    remove(doorbell, SOURCE, "calls")
    write(doorbell, text, way, tmp_path)
    assert without_times(values(doorbell, SOURCE, "calls")) == without_times(before)


@pytest.mark.parametrize("way", ["command", "yaml", "put-item"])
def test_each_other_way_to_write_a_subscription_makes_the_same_item(
    doorbell: Doorbell, browser: Browser, tmp_path: Path, way: str
) -> None:
    fields = {"url": URL, "event_types": "push, a.*", "sources": "github", "filter": "event.type == 'it\\'s'"}
    made = browser.send(SUBSCRIPTION_FORM, 200, tenant="acme", subscription_id="books", **fields)
    before = values(doorbell, SUBSCRIPTION, "acme", "books")
    remove(doorbell, SUBSCRIPTION, "acme", "books")
    write(doorbell, spelled(made, way), way, tmp_path)
    assert without_times(values(doorbell, SUBSCRIPTION, "acme", "books")) == without_times(before)


ROLE = "arn:aws:iam::123456789012:role/theirs"
TARGETS = [
    {"url": "arn:aws:sqs:eu-west-1:123456789012:orders"},
    {"url": "arn:aws:lambda:eu-west-1:123456789012:function:orders", "invoke": "sync", "signing": "github"},
    {"url": "arn:aws:kinesis:eu-west-1:123456789012:stream/orders", "target_key": "{type}/{id}"},
    {"url": "arn:aws:sns:eu-west-1:123456789012:orders", "role_arn": ROLE, "transform": "body.a"},
]


@pytest.mark.parametrize("way", ["command", "yaml", "put-item"])
@pytest.mark.parametrize("fields", TARGETS, ids=lambda fields: fields["url"].split(":")[2])
def test_a_subscription_to_a_target_is_made_in_each_way(
    doorbell: Doorbell, opened: Opened, tmp_path: Path, way: str, fields: dict[str, str]
) -> None:
    allowed = {"TargetArns": "arn:aws:*:*:*:*", "TargetTenants": "acme", "TargetRoleArns": ROLE}
    doorbell.target.parameters.update(allowed)  # type: ignore[attr-defined]
    browser, given = opened(), {"tenant": "acme", "subscription_id": "orders", **fields}
    checked = browser.page(f"{SUBSCRIPTION_FORM}?{urlencode({**given, 'check': 1})}")
    assert "Doorbell may send to it" in checked
    assert "Nothing is wrong with it." in checked
    made = browser.send(SUBSCRIPTION_FORM, 200, **given)
    assert ('id="secret"' in made) is ("signing" in fields)
    before = values(doorbell, SUBSCRIPTION, "acme", "orders")
    assert before["target"] == fields["url"]
    assert before.items() >= {name: fields[name] for name in fields if name != "url"}.items()
    remove(doorbell, SUBSCRIPTION, "acme", "orders")
    write(doorbell, spelled(made, way), way, tmp_path)
    assert without_times(values(doorbell, SUBSCRIPTION, "acme", "orders")) == without_times(before)


def test_a_target_that_the_stack_does_not_name_is_told_as_it_is_typed(browser: Browser) -> None:
    arn = quote("arn:aws:sqs:eu-west-1:123456789012:orders")
    said = browser.page(f"/parts/url?tenant=acme&url={arn}")
    assert "Doorbell would not send to it: this stack has no targets" in said


def remove(doorbell: Doorbell, kind: ItemKind, *key: str) -> None:
    stored = kind.table(doorbell.target).get(*key)
    assert stored is not None
    kind.table(doorbell.target).delete(stored)


def write(doorbell: Doorbell, text: str, way: str, folder: Path) -> None:
    if way == "put-item":
        *_, table, _, item = shlex.split(text)
        doorbell.target.client("dynamodb").put_item(TableName=table, Item=json.loads(item))
        return
    file = folder / "items.yaml"
    command, from_stdin, read = text.partition(" <<'END'\n")
    if way == "yaml":
        file.write_text(text)
        arguments = ["apply", "-f", str(file), "--yes"]
    elif from_stdin:
        file.write_text(read.removesuffix("END"))
        _, *arguments = shlex.split(command.replace("--file -", f"--file {file}"))
    else:
        _, *arguments = shlex.split(text)
    result = doorbell.run(*arguments)
    assert result.exit_code == 0, result.output


def without_times(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if not name.endswith("_at")}


def _desk(doorbell: Doorbell, browser: Browser) -> Desk:
    return desk_of(doorbell.target, browser.door, False)


def test_a_first_ring_turns_it_green_or_says_what_was_wrong(doorbell: Doorbell, browser: Browser) -> None:
    secret("ours")
    look = changes(_desk(doorbell, browser), "github")
    assert look() == []
    refused_id = keep(doorbell)
    browser.calls.clear()
    page = browser.page("/sources/github/first")
    assert len(browser.calls) <= 6
    assert "It rang, and was refused: 401 signature_mismatch." in page
    assert f'href="/sources/github/refused/{refused_id}"' in page
    (told,) = look()
    assert isinstance(told, dict)
    assert told["state"] == "refused"
    assert "signed with another secret" in " ".join(told["words"])
    assert look() == []
    table = RollupTable(doorbell.target.client("dynamodb"), "RollupsTable", 14 * DAY)
    table.add(Holder(Kind.SOURCE, "acme", "github"), bucket_at(time.time()), {ACCEPTED: 2})
    assert "It rang: 2 accepted." in browser.page("/sources/github/first")
    (told,) = look()
    assert isinstance(told, dict)
    assert (told["state"], told["href"]) == ("accepted", "/events?tenant=acme&source=github")
    browser.page("/sources/nobody/first", 404)


def test_what_rang_before_the_source_was_made_is_not_its_first_ring(
    doorbell: Doorbell, browser: Browser
) -> None:
    secret("ours")
    keep(doorbell, ago=3600)
    item = {"source_id": "github", "provider": "github", "tenant_id": "acme"}
    doorbell.put(
        "SourcesTable", {**item, "secrets": ["ssm:/doorbell/github"], "created_at": int(time.time()) - 60}
    )
    assert "Nobody has rung yet." in browser.page("/sources/github/first")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (URL, "Doorbell may call it"),
        ("https://127.0.0.1/x", "Doorbell would not call it"),
        ("https://[::1]/x", "Doorbell would not call it"),
        ("http://example.com/", "Doorbell would not call it"),
        ("", "Where deliveries go."),
    ],
)
def test_a_url_is_checked_as_it_is_typed_without_a_call(browser: Browser, url: str, said: str) -> None:
    browser.calls.clear()
    assert said in browser.page(f"/parts/url?{urlencode({'url': url})}")
    assert browser.calls == []


def test_a_subscription_is_made_and_its_secret_shown_once(doorbell: Doorbell, browser: Browser) -> None:
    fields = {"tenant": "acme", "subscription_id": "books", "url": URL, "signing": "standard"}
    checked = browser.page(f"{SUBSCRIPTION_FORM}?{urlencode({**fields, 'check': 1})}")
    assert "Nothing is wrong with it." in checked
    assert "doorbell subscriptions put acme/books" in spelled(checked, "command")
    made = browser.send(SUBSCRIPTION_FORM, 200, **fields)
    found = re.search(r'id="secret">(whsec_[^<]+)<', made)
    assert found is not None
    item = values(doorbell, SUBSCRIPTION, "acme", "books")
    assert parameters(doorbell)[item["secrets"][0]] == html.unescape(found[1])
    assert "whsec_" not in browser.page("/subscriptions/acme/books")
    assert "subscription acme/books" in browser.page("/audit?tenant=acme")
    assert "already" in browser.send(SUBSCRIPTION_FORM, 409, **fields)
    assert values(doorbell, SUBSCRIPTION, "acme", "books") == item


@pytest.mark.parametrize(("signing", "begins"), [("standard-ed25519", "whsk_"), ("github", "[0-9a-zA-Z]")])
def test_a_subscription_that_signs_in_another_form_has_a_secret_of_that_form(
    doorbell: Doorbell, browser: Browser, signing: str, begins: str
) -> None:
    fields = {"tenant": "acme", "subscription_id": "books", "url": URL, "signing": signing}
    browser.send(SUBSCRIPTION_FORM, 200, **fields)
    item = values(doorbell, SUBSCRIPTION, "acme", "books")
    secret = parameters(doorbell)[item["secrets"][0]]
    assert re.match(begins, secret)
    assert not secret.startswith("whsec_")


def test_a_subscription_that_could_not_be_used_is_refused_with_the_field(
    doorbell: Doorbell, browser: Browser
) -> None:
    fields = {
        "tenant": "acme",
        "subscription_id": "books",
        "url": "https://10.0.0.1/x",
        "signing": "standard",
    }
    assert "<strong>url</strong>" in browser.page(f"{SUBSCRIPTION_FORM}?{urlencode({**fields, 'check': 1})}")
    browser.send(SUBSCRIPTION_FORM, 422, **fields)
    browser.send(SUBSCRIPTION_FORM, 422, **{**fields, "url": URL, "filter": "body.["})
    browser.send(SUBSCRIPTION_FORM, 422, **{**fields, "url": URL, "signing": "rot13"})
    assert parameters(doorbell) == {}


def test_a_test_event_is_refused_where_nothing_would_be_sent(doorbell: Doorbell, browser: Browser) -> None:
    doorbell.subscribe("off", enabled=False)
    assert "disabled" in browser.send("/subscriptions/acme/off/test", 409)
    assert doorbell.messages("Deliveries") == []
    assert "<tbody>" not in browser.page("/audit?tenant=acme")


def test_a_test_that_nobody_works_on_is_ended_and_says_so(
    doorbell: Doorbell, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorbell_cli.console.pages.testing.WAIT_SECONDS", 0.1)
    page = browser.send("/subscriptions/acme/billing/test", 200)
    assert "There was no attempt in time." in page
    assert "it is not tried again" in page
    assert "<td>test</td>" in browser.page("/audit?tenant=acme")


def test_what_is_typed_is_shown_and_never_acts(doorbell: Doorbell, browser: Browser) -> None:
    typed = dict.fromkeys(
        ("q", "tenant", "source_id", "subscription_id", "url", "event_types", "sources", "filter",
         "public_url", "since", "state", "rate"), HOSTILE,
    )  # fmt: skip
    query = urlencode(typed)
    shown = 0
    for path, status in (
        ("/new/source", 200), (GITHUB, 200), ("/new/source/twilio", 200), (SUBSCRIPTION_FORM, 200),
        (f"{GITHUB}?check=1", 200), (f"{SUBSCRIPTION_FORM}?signing=none&check=1", 200), ("/parts/url", 200),
        ("/subscriptions/acme/billing/replay", 422), ("/jobs", 200), ("/types", 200),
    ):  # fmt: skip
        page = browser.page(f"{path}{'&' if '?' in path else '?'}{query}", status)
        assert not any(active in page for active in ACTIVE), path
        shown += "&lt;script&gt;alert(1)" in page
    assert shown >= 9
    said = browser.send(GITHUB, 422, tenant=HOSTILE, source_id=HOSTILE, secret0=HOSTILE)
    assert not any(active in said for active in ACTIVE)


def test_read_only_checks_and_makes_nothing(doorbell: Doorbell, opened: Opened) -> None:
    browser = opened(read_only=True)
    for path in (
        f"{GITHUB}?check=1&source_id=shop",
        f"{SUBSCRIPTION_FORM}?check=1&subscription_id=x&url={URL}",
    ):
        page = browser.page(path)
        assert "Nothing is wrong" in page
        assert 'method="post"' not in page
    assert "--read-only" in browser.send(GITHUB, 403, source_id="shop", secret0="x" * 20)
    assert "--read-only" in browser.send(SUBSCRIPTION_FORM, 403, subscription_id="x", url=URL)
    assert SOURCE.table(doorbell.target).get("shop") is None
