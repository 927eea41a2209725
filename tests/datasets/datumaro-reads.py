"""Reads datasets with Datumaro: lines of a folder and a format's name in, a line of JSON for each out."""

import json
import logging
import os
import sys

logging.disable(logging.CRITICAL)

from datumaro.components.annotation import AnnotationType  # noqa: E402
from datumaro.components.dataset import Dataset  # noqa: E402


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


for line in sys.stdin:
    path, name = json.loads(line)
    try:
        answer = sorted(items_of(path, name))
    except Exception as error:  # Each dataset is a test of its own.
        answer = f"{type(error).__name__}: {error}"
    print(json.dumps(answer), flush=True)
