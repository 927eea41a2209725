"""Reads datasets with Datumaro: lines of a folder and a format's name in, a line of JSON for each out; writes one where items follow these."""

import json
import logging
import os
import sys

logging.disable(logging.CRITICAL)

import numpy as np  # noqa: E402
from datumaro.components.annotation import AnnotationType, Bbox, Label  # noqa: E402
from datumaro.components.dataset import Dataset  # noqa: E402
from datumaro.components.dataset_base import DatasetItem  # noqa: E402
from datumaro.components.media import Image  # noqa: E402


def items_of(path, name):
    dataset = Dataset.import_from(path, name)
    labels = dataset.categories()[AnnotationType.label]
    for item in dataset:
        found = []
        for annotation in item.annotations:
            label = labels[annotation.label].name if annotation.label is not None else None
            if annotation.type == AnnotationType.label:
                found.append([label])
            elif annotation.type in (AnnotationType.bbox, AnnotationType.polygon, AnnotationType.mask):
                found.append([label, *(round(float(value), 3) for value in annotation.get_bbox())])
        yield [os.path.basename(item.id), sorted(found)]


def write(path, name, classes, items):
    def made(found):
        label = classes.index(found[0])
        return Bbox(*found[1:], label=label) if len(found) > 1 else Label(label)

    dataset = Dataset.from_iterable(
        [
            DatasetItem(
                id=id,
                subset="train",
                media=Image.from_numpy(np.full((height, width, 3), 90, np.uint8)),
                annotations=[made(found) for found in all_found],
            )
            for id, width, height, all_found in items
        ],
        categories=classes,
        media_type=Image,
    )
    dataset.export(path, name, save_media=True)


for line in sys.stdin:
    path, name, *written = json.loads(line)
    try:
        answer = write(path, name, *written) if written else sorted(items_of(path, name))
    except Exception as error:  # Each dataset is a test of its own.
        answer = f"{type(error).__name__}: {error}"
    print(json.dumps(answer), flush=True)
