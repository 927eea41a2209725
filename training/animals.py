"""The animals: colour emoji rendered as sprites with exact outlines."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

EMOJI_FONT = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
EMOJI_SIZE = 109  # the only bitmap size the font carries: 136 x 128 pixels

ANIMALS: dict[str, str] = {
    "cat": "\N{CAT}",
    "cow": "\N{COW}",
    "dog": "\N{DOG}",
    "duck": "\N{DUCK}",
    "elephant": "\N{ELEPHANT}",
    "horse": "\N{HORSE}",
    "pig": "\N{PIG}",
    "rabbit": "\N{RABBIT}",
    "rooster": "\N{ROOSTER}",
    "sheep": "\N{SHEEP}",
}
NAMES: list[str] = list(ANIMALS)


@lru_cache(maxsize=None)
def emoji(name: str) -> Image.Image:
    """The animal's emoji at the font's own size, cropped to its outline."""
    font = ImageFont.truetype(EMOJI_FONT, EMOJI_SIZE)
    picture = Image.new("RGBA", (160, 160), (0, 0, 0, 0))
    ImageDraw.Draw(picture).text((8, 8), ANIMALS[name], font=font, embedded_color=True)
    return picture.crop(picture.getchannel("A").getbbox())


def sprite(rng: np.random.Generator, name: str, size: float, tilt: float = 10.0) -> np.ndarray:
    """The animal as float RGBA, its longer side `size` pixels, posed and coloured at random.

    It may be mirrored, is turned by up to `tilt` degrees, and varies in brightness,
    contrast, saturation and tint; light falls on it from above.
    """
    picture = emoji(name)
    if rng.random() < 0.5:
        picture = picture.transpose(Image.FLIP_LEFT_RIGHT)
    picture = picture.rotate(rng.uniform(-tilt, tilt), Image.BICUBIC, expand=True)
    picture = picture.crop(picture.getchannel("A").getbbox())
    scale = size / max(picture.size)
    width, height = (max(4, round(side * scale)) for side in picture.size)
    # Premultiplied alpha, so that no dark fringe appears when the sprite shrinks.
    picture = picture.convert("RGBa").resize((width, height), Image.LANCZOS).convert("RGBA")
    pixels = np.asarray(picture, np.float32) / 255
    return np.dstack([_recolour(rng, pixels[..., :3]), pixels[..., 3]])


def _recolour(rng: np.random.Generator, rgb: np.ndarray) -> np.ndarray:
    grey = rgb.mean(axis=2, keepdims=True)
    rgb = grey + (rgb - grey) * rng.uniform(0.65, 1.1)
    rgb = (rgb - 0.5) * rng.uniform(0.8, 1.05) + 0.5
    rgb = rgb * rng.uniform(0.75, 1.05) * rng.uniform(0.93, 1.07, 3).astype(np.float32)
    height, width = rgb.shape[:2]
    light = np.linspace(1.08, rng.uniform(0.68, 0.92), height, dtype=np.float32)[:, None, None]
    coat = 1 + rng.normal(0, 0.02, (height, width, 1)).astype(np.float32)
    return np.clip(rgb * light * coat, 0, 1)
