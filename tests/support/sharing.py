"""How `make test` shares the tests among processes: file by file, and few processes with a local stack.

A file's tests stay together, so that what they share is made once. Those of `tests/e2e` share much more: each
process that runs one of them starts a stack and deploys to it, and then mostly waits. So half of the
processes take these first, while the others compute. Who has no more of its own kind takes what is left.
"""

from typing import Any

from xdist.scheduler import LoadScopeScheduling

NEED_A_STACK = "tests/e2e/"


class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Files are given out in the order in which they were collected: the longest should come first."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0]

    def _assign_work_unit(self, node: Any) -> None:
        has_stack = self.nodes.index(node) < (len(self.nodes) + 1) // 2
        mine = (file for file in self.workqueue if file.startswith(NEED_A_STACK) == has_stack)
        if (first := next(mine, None)) is not None:
            self.workqueue.move_to_end(first, last=False)
        super()._assign_work_unit(node)
