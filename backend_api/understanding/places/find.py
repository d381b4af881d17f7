"""Where places stand in a text: pieces by name, laid together, cut into their parts."""

from collections.abc import Iterator, Sequence

from backend_api.understanding.analysis import Place, Region
from backend_api.understanding.places.named import named_regions, other_pieces
from backend_api.understanding.places.parts import place_of
from backend_api.understanding.places.premises import sort_owned
from backend_api.understanding.places.roles import with_roles
from backend_api.understanding.places.spans import Piece, joined, with_buildings
from backend_api.understanding.places.told import told_places
from backend_api.understanding.places.words import Gazetteer
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
    owned = sort_owned(text, named_orgs, words, gazetteer.regions)
    regions = list(named_regions(text, tokens, gazetteer, owned, site or Region()))
    pieces = [*(Piece(one.start, one.end) for one in regions), *other_pieces(text, tokens, words)]
    clear = [piece for one in pieces if (piece := _beside(one, owned.names))]
    clear += [*owned.places, *_in_front(tokens, owned.names)]
    spans = with_buildings(text, joined(text, clear))
    spans = joined(text, [*spans, *told_places(text, spans, tokens, words.leads)])
    places = [
        place_of(text, span, regions, words.endings, site)
        for span in spans
        if not _is_people(text, span)
    ]
    return with_roles(text, places, words.roles)


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
