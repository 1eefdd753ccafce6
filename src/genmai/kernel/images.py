"""Pictures people send, made into pictures that are safe to keep and to show.

A picture is decoded and drawn anew: whatever was hidden beside or inside it (location, camera, owner, thumbnails,
scripts in a renamed file) does not survive, because only pixels go over. The type is what decoding says, never the
file name or what the browser claims.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field

from PIL import Image as Pillow
from PIL import ImageCms, ImageOps, UnidentifiedImageError

from genmai.kernel.refusal import BadInput

_READABLE = ("JPEG", "PNG", "WEBP")
# Phones write a JPEG with further pictures behind the first (depth, gain map) under this name.
_DECODED_AS = frozenset((*_READABLE, "MPO"))
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
_ALLOWED = "JPG, PNG, WebP"


@dataclass(frozen=True, kw_only=True)
class ImageLimits:
    """How large a picture may come in and how large it is kept. `max_pixels` bounds memory: 3 bytes a pixel."""

    max_bytes: int = 20 * 1024 * 1024
    max_pixels: int = 64_000_000
    longest_side: int = 2048
    quality: int = 85


@dataclass(frozen=True)
class Image:
    """A picture drawn anew: JPEG bytes without any metadata, its size in pixels, and the SHA-256 it is filed under."""

    data: bytes = field(repr=False)
    width: int
    height: int
    sha256: str
    media_type: str = "image/jpeg"


def reencode(data: bytes, limits: ImageLimits | None = None) -> Image:
    """Decode `data` (JPEG, PNG, WebP; of an animation the first frame), turn it upright, shrink it, drop metadata.

    The same bytes give the same result, so a picture sent twice is filed once. Transparency becomes white. Raises
    BadInput: `image_empty`, `image_too_large`, `image_too_many_pixels`, `image_heic`, `image_not_readable`,
    `image_broken`.
    """
    limits = limits or ImageLimits()
    _check_bytes(data, limits)
    try:
        with Pillow.open(io.BytesIO(data), formats=_READABLE) as opened:
            _check_header(opened, limits)
            picture = _upright(opened, limits)
            picture.thumbnail((limits.longest_side, limits.longest_side), Pillow.Resampling.LANCZOS)
    except BadInput:
        raise
    except UnidentifiedImageError as error:
        message = "这个文件不是图片，可能只是改了后缀名。请重新拍照或从相册选一张"
        raise BadInput("image_not_readable", message, allowed=_ALLOWED) from error
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as error:
        raise _too_many_pixels(limits) from error
    except Exception as error:  # decoders raise OSError, SyntaxError, ValueError, struct.error … on damaged input
        message = "这张图片打不开，可能没有传完整。文字内容都还在，请重新选一次图片"
        raise BadInput("image_broken", message, allowed=_ALLOWED) from error
    return _encoded(picture, limits)


def _check_bytes(data: bytes, limits: ImageLimits) -> None:
    if not data:
        raise BadInput("image_empty", "这个图片文件是空的，请重新选一张", allowed=_ALLOWED)
    if len(data) > limits.max_bytes:
        most = f"≤ {limits.max_bytes // 1024 // 1024} MB"
        raise BadInput("image_too_large", "这张图片太大，请截一张图或压缩后再传", allowed=most)
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        message = "这是苹果手机的 HEIC 照片，这里还打不开。请在手机“设置→相机→格式”里选“兼容性最佳”，或截一张图再传"
        raise BadInput("image_heic", message, allowed=_ALLOWED)


def _check_header(opened: Pillow.Image, limits: ImageLimits) -> None:
    """Size is read from the header, before a single pixel takes memory."""
    if opened.format not in _DECODED_AS:
        raise UnidentifiedImageError(str(opened.format))
    if opened.width * opened.height > limits.max_pixels:
        raise _too_many_pixels(limits)


def _too_many_pixels(limits: ImageLimits) -> BadInput:
    most = f"≤ {limits.max_pixels // 1_000_000} MP"
    return BadInput("image_too_many_pixels", "这张图片的尺寸太大，打不开。请截图或缩小后再传", allowed=most)


def _upright(opened: Pillow.Image, limits: ImageLimits) -> Pillow.Image:
    """The first frame in RGB, turned as its EXIF orientation says."""
    # A JPEG can be decoded at 1/2, 1/4, 1/8: a 48-megapixel photo then needs a sixteenth of the memory.
    opened.draft("RGB", (limits.longest_side, limits.longest_side))
    opened.load()
    profile = opened.info.get("icc_profile")
    return _in_srgb(_on_white(_turned(opened)), profile)


def _turned(opened: Pillow.Image) -> Pillow.Image:
    """Damaged metadata costs the turning, not the picture."""
    try:
        return ImageOps.exif_transpose(opened)
    except Exception:  # the EXIF reader raises whatever it stumbles over, and warns
        return opened


def _on_white(picture: Pillow.Image) -> Pillow.Image:
    if picture.mode.startswith("I;16") or picture.mode == "I":
        # 16 bits a pixel: convert() would cut everything above 255 to white.
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if "A" in picture.getbands() or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        white = Pillow.new("RGBA", layer.size, (255, 255, 255, 255))
        return Pillow.alpha_composite(white, layer).convert("RGB")
    return picture.convert("RGB")


def _in_srgb(picture: Pillow.Image, profile: bytes | None) -> Pillow.Image:
    """Colours of a wide-gamut phone screen brought to sRGB, since the profile is dropped with all metadata."""
    if not profile:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture  # a broken or non-RGB profile: slightly different colours harm nobody
    return converted or picture


def _encoded(picture: Pillow.Image, limits: ImageLimits) -> Image:
    # A new picture takes the pixels only: nothing of `info`, EXIF, XMP or comments can travel along.
    bare = Pillow.new("RGB", picture.size)
    bare.paste(picture)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=limits.quality, optimize=True, progressive=True)
    data = out.getvalue()
    return Image(data, bare.width, bare.height, hashlib.sha256(data).hexdigest())
