"""How `make test` shares the tests among processes."""

from types import SimpleNamespace
from typing import Any

from tests.support.sharing import Sharing

TESTS = [
    *(f"tests/e2e/test_{name}.py::test_{n}" for name in ("a", "b", "c") for n in range(4)),
    *(f"tests/unit/test_{name}.py::test_{n}" for name in ("a", "b", "c") for n in range(4)),
]


class Process:
    """Of what it is given, it finishes the first test that is open, when it is told to."""

    shutting_down = False
    gateway = SimpleNamespace(id="a process")

    def __init__(self) -> None:
        self.given: list[str] = []
        self.finished = 0

    def send_runtest_some(self, indices: list[int]) -> None:
        self.given += [TESTS[index] for index in indices]

    def shutdown(self) -> None:
        self.shutting_down = True

    @property
    def files(self) -> list[str]:
        return list(dict.fromkeys(test.partition("::")[0] for test in self.given))


def shared(processes: int) -> tuple[Any, list[Process]]:
    """The tests as they are given out at first."""
    option = SimpleNamespace(loadscopereorder=False)
    config: Any = SimpleNamespace(getvalue=lambda name: ["popen"] * processes, option=option)
    sharing: Any = Sharing(config)
    nodes = [Process() for _ in range(processes)]
    for node in nodes:
        sharing.add_node(node)
    for node in nodes:
        sharing.add_node_collection(node, TESTS)
    sharing.schedule()
    return sharing, nodes


def finish(sharing: Any, node: Process) -> None:
    """All that the process was given, and what it is given meanwhile."""
    while node.finished < len(node.given):
        sharing.mark_test_complete(node, TESTS.index(node.given[node.finished]))
        node.finished += 1


def test_half_of_the_processes_take_what_needs_a_stack_and_the_others_what_does_not() -> None:
    _, (one, two, three) = shared(3)
    assert [one.files[0], two.files[0]] == ["tests/e2e/test_a.py", "tests/e2e/test_b.py"]
    assert three.files == ["tests/unit/test_a.py"]


def test_a_file_s_tests_stay_together() -> None:
    sharing, nodes = shared(3)
    for node in nodes:
        finish(sharing, node)
    given = [test for node in nodes for test in node.given]
    assert sorted(given) == sorted(TESTS)
    assert sum(len(node.files) for node in nodes) == 6


def test_who_has_no_more_of_its_own_kind_takes_what_is_left() -> None:
    sharing, (one, two, three) = shared(3)
    finish(sharing, three)
    assert three.files == [f"tests/unit/test_{name}.py" for name in ("a", "b", "c")] + ["tests/e2e/test_c.py"]
    finish(sharing, one)
    assert one.files == ["tests/e2e/test_a.py"]
    assert two.files == ["tests/e2e/test_b.py"]


def test_a_process_alone_runs_everything() -> None:
    sharing, (alone,) = shared(1)
    finish(sharing, alone)
    assert sorted(alone.given) == sorted(TESTS)
