"""A list of answers that a notebook shows as a table: places, candidates or mentions."""

from __future__ import annotations

from typing import Protocol, TypeVar

from gazetteer.html_table import html_rows

__all__ = ["AnswerList"]

# Rows of the table; the list itself is as long as it is.
_SHOWN = 100


class _Answer(Protocol):
    def as_dict(self) -> dict[str, object]: ...


A = TypeVar("A", bound=_Answer)


class AnswerList(list[A]):
    """A plain list, equal to any other with the same answers; Jupyter shows a row an answer.

    Examples
    --------
    >>> import gazetteer
    >>> found = gazetteer.load().members("AUKUS")
    >>> len(found), found._repr_html_().count("<tr>")
    (3, 4)
    """

    def _repr_html_(self) -> str:
        rows = [answer.as_dict() for answer in self[:_SHOWN]]
        shown = f"{len(self)} answers" if len(self) <= _SHOWN else f"{_SHOWN} of {len(self)} answers"
        return html_rows(shown, rows)
