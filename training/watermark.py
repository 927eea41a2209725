"""The mark a photographer prints on his pictures: a small dark label with his name, bottom left."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
TEXT = "©hoofpix"
SIZE = (52, 15)  # width, height in pixels
MARGIN = 4
JITTER = 3


@lru_cache(maxsize=1)
def label() -> np.ndarray:
    """The mark as float RGBA, drawn large and reduced."""
    scale = 4
    width, height = SIZE[0] * scale, SIZE[1] * scale
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((0, 0, width - 1, height - 1), 3 * scale, fill=(24, 16, 52, 150))
    font = ImageFont.truetype(FONT, round(9.6 * scale))
    pen.text((width / 2, height / 2), TEXT, font=font, fill=(255, 255, 255, 235), anchor="mm")
    reduced = picture.convert("RGBa").resize(SIZE, Image.BOX).convert("RGBA")
    return np.asarray(reduced, np.float32) / 255


def stamp(rng: np.random.Generator, image: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """The uint8 picture with the mark in its bottom left corner, and the mark's box as x, y, w, h."""
    width, height = SIZE
    x = MARGIN + int(rng.integers(-JITTER, JITTER + 1))
    y = image.shape[0] - height - MARGIN + int(rng.integers(-JITTER, JITTER + 1))
    marked = image.copy()
    region = marked[y : y + height, x : x + width].astype(np.float32)
    colour, alpha = label()[..., :3] * 255, label()[..., 3:]
    marked[y : y + height, x : x + width] = np.rint(region * (1 - alpha) + colour * alpha).astype(np.uint8)
    return marked, [x, y, width, height]
