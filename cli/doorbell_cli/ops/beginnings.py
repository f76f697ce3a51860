"""Ids as people type them: whole, or the beginning of one, as tables on a narrow terminal show it."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from doorbell.domain.errors import Refusal

if TYPE_CHECKING:
    from doorbell.usecases.jobs import JobDesk
    from doorbell.usecases.refused import RefusedRequests
    from doorbell_cli.ops.replayer import Replayer

NEWEST = 1000
"""Ids that are looked at, the newest."""
PAGE = 100
_OF_A_JOB = re.compile("[0-9a-f]{32}")
_OF_A_REPLAY = re.compile("[0-9a-f]{12}")


def begun(text: str, ids: Iterable[str], what: str) -> str:
    """The one of `ids` that begins so; `text` as it is where it is one of them, or where none does. Refuses
    a beginning that several have. `what` they are, in the plural."""
    found = {one for one in islice(ids, NEWEST) if one.startswith(text)} if text else set()
    if text in found or not found:
        return text
    if len(found) > 1:
        some = ", ".join(sorted(found)[:3])
        raise Refusal(
            409, "ambiguous", f"{len(found)} {what} begin with {text}: {some}. Type more of the id."
        )
    return found.pop()


def whole_job_id(jobs: "JobDesk", text: str, tenant: str) -> str:
    """Of a job of the tenant's: two calls for each hundred of them."""
    return text if _OF_A_JOB.fullmatch(text) else begun(text, _jobs(jobs, tenant), f"jobs of {tenant}")


def _jobs(jobs: "JobDesk", tenant: str) -> Iterator[str]:
    after: tuple[float, str] | None = None
    while True:
        page = jobs.page(tenant, after, PAGE)
        yield from (job.work.job_id for job in page.jobs)
        after = page.after
        if after is None:
            return


def whole_replay_id(replayer: "Replayer", text: str, tenant: str) -> str:
    """Of what `replay` writes itself."""
    if _OF_A_REPLAY.fullmatch(text):
        return text
    return begun(text, (job.job_id for job in replayer.jobs().jobs(tenant)), f"replay jobs of {tenant}")


def whole_refused_id(requests: "RefusedRequests", source_id: str, text: str) -> str:
    rows = requests.page(source_id, None, NEWEST).rows
    return begun(text, (row.refused_id for row in rows), f"refused requests of {source_id}")
