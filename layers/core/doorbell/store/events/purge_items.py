"""Of a job's item what is a purge's own."""

from collections.abc import Mapping
from typing import Any

from doorbell.domain.purges import PurgeJob
from doorbell.domain.replays import Selection


def purge_values(work: PurgeJob) -> dict[str, Any]:
    return {
        "removes": work.removes,
        "drawer": work.drawer,
        "found": dict(work.found),
        "left": None if work.left is None else dict(work.left),
        "write_units": work.write_units,
        "waiting": work.waiting,
    }


def purge_from(job_id: str, selection: Selection, values: Mapping[str, Any]) -> PurgeJob:
    return PurgeJob(
        job_id=job_id,
        selection=selection,
        removes=values["removes"],
        drawer=values["drawer"],
        cursor=values.get("cursor"),
        found=values["found"],
        left=values.get("left"),
        write_units=values["write_units"],
        waiting=values.get("waiting"),
        finished_at=values.get("written_at"),
    )
