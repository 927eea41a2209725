"""Trains the detector and measures its mean average precision."""

from __future__ import annotations

import time

import numpy as np
import torch

from animals import NAMES
from data import CACHE, SEED, BoxedPictures, batches, detector_pictures, hide, to_input
from detection import average_precision, loss, match, suppress
from models import Detector
from results import record
from scenes import SIZE

TRAINING, HELD_OUT = 8000, 1000
EPOCHS, BATCH, RATE = 14, 32, 3e-3
LEAST_SCORE, NMS_OVERLAP = 0.01, 0.6


def train(pictures: BoxedPictures) -> Detector:
    """A detector trained on these pictures, each mirrored half of the time."""
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    model = Detector(len(NAMES), SIZE)
    steps = EPOCHS * (len(pictures) // BATCH)
    optimiser = torch.optim.AdamW(model.parameters(), RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, steps, pct_start=0.1)
    for epoch in range(EPOCHS):
        start, total = time.time(), 0.0
        for chosen in batches(rng, len(pictures), BATCH):
            images, boxes = pictures.images[chosen], pictures.boxes[chosen].copy()
            if rng.random() < 0.5:
                images, boxes[..., [0, 2]] = images[:, :, ::-1], SIZE - boxes[..., [2, 0]]
            images = hide(rng, images, share=0.5, most=0.25)
            found, logits = model(to_input(images))
            classes = torch.from_numpy(pictures.classes[chosen])
            value = loss(found, logits, model.centres, torch.from_numpy(boxes), classes)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            schedule.step()
            total += value.item() * BATCH
        print(f"epoch {epoch + 1}: loss {total / len(pictures):.3f}, {time.time() - start:.0f} s", flush=True)
    return model.eval()


@torch.no_grad()
def evaluate(model: Detector, pictures: BoxedPictures, threshold: float = 0.5) -> dict[str, float]:
    """Average precision of each class at an IoU, after suppression within the class."""
    scores: list[list[np.ndarray]] = [[] for _ in NAMES]
    hits: list[list[np.ndarray]] = [[] for _ in NAMES]
    for chosen in np.array_split(np.arange(len(pictures)), max(1, len(pictures) // 50)):
        batch = zip(*model(to_input(pictures.images[chosen])), pictures.boxes[chosen], pictures.classes[chosen])
        for boxes, logits, true_boxes, true_classes in batch:
            found, score, classes = suppress(boxes, logits.sigmoid(), LEAST_SCORE, NMS_OVERLAP)
            for label in range(len(NAMES)):
                of_class = classes == label
                scores[label].append(score[of_class].numpy())
                truth = torch.from_numpy(true_boxes[true_classes == label])
                hits[label].append(match(found[of_class], truth, threshold))
    return {
        name: average_precision(
            np.concatenate(scores[label]), np.concatenate(hits[label]), int((pictures.classes == label).sum())
        )
        for label, name in enumerate(NAMES)
    }


def main() -> None:
    torch.set_num_threads(1)
    start = time.time()
    training, held_out = detector_pictures("train", TRAINING), detector_pictures("held-out", HELD_OUT)
    model = train(training)
    torch.save(model.state_dict(), CACHE / "detector.pt")
    precision = evaluate(model, held_out)
    record(
        "detector",
        {
            "training pictures": len(training),
            "epochs": EPOCHS,
            "seed": SEED,
            "training minutes": round((time.time() - start) / 60, 1),
            "held-out pictures": len(held_out),
            "held-out boxes": int((held_out.classes >= 0).sum()),
            "mAP at IoU 0.5, all-point interpolation": round(float(np.mean(list(precision.values()))), 4),
            "mAP at IoU 0.75": round(float(np.mean(list(evaluate(model, held_out, 0.75).values()))), 4),
            "AP at IoU 0.5": {name: round(value, 4) for name, value in precision.items()},
        },
    )


if __name__ == "__main__":
    main()
