"""Providers whose rule no declaration carries: one module each, loaded by the first source that needs it.

Each has `check(claim) -> None`, which returns for a proven request and raises `SignatureError` otherwise.
"""
