"""What the flows remember has bounds."""

from __future__ import annotations

from mock_idp.issuer.store import Store


def test_the_oldest_is_forgotten() -> None:
    """A store never grows over its size."""
    store: Store[int] = Store(size=2)
    for number in range(3):
        store.put(str(number), number, until=10)
    assert [store.get(str(number), now=0) for number in range(3)] == [None, 1, 2]


def test_a_value_ends() -> None:
    """At its time, not after it."""
    store: Store[int] = Store()
    store.put("a", 1, until=10)
    assert (store.get("a", now=9.9), store.get("a", now=10)) == (1, None)


def test_a_value_is_taken_once() -> None:
    """The second one gets nothing."""
    store: Store[int] = Store()
    store.put("a", 1, until=10)
    assert (store.take("a", now=0), store.take("a", now=0)) == (1, None)


def test_a_key_is_new_once() -> None:
    """Until the value under it has ended."""
    store: Store[int] = Store()
    assert [store.put_new("a", 1, until=10, now=now) for now in (0, 9, 10)] == [True, False, True]
