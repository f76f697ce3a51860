#!/usr/bin/env bash
# The good guess: `githubkit.webhooks.parse` reads what GitHub sends or has sent. Its models come from GitHub's own description of
#   its webhooks, and a field that GitHub adds to an event later does not make yesterday's delivery a wrong one.
# What happens: a field that is new is required from then on. Of the 329 payloads in Octokit's collection of GitHub deliveries
#   githubkit refuses 107, each for a field that is missing: all 13 releases (`immutable`, `updated_at`), all 15 discussions
#   (`state_reason`), all 6 labels (`archived_at`); of its 125 payloads of GitHub Enterprise Server 3.5, 61. With the missing
#   fields added as null or false, they are read.
# Why it matters: who checks the signature and then parses so answers a genuine delivery with an error. What was kept and is
#   sent again after an upgrade of the models, a test's recorded payload, and what an older GitHub Enterprise Server sends
#   are refused, and no test that was written against today's GitHub says so. The payload as it is reads every delivery.
# Seen with: GitHubKit 0.16.1, GitHubKit-schemas 26.10.21, pydantic 2.14.4, hishel 1.3.1, httpx 0.28.1 (PyPI),
#   @octokit/webhooks-examples 7.6.1 (npm).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  githubkit==0.16.1 githubkit-schemas==26.10.21 githubkit-schemas-2026-03-10==26.10.21 \
  pydantic==2.14.4 'hishel[async,httpx]==1.3.1' httpx==0.28.1
echo '{}' > package.json
npm install --silent --no-audit --no-fund @octokit/webhooks-examples@7.6.1

cat > seen <<'SEEN'
all: 107 of 329 refused, 107 of them for a field that is missing
release: 13 of 13 refused
discussion: 15 of 15 refused
label: 6 of 6 refused
installation: 4 of 7 refused
pull_request: 18 of 29 refused
push: 1 of 7 refused
GitHub Enterprise Server 3.5: 69 of 125 refused, 61 of them so
release with its new fields: 0 of 13 refused
discussion with its new field: 0 of 15 refused
SEEN

cat > ask.py <<'PY'
import json

from githubkit.exception import WebhookTypeNotFound
from githubkit.webhooks import parse
from pydantic import ValidationError

def collection(of: str) -> dict[str, list[dict]]:
    path = f"node_modules/@octokit/webhooks-examples/{of}/index.json"
    return {event["name"]: event["examples"] for event in json.load(open(path))}


def errors(name: str, payload: dict) -> set[str]:
    try:
        parse(name, json.dumps(payload))
    except ValidationError as error:
        return {one["type"] for one in error.errors()}
    except WebhookTypeNotFound:
        return {"unknown event"}
    return set()


def refused(label: str, name: str, payloads: list[dict]) -> None:
    print(f"{label}: {sum(bool(errors(name, payload)) for payload in payloads)} of {len(payloads)} refused")


def of_all(deliveries: dict[str, list[dict]]) -> list[set[str]]:
    return [errors(name, payload) for name, payloads in deliveries.items() for payload in payloads]


deliveries = collection("api.github.com")
every = of_all(deliveries)
missing = sum("missing" in found for found in every)
print(f"all: {sum(map(bool, every))} of {len(every)} refused, {missing} of them for a field that is missing")
for name in ("release", "discussion", "label", "installation", "pull_request", "push"):
    refused(name, name, deliveries[name])
older = of_all(collection("ghes-35"))
missing = sum("missing" in found for found in older)
print(f"GitHub Enterprise Server 3.5: {sum(map(bool, older))} of {len(older)} refused, {missing} of them so")
for payload in deliveries["release"]:
    payload["release"] |= {"immutable": False, "updated_at": None}
refused("release with its new fields", "release", deliveries["release"])
for payload in deliveries["discussion"]:
    for one in (payload["discussion"], payload.get("changes", {}).get("new_discussion"), payload.get("label")):
        if one is not None:
            one |= {"archived_at": None, "archived_by": None} if one is payload.get("label") else {"state_reason": None}
refused("discussion with its new field", "discussion", deliveries["discussion"])
PY
venv/bin/python ask.py > now
diff seen now && cat now
