"""openvino-xai, which runs the model by OpenVINO: it takes no other."""

from common import JOB, best_match, main, yolox_proposals

import numpy as np
import openvino_xai as xai
from openvino_xai.common.utils import logger
from openvino_xai.explainer import ExplainMode

logger.setLevel("ERROR")
EXPLAINERS = {}


def explainer_of(model, setting):
    """Opened once for each way of explaining, as the model is."""
    key = setting["mode"], setting["method"]
    if key not in EXPLAINERS:
        spec = JOB["model"]

        def scores(outputs):
            model.runs += 1
            return model.as_probabilities(outputs[0])

        def boxes(outputs):
            model.runs += 1
            found = yolox_proposals(outputs[0][0], spec["width"], spec["height"])
            return tuple(part[None] for part in found)

        is_detector = spec["task"] == "detector"
        EXPLAINERS[key] = xai.Explainer(
            spec["path"],
            task=xai.Task.DETECTION if is_detector else xai.Task.CLASSIFICATION,
            preprocess_fn=lambda pixels: model.normalized(pixels[None]),
            postprocess_fn=boxes if is_detector else scores,
            explain_mode=ExplainMode(setting["mode"]),
            explain_method=None if setting["method"] is None else xai.Method(setting["method"]),
        )
    return EXPLAINERS[key]


def explain(model, pixels, targets, setting):
    explainer = explainer_of(model, setting)
    plain = {"colormap": False, "overlay": False, **setting["options"]}
    maps = []
    for target in targets:
        at = target["label"]
        if JOB["model"]["task"] == "detector":
            outputs = explainer.model_forward(pixels)
            boxes, _, labels = yolox_proposals(outputs[0][0], JOB["model"]["width"], JOB["model"]["height"])
            model.runs += 1
            at = best_match(target, boxes, labels)
        before = model.runs
        explanation = explainer(pixels, targets=at, **plain)
        if model.runs == before:
            # The white box explains in a run of its own graph, which no function of ours sees.
            model.runs += 1
        (one,) = explanation.saliency_map.values()
        maps.append(np.asarray(one, dtype=np.float32))
    return maps


main(["openvino-xai", "openvino", "numpy"], explain, lambda model, pixels, item: explainer_of(model, JOB["setting"]))
