"""The locks of a process; a fork waits for both.

Under ``LOADING`` tables are read, libraries imported and properties computed at first use; under ``FINDING`` the names
of one text are found, because the words met so far are kept. A thread that needs both takes ``FINDING`` first. A child
process so finds everything whole or untouched, and never a lock that a thread of its parent holds.

`functools.cached_property` of Python 3.11 has locks of its own, which a child inherits as they are and would wait for
forever; later versions have none, and compute the same thing in each thread that asks.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import RLock
from typing import Any, Generic, Self, TypeVar, overload

__all__ = ["FINDING", "LOADING", "cached_property"]

T = TypeVar("T")
# Re-entrant: what is loaded loads what it needs.
LOADING = RLock()
FINDING = RLock()


def _wait_at_forks(lock: RLock) -> None:
    os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release)


if hasattr(os, "register_at_fork"):
    # A fork takes the one that is registered last first, in the order of the threads.
    _wait_at_forks(LOADING)
    _wait_at_forks(FINDING)


class cached_property(Generic[T]):  # noqa: N801 - it is used as the one of functools is
    """A property that is computed once, by one thread; no fork happens meanwhile.

    Examples
    --------
    >>> class Circle:
    ...     def __init__(self, radius: float) -> None:
    ...         self.radius = radius
    ...
    ...     @cached_property
    ...     def area(self) -> float:
    ...         return 3 * self.radius**2
    >>> circle = Circle(2)
    >>> circle.area, circle.__dict__
    (12, {'radius': 2, 'area': 12})
    """

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type[Any]) -> T: ...
    def __get__(self, instance: object | None, owner: type[Any]) -> Self | T:
        if instance is None:
            return self
        # Once it is there, Python finds it in the instance and does not ask here.
        kept = instance.__dict__
        with LOADING:
            if self._name not in kept:
                kept[self._name] = self._compute(instance)
        value: T = kept[self._name]
        return value
