"""Online geocoders, asked only when told to: phrases enter, and leave the machine; checked answers leave."""

from gazetteer.geocoders.answer_cache import AnswerCache, CacheFigures, usual_cache
from gazetteer.geocoders.geocoder import Geocoder
from gazetteer.geocoders.services import SERVICES

__all__ = ["SERVICES", "AnswerCache", "CacheFigures", "Geocoder", "usual_cache"]
