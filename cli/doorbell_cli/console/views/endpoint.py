"""A subscription's page: how it stands, what waits and fails, what was lost, and its item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doorbell.domain.standing import Standing
from doorbell_cli.cells import Styled
from doorbell_cli.ops import standings
from doorbell_cli.ops.next_attempts import next_at
from doorbell_cli.ops.stories import answer


@dataclass(frozen=True, slots=True)
class Failing:
    """`next_at` None: a pause holds it."""

    event_id: str
    attempts: str
    error: str
    last_at: float
    next_at: float | None


@dataclass(frozen=True, slots=True)
class Lost:
    event_id: str
    state: str
    reason: str
    ended_at: float


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`facts`: the lines of `doorbell status`, each with its tone. `item`: as it is written, each field as
    text; None: there is no such subscription now. `problems`: field and what is wrong with it. `has_failed`:
    the endpoint, since it last answered well."""

    tenant_id: str
    subscription_id: str
    exists: bool
    enabled: bool
    paused: bool
    has_failed: bool
    facts: Sequence[tuple[str, str, str]]
    failing: Sequence[Failing]
    lost: Sequence[Lost]
    item: Mapping[str, Any] | None
    problems: Sequence[tuple[str, str]]


MOST = 50
"""Rows of each list on the page."""


def endpoint(
    standing: Standing, item: Mapping[str, Any] | None, problems: Sequence[tuple[str, str]], now: float
) -> Endpoint:
    facts = standings.facts(standing, now)
    return Endpoint(
        standing.tenant_id,
        standing.subscription_id,
        standing.exists,
        standing.enabled,
        standing.paused,
        standing.health.failures > 0,
        [(name, *_toned(value)) for name, value in facts.items() if name != "subscription"],
        [
            Failing(
                one.key.event_id,
                standings.attempts(one, standing),
                answer(one.attempts[-1]),
                one.attempts[-1].at,
                next_at(one, standing.health, now),
            )
            for one in standing.failing[:MOST]
        ],
        [Lost(row.key.event_id, row.state, row.reason, row.ended_at) for row in standing.lost.rows[:MOST]],
        item,
        problems,
    )


def _toned(value: object) -> tuple[str, str]:
    return (str(value.value), value.style) if isinstance(value, Styled) else (str(value), "")
