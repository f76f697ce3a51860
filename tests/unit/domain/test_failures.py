"""How failures are counted in words."""

from doorbell.domain.failures import in_words


def test_one_failure_is_one_and_many_are_read_by_thousands() -> None:
    assert [in_words(count) for count in (0, 1, 2, 1_234)] == [
        "0 failures",
        "1 failure",
        "2 failures",
        "1,234 failures",
    ]
