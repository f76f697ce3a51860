"""All deliberate bugs, in order."""

from tests.simulation import bugs_claim, bugs_deliver, bugs_fan_out, bugs_limits
from tests.simulation.mutations import MUTATIONS

__all__ = ["MUTATIONS", "bugs_claim", "bugs_deliver", "bugs_fan_out", "bugs_limits"]
