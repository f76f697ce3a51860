"""Bugs of large batches."""

from typing import Any

from doorbell.runtime import batches
from tests.simulation.large_batches import large_of
from tests.simulation.mutations import bug


@bug("batches: of a hundred deliveries ten are made at once", batches, "AT_ONCE", met_at=large_of(0))
def _(sound: Any) -> Any:
    return 10
