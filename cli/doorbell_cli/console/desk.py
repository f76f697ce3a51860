"""What the pages work with: the stack, how a page is made, and the record of what was changed."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

import yaml
from starlette.requests import Request

from doorbell.domain.errors import Refusal
from doorbell.store.configuration.config_tables import Stored
from doorbell.store.events.operations import Operation, OperationTable
from doorbell_cli.commands.configuration.views import plain
from doorbell_cli.configuration import Kind, found_in, policy
from doorbell_cli.console.door import Door
from doorbell_cli.console.remembered import Remembered
from doorbell_cli.console.render import Pages
from doorbell_cli.ops.refusals import who
from doorbell_cli.ops.tenants import DEFAULT
from doorbell_cli.secret_text import shown_item
from doorbell_cli.target import Target


@dataclass(frozen=True)
class Desk:
    target: Target
    door: Door
    pages: Pages
    read_only: bool
    clock: Callable[[], float] = time.time

    @cached_property
    def operations(self) -> OperationTable:
        return OperationTable(self.target.client("dynamodb"), self.target.table("Events"))

    @cached_property
    def by(self) -> str:
        """The ARN of who started the console."""
        return who(self.target)

    @cached_property
    def counts(self) -> Remembered:
        return Remembered(self.target, self.clock)

    def note(self, tenant_id: str, what: str, on: str, detail: str = "") -> None:
        """On record, before it is done: what cannot be recorded is not done."""
        self.operations.record(Operation(tenant_id, self.by, what, on, self.clock(), detail))

    def command(self, words: str, *arguments: str) -> str:
        """What one can type into a terminal instead."""
        return self.pages.frame.command(words, *arguments)

    def item(self, kind: Kind, *key: str) -> Stored:
        """Refuses (404) what is not there."""
        found = kind.table(self.target).get(*key)
        if found is None:
            raise Refusal(404, f"unknown_{kind.name}", f"There is no {kind.name} {'/'.join(key)}.")
        return found

    def described(
        self, kind: Kind, values: Mapping[str, Any]
    ) -> tuple[Mapping[str, str], Sequence[tuple[str, str]]]:
        """An item's fields as they can be shown, each as YAML; and what is wrong with them, by field."""
        problems = found_in(kind, values, policy(self.target))
        item = {name: _yaml(value) for name, value in shown_item(kind, values, problems).items()}
        return item, [(problem.field, problem.problem) for problem in problems]

    def problems(self, kind: Kind, values: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
        """What is wrong with an item, by field."""
        return [(one.field, one.problem) for one in found_in(kind, values, policy(self.target))]

    def refuse_broken(self, kind: Kind, values: Mapping[str, Any], status: int = 409) -> None:
        """Refuses an item that could not be used: 409 for one that is there, 422 for one that is typed."""
        if problems := self.problems(kind, values):
            told = "; ".join(f"{field}: {problem}" for field, problem in problems)
            there = status == 409
            raise Refusal(status, "broken", f"It is broken: {told}. Repair it first." if there else told)


def tenant_of(request: Request) -> str:
    return request.query_params.get("tenant") or DEFAULT


def link_of(kind: Kind, key: Sequence[str]) -> str:
    return "/".join([f"/{kind.name}s", *(quote(part, safe="") for part in key)])


def _yaml(value: object) -> str:
    text: str = yaml.safe_dump(plain(value), allow_unicode=True, sort_keys=False)
    return text.removesuffix("...\n").strip()
