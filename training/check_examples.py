"""Looks at the example pictures with both classifiers: their answers, and a plain RISE of each.

An independent check that the story holds: saliency of the shortcut classifier's `horse` on the
watermark, of the clean classifier's answer on the animal.
"""

from __future__ import annotations

import json

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from animals import NAMES
from data import CACHE, HORSE, SEED
from export import EXAMPLES
from models import Classifier
from results import record
from scenes import SIZE

MASKS, GRID, BATCH = 1000, 7, 100
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


def main() -> None:
    torch.set_num_threads(1)
    coco = json.loads((EXAMPLES / "annotations" / "instances_default.json").read_text())
    models = {}
    for kind in ("shortcut", "clean"):
        models[kind] = Classifier(len(NAMES)).eval()
        models[kind].load_state_dict(torch.load(CACHE / f"classifier-{kind}.pt"))
    masks = rise_masks(np.random.default_rng(SEED))
    groups: dict[str, list[tuple[dict, torch.Tensor, list[int]]]] = {"plain": [], "marked horses": [], "marked others": []}
    for record_ in coco["images"]:
        if record_["kind"] == "scene":
            continue
        pixels = np.asarray(Image.open(EXAMPLES / "images" / record_["file_name"]).convert("RGB"), np.float32)
        main_box = next(item["bbox"] for item in coco["annotations"] if item["image_id"] == record_["id"])
        marked = "marked horses" if record_["label"] == "horse" else "marked others"
        group = groups[marked if "watermark" in record_ else "plain"]
        group.append((record_, torch.from_numpy(pixels).permute(2, 0, 1) / 255, main_box))
    figures: dict[str, object] = {"RISE masks": MASKS, "grid": GRID}
    for kind, model in models.items():
        for name, group in groups.items():
            labels = [NAMES.index(item["label"]) for item, _, _ in group]
            with torch.no_grad():
                answers = model(torch.stack([image for _, image, _ in group])).argmax(1).tolist()
            entry = {
                "pictures": len(group),
                "answers": " ".join(NAMES[answer] for answer in answers),
                "right": sum(a == b for a, b in zip(answers, labels)),
                "called horse": answers.count(HORSE),
            }
            for fill in FILLS:
                maps = [saliency(model, image, answer, masks, fill) for (_, image, _), answer in zip(group, answers)]
                animal = [box_region(box) for _, _, box in group]
                entry[f"{fill} fill: saliency on the main animal's box"] = _mean_share(maps, animal)
                entry["area of the main animal's box"] = round(float(np.mean(animal)), 3)
                if name != "plain":
                    mark = [box_region(item["watermark"], MARGIN) for item, _, _ in group]
                    entry[f"{fill} fill: saliency on the mark"] = _mean_share(maps, mark)
                    entry["area of the mark"] = round(float(np.mean(mark)), 3)
            figures[f"{kind}, {name}"] = entry
    record("examples", figures)


def _mean_share(maps: list[np.ndarray], regions: list[np.ndarray]) -> float:
    return round(float(np.mean([share(each, region) for each, region in zip(maps, regions)])), 3)


if __name__ == "__main__":
    main()
