"""Where: administrative names, communities, estates, roads and buildings, joined into one span.

Three sources are laid over each other: the tagger's LOC words, the table of regions, and endings
(小区, 花园, 路…) whose name is found by walking back over the tagger's words. What is led to by
words (地点是…, 我住…) is a place whatever its name is.
"""

from backend_api.understanding.places.find import find_places
from backend_api.understanding.places.named import is_district
from backend_api.understanding.places.words import (
    Endings,
    Gazetteer,
    PlaceWords,
    place_words,
    town_names,
)

__all__ = [
    "Endings",
    "Gazetteer",
    "PlaceWords",
    "find_places",
    "is_district",
    "place_words",
    "town_names",
]
