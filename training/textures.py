"""Surfaces drawn from noise: every function returns a float RGB picture in 0..1."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

Rng = np.random.Generator
Texture = Callable[[Rng, int, int], np.ndarray]


def colour(rng: Rng, *rgb: float, spread: float = 0.06) -> np.ndarray:
    """A colour near the one given (0..255 each)."""
    return np.clip(np.array(rgb, np.float32) / 255 + rng.normal(0, spread / 2, 3), 0, 1).astype(np.float32)


def blend(low: np.ndarray, high: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """A mixture of two colours or pictures, by a weight map in 0..1."""
    weight = np.clip(weight, 0, 1)[..., None]
    return low * (1 - weight) + high * weight


def noise(rng: Rng, height: int, width: int, cell: float | tuple[float, float], octaves: int = 1) -> np.ndarray:
    """Smooth value noise around 0 with deviation near 1; `cell` in pixels, or (vertical, horizontal)."""
    rows, columns = cell if isinstance(cell, tuple) else (cell, cell)
    total = np.zeros((height, width), np.float32)
    amplitude, power = 1.0, 0.0
    for _ in range(octaves):
        total += amplitude * _one_octave(rng, height, width, rows, columns)
        power += amplitude**2
        amplitude, rows, columns = amplitude * 0.55, max(rows / 2, 1), max(columns / 2, 1)
    return total / np.sqrt(power)


def _one_octave(rng: Rng, height: int, width: int, rows: float, columns: float) -> np.ndarray:
    grid = rng.normal(0, 1.2, (int(height / rows) + 3, int(width / columns) + 3)).astype(np.float32)
    left, top = rng.random(2)
    box = (left, top, left + width / columns, top + height / rows)
    return np.asarray(Image.fromarray(grid, "F").resize((width, height), Image.BICUBIC, box=box))


def ramp(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Pixel centres as two maps: rows, columns."""
    return np.mgrid[0:height, 0:width].astype(np.float32) + 0.5


def grass(rng: Rng, height: int, width: int) -> np.ndarray:
    dark, bright = colour(rng, 58, 92, 38), colour(rng, 138, 168, 72)
    blades = noise(rng, height, width, (5, 1.4), 2)
    patches = noise(rng, height, width, 45, 2)
    return blend(dark, bright, 0.5 + 0.2 * blades + 0.22 * patches)


def meadow(rng: Rng, height: int, width: int) -> np.ndarray:
    picture = grass(rng, height, width)
    petal = colour(rng, *[(245, 240, 235), (240, 205, 70), (225, 110, 130), (150, 120, 210)][rng.integers(4)])
    rows, columns = ramp(height, width)
    for _ in range(rng.integers(15, 50)):
        y, x = rng.uniform(0, height), rng.uniform(0, width)
        radius = rng.uniform(0.7, 1.7) * (0.6 + 0.6 * y / height)
        near = np.clip(radius - np.hypot(rows - y, columns - x) + 0.5, 0, 1)
        picture = blend(picture, petal * rng.uniform(0.85, 1.05), near)
    return picture


def sand(rng: Rng, height: int, width: int) -> np.ndarray:
    dark, bright = colour(rng, 176, 146, 104), colour(rng, 231, 210, 168)
    rows, _ = ramp(height, width)
    warp = noise(rng, height, width, (30, 60), 2)
    ripples = np.sin(rows * rng.uniform(0.5, 0.9) + 4 * warp) * rng.uniform(0.05, 0.18)
    return blend(dark, bright, 0.55 + ripples + 0.1 * warp + 0.09 * noise(rng, height, width, 1.2))


def snow(rng: Rng, height: int, width: int) -> np.ndarray:
    dark, bright = colour(rng, 176, 192, 214), colour(rng, 243, 246, 250, spread=0.02)
    drifts = noise(rng, height, width, (18, 50), 3)
    return blend(dark, bright, 0.65 + 0.25 * drifts + 0.05 * noise(rng, height, width, 1.2))


def soil(rng: Rng, height: int, width: int) -> np.ndarray:
    dark, bright = colour(rng, 84, 62, 44), colour(rng, 164, 128, 92)
    lumps = noise(rng, height, width, 14, 4)
    return blend(dark, bright, 0.5 + 0.25 * lumps + 0.1 * noise(rng, height, width, 1.3))


def water(rng: Rng, height: int, width: int) -> np.ndarray:
    dark, bright = colour(rng, 28, 84, 118), colour(rng, 122, 182, 204)
    waves = noise(rng, height, width, (4, 16), 3)
    picture = blend(dark, bright, 0.45 + 0.22 * waves + 0.12 * noise(rng, height, width, 50))
    return blend(picture, np.ones(3, np.float32), (waves - 1.5) * 0.5)


def forest(rng: Rng, height: int, width: int) -> np.ndarray:
    dark, bright = colour(rng, 24, 46, 26), colour(rng, 104, 138, 62)
    leaves = noise(rng, height, width, 5, 2)
    masses = noise(rng, height, width, 28, 2)
    return blend(dark, bright, 0.35 + 0.2 * leaves + 0.22 * masses)


def autumn(rng: Rng, height: int, width: int) -> np.ndarray:
    dark, bright = colour(rng, 106, 56, 28), colour(rng, 222, 152, 62)
    leaves = noise(rng, height, width, 6, 2)
    return blend(dark, bright, 0.5 + 0.28 * np.tanh(2 * leaves) + 0.12 * noise(rng, height, width, 30))


