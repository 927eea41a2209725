"""Datumaro 0.3: RISE of classifiers and of detectors."""

from common import JOB, best_match, main, suppressed

import numpy as np
from datumaro.components.algorithms.rise import RISE
from datumaro.components.annotation import Bbox, Label


class Launcher:
    def __init__(self, model):
        self.model = model

    def launch(self, images):
        # Its images are BGR.
        pixels = np.asarray(images)[..., ::-1]
        if JOB["model"]["task"] == "classifier":
            for scores in self.model.probabilities(pixels):
                yield [Label(label, attributes={"score": score}) for label, score in enumerate(scores)]
        else:
            for found in self.model.proposals(pixels):
                yield self.boxes(found)

    def boxes(self, found):
        boxes, scores, labels = found
        out = []
        for i in suppressed(boxes, scores, labels):
            x, y, right, bottom = (float(value) for value in boxes[i])
            attributes = {"score": float(scores[i])}
            out.append(Bbox(x, y, right - x, bottom - y, label=int(labels[i]), attributes=attributes))
        return out


def explain(model, pixels, targets, setting):
    np.random.seed(0)
    launcher = Launcher(model)
    rise = RISE(launcher, max_samples=setting["runs"])
    (maps,) = rise.apply(pixels[..., ::-1])
    if JOB["model"]["task"] == "classifier":
        return [maps[0] for _ in targets]
    # Maps of classes come first, and then those of the boxes.
    (found,) = launcher.launch(pixels[None, ..., ::-1])
    model.runs -= 1
    boxes = np.array([[box.x, box.y, box.x + box.w, box.y + box.h] for box in found])
    labels = np.array([box.label for box in found])
    boxes_of_maps = maps[len(set(labels.tolist())) :]
    return [boxes_of_maps[best_match(target, boxes, labels)] for target in targets]


main(["datumaro", "onnxruntime", "numpy"], explain)
