"""Properties that are computed at first use, without a lock.

`functools.cached_property` of Python 3.11 has locks, which the child of a fork inherits as they are and would wait for
forever. The properties here take nothing that only one thread may do: two threads that ask at once both compute, and
both get what was there first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

__all__ = ["cached_property"]

T = TypeVar("T")


class cached_property(Generic[T]):  # noqa: N801 - it is used as the one of functools is
    """A property that is computed at first use.

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
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type[Any]) -> T: ...
    def __get__(self, instance: object | None, owner: type[Any]) -> Self | T:
        if instance is None:
            return self
        # Once it is there, Python finds it in the instance and does not ask here.
        value: T = instance.__dict__.setdefault(self._compute.__name__, self._compute(instance))
        return value
