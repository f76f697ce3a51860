"""What a build gets beside what `sam build` gives it."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorbell_cli.stack import finish
from doorbell_cli.stack.environment import StackError


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two modules; the steps that need a whole build note that they were asked."""
    for step in ("slim", "write_schemas"):
        monkeypatch.setattr(finish, step, lambda home, step=step: (home / step).touch())
    for name in ("IngestFunction/app.py", "CoreLayer/python/doorbell/deep/part.py"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("VALUE = 1\n")
    return tmp_path


def test_every_module_of_a_finished_build_has_its_bytecode_beside_it(build: Path) -> None:
    finish.finish(build)
    assert (build / "slim").exists()
    assert (build / "write_schemas").exists()
    modules = {path.with_suffix("").relative_to(build) for path in build.rglob("*.py")}
    compiled = {
        path.parents[1].relative_to(build) / path.name.partition(".")[0] for path in build.rglob("*.pyc")
    }
    assert compiled == modules != set()


def test_a_module_that_cannot_be_compiled_fails_the_build(build: Path) -> None:
    (build / "IngestFunction" / "app.py").write_text("def\n")
    with pytest.raises(StackError, match="cannot be compiled"):
        finish.finish(build)
