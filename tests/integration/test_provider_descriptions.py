"""Back-fill against what providers publish of their APIs on npm: what we ask is in it, and what our servers
of the tests answer is what it says. GitHub's is its description. Stripe's description has a file of its own;
here is its library. GitLab publishes none there: the library that most use for it, Gitbeaker, knows its
hooks; what it lists of a hook's events was read in its source."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from jsonschema import Draft4Validator

from doorbell.domain.sources import Backfill
from tests.support.github_hooks import TOKEN, Reply, served
from tests.support.npm_packages import json_in, needs_npm
from tests.support.patience import HANG_SECONDS
from tests.support.stripe_events import ENDPOINT, KEY
from tests.unit.usecases.backfill_account import Account
from tests.unit.usecases.backfill_at_gitlab import AtGitLab
from tests.unit.usecases.backfill_world import SOURCE, World

PACKAGE = "@octokit/openapi@23.0.2"
FILE = "package/generated/api.github.com.json"
HEADERS = {"authorization": f"Bearer {TOKEN}", "user-agent": "Doorbell"}
HOOKS = ("repos/octo/hello/hooks/7", "orgs/octo/hooks/7")
pytestmark = needs_npm


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return json_in(PACKAGE, FILE, tmp_path_factory.mktemp("octokit"))


def operation(description: dict[str, Any], call: str) -> dict[str, Any]:
    """That of `GET /path?query`; `AssertionError` where there is none, or not with these parameters."""
    method, _, target = call.partition(" ")
    parts = urlsplit(target)
    for template, item in description["paths"].items():
        fits = re.fullmatch(re.sub(r"\\\{[^{}]+\\\}", "[^/]+", re.escape(template)), parts.path)
        if fits and method.lower() in item:
            found: dict[str, Any] = item[method.lower()]
            known = {one["name"]: one for one in resolved(description, found.get("parameters", []))}
            for name, value in parse_qsl(parts.query):
                assert known[name]["in"] == "query", f"{name} is none of {template}"
                schema = known[name]["schema"]
                assert not list(Draft4Validator(schema).iter_errors(read(schema, value))), call
            return found
    raise AssertionError(f"{call} is not in the description")


def resolved(description: dict[str, Any], value: Any) -> Any:
    """With what it refers to in its place, and `nullable` in JSON Schema's words."""
    if isinstance(value, list):
        return [resolved(description, one) for one in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        found: Any = description
        for name in value["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        return resolved(description, found)
    out = {name: resolved(description, one) for name, one in value.items()}
    if out.pop("nullable", False) is True and isinstance(out.get("type"), str):
        out["type"] = [out["type"], "null"]
    return out


def read(schema: dict[str, Any], value: str) -> object:
    """A query has text only."""
    return int(value) if schema.get("type") == "integer" else value


def answered(description: dict[str, Any], call: str, status: int, body: bytes) -> None:
    responses = operation(description, call)["responses"]
    assert str(status) in responses, f"{call} is never answered with {status}"
    content = resolved(description, responses[str(status)]).get("content", {})
    if "application/json" in content:
        errors = list(Draft4Validator(content["application/json"]["schema"]).iter_errors(json.loads(body)))
        assert not errors, f"{call}: {errors[:2]}"


@pytest.mark.parametrize("name", HOOKS)
def test_what_is_asked_of_github_and_what_the_tests_answer_are_in_its_description(
    description: dict[str, Any], name: str
) -> None:
    world = World(replace(SOURCE, backfill=Backfill("ssm:/x", name)))
    world.hook.hook = name
    seen: list[tuple[str, int, bytes]] = []

    def watched(call: str) -> Reply | None:
        """What it answers to that call, which is then made twice: it asks nothing of us."""
        method, _, target = call.partition(" ")
        world.hook.instead, loses = lambda call: None, world.hook.loses
        world.hook.loses = 1
        status, _, body = world.hook.handle(method, target, HEADERS)
        world.hook.instead, world.hook.loses = watched, loses
        seen.append((call, status, body))
        return None

    world.happen(2, answers=503)
    world.happen(120)
    world.hook.instead = watched
    assert world.run().asked == 2
    assert {call.partition(" ")[0] for call, _, _ in seen} == {"GET", "POST"}
    for call, status, body in seen:
        answered(description, call, status, body)


def test_the_calls_of_an_app_are_in_the_description_too(description: dict[str, Any]) -> None:
    for call in (
        "GET /app/hook/config",
        "GET /app/hook/deliveries?per_page=100&cursor=v1_1",
        "POST /app/hook/deliveries/12345678/attempts",
    ):
        assert operation(description, call)["responses"]


STRIPE = "stripe@23.1.0"
LISTS = """
const [, , host, port, key] = process.argv;
const how = { host, port, protocol: "http", maxNetworkRetries: 0, telemetry: false };
const stripe = require("stripe")(key, how);
(async () => {
  const endpoint = await stripe.webhookEndpoints.retrieve(ENDPOINT);
  const first = await stripe.events.list({ limit: 100, created: { gte: 1700000000 } });
  const after = first.data[first.data.length - 1].id;
  const next = await stripe.events.list({ limit: 100, created: { gte: 1700000000 }, starting_after: after });
  const all = [...first.data, ...next.data];
  const names = all.map((event) => [event.id, event.type]);
  console.log(JSON.stringify([endpoint.enabled_events, endpoint.url, first.has_more, names]));
})();
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_stripes_own_library_asks_the_same_and_reads_what_the_tests_answer(tmp_path: Path) -> None:
    """Its description is in `test_stripe_description`."""
    install = ["npm", "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", STRIPE]
    subprocess.run(install, cwd=tmp_path, check=True, timeout=HANG_SECONDS)
    account = Account()
    for number in range(150):
        account.stripe.happen("invoice.paid" if number % 2 else "charge.failed")
    (tmp_path / "lists.js").write_text(LISTS.replace("ENDPOINT", json.dumps(ENDPOINT)))
    with served(account.stripe.handle) as origin:
        parts = urlsplit(origin)
        command = ["node", "lists.js", str(parts.hostname), str(parts.port), KEY]
        done = subprocess.run(
            command, cwd=tmp_path, check=True, capture_output=True, text=True, timeout=HANG_SECONDS
        )
    types, url, more, listed = json.loads(done.stdout)
    theirs, account.stripe.calls = list(account.stripe.calls), []
    account.later()
    account.run(dry_run=True)
    assert (types, url, more) == (account.stripe.types, account.stripe.url, True)
    assert listed == [[event["id"], event["type"]] for event in reversed(account.stripe.events)]
    assert [asked(call) for call in theirs] == [asked(call) for call in account.stripe.calls]


def asked(call: str) -> tuple[str, dict[str, str]]:
    """How far back it is asked differs."""
    parts = urlsplit(call)
    return parts.path, {**dict(parse_qsl(parts.query)), "created[gte]": ""}


GITBEAKER = "@gitbeaker/rest@43.8.0"
HOOK = """
const { Gitlab } = require("@gitbeaker/rest");
const api = new Gitlab({ host: process.argv[2], token: process.argv[3] });
const events = { searchParams: { perPage: 20, page: 1 } };
(async () => {
  const hook = await api.ProjectHooks.show("acme/shop", 7);
  const page = await api.ProjectHooks.requester.get("acme%2Fshop/hooks/7/events", events);
  const sent = await api.ProjectHooks.requester.post("acme%2Fshop/hooks/7/events/1/resend");
  console.log(JSON.stringify([hook, page.body.length, page.headers["x-next-page"], sent.body]));
})();
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_what_is_asked_of_gitlab_is_what_gitbeaker_asks_and_it_reads_what_the_tests_answer(
    tmp_path: Path,
) -> None:
    install = ["npm", "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", GITBEAKER]
    subprocess.run(install, cwd=tmp_path, check=True, timeout=HANG_SECONDS)
    world = AtGitLab()
    world.happen(1, answers=503)
    world.happen(19)
    world.hook.loses = 1
    (tmp_path / "hook.js").write_text(HOOK)
    with served(
        lambda method, target, headers: world.hook.handle(method, target, {**headers, **AGENT})
    ) as at:
        command = ["node", "hook.js", at, TOKEN]
        done = subprocess.run(
            command, cwd=tmp_path, check=True, capture_output=True, text=True, timeout=HANG_SECONDS
        )
    hook, listed, following, sent = json.loads(done.stdout)
    theirs, world.hook.calls = list(world.hook.calls), []
    world.run()
    declared = (tmp_path / "node_modules/@gitbeaker/core/dist/index.d.ts").read_text()
    assert set(hook) >= fields("HookSchema", declared) | {"alert_status", "disabled_until"}
    assert {"alert_status", "disabled_until"} <= fields("ExpandedHookSchema", declared)
    assert (listed, following, sent) == (20, "", {"response_status": 202})
    assert [at_gitlab(call) for call in world.hook.calls] == [at_gitlab(call) for call in theirs]


AGENT = {"user-agent": "as it is"}
"""Node's `fetch` sends one; some of its versions do not."""


def fields(name: str, declared: str) -> set[str]:
    """Of an interface, in TypeScript."""
    body = re.search(rf"interface {name} [^{{]*\{{(.*?)\n\}}", declared, re.DOTALL)
    return set(re.findall(r"^    (\w+)\??:", body[1], re.MULTILINE)) if body else set()


def at_gitlab(call: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(call)
    return parts.path, dict(parse_qsl(parts.query))
