"""What a gazetteer is made of: readers of names, places and texts over the opened tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from gazetteer.api.answers import AnswerMaker
from gazetteer.api.places import PlaceReader
from gazetteer.errors import ArgumentError
from gazetteer.index.store import Store
from gazetteer.locks import cached_property
from gazetteer.phrases.resolver import Resolver

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from gazetteer.geoparsing import Geoparser

__all__ = ["HasParts", "Parts", "expect_text"]


class Parts:
    """The parts of a gazetteer.

    Parameters
    ----------
    store
        The opened tables.
    shape
        Returns the shape of a place by its id and a day; matches keep it.

    Attributes
    ----------
    resolver
        Says what place phrases mean.
    places, answers
        Read places by their numbers, and make the answers that leave the package.
    """

    def __init__(self, store: Store, shape: Callable[[str, int], BaseGeometry]) -> None:
        self._store = store
        self.resolver = Resolver(store)
        self.places = PlaceReader(store)
        self.answers = AnswerMaker(self.places, shape)

    @cached_property
    def geoparser(self) -> Geoparser:
        """The finder of names in texts, whose models are read when it is first used."""
        from gazetteer.geoparsing import Geoparser

        return Geoparser(self._store, self.resolver)


class HasParts(Protocol):
    """A gazetteer, as the functions that are its methods see it."""

    @property
    def store(self) -> Store:
        """The opened tables."""
        ...

    @property
    def parts(self) -> Parts:
        """What reads them."""
        ...


def expect_text(what: str, value: object) -> str:
    """Return a value that is a string.

    Raises
    ------
    ArgumentError
        When it is anything else; the message calls it `what`.
    """
    if not isinstance(value, str):
        raise ArgumentError(f"{what}: expected a string, got {value!r}.")
    return value
