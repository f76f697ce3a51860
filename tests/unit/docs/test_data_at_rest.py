"""How long things are kept is what docs/security.md says."""

from __future__ import annotations

import re

import pytest

from doorbell.domain import backfill, jobs, listening
from doorbell.store.events import operations, replay_jobs
from doorbell.store.health import changes, incidents
from tests.support.docs import table
from tests.support.template import template

DAY = 86_400
BEYOND = {
    rule["Days"] * DAY - int(days) * DAY for days, rule in template()["Mappings"]["BodyExpiration"].items()
}
ROWS = {row[0]: row[1] for row in table("docs/security.md", "## Data at rest")}
SAID = re.compile(r"(?:\b(a|[0-9]+)) (day|year)s?\b")
KEPT = {
    "bodies too large for a target": [BEYOND],
    "what a [console](console.md) was asked": [{operations.KEPT_SECONDS}],
    "what went wrong with an endpoint": [{incidents.KEPT_SECONDS, changes.KEPT_SECONDS}],
    "jobs: what to replay": [{jobs.KEPT_SECONDS, replay_jobs.KEPT_SECONDS}],
    "who purged which tenant": [{operations.KEPT_SECONDS}, {jobs.KEPT_SECONDS}],
    "what back-fill asked for": [{backfill.TRIED_KEPT_SECONDS}],
    "what waits for a [listener]": [{listening.AWAY_SECONDS}],
}
"""By how a row begins: in seconds, in the order in which the row says them."""


def said(where: str) -> list[set[int]]:
    """Where, and how long, in seconds."""
    units = {"day": DAY, "year": 365 * DAY}
    return [{(1 if count == "a" else int(count)) * units[unit]} for count, unit in SAID.findall(where)]


@pytest.mark.parametrize("begins", KEPT)
def test_what_is_kept_for_a_time_of_its_own_is_kept_as_long_as_is_said(begins: str) -> None:
    (row,) = [where for name, where in ROWS.items() if name.startswith(begins)]
    assert said(row) == KEPT[begins]


def test_no_other_row_says_a_time_but_by_a_parameter() -> None:
    timed = {name for name, where in ROWS.items() if said(where)}
    assert {name for name in timed if not name.startswith(tuple(KEPT))} == set()
