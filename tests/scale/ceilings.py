"""At how many events a second each documented limit is reached, the lowest first."""

from collections.abc import Iterator
from dataclasses import dataclass

from doorbell.store.secrets.secrets import TTL_SECONDS
from doorbell.usecases.waiting import LOOKED_SECONDS
from doorbell_cli.ops.counted import Counted, Load, prices
from tests.scale import limits
from tests.scale.counted import BODY_BYTES, delivered
from tests.scale.heat import ROLLUPS, Heat, healthy, in_trouble
from tests.scale.limits import Limit
from tests.scale.traffic import HOT_SHARE, TENANTS

ASSUMED = prices()["assumed"]
INGEST, FAN_OUT = (float(ASSUMED[name]) / 1000 for name in ("ingest_ms", "fanout_ms_per_event"))
DISPATCH = Counted(Load(events=1, fanout=1, body_bytes=BODY_BYTES, retries=0.0)).dispatch_seconds()
"""Seconds of an environment that an event takes, of a batch its share; as `doorbell cost` assumes them."""
READ_AHEAD = 0.5
"""Units of a look at an endpoint's item for a batch. Beside it, while the endpoint does not answer, each
environment looks strongly for those that it files, for a unit in `LOOKED_SECONDS`."""
TRIES, MORE = 40, 1.05


@dataclass(frozen=True, slots=True)
class Ceiling:
    """`at` events a second; `can_rise`: as a quota or with a parameter."""

    what: str
    at: float
    limit: Limit

    @property
    def can_rise(self) -> bool:
        return self.limit.asked is not None


def ceilings(*, raised: bool) -> list[Ceiling]:
    """`raised`: quotas are asked for, secrets are `kms:` references, tables have been used as much before."""
    found = [*_partitions(), *_tables(raised), *_functions(raised), *_secrets(raised)]
    return sorted(found, key=lambda one: one.at)


def _partitions() -> Iterator[Ceiling]:
    """Those of a time of trouble where that makes a key busier."""
    for where in in_trouble().written:
        for heat, when in ((healthy(), ""), (in_trouble(), ", while no endpoint answers")):
            name, units = heat.hottest(where)
            if units and (not when or units > MORE * healthy().hottest(where)[1]):
                at = limits.PARTITION_WRITES.value / units
                yield Ceiling(f"writes of one key of `{where}`{when}: `{name}`", at, limits.PARTITION_WRITES)
    for when, looks in (("", 0.0), (", while it does not answer", DISPATCH / LOOKED_SECONDS)):
        at = limits.PARTITION_READS.value / (READ_AHEAD / float(ASSUMED["batch"]) + looks)
        yield Ceiling(f"reads of the busiest endpoint's item{when}", at, limits.PARTITION_READS)


def _tables(raised: bool) -> Iterator[Ceiling]:
    heat: Heat = healthy()
    quotas = (("what is new takes", limits.NEW_TABLE_WRITES), ("an account may have", limits.TABLE_WRITES))
    for which, limit in quotas:
        for where in ("events", "due", ROLLUPS):
            at = limit.at(raised=raised) / heat.total(where)
            yield Ceiling(f"writes of `{where}`, of which {which} {limit.value:,.0f}", at, limit)
    reads = (("what is new takes", limits.NEW_TABLE_READS), ("an account may have", limits.TABLE_READS))
    for which, limit in reads:
        at = limit.at(raised=raised) / delivered().read["events"]
        yield Ceiling(f"reads of `events`, of which {which} {limit.value:,.0f}", at, limit)


def _functions(raised: bool) -> Iterator[Ceiling]:
    most = limits.MAXIMUM_CONCURRENCY.at(raised=raised)
    yield Ceiling("`MaximumConcurrency`, for fan-out", most / FAN_OUT, limits.MAXIMUM_CONCURRENCY)
    yield Ceiling("`MaximumConcurrency`, for the dispatcher", most / DISPATCH, limits.MAXIMUM_CONCURRENCY)
    all_of_them = limits.CONCURRENCY.at(raised=raised) / (INGEST + FAN_OUT + DISPATCH)
    yield Ceiling("the account's concurrency", all_of_them, limits.CONCURRENCY)
    burst = limits.SCALING.value * limits.SCALING_SECONDS / INGEST
    yield Ceiling(
        f"environments that ingest gets in {limits.SCALING_SECONDS} seconds, where nothing came before",
        burst,
        limits.SCALING,
    )
    yield Ceiling("requests to the API", limits.API_REQUESTS.at(raised=raised), limits.API_REQUESTS)


def _secrets(raised: bool) -> Iterator[Ceiling]:
    service, limit = ("KMS", limits.KMS_CALLS) if raised else ("SSM", limits.SSM_CALLS)
    low, high = 0.0, 1e7
    for _ in range(TRIES):
        middle = (low + high) / 2
        low, high = (low, middle) if secret_calls(middle) > limit.at(raised=raised) else (middle, high)
    yield Ceiling(f"secrets read from {service}", low, limit)


def secret_calls(rate: float) -> float:
    """A second, of sources' and subscribers' secrets. Each environment keeps a secret for its time: of a
    tenant that seldom rings hardly any is there. The busy tenant's are."""
    others, calls = rate * (1 - HOT_SHARE), 0.0
    for seconds in (INGEST, DISPATCH):
        environments = max(1.0, rate * seconds)
        calls += others / (1 + TTL_SECONDS * others / (TENANTS * environments))
        calls += environments / TTL_SECONDS
    return calls
