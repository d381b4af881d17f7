"""Where places stand in a text: pieces by name, laid together, cut into their parts."""

from collections.abc import Iterator, Sequence

from backend_api.understanding.analysis import Place, Region
from backend_api.understanding.places.named import (
    is_district,
    named_regions,
    other_pieces,
    town_end,
    town_pieces,
)
from backend_api.understanding.places.parts import place_of
from backend_api.understanding.places.premises import Owned, sort_owned
from backend_api.understanding.places.roles import with_roles
from backend_api.understanding.places.spans import BEHIND_A_PLACE, Piece, joined, with_buildings
from backend_api.understanding.places.told import told_places
from backend_api.understanding.places.words import Gazetteer, PlaceWords
from backend_api.understanding.tagger import Token, token_at

_PEOPLE = ("人民", "人行")


def find_places(
    text: str,
    tokens: Sequence[Token],
    gazetteer: Gazetteer,
    named_orgs: Sequence[tuple[int, int]] = (),
    site: Region | None = None,
) -> tuple[Place, ...]:
    """Places in the order of the text; `site` fills in what a place leaves out above itself.

    A region's name inside an organisation's is part of it, unless somebody works there: then the
    place, or the organisation when it has premises (厂, 工地), is a place as well.
    """
    words = gazetteer.words
    orgs = [one for one in named_orgs if not is_district(text, *one, gazetteer)]
    owned = sort_owned(text, orgs, words, gazetteer.regions)
    regions = list(named_regions(text, tokens, gazetteer, owned, site or Region()))
    pieces = [
        *(Piece(one.start, town_end(text, one, gazetteer) or one.end) for one in regions),
        *other_pieces(text, tokens, words),
        *town_pieces(text, gazetteer),
    ]
    clear = [piece for one in pieces if (piece := _beside(one, owned.names))]
    clear += [
        *owned.places,
        *_in_front(tokens, owned.names),
        *_standing_at(text, clear, owned, words),
    ]
    spans = with_buildings(text, joined(text, clear))
    spans = joined(text, [*spans, *told_places(text, spans, tokens, words.leads)])
    places = [
        place_of(text, span, regions, words.endings, site)
        for span in spans
        if not _is_people(text, span)
    ]
    return with_roles(text, places, words.roles)


def _standing_at(
    text: str, pieces: Sequence[Piece], owned: Owned, words: PlaceWords
) -> Iterator[Piece]:
    """坂田雪岗路的那个华兴五金厂: a place of work named right behind where it stands."""
    ends = {piece.end for piece in pieces}
    for name in owned.names:
        gap = BEHIND_A_PLACE.search(text, max(0, name.start - 4), name.start)
        works = words.premises.workplace.search(text[name.start : name.end])
        if works and gap and gap.start() in ends:
            yield name


def _beside(piece: Piece, names: Sequence[Piece]) -> Piece | None:
    """What of a piece lies in front of an organisation's name (昆山市 of 昆山市富士康)."""
    for name in names:
        if piece.start < name.end and name.start < piece.end:
            return Piece(piece.start, name.start) if name.start - piece.start > 1 else None
    return piece


def _in_front(tokens: Sequence[Token], names: Sequence[Piece]) -> Iterator[Piece]:
    """坂田 of 坂田华为, which the tagger takes for one word."""
    for name in names:
        token = token_at(tokens, name.start)
        if token and token.tag == "ORG" and name.start - token.start > 1:
            yield Piece(token.start, name.start)


def _is_people(text: str, span: Piece) -> bool:
    """河南信阳人: where somebody is from."""
    return text.startswith("人", span.end) and not text.startswith(_PEOPLE, span.end)
