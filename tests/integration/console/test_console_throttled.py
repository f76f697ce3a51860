"""AWS may refuse any call of a page, in the middle of one that goes out in parts: each says so, and ends."""

from __future__ import annotations

import re
from typing import Any

from botocore.exceptions import ClientError

from doorbell_cli.console.app import PAGES
from tests.integration.console.conftest import Opened
from tests.integration.console.test_console_doors import filled
from tests.integration.console.test_console_pages import ACTIVE, HOSTILE
from tests.integration.console.test_console_policies import QUERIES
from tests.integration.ops.deployed import Doorbell
from tests.integration.ops.test_ops_refused import keep, secret
from tests.integration.ops.test_ops_status import pending


class Throttled:
    """AWS refuses every call after so many; None: it refuses none."""

    def __init__(self, doorbell: Doorbell) -> None:
        self.after: int | None = None
        self.count = 0
        for service in ("dynamodb", "sqs", "s3", "ssm", "sts"):
            client = doorbell.target.client(service)
            client.meta.events.register(f"before-call.{service}", self._called)

    def begin(self, after: int | None) -> None:
        self.after, self.count = after, 0

    def _called(self, model: Any, **_: Any) -> None:
        self.count += 1
        if self.after is not None and self.count > self.after:
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": HOSTILE}}, model.name)


def is_once(page: str) -> bool:
    """A part that went out does not go out again with the next."""
    names = re.findall(r'\bid="([^"]*)"', page)
    return len(names) == len(set(names)) and [page.count(part) for part in ("<html", "</html>")] == [1, 1]


def test_wherever_aws_refuses_a_page_says_so_and_ends_as_a_page(doorbell: Doorbell, opened: Opened) -> None:
    secret("theirs")
    refused_id, event_id = keep(doorbell), doorbell.event(1, headers={"x-note": HOSTILE})
    doorbell.event(2, state="exhausted")
    pending(doorbell, 3, failures=1)
    aws, refused = Throttled(doorbell), 0
    for path in PAGES:
        at = filled(path, doorbell, event_id, refused_id)
        at += "?tenant=acme&body=1&why=billing" if path == "/events/{event_id}" else QUERIES.get(path, "")
        aws.begin(None)
        assert is_once(opened().client.get(at).text), at
        for after in {0, aws.count // 2} if aws.count else ():
            aws.begin(after)
            page = opened().client.get(at).text
            assert 'role="alert"' in page, (at, after)
            assert "ThrottlingException" in page, (at, after)
            assert page.endswith("</html>"), (at, after)
            assert is_once(page), (at, after)
            assert not any(active in page for active in ACTIVE), (at, after)
            refused += 1
    assert refused > len(PAGES)