def brick(rng: Rng, height: int, width: int) -> np.ndarray:
    brick_height = rng.uniform(9, 15)
    brick_width = brick_height * rng.uniform(2.0, 2.6)
    rows, columns = ramp(height, width)
    row = np.floor(rows / brick_height)
    shifted = columns + (row % 2) * brick_width / 2
    column = np.floor(shifted / brick_width)
    shade = rng.normal(0, 1, (int(height / brick_height) + 2, int(width / brick_width) + 3)).astype(np.float32)
    base = colour(rng, *[(160, 82, 62), (186, 150, 118), (150, 148, 146)][rng.integers(3)])
    tone = 0.12 * shade[row.astype(int), column.astype(int)] + 0.06 * noise(rng, height, width, 2)
    body = base * (1 + tone)[..., None]
    gap = np.minimum(rows % brick_height, shifted % brick_width)
    mortar = colour(rng, 198, 190, 178)
    return np.clip(blend(mortar, body, gap - 0.6), 0, 1)


def planks(rng: Rng, height: int, width: int) -> np.ndarray:
    rows, columns = ramp(height, width)
    across, along = (rows, columns) if rng.random() < 0.5 else (columns, rows)
    plank_width = rng.uniform(14, 30)
    plank = np.floor(across / plank_width)
    shade = rng.normal(0, 1, int(max(height, width) / plank_width) + 2).astype(np.float32)[plank.astype(int)]
    cell = (2.5, 40) if across is rows else (40, 2.5)
    grain = noise(rng, height, width, cell, 2)
    rings = np.sin(across * 0.9 + 3 * noise(rng, height, width, 40) + along * 0.02)
    base = colour(rng, *[(150, 104, 62), (196, 156, 110), (116, 84, 62), (170, 166, 158)][rng.integers(4)])
    body = base * (1 + 0.09 * shade + 0.08 * grain + 0.04 * rings)[..., None]
    gap = across % plank_width
    return np.clip(blend(base * 0.4, body, np.minimum(gap, plank_width - gap) * 1.3), 0, 1)


def plaster(rng: Rng, height: int, width: int) -> np.ndarray:
    paints = [(214, 204, 186), (170, 190, 196), (206, 176, 156), (182, 196, 164), (160, 160, 170)]
    base = colour(rng, *paints[rng.integers(len(paints))])
    stains = 0.06 * noise(rng, height, width, 40, 4) + 0.02 * noise(rng, height, width, 1.5)
    return np.clip(base * (1 + stains)[..., None], 0, 1)


def wallpaper(rng: Rng, height: int, width: int) -> np.ndarray:
    first = colour(rng, 200, 192, 184, spread=0.2)
    second = np.clip(first * rng.uniform(0.72, 0.92), 0, 1)
    _, columns = ramp(height, width)
    period = rng.uniform(10, 26)
    stripes = 0.5 + 2 * np.sin(2 * np.pi * columns / period)
    return blend(first, second, stripes) * (1 + 0.02 * noise(rng, height, width, 2))[..., None]


def tiles(rng: Rng, height: int, width: int) -> np.ndarray:
    size = rng.uniform(18, 34)
    rows, columns = ramp(height, width)
    checker = (np.floor(rows / size) + np.floor(columns / size)) % 2
    first = colour(rng, 208, 200, 188)
    second = first * rng.uniform(0.55, 0.97)
    body = blend(first, second, checker) * (1 + 0.04 * noise(rng, height, width, 12, 3))[..., None]
    gap = np.minimum(rows % size, columns % size)
    return np.clip(blend(first * 0.6, body, gap - 0.3), 0, 1)


def cobbles(rng: Rng, height: int, width: int) -> np.ndarray:
    pitch = rng.uniform(12, 20)
    count = (int(height / pitch) + 4, int(width / pitch) + 4)
    offsets = rng.uniform(0.1, 0.9, (2, *count)).astype(np.float32)
    shades = rng.normal(0, 0.1, count).astype(np.float32)
    rows, columns = ramp(height, width) / pitch
    cell_row, cell_column = rows.astype(int), columns.astype(int)
    first = np.full((height, width), np.inf, np.float32)  # distances to the nearest stone and the next
    second, shade = first.copy(), np.zeros_like(first)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            index = (cell_row + down + 1, cell_column + right + 1)
            distance = np.hypot(
                cell_row + down + offsets[0][index] - rows, cell_column + right + offsets[1][index] - columns
            )
            second = np.minimum(second, np.maximum(first, distance))
            shade = np.where(distance < first, shades[index], shade)
            first = np.minimum(first, distance)
    base = colour(rng, 150, 142, 134)
    stone = base * (1 + shade + 0.06 * noise(rng, height, width, 3, 2))[..., None]
    return np.clip(blend(base * 0.45, stone, (second - first) * pitch / 2.5), 0, 1)


def carpet(rng: Rng, height: int, width: int) -> np.ndarray:
    pairs = [((150, 70, 62), (196, 168, 128)), ((74, 96, 122), (160, 172, 180)), ((96, 110, 84), (186, 182, 150))]
    first, second = (colour(rng, *dye, spread=0.1) for dye in pairs[rng.integers(len(pairs))])
    rows, columns = ramp(height, width)
    period = rng.uniform(12, 26)
    weave = np.sin(2 * np.pi * rows / period) + np.sin(2 * np.pi * columns / period)
    picture = blend(first, second, 0.5 + rng.uniform(0.1, 0.35) * weave)
    return np.clip(picture * (1 + 0.07 * noise(rng, height, width, 1.2))[..., None], 0, 1)


GROUNDS: list[Texture] = [grass, meadow, sand, snow, soil, water, autumn, cobbles]
WALLS: list[Texture] = [brick, planks, plaster, wallpaper]
FLOORS: list[Texture] = [planks, tiles, carpet, cobbles, soil]
