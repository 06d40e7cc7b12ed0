"""Say what the sides of an event are: armed, of the state, people; and what that makes of it."""

from __future__ import annotations

from geoevents.reports.language.actor_groups import is_quantity
from geoevents.reports.language.event_types import role_words

__all__ = ["class_of_roles", "role_of", "with_sides"]

_ROLES = role_words()


def with_sides(known: tuple[str, str], found: tuple[str, str]) -> tuple[str, str]:
    """Return the sides of an event with what another telling of it adds; nobody stands on both sides.

    Examples
    --------
    >>> with_sides(("gunmen", ""), ("", "two farmers")), with_sides(("", "gunmen"), ("gunmen", ""))
    (('gunmen', 'two farmers'), ('', 'gunmen'))
    """
    agent, target = (_fuller(one, other) for one, other in zip(known, found, strict=True))
    return (agent, target) if agent != target else known


def _fuller(one: str, other: str) -> str:
    """Return the name of a side, the longer of two where one holds the other: "leader", "the union's leader"."""
    fuller = f" {one.lower()} " in f" {other.lower()} " and " and " not in other
    return other if not one or fuller else one


def role_of(actor: str) -> str:
    """Return the role of an actor by its last word with one: ``armed``, ``state``, ``protester``, ``people``, or "".

    Examples
    --------
    >>> role_of("masked gunmen"), role_of("two soldiers"), role_of("farmers"), role_of("demonstrators")
    ('armed', 'state', 'people', 'protester')
    """
    words = actor.lower().split()
    for link in ("from", "of"):
        # "Members of the army" are members; "hundreds of students" are students.
        if link in words[1:] and not is_quantity(words[words.index(link, 1) - 1]):
            words = words[: words.index(link, 1)]
    for word in reversed(words):  # an "army checkpoint" is the state's
        for role in ("armed", "state", "protester", "people"):
            if word.rstrip("'’").removesuffix("'s").removesuffix("’s") in _ROLES[role]:
                return role
    return ""


def class_of_roles(event_class: str, agent: str, target: str) -> str:
    """Return the class of violence that its two sides give it.

    An armed group and organs of a state clash; either of them assaults civilians; protesters who clash with the police
    riot.

    Examples
    --------
    >>> class_of_roles("assault", "Boko Haram fighters", "12 soldiers")
    'clash'
    >>> class_of_roles("clash", "students", "riot police"), class_of_roles("clash", "gunmen", "farmers")
    ('protest', 'assault')
    """
    roles = role_of(agent), role_of(target)
    if event_class == "assault" and set(roles) == {"armed", "state"}:
        return "clash"
    if event_class == "clash" and "protester" in roles and "armed" not in roles:
        return "protest"
    if event_class == "clash" and roles[1] == "people" and roles[0] in ("armed", "state"):
        return "assault"
    return event_class
