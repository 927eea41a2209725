"""Serves one script or model over stdin and stdout until the other side goes: `python host.py script PATH`, `python host.py model PATH`."""

import base64
import os
import pickle
import select
import signal
import sys
import threading
import warnings

# Nothing is to be written beside the person's files.
sys.dont_write_bytecode = True

import numpy as np

# Our own modules are found by their package alone; a person's `model.py` or `frames.py` beside their file is theirs.
_HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, _HERE)
import datum_child

sys.path[:] = [place for place in sys.path if os.path.abspath(place or ".") != _HERE]

from datum_child.answering import Objects, joined
from datum_child.failures import Refusal, described
from datum_child.frames import Channel


class ScriptHost:
    """Answers requests about a script."""

    def __init__(self, path):
        from datum_child import script

        self.script = script.Script(path)
        self.forgiven = script.forgiven

    def hello(self, _request, _arrays):
        script = self.script
        return {
            "form": script.form,
            "categories": script.categories(),
            "prepares": script.prepares,
            "inputs": script.inputs,
        }, {}

    def prepare(self, _request, arrays):
        """The model's input from a whole image, and what was learned of it: for `read`, in this process or another."""
        made, info = self.script.prepare(arrays["image"])
        return {"told": base64.b64encode(pickle.dumps(info)).decode()}, {"input": made}

    def normalize(self, _request, arrays):
        return {}, {"input": self.script.normalize(arrays["images"])}

    def read(self, request, arrays):
        count = request["count"]
        outputs = {name[4:]: value for name, value in arrays.items() if name.startswith("out:")}
        inputs = self._inputs(request, arrays, count)
        told = request.get("told")
        info = None if told is None else pickle.loads(base64.b64decode(told))
        if self.script.form == "simple" and info is None:
            info = request["placement"]
        answers = self.script.read(outputs, count, inputs, info, request["layers"])
        vectors = {f"scores:{i}": vector for i, vector in enumerate(map(vector_of, answers)) if vector is not None}
        short = [None if f"scores:{i}" in vectors else answer for i, answer in enumerate(answers)]
        return {"answers": short, "notes": list(self.forgiven)}, vectors

    def _inputs(self, request, arrays, count):
        """The images as the script wants to see them: at their own size, blue first; or at the model's, red first."""
        placement = request["placement"]
        if "images" in arrays:
            # They lie in the order of colors that the model takes.
            images = arrays["images"]
            red_first = images[..., ::-1] if request["color"] == "bgr" else images
            return self._at_own_size(red_first, placement)[..., ::-1] if self.script.form == "datumaro" else red_first
        if self.script.form == "plain":
            height, width = request["input"]["height"], request["input"]["width"]
        else:
            height, width = placement["imageHeight"], placement["imageWidth"]
        # Nothing but the shape is looked at.
        return np.broadcast_to(np.zeros(1, np.float32), (count, height, width, 3))


    @staticmethod
    def _at_own_size(images, placement):
        """What Datumaro gave its scripts: the images before they were scaled. Pixels are the nearest of those that the model got."""
        taken = []
        for axis, length, scale, offset in ((1, "imageHeight", "scaleY", "offsetY"), (2, "imageWidth", "scaleX", "offsetX")):
            places = (np.arange(placement[length]) + 0.5) * placement[scale] + placement[offset]
            taken.append(np.clip(np.floor(places).astype(int), 0, images.shape[axis] - 1))
        rows, columns = taken
        return images[:, rows[:, None], columns[None, :]]


