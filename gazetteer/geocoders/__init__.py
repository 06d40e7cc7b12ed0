"""Online geocoders, asked only when told to: phrases are sent out of the machine, and answers are checked.

`gazetteer.geocoders.geocoder` loads the libraries that talk to servers; what is kept of their answers goes without.
"""

from gazetteer.geocoders.answer_cache import AnswerCache, CacheFigures, usual_cache

__all__ = ["AnswerCache", "CacheFigures", "usual_cache"]
