"""A person's model in Python: a file that holds one, or a model file that a package of their Python opens.

A file of Python has one of: `model`, an object that can be called; `load(device=..., ...)`, which returns a model, perhaps with how an image
is prepared and the names of the classes; `predict(batch)`, which is given uint8 RGB [N, H, W, 3].
"""

import inspect
import os
import re
import sys
import zipfile

import numpy as np

from failures import Refusal
from script import names_in, plain

IMAGENET_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
IMAGENET_STD = np.array([0.229, 0.224, 0.225], np.float32)
USUAL_SIZE = 224


class Answer:
    """What a model answers for a batch: arrays by name, each with the batch in front; or annotations of each image."""

    def __init__(self, arrays=None, annotations=None):
        self.arrays, self.annotations = arrays, annotations


class Model:
    """An opened model: what it takes, and `run`.

    `size` is [height, width], or None where it takes images of any size; `fed` says how images are prepared, in words.
    """

    framework = "Python"
    size = None
    batch = None
    fed = "as they are, uint8 RGB"
    names = None

    def run(self, images):
        raise NotImplementedError


class FunctionModel(Model):
    """`predict(batch)`, or any object that can be called with a batch of uint8 images."""

    framework = "function"

    def __init__(self, function, size):
        self._function, self.size = function, size

    def run(self, images):
        return answer_of(self._function(images), images)


class TorchModel(Model):
    """A module of PyTorch, traced or not."""

    framework = "PyTorch"

    def __init__(self, module, preprocess, size, device):
        import torch

        self._torch, self._device = torch, device
        self._module = module.to(device).eval() if hasattr(module, "to") else module
        self._prepare = preprocess
        if preprocess is None:
            self.size = size or (USUAL_SIZE, USUAL_SIZE)
            self.fed = "RGB 0..1 less the ImageNet mean over its deviation"
        else:
            self.size = size
            self.fed = "by its own preprocess"

    def run(self, images):
        torch = self._torch
        with torch.inference_mode():
            if self._prepare is None:
                pixels = (images.astype(np.float32) / 255 - IMAGENET_MEAN) / IMAGENET_STD
                made = torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)))
            else:
                made = [torch.as_tensor(prepared(self._prepare, image)) for image in images]
                same = all(one.shape == made[0].shape for one in made)
                made = torch.stack(made) if same else made
            made = [one.to(self._device) for one in made] if isinstance(made, list) else made.to(self._device)
            return answer_of(numpy_of(self._module(made)), images)


class TfliteModel(Model):
    """A TFLite interpreter, of whichever package."""

    framework = "TFLite"

    def __init__(self, interpreter, preprocess):
        self._interpreter, self._prepare = interpreter, preprocess
        interpreter.allocate_tensors()
        (self._input,) = interpreter.get_input_details()[:1]
        self._outputs = interpreter.get_output_details()
        _, height, width, _ = (int(size) for size in self._input["shape"])
        self.size = None if preprocess else (height, width)
        whole = self._input["dtype"] == np.uint8
        self.fed = "by its own preprocess" if preprocess else "uint8 RGB" if whole else "RGB -1..1"

    def run(self, images):
        rows = {detail["name"]: [] for detail in self._outputs}
        for image in images:
            self._interpreter.set_tensor(self._input["index"], self._fed(image)[None])
            self._interpreter.invoke()
            for detail in self._outputs:
                rows[detail["name"]].append(self._value(detail))
        return Answer({name: np.stack(values) for name, values in rows.items()})

    def _fed(self, image):
        if self._prepare is not None:
            return np.asarray(prepared(self._prepare, image), self._input["dtype"])
        if self._input["dtype"] == np.uint8:
            return image
        made = image.astype(np.float32) / 127.5 - 1
        if self._input["dtype"] == np.int8:
            scale, zero = self._input["quantization"]
            return np.clip(np.round(made / scale) + zero, -128, 127).astype(np.int8)
        return made.astype(self._input["dtype"])

    def _value(self, detail):
        value = self._interpreter.get_tensor(detail["index"])[0]
        scale, zero = detail.get("quantization", (0, 0))
        return (value.astype(np.float32) - zero) * scale if scale and value.dtype in (np.uint8, np.int8) else value


