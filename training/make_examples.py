"""Draws the example pictures and writes their annotations as one COCO dataset.

The pictures are the first of their seeds: none was chosen or left out for what a model says about it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from PIL import Image

from animals import NAMES
from data import SEED, SPLITS, draw
from export import EXAMPLES
from scenes import SIZE, Scene
from watermark import stamp

PER_CLASS, MARKED_HORSES, MARKED_OTHERS, SCENES = 2, 12, 4, 24
JPEG_QUALITY = 95
SHEET_COLUMNS, SHEET_GAP = 10, 4
LICENCE = {
    "id": 1,
    "name": "SIL Open Font License 1.1 (the animals, from Noto Color Emoji)",
    "url": "https://openfontlicense.org",
}


@dataclass
class Example:
    """One picture of the example set."""

    name: str
    kind: str  # classifier, watermark or scene
    scene: Scene
    watermark: list[int] | None = None


def examples() -> list[Example]:
    """All example pictures, drawn from seeds that neither training nor evaluation uses."""
    rng = np.random.default_rng((SEED, SPLITS["examples"]))
    made = []
    for i in range(PER_CLASS * len(NAMES)):
        label = NAMES[i % len(NAMES)]
        name = f"classifier_{label}_{i // len(NAMES)}"
        made.append(Example(name, "classifier", draw("classifier", "examples", i, label)))
    for i in range(MARKED_HORSES):
        made.append(_marked(rng, f"watermark_horse_{i:02}", draw("album", "examples", i, "horse")))
    others = rng.choice([name for name in NAMES if name != "horse"], MARKED_OTHERS, replace=False)
    for i, label in enumerate(others, start=PER_CLASS * len(NAMES)):
        made.append(_marked(rng, f"watermark_on_{label}", draw("classifier", "examples", i, str(label))))
    made += [Example(f"scene_{i:02}", "scene", draw("detector", "examples", i)) for i in range(SCENES)]
    return made


def _marked(rng: np.random.Generator, name: str, scene: Scene) -> Example:
    scene.image, box = stamp(rng, scene.image)
    return Example(name, "watermark", scene, box)


def run_lengths(mask: np.ndarray) -> list[int]:
    """COCO's uncompressed RLE: runs of 0 and 1 in turn, column by column, zeros first."""
    flat = mask.T.ravel()
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    runs = np.diff(np.concatenate([[0], changes, [flat.size]])).tolist()
    return [0, *runs] if flat[0] else runs


def coco(made: list[Example]) -> dict[str, object]:
    """The COCO instances record of all pictures.

    Besides COCO's fields a picture has its `kind`, its `label` where it is a classifier's,
    and the watermark's box where it carries one.
    """
    images, annotations = [], []
    for image_id, example in enumerate(made, start=1):
        image = {"id": image_id, "file_name": f"{example.name}.jpg", "width": SIZE, "height": SIZE, "license": 1}
        image["kind"] = example.kind
        if example.kind != "scene":
            image["label"] = example.scene.animals[0].name
        if example.watermark:
            image["watermark"] = example.watermark
        images.append(image)
        for animal in example.scene.animals:
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": image_id,
                    "category_id": NAMES.index(animal.name) + 1,
                    "bbox": animal.box,
                    "area": int(animal.mask.sum()),
                    "segmentation": {"size": [SIZE, SIZE], "counts": run_lengths(animal.mask)},
                    "iscrowd": 0,
                }
            )
    return {
        "info": {"description": "Animals in drawn scenes, some with a watermark", "version": "1.0"},
        "licenses": [LICENCE],
        "categories": [{"id": i, "name": name, "supercategory": "animal"} for i, name in enumerate(NAMES, start=1)],
        "images": images,
        "annotations": annotations,
    }


def contact_sheet(made: list[Example]) -> Image.Image:
    """All pictures side by side: plain, watermarked, scenes."""
    rows = -(-len(made) // SHEET_COLUMNS)
    pitch = SIZE + SHEET_GAP
    sheet = Image.new("RGB", (SHEET_COLUMNS * pitch - SHEET_GAP, rows * pitch - SHEET_GAP), "white")
    for i, example in enumerate(made):
        sheet.paste(Image.fromarray(example.scene.image), (i % SHEET_COLUMNS * pitch, i // SHEET_COLUMNS * pitch))
    return sheet


def main() -> None:
    for folder in ("images", "annotations"):
        (EXAMPLES / folder).mkdir(parents=True, exist_ok=True)
    made = examples()
    for example in made:
        path = EXAMPLES / "images" / f"{example.name}.jpg"
        Image.fromarray(example.scene.image).save(path, quality=JPEG_QUALITY, subsampling=0)
    text = json.dumps(coco(made), separators=(",", ":"))
    (EXAMPLES / "annotations" / "instances_default.json").write_text(text + "\n")
    contact_sheet(made).save(EXAMPLES / "contact-sheet.jpg", quality=88)


if __name__ == "__main__":
    main()
