"""xaitk-saliency: RISE, a sliding window, and D-RISE."""

from common import JOB, main

import numpy as np
from smqtk_classifier.interfaces.classify_image import ClassifyImage
from smqtk_detection.interfaces.detect_image_objects import DetectImageObjects
from smqtk_image_io.bbox import AxisAlignedBoundingBox
from xaitk_saliency.impls.gen_image_classifier_blackbox_sal.rise import RISEStack
from xaitk_saliency.impls.gen_image_classifier_blackbox_sal.slidingwindow import SlidingWindowStack
from xaitk_saliency.impls.gen_object_detector_blackbox_sal.drise import DRISEStack

# The mean of ImageNet's pixels, as the authors' examples fill.
IMAGENET_MEAN = [124, 116, 104]


class OneClass(ClassifyImage):
    def __init__(self, model, label):
        self.model = model
        self.label = label

    def get_labels(self):
        return ["target"]

    def classify_images(self, images):
        for image in images:
            yield {"target": float(self.model.probabilities(image[None])[0, self.label])}

    def get_config(self):
        return {}


class Boxes(DetectImageObjects):
    """The best class of a proposal alone, so that xaitk-saliency takes its score as objectness and weighs with it."""

    def __init__(self, model):
        self.model = model
        self.classes = JOB["model"]["classes"]

    def detect_objects(self, images):
        for image in images:
            boxes, scores, labels = self.model.proposals(image[None])[0]
            yield [
                (AxisAlignedBoundingBox(box[:2], box[2:]), {i: float(score) * (i == label) for i in range(self.classes)})
                for box, score, label in zip(boxes, scores, labels, strict=True)
            ]

    def get_config(self):
        return {}


def explain(model, pixels, targets, setting):
    if setting["method"] == "D-RISE":
        return explain_boxes(model, pixels, targets, setting)
    maps = []
    for target in targets:
        if setting["method"] == "window":
            stack = SlidingWindowStack()
        else:
            stack = RISEStack(n=setting["runs"], s=8, p1=0.5, seed=0, debiased=setting["debiased"])
        stack.fill = IMAGENET_MEAN
        maps.append(stack.generate(pixels, OneClass(model, target["label"]))[0])
    return maps


def explain_boxes(model, pixels, targets, setting):
    stack = DRISEStack(n=setting["runs"], s=8, p1=0.5, seed=0)
    boxes = np.array([target["box"] for target in targets], dtype=np.float64)
    scores = np.zeros((len(targets), JOB["model"]["classes"]))
    for row, target in zip(scores, targets, strict=True):
        row[target["label"]] = 1
    return stack.generate(pixels, boxes, scores, Boxes(model))


main(["xaitk-saliency", "smqtk-classifier", "smqtk-detection", "onnxruntime", "numpy"], explain)