class KerasModel(Model):
    """A model of Keras, on whichever backend."""

    framework = "Keras"

    def __init__(self, model, preprocess, size):
        self._model, self._prepare = model, preprocess
        shape = getattr(model, "input_shape", None)
        height, width = (shape[1:3] if shape is not None and len(shape) == 4 else (None, None))
        self.size = None if preprocess else size or ((height, width) if height and width else (USUAL_SIZE, USUAL_SIZE))
        rescales = any(type(layer).__name__ in ("Rescaling", "Normalization") for layer in getattr(model, "layers", []))
        self._raw = rescales
        self.fed = "by its own preprocess" if preprocess else "RGB 0..255, which it scales itself" if rescales else "RGB -1..1"

    def run(self, images):
        if self._prepare is not None:
            made = np.stack([np.asarray(prepared(self._prepare, image), np.float32) for image in images])
        else:
            made = images.astype(np.float32)
            made = made if self._raw else made / 127.5 - 1
        return answer_of(numpy_of(self._model(made)), images)


class SavedModel(Model):
    """A SavedModel of TensorFlow, by its serving signature."""

    framework = "TensorFlow"

    def __init__(self, path, size):
        import tensorflow as tf

        self._tf, self._model = tf, tf.saved_model.load(path)
        self._serve = self._model.signatures["serving_default"]
        (self._name, spec), *more = self._serve.structured_input_signature[1].items()
        if more:
            raise Refusal(f"the model {path} takes several inputs ({self._name}, {', '.join(n for n, _ in more)}): export it with the image alone.")
        height, width = spec.shape[1:3] if spec.shape.rank == 4 else (None, None)
        self._type = spec.dtype
        self.size = size or ((height, width) if height and width else (USUAL_SIZE, USUAL_SIZE))
        whole = spec.dtype == tf.uint8
        self._raw = whole
        self.fed = "uint8 RGB" if whole else "RGB -1..1"

    def run(self, images):
        made = images if self._raw else images.astype(np.float32) / 127.5 - 1
        return answer_of(numpy_of(self._serve(**{self._name: self._tf.constant(made, self._type)})), images)


class OnnxModel(Model):
    """A session of onnxruntime."""

    framework = "onnxruntime"

    def __init__(self, session, preprocess, size):
        self._session, self._prepare = session, preprocess
        (self._input,) = session.get_inputs()[:1]
        shape = self._input.shape
        self._planar = len(shape) == 4 and shape[1] in (1, 3)
        height, width = shape[2:4] if self._planar else shape[1:3]
        fixed = isinstance(height, int) and isinstance(width, int)
        self.batch = shape[0] if isinstance(shape[0], int) else None
        self.size = None if preprocess else size or ((height, width) if fixed else (USUAL_SIZE, USUAL_SIZE))
        whole = "uint8" in self._input.type
        self._raw = whole
        self.fed = "by its own preprocess" if preprocess else "uint8 RGB" if whole else "RGB 0..1 less the ImageNet mean over its deviation"

    def run(self, images):
        if self._prepare is not None:
            made = np.stack([np.asarray(prepared(self._prepare, image), np.float32) for image in images])
        else:
            made = images if self._raw else (images.astype(np.float32) / 255 - IMAGENET_MEAN) / IMAGENET_STD
            made = made.transpose(0, 3, 1, 2) if self._planar else made
        names = [output.name for output in self._session.get_outputs()]
        values = self._session.run(names, {self._input.name: np.ascontiguousarray(made)})
        return Answer({name: np.asarray(value, np.float32) for name, value in zip(names, values)})


