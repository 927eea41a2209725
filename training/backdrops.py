"""Whole backgrounds put together from textures: landscapes, rooms, grounds seen from above, bokeh."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from textures import FLOORS, GROUNDS, WALLS, Rng, autumn, blend, colour, forest, noise, ramp

SKIES = [  # (top, horizon), 0..255
    ((78, 134, 204), (196, 220, 238)),
    ((120, 160, 206), (226, 232, 232)),
    ((150, 160, 172), (206, 208, 208)),
    ((74, 84, 140), (246, 178, 122)),
    ((120, 100, 150), (250, 206, 160)),
    ((40, 58, 100), (128, 150, 178)),
]


def blur(picture: np.ndarray, radius: float) -> np.ndarray:
    """Gaussian blur of a float RGB picture."""
    as_bytes = Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8))
    return np.asarray(as_bytes.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255


def backdrop(rng: Rng, size: int) -> tuple[np.ndarray, float]:
    """A background and the row at which its floor begins (0 where there is only floor)."""
    kind = rng.choice(["landscape", "room", "ground", "bokeh"], p=[0.5, 0.22, 0.13, 0.15])
    if kind == "landscape":
        return landscape(rng, size)
    if kind == "room":
        return room(rng, size)
    if kind == "ground":
        texture = [*GROUNDS, *FLOORS][rng.integers(len(GROUNDS) + len(FLOORS))]
        return texture(rng, size, size), 0.0
    return bokeh(rng, size)


def sky(rng: Rng, size: int, horizon: float) -> np.ndarray:
    top, bottom = (colour(rng, *shade) for shade in SKIES[rng.integers(len(SKIES))])
    rows, columns = ramp(size, size)
    picture = blend(top, bottom, rows / max(horizon, 1))
    if rng.random() < 0.3:
        y, x = rng.uniform(0.1, 0.8) * horizon, rng.uniform(0, size)
        distance = np.hypot(rows - y, columns - x)
        glow = 0.6 * np.exp(-distance / 22) + np.clip(rng.uniform(4, 9) - distance, 0, 1)
        picture = blend(picture, colour(rng, 255, 240, 205), glow)
    cover = rng.uniform(-1.1, 0.5)
    clouds = noise(rng, size, size, (16, 38), 4)
    return blend(picture, colour(rng, 246, 244, 242), 0.75 * np.clip(clouds + cover, 0, 1))


def landscape(rng: Rng, size: int) -> tuple[np.ndarray, float]:
    """Sky, one to three ranges of hills that fade with distance, and a ground."""
    horizon = size * rng.uniform(0.28, 0.55)
    picture = sky(rng, size, horizon)
    haze = picture[int(horizon)].mean(axis=0)
    rows, _ = ramp(size, size)
    ranges = int(rng.integers(0, 4))
    for depth in range(ranges):
        nearness = (depth + 1) / ranges
        height = rng.uniform(0.3, 1.0) * horizon * (1.1 - nearness) * 0.7 + 3
        rugged = rng.uniform(20, 60)
        outline = horizon - height * (0.6 + 0.35 * noise(rng, 1, size, (1, rugged), 4)[0])
        cover = forest if rng.random() < 0.75 else autumn
        hill = blend(haze, cover(rng, size, size), np.full((size, size), 0.25 + 0.6 * nearness))
        picture = blend(picture, hill, rows - outline[None])
    ground = GROUNDS[rng.integers(len(GROUNDS))](rng, size, size)
    ground = _recede(ground, horizon)
    edge = horizon + 1.5 * noise(rng, 1, size, (1, 12), 2)[0]
    return blend(picture, blend(haze, ground, 0.55 + (rows - horizon) / 40), rows - edge[None]), horizon


def _recede(ground: np.ndarray, horizon: float) -> np.ndarray:
    """Squeeze a texture towards the horizon, as perspective does."""
    size = len(ground)
    below = np.clip((np.arange(size) + 0.5 - horizon) / (size - horizon), 0, 1)
    source = size * (1 - (1 - below) ** 1.6)
    return ground[np.clip(source.astype(int), 0, size - 1)] if horizon < size else ground


def room(rng: Rng, size: int) -> tuple[np.ndarray, float]:
    """A wall and a floor, a skirting board between them."""
    horizon = size * rng.uniform(0.4, 0.65)
    wall = WALLS[rng.integers(len(WALLS))](rng, size, size)
    floor = FLOORS[rng.integers(len(FLOORS))](rng, size, size)
    rows, _ = ramp(size, size)
    picture = blend(wall, _recede(floor, horizon) * rng.uniform(0.75, 1.05), rows - horizon)
    board = np.clip(3 - np.abs(rows - horizon), 0, 1) * (rng.random() < 0.6)
    picture = blend(picture, colour(rng, 225, 218, 205, spread=0.2), board)
    return picture * blend(np.ones(1), np.full(1, 0.75), np.exp(-np.abs(rows - horizon) / 9)), horizon


def bokeh(rng: Rng, size: int) -> tuple[np.ndarray, float]:
    """A landscape or room far out of focus, with discs of light."""
    scene, horizon = landscape(rng, size) if rng.random() < 0.7 else room(rng, size)
    picture = blur(scene, rng.uniform(3, 8))
    rows, columns = ramp(size, size)
    glow = colour(rng, 255, 236, 190, spread=0.2)
    for _ in range(rng.integers(0, 14)):
        y, x, radius = rng.uniform(0, size * 0.7), rng.uniform(0, size), rng.uniform(3, 11)
        disc = np.clip(radius - np.hypot(rows - y, columns - x), 0, 1) * rng.uniform(0.1, 0.4)
        picture = blend(picture, glow, disc)
    return picture, horizon
