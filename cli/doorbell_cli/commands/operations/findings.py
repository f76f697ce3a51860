"""What a check says: a finding is wrong and has something to be done about it, a note is good to know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doorbell_cli.configuration import Kind


@dataclass(frozen=True, slots=True)
class Finding:
    """`advice` is a command where one can help."""

    what: str
    problem: str
    advice: str

    @property
    def document(self) -> dict[str, str]:
        return {"where": self.what, "problem": self.problem, "advice": self.advice}


@dataclass(frozen=True, slots=True)
class Note:
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A source or a subscription as it is in its table."""

    kind: Kind
    values: Mapping[str, Any]

    @property
    def where(self) -> str:
        return self.kind.label(self.values)
