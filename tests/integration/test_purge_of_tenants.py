"""Of two tenants with the same ids everywhere one is purged over HTTP; of the other nothing has changed."""

import time

import pytest

from doorbell.runtime import purging
from tests.integration.two_tenants import TENANTS, two_tenants


@pytest.mark.parametrize(("goes", "stays"), [TENANTS, tuple(reversed(TENANTS))])
def test_a_purge_takes_all_of_its_tenant_and_nothing_of_the_other(
    goes: str, stays: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "KEPT_DAYS", 2)
    with two_tenants("jobs") as world:
        for tenant in TENANTS:
            for job in world.ask("GET", f"/admin/tenants/{tenant}/jobs")["jobs"]:
                world.ask("POST", f"/admin/tenants/{tenant}/jobs/{job['job_id']}/cancel")
        before, jobs = world.of(stays), f"/admin/tenants/{goes}/jobs"
        assert before
        asked = world.ask("POST", jobs, {"kind": "purge", "confirm": goes, "run": True})
        assert asked["status"] == 202
        until = time.time() + 120
        while world.ask("GET", f"{jobs}/{asked['job_id']}")["state"] in ("queued", "running"):
            assert time.time() < until
            world.functions["jobs"]({}, 300_000)
        done = world.ask("GET", f"{jobs}/{asked['job_id']}")
        assert (done["state"], set(done["purge"]["left"].values())) == ("done", {0})
        assert done["purge"]["found"]["events"] >= 3
        (record,) = world.of(goes)
        assert record["kind"] == {"S": "purge"}
        assert world.of(stays) == before