class ModelHost:
    """Runs a model."""

    def __init__(self, path):
        self._path = os.path.abspath(path)
        self.model = None
        self._forms = {}
        self._scenes = {}

    def hello(self, request, arrays):
        from datum_child.model import open_model

        size = request["size"]
        wanted = None if size is None else (int(size["height"]), int(size["width"]))
        self.model = opened = open_model(self._path, request["device"], wanted, request["arguments"], request["masked"], request["plugin"])
        # What it answers is seen by asking it once: for the person's image, where it is known, since code may keep what it saw first.
        trial = opened.trial(arrays.get("image"))
        outputs = None
        if trial.arrays is not None:
            outputs = [{"name": name, "shape": list(value.shape[1:])} for name, value in trial.arrays.items()]
        parts = ("type", "layout", "channels", "size", "sized", "batch", "pixels", "names")
        known = {name: getattr(opened, name) for name in parts}
        return {**known, "unit": getattr(opened, "unit", False), "prepares": opened.prepares, "outputs": outputs}, {}

    def parse(self, request, _arrays):
        """What a launcher among plug-ins makes of a command line."""
        from datum_child.datumaro_launchers import parse

        return parse(self._path, request["plugin"], request["arguments"]), {}

    def prepare(self, _request, arrays):
        """What the model is given of one image [H, W, 3], by the person's own preprocessing."""
        return {}, {"input": np.asarray(self.model.prepare(arrays["image"]), np.float32)}

    def run(self, _request, arrays):
        images, sizes = arrays["images"], arrays.get("sizes")
        if self.model.size is not None or sizes is None:
            return {}, self._arrays(self.model.run(images))
        if (sizes == sizes[0]).all():
            return {}, self._arrays(self._of_any_size(images, sizes[0]))
        # Images of several shapes lie in the batch in ways of their own.
        return {}, self._arrays(joined([self._of_any_size(images[i : i + 1], size) for i, size in enumerate(sizes)]))

    def scene(self, request, arrays):
        """An image and what hidden pixels of it become, for runs under masks to come."""
        for one in request["forgotten"]:
            self._scenes.pop(one, None)
        self._scenes[request["id"]] = MaskedScene(self.model, arrays["input"], arrays.get("fill"), request["area"], request["layout"])
        return {}, {}

    def run_masked(self, request, arrays):
        return {}, self._arrays(self.model.run(self._scenes[request["id"]].under(arrays["masks"])))

    def _arrays(self, answer):
        """An answer as arrays, which are to be of one form in all calls."""
        if answer.arrays is None:
            return as_arrays(answer.annotations)
        for name, value in answer.arrays.items():
            form = (value.ndim, value.shape[-1] if value.ndim > 1 else None)
            before = self._forms.setdefault(name, (form, value.shape))
            if before[0] != form:
                raise Refusal(f"the model answers '{name}' with the shape {list(value.shape)}, and with {list(before[1])} before: only the number of images or objects may change.")
        return answer.arrays

    def _of_any_size(self, images, size):
        """The answer to images without the border that brought them to one size; boxes are moved back."""
        planar = self.model.layout == "nchw"
        rows, columns, top, left = content_of(images.shape[2:4] if planar else images.shape[1:3], size)
        part = (slice(top, top + rows), slice(left, left + columns))
        answer = self.model.run(np.ascontiguousarray(images[(slice(None), slice(None), *part) if planar else (slice(None), *part)]))
        for one in (one for image in answer.annotations or () for one in image):
            if "x" in one:
                one.update(x=one["x"] + left, y=one["y"] + top)
        return answer


class MaskedScene:
    """Lays masks over an image, in the model's own units: input * M + fill * (1 - M) on the image's area."""

    def __init__(self, model, whole, fill, area, layout):
        height, width = model.size
        shape = (model.channels, height, width) if layout == "nchw" else (height, width, model.channels)
        rows, columns = slice(area["y"], area["y"] + area["height"]), slice(area["x"], area["x"] + area["width"])
        self._at = (..., rows, columns) if layout == "nchw" else (..., rows, columns, slice(None))
        self._planar = layout == "nchw"
        self._whole = whole.reshape(shape)
        self._fill = None if fill is None else np.ascontiguousarray(fill.reshape(shape)[self._at])
        shown = self._whole[self._at]
        self._difference = np.ascontiguousarray(shown if fill is None else shown - self._fill)
        self._room = np.empty((0, *shape), np.float32)

    def under(self, masks):
        """The inputs under masks [N, height, width]: good until the next call."""
        # Memory that is asked for anew each time costs more than the arithmetic.
        if len(masks) > len(self._room):
            self._room = np.empty((len(masks), *self._whole.shape), np.float32)
        made = self._room[: len(masks)]
        if self._difference.shape != self._whole.shape:
            made[:] = self._whole
        out = made[self._at]
        np.multiply(self._difference, masks[:, None] if self._planar else masks[..., None], out=out)
        if self._fill is not None:
            out += self._fill
        return made