def open_model(path, device, size, arguments):
    """Opens whatever lies at a path.

    `device`: `cpu`, `cuda:0`...; `size`: [height, width] or None; `arguments`: those of `load`, as text by name.
    """
    ending = os.path.splitext(path)[1].lower()
    if ending == ".py":
        model, preprocess, categories = from_file(path, device, arguments)
        opened = wrap(model, preprocess, size, device, path)
        opened.names = names_in(categories) or opened.names
        return opened
    if os.path.isdir(path):
        if os.path.exists(os.path.join(path, "saved_model.pb")):
            return SavedModel(path, size)
        raise Refusal(f"the folder {path} holds no saved_model.pb: name the folder of a SavedModel of TensorFlow.")
    if ending == ".tflite":
        return TfliteModel(tflite_interpreter(path), None)
    if ending in (".keras", ".h5"):
        import keras

        return KerasModel(keras.saving.load_model(path), None, size)
    return from_torch_file(path, device, size)


def from_file(path, device, arguments):
    """What a file of Python holds: a model, how an image is prepared, names of classes."""
    folder = os.path.dirname(path)
    sys.path.insert(0, folder)
    names = {"__name__": "model", "__file__": path, "__builtins__": __builtins__}
    with open(path, encoding="utf-8-sig") as file:
        source = file.read()
    before = os.getcwd()
    os.chdir(folder)
    try:
        exec(compile(source, path, "exec"), names)
        given = (names.get("preprocess"), names.get("categories", names.get("names")))
        if callable(names.get("load")):
            made = names["load"](**arguments_of(names["load"], device, arguments, path))
            parts = made if isinstance(made, tuple) else (made,)
            return (*parts, *given[len(parts) - 1 :])[:3]
        if arguments:
            raise Refusal(f"the model {path} has no load(): it takes no arguments ({', '.join(sorted(arguments))}).")
        for name in ("model", "predict"):
            if names.get(name) is not None:
                return (names[name], *given)
    finally:
        os.chdir(before)
    raise Refusal(
        f"the file {path} holds no model: give it an object 'model', a function load() that returns one, or a function predict(batch)."
    )


def arguments_of(function, device, arguments, path):
    """Arguments of the person's `load`, turned to the types of their defaults."""
    parameters = inspect.signature(function).parameters
    takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    unknown = [name for name in arguments if name not in parameters and not takes_all]
    if unknown:
        raise Refusal(f"load() of {path} has no argument '{unknown[0]}': it takes {', '.join(parameters) or 'none'}.")
    made = {}
    for name, text in arguments.items():
        default = parameters[name].default if name in parameters else None
        known = isinstance(default, (int, float)) and not isinstance(default, bool)
        made[name] = type(default)(text) if known else text
    if "device" in parameters and "device" not in made:
        made["device"] = device
    return made


def wrap(model, preprocess, size, device, path):
    """A person's object as a Model."""
    ancestors = {f"{c.__module__.split('.')[0]}.{c.__name__}" for c in type(model).__mro__}
    if ancestors & {"torch.Module", "torch.ScriptModule", "torch.RecursiveScriptModule"}:
        return TorchModel(model, preprocess, size, device)
    if hasattr(model, "get_input_details") and hasattr(model, "invoke"):
        return TfliteModel(model, preprocess)
    if hasattr(model, "get_inputs") and hasattr(model, "run"):
        return OnnxModel(model, preprocess, size)
    if any(name.split(".")[0] in ("keras", "tensorflow", "tf_keras") for name in ancestors) and callable(model):
        return KerasModel(model, preprocess, size)
    if callable(model):
        if preprocess is None:
            return FunctionModel(model, size)
        return FunctionModel(lambda images: model(np.stack([np.asarray(prepared(preprocess, image)) for image in images])), size)
    raise Refusal(f"the model of {path} is a {type(model).__name__}, which is no network, no interpreter and no function.")


