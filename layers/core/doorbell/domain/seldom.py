"""What is not said again soon: kept in the memory of one environment."""

from dataclasses import dataclass, field

from doorbell.domain.clocks import CLOCKS, Clocks, Moment

HOUR = 3600.0
MOST_REMEMBERED = 1000


@dataclass(slots=True)
class Seldom:
    """Whether something has not been said within the hour, by this environment."""

    clocks: Clocks = CLOCKS
    said: dict[str, Moment] = field(default_factory=dict)

    def may(self, what: str) -> bool:
        last = self.said.get(what)
        if last is not None and self.clocks.age(last) < HOUR:
            return False
        if len(self.said) >= MOST_REMEMBERED:
            self.said.clear()
        self.said[what] = self.clocks.now()
        return True
