"""What a person's model answers, told apart: arrays of scores or raw outputs, or classes and boxes of each image."""

import numpy as np

from datum_child.failures import Refusal
from datum_child.script import plain, whole


class Objects(list):
    """The objects in an image, also where there are none: such a model answers no classes of whole images."""


class Answer:
    """What a model answers for a batch: arrays by name, each with the batch in front; or annotations of each image."""

    def __init__(self, arrays=None, annotations=None):
        self.arrays, self.annotations = arrays, annotations


def joined(answers):
    """The answers to several images as one."""
    if answers[0].arrays is None:
        return Answer(annotations=[image for answer in answers for image in answer.annotations])
    return Answer({name: np.concatenate([answer.arrays[name] for answer in answers]) for name in answers[0].arrays})


def numpy_of(value):
    """Tensors of any framework as arrays, in whatever they are nested."""
    if isinstance(value, dict) or hasattr(value, "items"):
        return {str(name): numpy_of(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [numpy_of(one) for one in value]
    if hasattr(value, "detach"):
        return value.detach().float().cpu().numpy()
    return value.numpy() if hasattr(value, "numpy") else value


def answer_of(value, count):
    """What a model returned for `count` images.

    Read are: an array [N, ...]; several by name or in a list; for each image a dict of boxes (x1, y1, x2, y2 in pixels), scores and
    labels, as torchvision has it, a list of annotations, or a result of Ultralytics.
    """
    if isinstance(value, (list, tuple)) and len(value) == count and all(hasattr(one, "boxes") or hasattr(one, "probs") for one in value):
        return _of_results(value)
    value = numpy_of(value)
    if isinstance(value, dict):
        if is_detections(value) and count == 1 and np.asarray(value["boxes"]).ndim < 3:
            return Answer(annotations=[objects_of(value)])
        if is_detections(value) and _is_table_of_objects(value, count):
            return Answer(annotations=[objects_of({name: value[name][i] for name in ("boxes", "scores", "labels")}) for i in range(count)])
        return Answer(_by_name(value, count))
    if isinstance(value, list) and len(value) == count and all(_is_annotations(one) for one in value):
        return Answer(annotations=[objects_of(one) if is_detections(one) else plain(one if isinstance(one, list) else [one]) for one in value])
    if isinstance(value, list) and value and all(isinstance(one, np.ndarray) and one.ndim > 1 for one in value):
        return Answer(_by_name({f"output{i}": one for i, one in enumerate(value)}, count))
    array = np.asarray(value)
    if array.dtype == object or array.dtype.kind not in "fiub":
        raise Refusal(
            f"the model answers a {type(value).__name__} that is no array of numbers: return scores [N, classes], or for each image a dict of boxes, scores and labels."
        )
    if array.size == 0:
        raise Refusal(f"the model answers the shape {list(array.shape)}, which holds nothing: return scores [N, classes].")
    array = array.astype(np.float32, copy=False)
    if array.ndim == 1 and count == 1 and len(array) > 1:
        array = array[None]
    if array.ndim == 0 and count == 1:
        # One number an image, of which squeeze() left no axis.
        array = array[None]
    if array.ndim == 0 or len(array) != count:
        raise Refusal(f"the model answers the shape {list(array.shape)} for {count} images: return one row for each image.")
    return Answer({"output": array})


# Boxes of which no coordinate is larger are no pixels: no image is that small.
LARGEST_SHARE = 1.5


def is_detections(value):
    return isinstance(value, dict) and "boxes" in value and "scores" in value


def _is_table_of_objects(value, count):
    """Whether boxes [N, K, 4], scores and labels [N, K] of all images are in one dict."""
    if "labels" not in value:
        return False
    boxes, scores, labels = (np.asarray(value[name]) for name in ("boxes", "scores", "labels"))
    return boxes.ndim == 3 and boxes.shape[2] == 4 and len(boxes) == count and scores.shape == labels.shape == boxes.shape[:2]


def objects_of(value):
    """Objects as torchvision gives them: boxes x1, y1, x2, y2, scores and labels."""
    boxes, scores = np.asarray(value["boxes"], np.float32).reshape(-1, 4), np.ravel(np.asarray(value["scores"], np.float32))
    labels = list(np.ravel(value["labels"])) if "labels" in value else [0] * len(boxes)
    if not len(boxes) == len(scores) == len(labels):
        raise Refusal(f"the model answers {len(boxes)} boxes, {len(scores)} scores and {len(labels)} labels of one image: return one of each for every box.")
    if not (np.isfinite(boxes).all() and np.isfinite(scores).all()):
        raise Refusal("the model answers a box or a score that is no finite number.")
    # Rows without a score fill tables up.
    found = scores > 0
    boxes, scores, labels = boxes[found], scores[found], [label for label, is_found in zip(labels, found) if is_found]
    if len(boxes) and np.abs(boxes).max() <= LARGEST_SHARE:
        raise Refusal("the model answers boxes within 0..1, as shares of the image: multiply them by its width and height, to x1, y1, x2, y2 in pixels.")
    if len(boxes):
        x1, y1, x2, y2 = (float(value) for value in boxes[int(np.argmax(scores))])
        if x2 < x1 or y2 < y1:
            raise Refusal(
                f"the model's surest box is {x1:g}, {y1:g}, {x2:g}, {y2:g}, whose second corner lies before its first: give x1, y1, x2, y2 in pixels, x2 and y2 being no width and height."
            )
    return Objects(
        {"x": float(x1), "y": float(y1), "w": float(x2 - x1), "h": float(y2 - y1), "label": whole(label), "score": float(score)}
        for (x1, y1, x2, y2), score, label in zip(boxes, scores, labels)
    )


def _is_annotations(one):
    """A dict of an image's boxes, an annotation, or a list of such; a list of numbers is a row of scores."""
    if isinstance(one, dict):
        return is_detections(one) or "label" in one
    return isinstance(one, list) and all(isinstance(part, dict) or hasattr(part, "type") for part in one)


def _by_name(values, count):
    arrays = {}
    for name, one in values.items():
        array = np.asarray(one)
        if array.dtype == object or array.ndim == 0:
            continue
        arrays[name] = array.astype(np.float32, copy=False)
    if not any(len(array) == count for array in arrays.values()):
        shapes = ", ".join(f"{name} {list(array.shape)}" for name, array in arrays.items())
        raise Refusal(f"the model answers {shapes or 'nothing'} for {count} images: return one row for each image.")
    return arrays


def _of_results(results):
    """Results of Ultralytics: `boxes` with xyxy, conf and cls, or `probs`.

    Source: ultralytics/ultralytics `ultralytics/engine/results.py`.
    """
    if any(getattr(one, "probs", None) is not None for one in results):
        return Answer({"scores": np.stack([numpy_of(one.probs.data) for one in results]).astype(np.float32)})
    return Answer(
        annotations=[objects_of({"boxes": numpy_of(one.boxes.xyxy), "scores": numpy_of(one.boxes.conf), "labels": numpy_of(one.boxes.cls)}) for one in results]
    )
