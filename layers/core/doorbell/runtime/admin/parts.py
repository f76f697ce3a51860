"""What the admin API stands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doorbell.runtime.admin.endpoints import Endpoints
from doorbell.runtime.admin.pending import PendingDeliveries
from doorbell.store.configuration.config_tables import Stored
from doorbell.store.items.models import Checks
from doorbell.usecases.attempt_details import DetailsRead
from doorbell.usecases.browse import Browse
from doorbell.usecases.configure import Configure
from doorbell.usecases.explain import Explain
from doorbell.usecases.find import Find
from doorbell.usecases.history import History
from doorbell.usecases.inspect import Inspect
from doorbell.usecases.jobs import JobDesk
from doorbell.usecases.ports import Clock, Log
from doorbell.usecases.public_keys import PublicKeys
from doorbell.usecases.refused import RefusedRequests
from doorbell.usecases.replay import Replay
from doorbell.usecases.search import Search
from doorbell.usecases.show_body import ShowBody
from doorbell.usecases.stats import Stats

if TYPE_CHECKING:
    from collections.abc import Callable

    from doorbell.usecases.ask_to_purge import AskToPurge


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """`kept_seconds`: how long events are. `all_kept`: delivered deliveries stand in their history too."""

    sources: Configure[Stored]
    subscriptions: Configure[Stored]
    event_types: Configure[Stored]
    checks: Checks
    public_keys: PublicKeys
    endpoints: Endpoints
    browse: Browse
    history: History
    all_kept: bool
    search: Search
    find: Find
    attempt_details: DetailsRead
    pending: PendingDeliveries
    inspect: Inspect
    explain: Explain
    replay: Replay
    jobs: JobDesk
    purges: Callable[[], AskToPurge]
    show_body: ShowBody
    refused: RefusedRequests
    stats: Stats
    clock: Clock
    log: Log
    kept_seconds: float
