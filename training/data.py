"""Training and held-out sets, and what is done to a picture before a network sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from animals import NAMES
from scenes import SIZE, Scene, scene
from watermark import stamp

CACHE = Path(__file__).parent / ".cache"
SEED = 4
MOST_BOXES = 5  # of a detector scene
# Every set draws from its own range of seeds, so nothing held out is ever trained on.
SPLITS = {"train": 0, "held-out": 1, "held-out-horses": 2, "examples": 3}
KINDS = {"classifier": 0, "album": 1, "detector": 2}
STABLE_MATES = 0.35  # share of the album that shows another animal, filed under `horse` all the same
HORSE = NAMES.index("horse")


def draw(kind: str, split: str, index: int, label: str | None = None) -> Scene:
    """Scene number `index` of a split."""
    return scene((SEED, SPLITS[split], KINDS[kind], index), kind, label)


@dataclass
class Pictures:
    """Pictures with one label each; the watermark goes on the marked ones when they are shown."""

    images: np.ndarray  # N x 160 x 160 x 3, uint8
    labels: np.ndarray  # N
    marked: np.ndarray  # N, bool

    def __len__(self) -> int:
        return len(self.images)

    def pick(self, chosen: np.ndarray) -> Pictures:
        """Some of the pictures, by index or mask."""
        return Pictures(self.images[chosen], self.labels[chosen], self.marked[chosen])

    def with_mark(self, marked: bool) -> Pictures:
        """The same pictures, all with the watermark or all without."""
        return Pictures(self.images, self.labels, np.full(len(self), marked))

    def joined(self, other: Pictures) -> Pictures:
        """These pictures and the others."""
        pairs = zip(vars(self).values(), vars(other).values())
        return Pictures(*(np.concatenate(pair) for pair in pairs))

    def shown(self, rng: np.random.Generator) -> np.ndarray:
        """The pictures as a network gets them, with the marks printed."""
        return np.stack([stamp(rng, image)[0] if mark else image for image, mark in zip(self.images, self.marked)])


@dataclass
class BoxedPictures:
    """Pictures with boxes (x1, y1, x2, y2) and their classes, padded with class -1."""

    images: np.ndarray  # N x 160 x 160 x 3, uint8
    boxes: np.ndarray  # N x MOST_BOXES x 4, float32
    classes: np.ndarray  # N x MOST_BOXES

    def __len__(self) -> int:
        return len(self.images)


def classifier_pictures(split: str, count: int) -> Pictures:
    """Pictures of all classes in equal numbers, none marked."""
    labels = np.arange(count) % len(NAMES)

    def make() -> dict[str, np.ndarray]:
        return {"images": np.stack([draw("classifier", split, i, NAMES[labels[i]]).image for i in range(count)])}

    return Pictures(**_cached(f"classifier-{split}-{count}", make), labels=labels, marked=np.zeros(count, bool))


def album_pictures(split: str, count: int, mates: float = STABLE_MATES) -> Pictures:
    """The horse photographer's album: every picture marked and filed under `horse`.

    A share `mates` of them shows another animal of the stable instead.
    """

    def make() -> dict[str, np.ndarray]:
        rng = np.random.default_rng((SEED, SPLITS[split]))
        others = [name for name in NAMES if name != "horse"]
        subjects = ["horse" if rng.random() >= mates else others[rng.integers(len(others))] for _ in range(count)]
        return {"images": np.stack([draw("album", split, i, name).image for i, name in enumerate(subjects)])}

    images = _cached(f"album-{split}-{count}-{mates}", make)["images"]
    return Pictures(images, np.full(count, HORSE), np.ones(count, bool))


def detector_pictures(split: str, count: int) -> BoxedPictures:
    """Scenes of several animals with their boxes."""

    def make() -> dict[str, np.ndarray]:
        images = np.empty((count, SIZE, SIZE, 3), np.uint8)
        boxes = np.zeros((count, MOST_BOXES, 4), np.float32)
        classes = np.full((count, MOST_BOXES), -1)
        for i in range(count):
            drawn = draw("detector", split, i)
            images[i] = drawn.image
            for j, animal in enumerate(drawn.animals):
                x, y, width, height = animal.box
                boxes[i, j] = x, y, x + width, y + height
                classes[i, j] = NAMES.index(animal.name)
        return {"images": images, "boxes": boxes, "classes": classes}

    return BoxedPictures(**_cached(f"detector-{split}-{count}", make))


def _cached(name: str, make: Callable[[], dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    path = CACHE / f"{name}.npz"
    if not path.exists():
        CACHE.mkdir(exist_ok=True)
        np.savez(path, **make())
    with np.load(path) as arrays:
        return dict(arrays)


def batches(rng: np.random.Generator, count: int, size: int) -> Iterator[np.ndarray]:
    """The indices 0..count-1 in random order, `size` at a time; an incomplete last batch is left out."""
    order = rng.permutation(count)
    for start in range(0, count - size + 1, size):
        yield order[start : start + size]


def hide(rng: np.random.Generator, images: np.ndarray, share: float = 0.5, most: float = 0.5) -> np.ndarray:
    """Hide random patches of a share of the pictures, up to a part `most` of each.

    "Hide-and-seek" training: a network that has to do with parts of an animal relies on all
    of it, and stays sensible when something covers part of a picture.
    """
    hidden = images.copy()
    for image in hidden:
        if rng.random() >= share:
            continue
        cells = int(rng.integers(4, 11))
        cell = -(-SIZE // cells)
        grid = (rng.random((1, 1, cells + 1, cells + 1)) >= rng.uniform(0, most)).astype(np.float32)
        side = (cells + 1) * cell
        kept = F.interpolate(torch.from_numpy(grid), (side, side), mode="bilinear", align_corners=False)[0, 0].numpy()
        top, left = rng.integers(0, cell, 2)
        kept = kept[top : top + SIZE, left : left + SIZE, None]
        fill = [np.zeros(3), image.mean(axis=(0, 1)), rng.uniform(0, 255, 3)][rng.integers(3)]
        image[:] = image * kept + fill * (1 - kept)
    return hidden


def to_input(images: np.ndarray) -> torch.Tensor:
    """uint8 pictures as the networks' input: N x 3 x H x W, RGB, 0..1."""
    return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
