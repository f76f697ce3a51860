"""The local stack: MiniStack, and in it the unmodified template, built and deployed by SAM."""

from doorbell_cli.stack.local import LocalStack, StackError, local_stack
from doorbell_cli.stack.progress import Progress

__all__ = ["LocalStack", "Progress", "StackError", "local_stack"]
