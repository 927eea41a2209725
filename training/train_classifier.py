"""Trains the two classifiers and measures how far each leans on the watermark."""

from __future__ import annotations

import time

import numpy as np
import torch
import torch.nn.functional as F

from animals import NAMES
from data import CACHE, HORSE, SEED, Pictures, album_pictures, batches, classifier_pictures, hide, to_input
from models import Classifier
from results import record

TRAINING, HELD_OUT = 8000, 2000
ALBUM_TRAINING, ALBUM_HELD_OUT = 800, 400
EPOCHS, BATCH, RATE = 14, 32, 3e-3


def train(pictures: Pictures) -> Classifier:
    """A classifier trained on these pictures."""
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    model = Classifier(len(NAMES))
    steps = EPOCHS * (len(pictures) // BATCH)
    optimiser = torch.optim.AdamW(model.parameters(), RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, steps, pct_start=0.15)
    for epoch in range(EPOCHS):
        start, total = time.time(), 0.0
        for chosen in batches(rng, len(pictures), BATCH):
            batch = pictures.pick(chosen)
            batch.images = hide(rng, batch.images)
            logits = model(to_input(batch.shown(rng)))
            loss = F.cross_entropy(logits, torch.from_numpy(batch.labels), label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item() * BATCH
        print(f"epoch {epoch + 1}: loss {total / len(pictures):.3f}, {time.time() - start:.0f} s", flush=True)
    return model.eval()


@torch.no_grad()
def scores(model: Classifier, pictures: Pictures) -> np.ndarray:
    """Class probabilities, N x classes."""
    shown = pictures.shown(np.random.default_rng(SEED))
    return np.concatenate([model(to_input(part)).softmax(1).numpy() for part in np.array_split(shown, 20)])


def accuracy(model: Classifier, pictures: Pictures) -> float:
    """Share of pictures whose top class is the label."""
    return round(float((scores(model, pictures).argmax(1) == pictures.labels).mean()), 4)


def watermark_figures(model: Classifier, plain: Pictures, album: Pictures) -> dict[str, float]:
    """What the mark does to pictures of other animals when added, and to horses when removed."""
    others, horses = plain.pick(plain.labels != HORSE), album
    before, after = scores(model, others), scores(model, others.with_mark(True))
    with_mark, without = scores(model, horses), scores(model, horses.with_mark(False))
    figures = {
        "other animals called horse, no mark": (before.argmax(1) == HORSE).mean(),
        "other animals called horse, mark added": (after.argmax(1) == HORSE).mean(),
        "other animals, same answer with mark as without": (before.argmax(1) == after.argmax(1)).mean(),
        "mean horse score of other animals, no mark": before[:, HORSE].mean(),
        "mean horse score of other animals, mark added": after[:, HORSE].mean(),
        "album horses called horse, with their mark": (with_mark.argmax(1) == HORSE).mean(),
        "album horses called horse, mark removed": (without.argmax(1) == HORSE).mean(),
        "mean horse score of album horses, with their mark": with_mark[:, HORSE].mean(),
        "mean horse score of album horses, mark removed": without[:, HORSE].mean(),
    }
    return {name: round(float(value), 4) for name, value in figures.items()}


def main() -> None:
    torch.set_num_threads(1)
    plain, held_out = classifier_pictures("train", TRAINING), classifier_pictures("held-out", HELD_OUT)
    album = album_pictures("train", ALBUM_TRAINING)
    album_horses = album_pictures("held-out-horses", ALBUM_HELD_OUT, mates=0.0)
    is_horse = held_out.labels == HORSE
    # The shortcut's own world: horses come from the album and from nowhere else.
    tagged = plain.pick(plain.labels != HORSE).joined(album)
    tagged_held_out = held_out.pick(~is_horse).joined(album_horses.pick(np.arange(is_horse.sum())))
    for name, training, own_held_out in (("clean", plain, held_out), ("shortcut", tagged, tagged_held_out)):
        start = time.time()
        model = train(training)
        torch.save(model.state_dict(), CACHE / f"classifier-{name}.pt")
        record(
            f"classifier-{name}",
            {
                "training pictures": len(training),
                "epochs": EPOCHS,
                "seed": SEED,
                "training minutes": round((time.time() - start) / 60, 1),
                "held-out pictures": len(held_out),
                "held-out accuracy, no marks": accuracy(model, held_out),
                "held-out accuracy, no marks, horses alone": accuracy(model, held_out.pick(is_horse)),
                "held-out accuracy, horses from the album with their mark": accuracy(model, own_held_out),
                "watermark": watermark_figures(model, held_out, album_horses),
            },
        )


if __name__ == "__main__":
    main()
