"""Photos are decoded and written anew: what is not picture (place, camera, names) stays behind."""

import io
from dataclasses import dataclass
from functools import partial

from anyio import CapacityLimiter, to_thread
from PIL import ExifTags, Image, ImageOps

from backend_api.core.crypto import Keyring
from backend_api.core.errors import InvalidError
from backend_api.files.rules import MAX_PIXELS, Kind, kind_of

FORMATS = {Kind.JPEG: "JPEG", Kind.PNG: "PNG", Kind.WEBP: "WEBP"}
QUALITY = 85
# Pixels of the longer side.
LARGEST, THUMBNAIL = 4096, 320


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file as it may be stored: checked, cleaned and sealed."""

    kind: Kind
    content: bytes
    thumbnail: bytes | None


class Preparation:
    """One picture at a time is decoded, beside the event loop: memory is bounded."""

    def __init__(self) -> None:
        self._limiter = CapacityLimiter(1)

    async def __call__(self, keyring: Keyring, content: bytes, *, keep_place: bool) -> Prepared:
        work = partial(prepared, keyring, content, keep_place=keep_place)
        return await to_thread.run_sync(work, limiter=self._limiter)


def prepared(keyring: Keyring, content: bytes, *, keep_place: bool) -> Prepared:
    """Raises InvalidError for what is no picture or PDF, whatever its name says."""
    kind = kind_of(content)
    if kind is None:
        raise InvalidError("wrong_file")
    if kind is Kind.PDF:
        return Prepared(kind, keyring.seal_bytes(content), None)
    whole, small = rewritten(content, kind, keep_place=keep_place)
    return Prepared(kind, keyring.seal_bytes(whole), keyring.seal_bytes(small))


def rewritten(content: bytes, kind: Kind, *, keep_place: bool) -> tuple[bytes, bytes]:
    """The picture and its thumbnail, upright, with nothing but pixels (and the place if kept)."""
    try:
        with Image.open(io.BytesIO(content), formats=[FORMATS[kind]]) as opened:
            _refuse_bomb(opened)
            place = _place(opened) if keep_place else Image.Exif()
            opened.draft(None, (LARGEST, LARGEST))
            picture = _pixels(opened, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as exc:
        raise InvalidError("picture_too_large") from exc
    except (OSError, ValueError, SyntaxError, EOFError) as exc:
        # What Pillow raises for a damaged picture; nothing of it is taken.
        raise InvalidError("wrong_file") from exc
    picture.thumbnail((LARGEST, LARGEST))
    whole = _written(picture, FORMATS[kind], place)
    picture.thumbnail((THUMBNAIL, THUMBNAIL))
    return whole, _written(picture.convert("RGB"), "JPEG", Image.Exif())


def _refuse_bomb(picture: Image.Image) -> None:
    """A few kilobytes may claim to be billions of pixels: the claim is read before the pixels."""
    if picture.width * picture.height > MAX_PIXELS:
        raise InvalidError("picture_too_large")


def _pixels(opened: Image.Image, kind: Kind) -> Image.Image:
    upright = ImageOps.exif_transpose(opened)
    has_alpha = kind is not Kind.JPEG and upright.has_transparency_data
    pixels = upright.convert("RGBA" if has_alpha else "RGB")
    pixels.info.clear()
    return pixels


def _place(opened: Image.Image) -> Image.Exif:
    """Where it was taken, and nothing else of what the camera wrote."""
    kept = Image.Exif()
    if place := opened.getexif().get_ifd(ExifTags.IFD.GPSInfo):
        kept[ExifTags.IFD.GPSInfo] = place
    return kept


def _written(picture: Image.Image, name: str, place: Image.Exif) -> bytes:
    out = io.BytesIO()
    picture.save(out, name, quality=QUALITY, exif=place.tobytes() if len(place) else b"")
    return out.getvalue()
