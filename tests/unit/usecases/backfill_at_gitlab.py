"""The world of back-fill with a hook at GitLab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from doorbell.domain.sources import Backfill, Source
from tests.support.gitlab_hooks import GitLabHook
from tests.unit.usecases.backfill_world import FakeBook, World

HOOK = "projects/acme/shop/hooks/7"
SOURCE = Source("gl", "gitlab.signed", ("ssm:/x",), tenant_id="acme", backfill=Backfill("ssm:/token", HOOK))
MINUTE = 60.0


@dataclass
class AtGitLab(World):
    source: Source = SOURCE

    def __post_init__(self) -> None:
        self.hook = GitLabHook(self.ring, self.clock, f"https://hooks.test/in/{self.source.source_id}")
        self.book = FakeBook(self.steps, self.record)

    @property
    def gitlab(self) -> GitLabHook:
        return cast(GitLabHook, self.hook)
