"""All deliberate bugs, in order."""

from tests.simulation import (
    bugs_claim,
    bugs_deliver,
    bugs_fan_out,
    bugs_filing,
    bugs_history,
    bugs_ingest,
    bugs_kept,
    bugs_large,
    bugs_limits,
    bugs_notices,
    bugs_offs,
    bugs_pauses,
    bugs_rates,
    bugs_rules,
    bugs_targets,
    bugs_turns,
    bugs_waiting,
)
from tests.simulation.mutations import MUTATIONS

__all__ = [
    "MUTATIONS",
    "bugs_claim",
    "bugs_deliver",
    "bugs_fan_out",
    "bugs_filing",
    "bugs_history",
    "bugs_ingest",
    "bugs_kept",
    "bugs_large",
    "bugs_limits",
    "bugs_notices",
    "bugs_offs",
    "bugs_pauses",
    "bugs_rates",
    "bugs_rules",
    "bugs_targets",
    "bugs_turns",
    "bugs_waiting",
]
