"""`doorbell listen` where nobody can."""

from __future__ import annotations

from tests.integration.cli.conftest import Shell


def test_a_name_that_no_host_can_have_is_wrong_use(shell: Shell) -> None:
    assert "Cannot listen on é..x:0" in shell.run("listen", "--host", "é..x", "--port", "0", code=2).stderr
