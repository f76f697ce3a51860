"""By key: those that may want an event, found where they are on file, instead of everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doorbell.domain.filing import Question
    from doorbell.domain.subscriptions import Interest


class ByKey(Protocol):
    def concerning(self, tenant_id: str, question: Question) -> Sequence[Interest] | None:
        """Whoever may want the event, in order of their id; None: that is not known, all have to be asked.
        Raises `Unknown`."""


@dataclass(frozen=True, slots=True)
class Found:
    """Those that may want the event that they were looked for."""

    wanting: Sequence[Interest]

    def concerning(self, question: Question) -> Sequence[Interest]:
        return self.wanting
