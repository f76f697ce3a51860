"""What the admin API stands on."""

from dataclasses import dataclass

from doorbell.runtime.admin.endpoints import Endpoints
from doorbell.store.config_tables import Stored
from doorbell.store.items import Checks
from doorbell.usecases.browse import Browse
from doorbell.usecases.configure import Configure
from doorbell.usecases.inspect import Inspect
from doorbell.usecases.ports import Clock, Log
from doorbell.usecases.public_keys import PublicKeys
from doorbell.usecases.replay import Replay


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """`kept_seconds`: how long events are."""

    sources: Configure[Stored]
    subscriptions: Configure[Stored]
    event_types: Configure[Stored]
    checks: Checks
    public_keys: PublicKeys
    endpoints: Endpoints
    browse: Browse
    inspect: Inspect
    replay: Replay
    clock: Clock
    log: Log
    kept_seconds: float