def content_of(shape, size):
    """Where an image of `size` [width, height] lies in the middle of a larger one: rows, columns, top, left."""
    height, width = shape
    ratio = min(width / size[0], height / size[1])
    columns, rows = (min(limit, max(1, int(length * ratio + 0.5))) for length, limit in zip(size, (width, height)))
    return rows, columns, (height - rows) // 2, (width - columns) // 2


def as_arrays(annotations):
    """Classes and boxes of each image as arrays, filled up with zeros; -1 classes where it has objects alone, also where there are none."""
    labels = [[one for one in image if "x" not in one] for image in annotations]
    boxes = [[one for one in image if "x" in one] for image in annotations]
    count = len(annotations)
    classes = max([one["label"] + 1 for image in labels for one in image], default=1)
    most = max([len(image) for image in boxes], default=0) or 1
    made = {
        "scores": np.zeros((count, classes), np.float32),
        "boxes": np.zeros((count, most, 4), np.float32),
        "box_scores": np.zeros((count, most), np.float32),
        "box_labels": np.zeros((count, most), np.float32),
        "counts": np.array([[-1 if isinstance(image, Objects) else len(a), len(b)] for image, a, b in zip(annotations, labels, boxes)], np.float32),
    }
    for i in range(count):
        for one in labels[i]:
            made["scores"][i, one["label"]] = one["score"]
        for k, one in enumerate(boxes[i]):
            made["boxes"][i, k] = (one["x"], one["y"], one["x"] + one["w"], one["y"] + one["h"])
            made["box_scores"][i, k], made["box_labels"][i, k] = one["score"], one["label"]
    return made


# Below, a list of classes is short as it is.
MANY_CLASSES = 16


def vector_of(annotations):
    """Classes 0 to C - 1 with a score each as one array [C]; None for anything else."""
    if len(annotations) < MANY_CLASSES or any("x" in one for one in annotations):
        return None
    if [one["label"] for one in annotations] != list(range(len(annotations))):
        return None
    return np.array([one["score"] for one in annotations], np.float32)


def serve(channel, host, own_file):
    while True:
        received = channel.read()
        if received is None:
            return
        request, arrays = received
        try:
            answer, out = getattr(host, request["ask"])(request, arrays)
            channel.write({"ok": answer}, out)
        except BaseException as error:  # The person's code: whatever it throws is told, sys.exit() too.
            channel.write({"failed": {"where": request["ask"], **described(error, own_file)}})


def end_with_parent():
    """Ends this process, and those that it starts, with the one that started it, in the middle of a call too."""
    if not hasattr(os, "fork") or not hasattr(select, "poll"):
        threading.Thread(target=_watch, args=(os.dup(0), os.getpid(), os.kill), daemon=True).start()
        return
    # Code that holds on to the interpreter's lock, or a signal that kills at once, would stop a thread from watching: a process does. It is no
    # child of this one, so that a person's code does not meet it.
    between = os.fork()
    if between != 0:
        os.waitpid(between, 0)
        return
    if os.fork() != 0:
        os._exit(0)
    for unused in (1, 2):
        os.close(unused)
    _watch(0, os.getpgrp(), os.killpg)
    os._exit(0)


def _watch(inlet, ending, kill):
    """Waits until nobody can write to this process any more, or it was ended."""
    poll = select.poll()
    poll.register(inlet, 0)
    poll.poll()
    kill(ending, signal.SIGKILL)


def main():
    warnings.filterwarnings("ignore")
    kind, path = sys.argv[1:3]
    end_with_parent()
    channel = Channel()
    own_file = os.path.abspath(path)
    try:
        host = {"script": ScriptHost, "model": ModelHost}[kind](path)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            return
        channel.write({"failed": {"where": "load", **described(error, own_file)}})
        return
    channel.write({"ok": {}})
    serve(channel, host, own_file)


if __name__ == "__mp_main__":
    from datum_child import spawned

    spawned.install()

if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, BrokenPipeError):
        pass
