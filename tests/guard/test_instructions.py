"""What a function costs, in instructions, as a multiple of what the handler costs that AWS's documentation
shows: no clock, so no slow machine.

Two runs of the same code differ by less than 0.1 %, the same code in another folder by less than 0.5 %. Where
much else runs, threads take turns more often: ten deliveries side by side were up to 4 % more. So who is over
its budget is counted once more, and what is over twice is too much.
"""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.bench.deployed import as_documented, environ
from tests.guard.budgets import RENEW, over
from tests.guard.counting import Cost, cost, has_valgrind

DOCUMENTED = "as_documented"
COUNTED = {
    "dispatcher": "DispatcherFunction",
    "dispatcher_of_ten": "DispatcherFunction",
    "fanout": "FanoutFunction",
    "fanout_of_ten": "FanoutFunction",
    "ingest": "IngestFunction",
    "verify": "IngestFunction",
}
TOLERANCE = dict.fromkeys(("import", "first answer", "request"), 0.03)
SIDE_BY_SIDE = 2
TO_LOOPBACK = {
    "EGRESS_ALLOW_HTTP": "true",
    "EGRESS_ALLOWED_CIDRS": "127.0.0.0/8",
    "EGRESS_ALLOWED_PORTS": "any",
}

pytestmark = [
    pytest.mark.skipif(
        not has_valgrind() and os.environ.get("CI") != "true",
        reason="needs Valgrind (Debian: apt install valgrind); CI fails without it",
    ),
]


@pytest.fixture(scope="module")
def costs(aws: str, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Cost]:
    """Of the documented handler and of each function: some ten seconds of processor time for each."""
    assert has_valgrind(), "Valgrind is not installed: apt install valgrind"
    folders = {script: tmp_path_factory.mktemp(script) for script in (DOCUMENTED, *COUNTED)}
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        counted = pool.map(lambda script: cost(script, env_of(script, aws), folders[script]), folders)
        return dict(zip(folders, counted, strict=True))


def env_of(script: str, aws: str) -> Mapping[str, str]:
    return environ(COUNTED[script], aws, **TO_LOOPBACK) if script in COUNTED else as_documented(aws)


@pytest.mark.parametrize("function", COUNTED)
def test_a_function_costs_no_more_instructions_than_its_budget(
    function: str, costs: Mapping[str, Cost], aws: str, tmp_path: Path
) -> None:
    documented = costs[DOCUMENTED]
    too_much = over("instructions", function, costs[function] / documented, TOLERANCE)
    if too_much:
        again = cost(function, env_of(function, aws), tmp_path)
        too_much = over("instructions", function, again / documented, TOLERANCE)
    assert not too_much, (
        f"As a multiple of the documented handler: {'; '.join(too_much.values())} (3 % more may be). {RENEW}"
    )
