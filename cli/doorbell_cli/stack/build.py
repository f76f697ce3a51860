"""`sam build` for this machine, skipped where nothing that goes into it has changed."""

import fcntl
import hashlib
import platform
import shutil
import subprocess
from pathlib import Path

from doorbell_cli.stack.environment import StackError, clean_environ, tool
from doorbell_cli.stack.finish import finish

_FINISHING = tuple(f"cli/doorbell_cli/stack/{name}.py" for name in ("finish", "schemas", "slim"))
_SOURCES = ("template.yaml", "functions", "layers", *_FINISHING)
_KEPT_BUILDS = 3


def architecture() -> str:
    """The template's name for this machine's processor: the layer's wheels must fit it."""
    return "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"


def build(root: Path) -> Path:
    """The built template. Builds lie in `.aws-sam/local/<hash of the sources>`; the newest few are kept.

    `.aws-sam/build`, where `sam build` puts what goes to AWS, is left alone: it may be of the other
    architecture.
    """
    home = root / ".aws-sam" / "local"
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two stacks coming up at once build once
        directory = home / _fingerprint(root)
        if not (directory / "template.yaml").is_file():
            _sam_build(root, home, directory)
        directory.touch()
        _prune(home)
    return directory / "template.yaml"


def _fingerprint(root: Path) -> str:
    digest = hashlib.sha256(architecture().encode())
    for name in _SOURCES:
        top = root / name
        for path in sorted([top] if top.is_file() else top.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(root)}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _sam_build(root: Path, home: Path, directory: Path) -> None:
    work = home / "building"
    shutil.rmtree(work, ignore_errors=True)
    command = [tool("sam"), "build", "--cached", "--parallel", "--cache-dir", str(home / "cache")]
    command += ["--build-dir", str(work), "--template-file", str(root / "template.yaml")]
    command += ["--parameter-overrides", f"Architecture={architecture()}"]
    done = subprocess.run(
        command,
        cwd=root,
        env=clean_environ(SAM_CLI_TELEMETRY="0", AWS_DEFAULT_REGION="us-east-1"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise StackError(f"sam build failed:\n{done.stdout}{done.stderr}")
    finish(work)
    shutil.rmtree(directory, ignore_errors=True)
    work.rename(directory)


def _prune(home: Path) -> None:
    builds = [
        path.parent for path in home.glob("*/template.yaml") if path.parent.name not in ("building", "cache")
    ]
    for old in sorted(builds, key=lambda path: path.stat().st_mtime, reverse=True)[_KEPT_BUILDS:]:
        shutil.rmtree(old, ignore_errors=True)
