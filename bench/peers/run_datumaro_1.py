"""Datumaro 1: RISE of classifiers."""

from types import SimpleNamespace

from common import main

import numpy as np
from datumaro.components.algorithms.rise import RISE


class Launcher:
    """One class, since Datumaro explains all that a model has, one after another."""

    def __init__(self, model, label, height, width):
        self.model = model
        self.label = label
        self.inputs = [SimpleNamespace(shape=(1, 3, height, width))]
        self.outputs = [SimpleNamespace(shape=(1, 1))]

    def launch(self, items):
        images = np.stack([item.media.data for item in items])
        # Its images are BGR.
        scores = self.model.probabilities(images[..., ::-1])[:, self.label]
        return [[SimpleNamespace(attributes={"score": score})] for score in scores]


def explain(model, pixels, targets, setting):
    maps = []
    for target in targets:
        np.random.seed(0)
        rise = RISE(Launcher(model, target["label"], *pixels.shape[:2]), **setting["options"])
        maps.append(next(iter(rise.apply(pixels[..., ::-1])))[0])
    return maps


main(["datumaro", "onnxruntime", "numpy"], explain)
