"""A picture comes out as pixels only, upright and of bearable size; what is no picture is refused in words."""

import io
import random

import pytest
from PIL import ExifTags, ImageDraw
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo

from genmai.kernel.images import ImageLimits, reencode
from genmai.kernel.refusal import BadInput


def _picture(size: tuple[int, int] = (320, 200), mode: str = "RGB") -> Pillow.Image:
    """Noise with a red upper left corner, so that turning shows and truncation cuts real data."""
    noise = random.Random(7).randbytes(size[0] * size[1])
    picture = Pillow.frombytes("L", size, noise).convert(mode)
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 3, size[1] // 3), fill="red")
    return picture


def _bytes(picture: Pillow.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _located() -> Pillow.Exif:
    exif = Pillow.Exif()
    exif[ExifTags.Base.Make] = "SecretPhone"
    exif[ExifTags.Base.Orientation] = 6
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", (29.0, 52.0, 12.34)
    gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", (121.0, 33.0, 45.67)
    return exif


def _opened(data: bytes) -> Pillow.Image:
    return Pillow.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_location_camera_and_comments_are_gone_whatever_the_type(kind: str) -> None:
    given = _bytes(_picture(), kind, exif=_located())
    assert _opened(given).getexif().get_ifd(ExifTags.IFD.GPSInfo), "the test picture must carry a location"
    assert b"SecretPhone" in given
    kept = reencode(given)
    assert not _opened(kept.data).getexif()
    left = set(_opened(kept.data).info)
    assert left <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
    assert b"SecretPhone" not in kept.data
    assert b"Exif" not in kept.data


def test_comments_xmp_and_bytes_behind_the_picture_are_gone() -> None:
    jpeg = _bytes(_picture(), "JPEG", comment=b"at home", xmp=b"<x:xmpmeta>29.87,121.55</x:xmpmeta>")
    kept = reencode(jpeg + b"<script>alert(1)</script>")
    for secret in (b"at home", b"xmpmeta", b"script"):
        assert secret in jpeg + b"<script>"
        assert secret not in kept.data
    notes = PngInfo()
    notes.add_text("Author", "Resident Zhang")
    assert b"Resident" not in reencode(_bytes(_picture(), "PNG", pnginfo=notes)).data


def test_picture_is_turned_as_its_camera_was_held() -> None:
    kept = reencode(_bytes(_picture((320, 200)), "JPEG", exif=_located(), quality=95))
    assert (kept.width, kept.height) == (200, 320)
    red, green, _ = _opened(kept.data).convert("RGB").getpixel((180, 20))  # upper left went to upper right
    assert (red > 200, green < 60) == (True, True)


def test_large_picture_shrinks_to_the_longest_side_and_keeps_its_shape() -> None:
    kept = reencode(_bytes(_picture((3000, 1500)), "JPEG"))
    assert (kept.width, kept.height) == (2048, 1024)
    assert _opened(kept.data).size == (2048, 1024)


def test_small_picture_is_not_blown_up() -> None:
    kept = reencode(_bytes(_picture((20, 10)), "PNG"))
    assert (kept.width, kept.height) == (20, 10)


def test_same_bytes_give_the_same_file() -> None:
    given = _bytes(_picture(), "JPEG")
    assert reencode(given) == reencode(given)
    assert len(reencode(given).sha256) == 64


def test_transparency_becomes_white_and_sixteen_bit_grey_keeps_its_tones() -> None:
    clear = Pillow.new("RGBA", (8, 8), (255, 0, 0, 0))
    assert _opened(reencode(_bytes(clear, "PNG")).data).getpixel((4, 4)) == (255, 255, 255)
    grey = Pillow.new("I;16", (8, 8), 0x8000)
    assert abs(_opened(reencode(_bytes(grey, "PNG")).data).getpixel((4, 4))[0] - 128) < 4


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "RGBA"])
def test_every_colour_mode_becomes_plain_rgb(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert _opened(reencode(_bytes(_picture().convert(mode), kind)).data).mode == "RGB"


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_of_a_moving_picture_the_first_frame_is_kept(kind: str) -> None:
    frames = [Pillow.new("RGB", (30, 20), colour) for colour in ("red", "blue", "green")]
    moving = _bytes(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    assert _opened(moving).n_frames == 3
    kept = _opened(reencode(moving).data)
    assert getattr(kept, "n_frames", 1) == 1
    red, _, blue = kept.getpixel((10, 10))
    assert (red > 240, blue < 20) == (True, True)


def test_phone_photos_with_a_second_picture_behind_the_first_are_taken() -> None:
    pair = _bytes(_picture(), "MPO", save_all=True, append_images=[_picture((80, 50))])
    assert _opened(pair).format == "MPO"
    assert (reencode(pair).width, reencode(pair).height) == (320, 200)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.9, 0.98])
def test_picture_cut_short_is_refused(kind: str, share: float) -> None:
    whole = _bytes(_picture(), kind)
    with pytest.raises(BadInput) as refused:
        reencode(whole[: int(len(whole) * share)])
    assert refused.value.code in {"image_broken", "image_not_readable"}


def _huge_png() -> bytes:
    """A few hundred kilobytes that would need 1.2 GB."""
    return _bytes(Pillow.new("1", (20000, 20000)), "PNG")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "image_empty"),
        (b"<html><body><script>alert(1)</script></body></html>", "image_not_readable"),
        (b"%PDF-1.7\n%...", "image_not_readable"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image_not_readable"),
        (b"\xff\xd8\xff\xe0" + b"<?php system($_GET[0]); ?>" * 9, "image_not_readable"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "image_heic"),
        (_bytes(Pillow.new("RGB", (9, 9)), "GIF"), "image_not_readable"),
        (_bytes(Pillow.new("RGB", (9, 9)), "BMP"), "image_not_readable"),
        (_bytes(Pillow.new("RGB", (9, 9)), "TIFF"), "image_not_readable"),
    ],
)
def test_what_is_no_allowed_picture_is_refused_with_what_is_allowed(data: bytes, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        reencode(data)
    assert refused.value.code in {code, "image_broken"} if data[:2] == b"\xff\xd8" else refused.value.code == code
    assert refused.value.allowed


def test_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    bomb = _huge_png()
    assert len(bomb) < 1_000_000
    with pytest.raises(BadInput) as refused:
        reencode(bomb)
    assert refused.value.code == "image_too_many_pixels"


def test_file_of_too_many_bytes_is_refused_unread() -> None:
    with pytest.raises(BadInput) as refused:
        reencode(b"\xff" * 101, ImageLimits(max_bytes=100))
    assert refused.value.code == "image_too_large"


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_damaged_orientation_does_not_lose_the_picture() -> None:
    given = _bytes(_picture(), "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff")
    assert reencode(given).width == 320
