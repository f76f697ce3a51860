"""The largest bodies. Standard library only."""

import json
from typing import Any

LARGEST = 4_500_000
"""`MAX_BODY_BYTES`: base64 in an event of Lambda's 6 MB, its limit for a request."""


def commits(size: int = LARGEST) -> str:
    """What a push of very many commits looks like: JSON of exactly `size` bytes."""
    body: dict[str, Any] = {
        "ref": "refs/heads/main",
        "repository": {"full_name": "bench/doorbell"},
        "commits": [],
    }
    one = len(json.dumps(_commit(0))) + 2
    body["commits"] = [_commit(number) for number in range((size - 500) // one)]
    body["pad"] = ""
    body["pad"] = "x" * (size - len(json.dumps(body)))
    return json.dumps(body)


def dense(size: int = LARGEST) -> str:
    """JSON that takes the most memory for its length: empty objects, 24 bytes for each of theirs."""
    return json.dumps([{}] * ((size - 2) // 3), separators=(",", ":"))


def _commit(number: int) -> dict[str, Any]:
    person = {"name": "Mona Lisa Octocat", "email": "mona@github.example", "username": "octocat"}
    return {
        "id": f"{number:040x}",
        "message": f"Change {number:08d}: what was wrong, and why it is right now",
        "timestamp": "2026-06-01T12:34:56+02:00",
        "url": f"https://github.com/bench/doorbell/commit/{number:040x}",
        "author": person,
        "committer": person,
        "added": [f"src/module_{number:08d}.py"],
        "removed": [],
        "modified": ["README.md", "pyproject.toml"],
        "distinct": True,
    }
