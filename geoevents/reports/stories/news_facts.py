"""Facts that say whether a draft is told as news, as the model of news reads them.

What the rules judge is a fact here and no veto: a report most of whose words of violence are history, possibilities or
reactions seldom tells an event, and one that gives days, places and victims mostly does.
"""

from __future__ import annotations

from collections.abc import Sequence

from geoevents.reports.drafts.draft import Draft
from geoevents.reports.language.event_types import role_words
from geoevents.reports.language.status import Judgement
from geoevents.reports.language.text import Text
from geoevents.reports.language.triggers import Trigger

__all__ = ["DRAFT_FACTS", "REPORT_FACTS", "draft_facts", "report_facts"]

DRAFT_FACTS = (
    "alleged",
    "planned",
    "denied",
    "reference",
    "by_force",
    "sentence_words",
    "saying_beside",
    "reaction_beside",
    "words_before",
    "passive",
    "perfect",
    "paragraph",
)
REPORT_FACTS = (
    "on_days",
    "in_places",
    "with_victims",
    "dateline",
    "text_words",
    "violent",
    "not_told",
    "alleged_told",
    "past",
    "possible",
    "calm",
    "references",
)
_ROLES = role_words()
_PERFECT = frozenset(("has", "have", "had"))
# Words before a trigger in which "was" makes it passive and "has" a perfect.
_WITHIN = 3
_VIOLENT = ("assault", "explosion", "abduction", "clash")
# Reasons of `judge` that speak of what was, and of what may be.
_PAST, _POSSIBLE = (
    ("history", "aftermath", "anniversary"),
    ("condition", "general", "purpose", "comparison", "metaphor"),
)


def draft_facts(text: Text, draft: Draft) -> list[float]:
    """Return `DRAFT_FACTS` of a draft: its status, and the sentence of the word that leads it.

    Examples
    --------
    >>> from geoevents.reports.language.event_types import read_event_types
    >>> from geoevents.reports.language.text import read_text
    >>> from geoevents.reports.language.triggers import find_triggers
    >>> text = read_text("Rebels have attacked Gao, officials said.")
    >>> draft = Draft("clash", "happened", [(find_triggers(text, read_event_types())[0], 0.0)])
    >>> facts = dict(zip(DRAFT_FACTS, draft_facts(text, draft), strict=True))
    >>> facts["perfect"], facts["saying_beside"], facts["alleged"]
    (True, 1, False)
    """
    lead = draft.lead
    sentence = text.sentences[lead.sentence]
    words = text.lower[sentence.first : sentence.last]
    before = text.lower[max(sentence.first, lead.first - _WITHIN) : lead.first]
    return [
        draft.status == "alleged",
        draft.status == "planned",
        draft.status == "denied",
        draft.is_reference,
        draft.is_by_force,
        len(words),
        sum(word in _ROLES["saying"] for word in words),
        sum(word in _ROLES["reaction"] for word in words),
        lead.first - sentence.first,
        not _ROLES["to be"].isdisjoint(before),
        not _PERFECT.isdisjoint(before),
        sentence.paragraph,
    ]


def report_facts(text: Text, drafts: Sequence[Draft], judged: Sequence[tuple[Trigger, Judgement]]) -> list[float]:
    """Return `REPORT_FACTS` of a report: what share of its drafts is grounded, and what its words are judged to be."""
    violent = [judgement for trigger, judgement in judged if trigger.type.event_class in _VIOLENT]
    victims = (any(count.kind in ("killed", "injured") for count in draft.counts) for draft in drafts)
    dated = (draft.time is not None and draft.time.prec == 1 and draft.time.sure > 0 for draft in drafts)
    return [
        sum(dated) / len(drafts),
        sum(draft.scene is not None for draft in drafts) / len(drafts),
        sum(victims) / len(drafts),
        text.dateline is not None,
        len(text.lower),
        len(violent),
        sum(judgement.status is None for judgement in violent) / max(1, len(violent)),
        sum(judgement.status == "alleged" for judgement in violent),
        sum(judgement.reason in _PAST for judgement in violent),
        sum(judgement.reason in _POSSIBLE for judgement in violent),
        len(judged) - len(violent),
        sum(draft.is_reference for draft in drafts),
    ]
