"""What a place is to the matter: where it happened, or where somebody is from or going."""

from collections.abc import Sequence
from dataclasses import replace

from backend_api.understanding.analysis import Place
from backend_api.understanding.places.words import RoleRule

SCENE = "scene"
_LOOK_BACK, _LOOK_AHEAD = 16, 24


def with_roles(text: str, places: Sequence[Place], rules: Sequence[RoleRule]) -> tuple[Place, ...]:
    """Each place with its part, by the words beside it; without any it is the scene."""
    found = [_rule(text, place, rules) for place in places]
    sure = [rule is not None and rule.lone for rule in found]
    left = sum(rule is None for rule in found)
    return tuple(
        replace(place, role=rule.role) if rule and (is_sure or left) else place
        for place, rule, is_sure in zip(places, found, sure, strict=True)
    )


def _rule(text: str, place: Place, rules: Sequence[RoleRule]) -> RoleRule | None:
    before = text[max(0, place.start - _LOOK_BACK) : place.start].rstrip(" ")
    after = text[place.end : place.end + _LOOK_AHEAD]
    bare = not place.poi and (place.from_site or not (place.street or place.community))
    for rule in rules:
        if (bare or not rule.bare) and rule.before.search(before) and rule.after.match(after):
            return rule
    return None
