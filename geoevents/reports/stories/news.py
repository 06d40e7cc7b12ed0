"""Say which drafts are news: events that happened, are new, and are what the report is about.

Each draft of a report gets its chance. A hashed linear model over the words around each trigger and
boosted trees over the facts of the whole draft decide together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from geoevents.reports.drafts.draft import Draft
from geoevents.reports.drafts.merge import GENERAL, RESULTS
from geoevents.reports.language.event_types import CLASSES, role_words
from geoevents.reports.language.inflection import Form
from geoevents.reports.language.status import Judgement
from geoevents.reports.language.text import Text
from geoevents.reports.language.triggers import Trigger
from geoevents.reports.linear import Linear, Trees
from geoevents.reports.stories.news_facts import DRAFT_FACTS, REPORT_FACTS, draft_facts, report_facts

__all__ = ["FEATURES", "NewsModel", "describe_drafts"]

FEATURES = (
    "class",
    "odds_most",
    "odds_mean",
    "odds_first",
    "triggers",
    "sentences",
    "first_sentence",
    "last_sentence",
    "first_share",
    "killed",
    "has_injured",
    "has_time",
    "age_first",
    "age_last",
    "time_prec",
    "time_sure",
    "has_scene",
    "scene_chance",
    "scene_kind",
    "events",
    "same_class",
    "only_results",
    "only_general",
    "not_happened",
    "form",
    "text_sentences",
    "is_first",
    "is_longest",
    "nouns",
    "report_odds",
    "quotes",
    "figures",
    "modals",
    "first_person",
    "questions",
    "dated",
    "determiner",
    "is_comment",
    *DRAFT_FACTS,
    *REPORT_FACTS,
)
_KINDS = ("country", "admin1", "admin2", "city", "region")
_FORMS: tuple[Form, ...] = ("base", "third", "past", "participle", "ing", "singular", "plural")
# Stands for an age that is not known, and for one beyond which more days tell nothing, days.
_NO_AGE, _OLD = -99, 5000


def describe_drafts(
    text: Text,
    drafts: Sequence[Draft],
    report_date: date | None,
    judged: Sequence[tuple[Trigger, Judgement]],
) -> NDArray[np.float32]:
    """Return the features of every draft of a report, shape (drafts, features).

    Parameters
    ----------
    judged
        Every trigger of the report with what the rules say of it.
    """
    if not drafts:
        return np.zeros((0, len(FEATURES)), dtype="float32")
    most = max(odds for draft in drafts for _, odds in draft.triggers)
    longest = max(len(draft.triggers) for draft in drafts)
    classes = [draft.event_class for draft in drafts]
    tone, report = _tone(text), report_facts(text, drafts, judged)
    dated = sum(draft.time is not None for draft in drafts) / len(drafts)
    rows = []
    for number, draft in enumerate(drafts):
        odds = [value for _, value in draft.triggers]
        lemmas = {trigger.type.lemma for trigger, _ in draft.triggers}
        sentences = draft.sentences
        killed = [count.best for count in draft.counts if count.kind == "killed"]
        time, scene = draft.time, draft.scene
        place = scene.mention.match.place if scene and scene.mention else None
        kind = -1 if scene is None else _KINDS.index(place.kind) if place and place.kind in _KINDS else len(_KINDS)
        quoted = sum('"' in _words(text, n) or "“" in _words(text, n) for n in sentences) / len(sentences)
        rows.append(
            [
                CLASSES.index(draft.event_class),
                max(odds),
                sum(odds) / len(odds),
                odds[0],
                len(odds),
                len(sentences),
                sentences[0],
                sentences[-1],
                sentences[0] / len(text.sentences),
                max(killed, default=-1),
                any(count.kind == "injured" for count in draft.counts),
                time is not None,
                _age(report_date, time.first if time else None),
                _age(report_date, time.last if time else None),
                time.prec if time else 9,
                time.sure if time else -1,
                scene is not None,
                draft.scene_chance,
                kind,
                len(drafts),
                classes.count(draft.event_class),
                lemmas <= RESULTS,
                lemmas <= RESULTS | GENERAL,
                draft.status != "happened",
                _FORMS.index(draft.lead.form),
                len(text.sentences),
                number == 0,
                len(odds) == longest,
                sum(trigger.type.kind == "noun" for trigger, _ in draft.triggers) / len(odds),
                most,
                quoted,
                sum(count.kind in ("killed", "injured") for count in draft.counts),
                *tone[:3],
                dated,
                _DETERMINERS.get(text.lower[draft.lead.first - 1] if draft.lead.first else "", 0),
                tone[3],
                *draft_facts(text, draft),
                *report,
            ]
        )
    return np.array(rows, dtype="float32")


def _tone(text: Text) -> tuple[float, float, float, bool]:
    """Return how much of a text is opinion: its modals and first persons a sentence, its questions, a label."""
    count = len(text.sentences)
    modals = sum(word in _MODALS for word in text.lower) / count
    first_person = sum(word in _FIRST_PERSON for word in text.lower) / count
    questions = sum(text.text[s.end - 1 : s.end] == "?" for s in text.sentences) / count
    opening = text.lower[: text.sentences[min(_OPENING, count) - 1].last]
    return modals, first_person, questions, not _COMMENTS.isdisjoint(opening)


_MODALS = role_words()["modal"]
_FIRST_PERSON = role_words()["first person"]
_COMMENTS = role_words()["comment label"]
# Sentences in which a text is labelled as a comment.
_OPENING = 3
_DETERMINERS = {
    "a": 1,
    "an": 1,
    "the": 2,
    "this": 3,
    "that": 3,
    "these": 3,
    "such": 4,
    "any": 4,
    "no": 4,
    "of": 5,
    "to": 6,
}


def _words(text: Text, number: int) -> str:
    return text.text[text.sentences[number].start : text.sentences[number].end]


def _age(report_date: date | None, day: date | None) -> int:
    return _NO_AGE if report_date is None or day is None else min((report_date - day).days, _OLD)


@dataclass(frozen=True)
class NewsModel:
    """What is learned about news.

    Attributes
    ----------
    linear
        Over `geoevents.reports.language.status.words_around`.
    trees
        Over `FEATURES`.
    threshold
        A draft below this chance makes no event.
    """

    linear: Linear
    trees: Trees
    threshold: float

    def chances(
        self,
        text: Text,
        drafts: Sequence[Draft],
        report_date: date | None,
        judged: Sequence[tuple[Trigger, Judgement]],
    ) -> NDArray[np.float64]:
        """Return the chance of every draft that it is news; `judged` as in `describe_drafts`."""
        rows = describe_drafts(text, drafts, report_date, judged)
        chances: NDArray[np.float64] = 1 / (1 + np.exp(-self.trees.score(rows)))
        return chances