def from_torch_file(path, device, size):
    """A file of PyTorch: TorchScript is opened, and weights alone are refused, since to load them runs code."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError):
        names = []
    if any("/code/" in name or name.endswith("constants.pkl") for name in names):
        import torch

        return TorchModel(torch.jit.load(path, map_location=device), None, size, device)
    stem = os.path.basename(path)
    raise Refusal(
        f"the file {path} holds weights and no model (it is no TorchScript): write a model.py of two lines, "
        f"model = MyNet() and model.load_state_dict(torch.load('{stem}')), and name that."
    )


def tflite_interpreter(path):
    """An interpreter by whichever package there is."""
    for package in ("ai_edge_litert.interpreter", "tflite_runtime.interpreter", "tensorflow.lite"):
        try:
            module = __import__(package, fromlist=["Interpreter"])
        except ImportError:
            continue
        return module.Interpreter(path)
    raise Refusal(
        f"{path} needs a package that runs TFLite, and this Python ({sys.executable}) has none: install ai-edge-litert in it, or name another Python."
    )


_wants_pil = {}


def prepared(preprocess, image):
    """One image by the person's preprocess, which takes a PIL image or an array."""
    key = id(preprocess)
    if key not in _wants_pil:
        module = type(preprocess).__module__
        _wants_pil[key] = module.startswith(("torchvision", "timm")) or _mentions_pil(preprocess)
    if _wants_pil[key]:
        from PIL import Image

        return preprocess(Image.fromarray(image))
    try:
        return preprocess(image)
    except (TypeError, AttributeError, ValueError):
        from PIL import Image

        made = preprocess(Image.fromarray(image))
        _wants_pil[key] = True
        return made


def _mentions_pil(function):
    try:
        return bool(re.search(r"\b(PIL|Image|resize\()", inspect.getsource(function)))
    except (OSError, TypeError):
        return False


def numpy_of(value):
    """Tensors of any framework as arrays, in whatever they are nested."""
    if hasattr(value, "logits"):
        return numpy_of(value.logits)
    if isinstance(value, dict) or hasattr(value, "items"):
        return {str(name): numpy_of(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [numpy_of(one) for one in value]
    if hasattr(value, "detach"):
        return value.detach().cpu().numpy()
    return value.numpy() if hasattr(value, "numpy") else value


def answer_of(value, images):
    """What a model returned, told apart: scores, several outputs, or objects of each image."""
    value = numpy_of(value)
    if isinstance(value, dict):
        if _is_detections(value):
            return Answer(annotations=[objects_of(value)])
        return Answer({name: np.asarray(one, np.float32) for name, one in value.items()})
    if isinstance(value, list) and len(value) == len(images) and all(isinstance(one, (dict, list, tuple)) for one in value):
        return Answer(annotations=[objects_of(one) if isinstance(one, dict) and _is_detections(one) else plain(one) for one in value])
    if isinstance(value, list) and value and all(isinstance(one, np.ndarray) and one.ndim > 0 for one in value):
        if all(len(one) == len(images) for one in value) and not (len(value) == len(images) == 1):
            return Answer({f"output{i}": np.asarray(one, np.float32) for i, one in enumerate(value)})
    array = np.asarray(value, np.float32)
    if array.ndim == 0 or len(array) != len(images):
        raise Refusal(f"the model answers the shape {list(array.shape)} for {len(images)} images: return one row for each image.")
    return Answer({"scores": array})


def _is_detections(value):
    return "boxes" in value and "scores" in value


def objects_of(value):
    """Objects as torchvision gives them: boxes x1, y1, x2, y2, scores and labels."""
    boxes, scores = np.asarray(value["boxes"], np.float32).reshape(-1, 4), np.ravel(value["scores"])
    labels = np.ravel(value.get("labels", np.zeros(len(boxes))))
    return [
        {"x": float(x1), "y": float(y1), "w": float(x2 - x1), "h": float(y2 - y1), "label": int(label), "score": float(score)}
        for (x1, y1, x2, y2), score, label in zip(boxes, scores, labels)
    ]
