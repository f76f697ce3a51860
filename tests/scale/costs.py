"""What an hour costs: the price list and the assumptions of `doorbell cost`, and what this traffic adds to
them: nearly every event of a batch has another source and another endpoint."""

from doorbell_cli.ops.bill import bill
from doorbell_cli.ops.counted import Counted, Load
from tests.scale.ceilings import secret_calls
from tests.scale.counted import BODY_BYTES
from tests.scale.heat import ROLLUPS, healthy
from tests.scale.traffic import TENANTS

HOURS = 30 * 24


def usd_an_hour(rate: float) -> float:
    """At `rate` events a second, each with a body of 2 KB and one subscriber. Secrets are `kms:` references;
    their calls are those of this traffic."""
    events = rate * 3600 * HOURS
    load = Load(events, 1, BODY_BYTES, retries=0.0, secrets=2 * TENANTS, kept_in="kms")
    model = Counted(load)
    lines = [line for line in bill(load) if line.what != "secrets decrypted"]
    more_rollups = events * healthy().total(ROLLUPS) - model.rollups()
    extra = more_rollups * model.price("write_unit")
    extra += secret_calls(rate) * 3600 * HOURS * model.price("kms_request")
    return (sum(line.usd for line in lines) + extra) / HOURS
