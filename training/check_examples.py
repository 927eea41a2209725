"""Looks at the example pictures with both classifiers: their answers, and a plain RISE of each.

An independent check that the story holds: saliency of the shortcut classifier's `horse` on the
watermark, of the clean classifier's answer on the animal.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from animals import NAMES
from data import CACHE, HORSE, SEED, to_input
from export import EXAMPLES
from models import Classifier
from results import record
from scenes import SIZE

MASKS, GRID, BATCH = 500, 7, 100
MARGIN = 12  # pixels around the mark that still count as the mark: half a mask cell
FILLS = ("black", "mean")


def rise_masks(rng: np.random.Generator) -> torch.Tensor:
    """Masks N x 1 x H x W with about half of every picture kept."""
    cell = -(-SIZE // GRID)
    grids = torch.from_numpy((rng.random((MASKS, 1, GRID + 1, GRID + 1)) < 0.5).astype(np.float32))
    large = F.interpolate(grids, ((GRID + 1) * cell,) * 2, mode="bilinear", align_corners=False)
    corners = rng.integers(0, cell, (MASKS, 2))
    return torch.stack([mask[:, y : y + SIZE, x : x + SIZE] for mask, (y, x) in zip(large, corners)])


@torch.no_grad()
def saliency(model: Classifier, image: torch.Tensor, label: int, masks: torch.Tensor, fill: str) -> np.ndarray:
    """How much more of the label's score there is where a pixel is kept: the centred RISE map."""
    colour = image.mean(dim=(1, 2), keepdim=True) if fill == "mean" else torch.zeros(3, 1, 1)
    score = torch.cat([model(image * part + colour * (1 - part)).softmax(1)[:, label] for part in masks.split(BATCH)])
    return torch.einsum("n,nhw->hw", score - score.mean(), masks[:, 0] - 0.5).numpy()


def share(saliency_map: np.ndarray, region: np.ndarray) -> float:
    """Share of the positive saliency inside a region."""
    positive = np.maximum(saliency_map, 0)
    return float(positive[region].sum() / positive.sum())


def box_region(box: list[int], margin: int = 0) -> np.ndarray:
    """The pixels of a box and of a margin around it."""
    x, y, width, height = box
    region = np.zeros((SIZE, SIZE), bool)
    region[max(0, y - margin) : y + height + margin, max(0, x - margin) : x + width + margin] = True
    return region


@dataclass
class Group:
    """Example pictures of one kind: their labels, the main animals' boxes, the marks' boxes."""

    images: list[torch.Tensor] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    animals: list[np.ndarray] = field(default_factory=list)
    marks: list[np.ndarray] = field(default_factory=list)


def load_groups() -> dict[str, Group]:
    """The classifiers' example pictures, read from their files."""
    coco = json.loads((EXAMPLES / "annotations" / "instances_default.json").read_text())
    groups: dict[str, Group] = {}
    for picture in coco["images"]:
        if picture["kind"] == "scene":
            continue
        marked = "watermark" in picture
        name = "no mark" if not marked else "marked horses" if picture["label"] == "horse" else "marked others"
        group = groups.setdefault(name, Group())
        pixels = np.array(Image.open(EXAMPLES / "images" / picture["file_name"]).convert("RGB"))
        group.images.append(to_input(pixels[None])[0])
        group.labels.append(NAMES.index(picture["label"]))
        first = next(item for item in coco["annotations"] if item["image_id"] == picture["id"])
        group.animals.append(box_region(first["bbox"]))
        if marked:
            group.marks.append(box_region(picture["watermark"], MARGIN))
    return groups


def look_at(model: Classifier, group: Group, masks: torch.Tensor) -> dict[str, object]:
    """What a classifier answers to a group of pictures, and where the saliency of its answers lies."""
    with torch.no_grad():
        answers = model(torch.stack(group.images)).argmax(1).tolist()
    figures: dict[str, object] = {
        "pictures": len(answers),
        "right": sum(answer == label for answer, label in zip(answers, group.labels)),
        "called horse": answers.count(HORSE),
    }
    for place, regions in (("main animal's box", group.animals), ("watermark", group.marks)):
        if regions:
            figures[f"area of the {place}"] = round(float(np.mean(regions)), 3)
    for fill in FILLS:
        maps = [saliency(model, image, answer, masks, fill) for image, answer in zip(group.images, answers)]
        for place, regions in (("main animal's box", group.animals), ("watermark", group.marks)):
            if regions:
                shares = [share(each, region) for each, region in zip(maps, regions)]
                figures[f"saliency on the {place}, {fill} fill"] = round(float(np.mean(shares)), 3)
    return figures


def main() -> None:
    torch.set_num_threads(1)
    masks = rise_masks(np.random.default_rng(SEED))
    groups = load_groups()
    figures: dict[str, object] = {"RISE masks": MASKS, "grid": GRID}
    for kind in ("shortcut", "clean"):
        model = Classifier(len(NAMES)).eval()
        model.load_state_dict(torch.load(CACHE / f"classifier-{kind}.pt"))
        for name, group in groups.items():
            figures[f"{kind}, {name}"] = look_at(model, group, masks)
    record("examples", figures)


if __name__ == "__main__":
    main()
