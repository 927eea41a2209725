"""Serves one script over stdin and stdout until the other side goes: `python host.py script PATH`."""

import base64
import os
import pickle
import sys
import warnings

# Nothing is to be written beside the person's files.
sys.dont_write_bytecode = True

import numpy as np

from failures import described
from frames import Channel


class ScriptHost:
    """Answers requests about a script."""

    def __init__(self, path):
        from script import Script

        self.script = Script(path)

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
        answers = self.script.read(outputs, count, inputs, info)
        vectors = {f"scores:{i}": vector for i, vector in enumerate(map(vector_of, answers)) if vector is not None}
        short = [None if f"scores:{i}" in vectors else answer for i, answer in enumerate(answers)]
        return {"answers": short, "notes": self.script.notes}, vectors

    def _inputs(self, request, arrays, count):
        """The images as the script wants to see them: at their own size, blue first; or as the model got them."""
        placement = request["placement"]
        if "images" in arrays:
            images = arrays["images"]
            return images[..., ::-1] if self.script.form == "datumaro" else images
        if self.script.form == "plain":
            height, width = request["input"]["height"], request["input"]["width"]
        else:
            height, width = placement["imageHeight"], placement["imageWidth"]
        # Nothing but the shape is looked at.
        return np.broadcast_to(np.zeros(1, np.float32), (count, height, width, 3))


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
        except Exception as error:  # The person's code: whatever it throws is told.
            channel.write({"failed": {"where": request["ask"], **described(error, own_file)}})


def main():
    warnings.filterwarnings("ignore")
    kind, path = sys.argv[1:3]
    channel = Channel()
    own_file = os.path.abspath(path)
    try:
        host = {"script": ScriptHost}[kind](path)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            return
        channel.write({"failed": {"where": "load", **described(error, own_file)}})
        return
    channel.write({"ok": {}})
    serve(channel, host, own_file)


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, BrokenPipeError):
        pass
