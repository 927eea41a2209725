"""Draws a scene: animals on a background, with exact masks and boxes.

A scene depends on its seed alone. Three kinds exist:

- `detector`: two to five animals of any class;
- `classifier`: one large animal that gives the label, sometimes smaller ones beside it;
- `album`: the horse photographer's pictures, in which the labelled horse is smaller and more hidden.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from animals import NAMES, sprite
from backdrops import backdrop, blur
from clutter import COVER, INDOOR, OUTDOOR
from textures import Rng, noise, ramp

SIZE = 160


@dataclass
class Animal:
    """One animal of a scene: its class and the pixels of it that can be seen."""

    name: str
    mask: np.ndarray
    whole: int  # pixels it would show if nothing stood before it and the frame had no end

    @property
    def seen(self) -> float:
        """Share of the animal that can be seen."""
        return float(self.mask.sum()) / self.whole

    @property
    def box(self) -> list[int]:
        """x, y, width, height of what can be seen."""
        rows, columns = np.flatnonzero(self.mask.any(axis=1)), np.flatnonzero(self.mask.any(axis=0))
        return [int(columns[0]), int(rows[0]), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1]


@dataclass
class Scene:
    """A picture (uint8 RGB) and what stands in it; the first animal is the labelled one."""

    image: np.ndarray
    animals: list[Animal]


@dataclass
class _Thing:
    """A sprite waiting to be painted, its feet at row `feet`."""

    pixels: np.ndarray
    x: float
    feet: float
    animal: Animal | None = field(default=None)


def scene(seed: tuple[int, ...], kind: str, label: str | None = None) -> Scene:
    """The scene of this seed; `label` fixes the class of the first animal."""
    rng = np.random.default_rng(seed)
    picture, horizon = backdrop(rng, SIZE)
    clutter = _clutter(rng, horizon)
    while True:
        drawn = _paint(rng, picture, clutter + _cast(rng, kind, label, horizon))
        if _valid(drawn.animals, kind):
            drawn.image = _photograph(rng, drawn.image)
            return drawn


def _sizes(rng: Rng, kind: str) -> list[float]:
    """Longer sides of the animals, in pixels; the labelled one first."""
    if kind == "detector":
        return list(rng.uniform(30, 84, rng.integers(2, 6)))
    main = rng.uniform(50, 112) if kind == "classifier" else rng.uniform(44, 84)
    others = int(rng.choice(3, p=[0.5, 0.35, 0.15]))
    return [main, *(rng.uniform(0.3, 0.6, others) * main)]


def _cast(rng: Rng, kind: str, label: str | None, horizon: float) -> list[_Thing]:
    """The animals, and at times something that hides part of one."""
    things = []
    for index, size in enumerate(_sizes(rng, kind)):
        name = label if label and index == 0 else NAMES[rng.integers(len(NAMES))]
        pixels = sprite(rng, name, size)
        height, width = pixels.shape[:2]
        overhang = 0.0 if kind == "classifier" and index == 0 else 0.2
        x = rng.uniform(-overhang * width, SIZE - (1 - overhang) * width)
        feet = rng.uniform(max(horizon + 4, height * 0.9), SIZE + overhang * 0.7 * height)
        animal = Animal(name, np.zeros((SIZE, SIZE), bool), int((pixels[..., 3] > 0.5).sum()))
        things.append(_Thing(pixels, x, feet, animal))
        if rng.random() < (0.5 if kind == "album" else 0.2):
            cover = COVER[rng.integers(len(COVER))](rng, max(12, size * rng.uniform(0.4, 0.7)))
            things.append(_Thing(cover, x + rng.uniform(-0.1, 0.7) * width, feet + rng.uniform(1, 5)))
    return things


def _clutter(rng: Rng, horizon: float) -> list[_Thing]:
    choice = OUTDOOR if rng.random() < 0.75 else INDOOR
    things = []
    for _ in range(rng.integers(0, 6)):
        feet = rng.uniform(horizon + 2, SIZE + 6)
        near = (feet - horizon) / (SIZE - horizon)
        pixels = choice[rng.integers(len(choice))](rng, rng.uniform(14, 26) + 28 * near)
        things.append(_Thing(pixels, rng.uniform(-10, SIZE - 10), feet))
    return things


def _paint(rng: Rng, picture: np.ndarray, things: list[_Thing]) -> Scene:
    """Paint from far to near; whatever comes later hides what is behind it."""
    picture = picture.astype(np.float32).copy()
    slant = rng.uniform(-0.35, 0.35)
    for thing in sorted(things, key=lambda thing: thing.feet):
        _shadow(picture, thing, slant)
        height, width = thing.pixels.shape[:2]
        left, top = int(round(thing.x)), int(round(thing.feet)) - height
        x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + width, SIZE), min(top + height, SIZE)
        if x1 <= x0 or y1 <= y0:
            continue
        part = thing.pixels[y0 - top : y1 - top, x0 - left : x1 - left]
        alpha = part[..., 3:]
        picture[y0:y1, x0:x1] = picture[y0:y1, x0:x1] * (1 - alpha) + part[..., :3] * alpha
        covered = np.zeros((SIZE, SIZE), bool)
        covered[y0:y1, x0:x1] = alpha[..., 0] > 0.5
        for other in things:
            if other.animal:
                other.animal.mask &= ~covered
        if thing.animal:
            thing.animal.mask |= covered
    return Scene(picture, [thing.animal for thing in things if thing.animal])


def _shadow(picture: np.ndarray, thing: _Thing, slant: float) -> None:
    """A soft dark ellipse under the feet, thrown to one side."""
    height, width = thing.pixels.shape[:2]
    rows, columns = ramp(SIZE, SIZE)
    x, y = thing.x + width / 2 + slant * width, thing.feet - 0.03 * height
    away = ((columns - x) / (0.55 * width)) ** 2 + ((rows - y) / (0.1 * height + 2)) ** 2
    picture *= (1 - 0.5 * np.exp(-1.4 * away))[..., None]


def _valid(animals: list[Animal], kind: str) -> bool:
    """Whether every animal can be recognised and the labelled one is plainly the largest."""
    least = {"detector": 0.5, "classifier": 0.6, "album": 0.45}[kind]
    if any(animal.seen < least or animal.mask.sum() < 120 for animal in animals):
        return False
    areas = [int(animal.mask.sum()) for animal in animals]
    return kind == "detector" or len(areas) == 1 or areas[0] > 1.6 * max(areas[1:])


def _photograph(rng: Rng, picture: np.ndarray) -> np.ndarray:
    """Light, lens and sensor: tint, uneven light, vignette, slight blur, noise."""
    rows, columns = ramp(SIZE, SIZE)
    y, x = rows / SIZE - 0.5, columns / SIZE - 0.5
    angle = rng.uniform(0, 2 * np.pi)
    light = 1 + rng.uniform(0, 0.25) * (x * np.cos(angle) + y * np.sin(angle)) * 2
    light *= 1 - rng.uniform(0, 0.55) * (x**2 + y**2)
    light *= 1 + 0.05 * noise(rng, SIZE, SIZE, 60)
    warmth = rng.normal(0, 0.05)
    picture = picture * light[..., None] * np.array([1 + warmth, 1, 1 - warmth], np.float32)
    picture = np.clip(picture * rng.uniform(0.95, 1.25), 0, 1) ** rng.uniform(0.8, 1.15)
    picture = blur(picture, rng.uniform(0.1, 0.8))
    picture = picture + rng.normal(0, rng.uniform(0.003, 0.018), picture.shape)
    return np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
