"""Things that are no animals: bushes, rocks, grass tufts, balls, crates, posts, trees.

Each is a float RGBA sprite, drawn antialiased from a distance to its outline.
"""

from __future__ import annotations

import numpy as np

from textures import Rng, blend, colour, forest, noise, planks, ramp


def _shade(rng: Rng, body: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    height = len(body)
    light = np.linspace(1.15, rng.uniform(0.55, 0.75), height, dtype=np.float32)[:, None, None]
    return np.dstack([np.clip(body * light, 0, 1), np.clip(alpha, 0, 1)]).astype(np.float32)


def _lumpy_disc(rng: Rng, height: int, width: int, lumps: int, depth: float) -> np.ndarray:
    """Distance in pixels, inwards, to the wavy outline of a disc that fills the sprite."""
    rows, columns = ramp(height, width)
    y, x = (rows - height / 2) / (height / 2), (columns - width / 2) / (width / 2)
    angle = np.arctan2(y, x)
    reach = np.full_like(y, 1 - depth)
    for wave in range(2, lumps):
        reach += depth * rng.normal(0, 0.35) * np.cos(wave * angle + rng.uniform(0, 6.3))
    return (reach - np.hypot(x, y)) * min(height, width) / 2


def bush(rng: Rng, size: float) -> np.ndarray:
    height, width = int(size * rng.uniform(0.6, 0.9)), int(size)
    rows, columns = ramp(height, width)
    alpha = np.full((height, width), -9, np.float32)
    for _ in range(9):
        radius = rng.uniform(0.24, 0.34) * height
        y = rng.uniform(radius, height - 0.7 * radius)
        x = width / 2 + rng.uniform(-1, 1) * (width / 2 - radius) * (0.5 + 0.5 * y / height)
        alpha = np.maximum(alpha, radius - np.hypot(rows - y, columns - x))
    leaves = noise(rng, height, width, 2.2)
    return _shade(rng, forest(rng, height, width) * 1.25, alpha + 0.9 * leaves)


def rock(rng: Rng, size: float) -> np.ndarray:
    height, width = int(size * rng.uniform(0.5, 0.8)), int(size)
    alpha = _lumpy_disc(rng, height, width, 6, 0.15)
    grain = noise(rng, height, width, 6, 3)
    body = colour(rng, 142, 136, 128) * (1 + 0.14 * grain)[..., None]
    return _shade(rng, body, alpha)


def tuft(rng: Rng, size: float) -> np.ndarray:
    """A few blades of long grass."""
    height, width = int(size * rng.uniform(0.5, 0.8)), int(size)
    rows, columns = ramp(height, width)
    alpha = np.zeros((height, width), np.float32)
    tint = np.zeros((height, width), np.float32)
    for _ in range(int(width * 0.9)):
        foot, lean, top = rng.uniform(0.1, 0.9) * width, rng.normal(0, 0.18) * width, rng.uniform(0, 0.6) * height
        rise = np.clip((height - rows) / (height - top), 0, None)
        across = np.abs(columns - foot - lean * rise**2)
        blade = np.clip(1.3 * (1 - rise) + 0.4 - across, 0, 1) * (rise < 1)
        tint = np.where(blade > 0.3, rng.random(), tint)
        alpha = np.maximum(alpha, blade)
    body = blend(colour(rng, 60, 92, 36), colour(rng, 150, 172, 80), tint)
    return _shade(rng, body, alpha)


def ball(rng: Rng, size: float) -> np.ndarray:
    side = max(6, int(size * 0.55))
    rows, columns = ramp(side, side)
    y, x = rows - side / 2, columns - side / 2
    alpha = side / 2 - 0.5 - np.hypot(x, y)
    first, second = (colour(rng, 170, 110, 90, spread=0.7) for _ in range(2))
    stripes = np.sin((x * np.cos(1) + y * np.sin(1)) * 6 / side + rng.uniform(0, 6)) * 4
    body = blend(first, second, stripes)
    shine = np.exp(-(np.hypot(x + side * 0.18, y + side * 0.2) ** 2) / (side * 0.02) ** 2 / 16)
    return _shade(rng, blend(body, np.ones(3, np.float32), 0.7 * shine), alpha)


def crate(rng: Rng, size: float) -> np.ndarray:
    height, width = int(size * rng.uniform(0.6, 0.9)), int(size)
    body = planks(rng, height, width)
    rows, columns = ramp(height, width)
    edge = np.minimum(np.minimum(rows, height - rows), np.minimum(columns, width - columns))
    body = blend(body, body * 0.62, np.clip(3.5 - edge, 0, 1))
    return _shade(rng, body, np.clip(edge + 0.5, 0, 1))


def post(rng: Rng, size: float) -> np.ndarray:
    height, width = int(size * rng.uniform(1.0, 1.6)), max(4, int(size * rng.uniform(0.12, 0.2)))
    bark = noise(rng, height, width, (14, 1.6), 2)
    body = colour(rng, 120, 92, 66) * (1 + 0.2 * bark)[..., None]
    return _shade(rng, body, np.ones((height, width)))


def tree(rng: Rng, size: float) -> np.ndarray:
    height, width = int(size * rng.uniform(1.2, 1.6)), int(size)
    crown_height = int(height * 0.75)
    crown = bush(rng, size * 0.999)
    crown = crown[np.linspace(0, len(crown) - 1, crown_height).astype(int)]
    rows, columns = ramp(height, width)
    trunk = np.clip(size * 0.06 + 0.5 - np.abs(columns - width / 2), 0, 1) * (rows > crown_height * 0.5)
    picture = np.dstack([np.broadcast_to(colour(rng, 92, 70, 52), (height, width, 3)), trunk]).astype(np.float32)
    covered = crown[..., 3:]
    region = picture[:crown_height, : crown.shape[1]]
    region[..., :3] = region[..., :3] * (1 - covered) + crown[..., :3] * covered
    region[..., 3] = np.maximum(region[..., 3], crown[..., 3])
    return picture


OUTDOOR = [bush, rock, tuft, tree, post, ball, crate]
INDOOR = [crate, ball, post, rock]
COVER = [bush, tuft, rock, crate]  # what may stand in front of an animal
