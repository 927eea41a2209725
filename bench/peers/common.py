"""
What all peers share: the model in one onnxruntime session, its runs counted, and the clock.

A script is called as `python run_PEER.py JOB`, where JOB is a JSON file written by bench/peers/python-peers.ts. It writes
maps as .npy beside it and what was counted as JSON.
"""

import json
import os
import sys
import time
from importlib.metadata import version


def load_job():
    with open(sys.argv[1], encoding="utf-8") as file:
        return json.load(file)


JOB = load_job()
THREADS = JOB["threads"]
# Before numpy and its kind are imported: they read this once.
for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA"):
    os.environ[f"{name}_NUM_THREADS"] = str(THREADS)
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])

import numpy as np  # noqa: E402

# A proposal with a lower score is left out before a peer sees it: most of a detector's thousands are near nothing.
LEAST_SCORE = 0.05


class Model:
    """The model behind every peer but openvino-xai: pixels in, probabilities or proposals out."""

    def __init__(self):
        self.runs = 0
        self.spec = JOB["model"]
        self.session = None

    def open(self):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        options.inter_op_num_threads = 1
        # A thread that waits for work and burns time meanwhile would be counted as work.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(self.spec["path"], options, providers=["CPUExecutionProvider"])
        self.name = self.session.get_inputs()[0].name
        batch = self.session.get_inputs()[0].shape[0]
        self.batch = batch if isinstance(batch, int) and batch > 0 else None
        return self

    def normalized(self, pixels):
        """`[N, H, W, 3]` RGB 0..255 as the model's input, `[N, 3, H, W]`."""
        values = np.asarray(pixels, dtype=np.float32)
        if self.spec["color"] == "bgr":
            values = values[..., ::-1]
        values = (values * np.float32(self.spec["scale"]) - np.float32(self.spec["mean"])) / np.float32(self.spec["std"])
        return np.ascontiguousarray(values.transpose(0, 3, 1, 2), dtype=np.float32)

    def raw(self, pixels):
        """What the model says of a batch of pixels, in runs as large as it takes."""
        pixels = np.asarray(pixels)
        self.runs += len(pixels)
        size = self.batch or 16
        parts = [
            self.session.run(None, {self.name: self.normalized(pixels[i : i + size])})[0]
            for i in range(0, len(pixels), size)
        ]
        return np.concatenate(parts)

    def probabilities(self, pixels):
        """`[N, classes]`."""
        return self.as_probabilities(self.raw(pixels))

    def as_probabilities(self, output):
        values = output.reshape(len(output), -1).astype(np.float64)
        if self.spec["softmax"]:
            values = np.exp(values - values.max(axis=1, keepdims=True))
            values /= values.sum(axis=1, keepdims=True)
        return values

    def proposals(self, pixels):
        """For each image the boxes `[x1, y1, x2, y2]` in pixels of the input, the best class's score, and that class."""
        return [yolox_proposals(rows, self.spec["width"], self.spec["height"]) for rows in self.raw(pixels)]


def yolox_proposals(rows, width, height):
    """
    Cells of the grids of 8, 16 and 32 pixels; a box is an offset from its cell, and the logarithm of a size in cells
    (Ge et al. 2021, YOLOX; the published model leaves this to whoever runs it).
    """
    places, strides = [], []
    for stride in (8, 16, 32):
        y, x = np.mgrid[0 : height // stride, 0 : width // stride]
        places.append(np.stack([x.ravel(), y.ravel()], axis=1))
        strides.append(np.full(x.size, stride))
    places, strides = np.concatenate(places), np.concatenate(strides)[:, None]
    label = rows[:, 5:].argmax(axis=1)
    score = rows[:, 4] * rows[np.arange(len(rows)), 5 + label]
    kept = score > LEAST_SCORE
    middle = ((rows[:, :2] + places) * strides)[kept]
    half = (np.exp(rows[kept, 2:4]) * strides[kept]) / 2
    return np.concatenate([middle - half, middle + half], axis=1), score[kept], label[kept]


def iou(box, boxes):
    """Of one box with each of `[N, 4]`."""
    low = np.maximum(box[:2], boxes[:, :2])
    high = np.minimum(box[2:], boxes[:, 2:])
    inside = np.prod(np.clip(high - low, 0, None), axis=1)
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    return inside / (np.prod(box[2:] - box[:2]) + area - inside)


def best_match(target, boxes, labels):
    """Which of a detector's boxes is the target: the same class, and the largest IoU."""
    shares = np.where(labels == target["label"], iou(np.array(target["box"]), boxes), 0)
    if len(shares) == 0 or shares.max() < 0.5:
        raise LookupError("the target is none of the boxes that this peer is given")
    return int(shares.argmax())


def suppressed(boxes, scores, labels, threshold=0.45):
    """Which boxes are left by non-maximum suppression within each class, best first."""
    left = []
    for i in np.argsort(-scores):
        rivals = [j for j in left if labels[j] == labels[i]]
        if not rivals or iou(boxes[i], boxes[rivals]).max() <= threshold:
            left.append(i)
    return left


def peak_memory():
    """Peak of this process, in bytes."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            line = next(line for line in status if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    except (OSError, StopIteration):
        import resource

        factor = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * factor


def main(packages, explain, prepare=lambda model, pixels, item: model.open()):
    """
    Calls `explain(model, pixels, targets, setting)` for each photo: maps `[H, W]` over the input, one for each target,
    and keeps what it cost. `prepare` opens the model, and compiles what compiles at its first use: no part of that.
    """
    model = Model()
    setting, items = JOB["setting"], []
    for item in JOB["items"]:
        pixels = np.load(item["pixels"])
        expected = np.load(item["input"])
        given = model.normalized(pixels[None])[0]
        if given.shape != expected.shape or np.abs(given - expected).max() > 1e-3 * max(1, np.abs(expected).max()):
            raise SystemExit("the model's input made here is not the one that datum makes")
        if not items:
            prepare(model, pixels, item)
        model.runs = 0
        before = time.process_time()
        maps = explain(model, pixels, item["targets"], setting)
        cpu = time.process_time() - before
        for path, one in zip(item["maps"], maps, strict=True):
            one = np.asarray(one, dtype=np.float32)
            if one.shape != pixels.shape[:2]:
                raise SystemExit(f"a map of shape {one.shape} over pixels of shape {pixels.shape}")
            np.save(path, one)
        items.append({"runs": int(model.runs), "cpu": cpu})
    made = {
        "versions": {name: version(name) for name in packages},
        "python": sys.version.split()[0],
        "items": items,
        "cpu": time.process_time(),
        "peak": peak_memory(),
    }
    with open(JOB["result"], "w", encoding="utf-8") as file:
        json.dump(made, file)
