"""A person's model in Python: a file that holds one, or a model file that a package of their Python opens.

A file of Python has one of: `model`, an object that can be called; `load(device=..., ...)`, which returns a model, perhaps with how an image
is prepared and the names of the classes; `predict(batch)`, which is given uint8 RGB [N, H, W, 3].
"""

import importlib.util
import inspect
import json
import os
import sys
import types
import zipfile

from datum_child.failures import Refusal
from datum_child.frameworks import KerasModel, SavedModel, TfliteModel, TorchModel, wrap
from datum_child.preparing import Preparing
from datum_child.script import Names, names_in
from datum_child.spawned import MODULE, tell


def open_model(path, device, size, arguments, masked, plugin=None):
    """Opens whatever lies at a path.

    `device`: `cpu`, `cuda:0`...; `size`: [height, width] or None; `arguments`: those of `load`, as text by name; `masked`: `images`
    where masks must be laid over images before the person's preprocessing, else `results`; `plugin`: `name`, `options` and `modelDir` of a
    launcher of Datumaro, where the path is a folder of such.
    """
    if plugin is not None:
        from datum_child.datumaro_launchers import DatumaroLauncher

        return DatumaroLauncher(path, plugin["name"], plugin["options"], plugin.get("modelDir"))
    ending = os.path.splitext(path)[1].lower()
    if ending == ".py":
        choose_backend()
        model, preprocess, categories = from_file(path, device, arguments)
        prepare = None if preprocess is None else Preparing(preprocess, masked == "results")
        opened = wrap(model, prepare, size, device, path)
        opened.names = names_of(categories, os.path.dirname(path)) or opened.names or names_of_config(model)
        Names.source = lambda: opened.names
        return opened
    if arguments:
        raise Refusal(f"{path} is no file of Python: only load() in one takes arguments ({', '.join(sorted(arguments))}).")
    if os.path.isdir(path):
        if os.path.exists(os.path.join(path, "saved_model.pb")):
            return SavedModel(path, size)
        raise Refusal(f"the folder {path} holds no saved_model.pb: name the folder of a SavedModel of TensorFlow.")
    if ending == ".tflite":
        opened = TfliteModel(tflite_interpreter(path), None)
        opened.names = names_in_tflite(path)
        return opened
    if ending in (".keras", ".h5"):
        choose_backend()
        import keras

        return KerasModel(keras.saving.load_model(path), None, size)
    return from_torch_file(path, device, size)


def choose_backend():
    """Keras runs on TensorFlow where nobody says otherwise: on what there is, where that is not."""
    if "KERAS_BACKEND" not in os.environ and importlib.util.find_spec("keras"):
        found = next((name for name in ("tensorflow", "torch", "jax") if importlib.util.find_spec(name)), None)
        if found is not None:
            os.environ["KERAS_BACKEND"] = found


def from_file(path, device, arguments):
    """What a file of Python holds: a model, how an image is prepared, names of classes."""
    folder = os.path.dirname(path)
    # As Python does: what it imports lies beside the file itself, wherever a link to it lies; and its arguments are its own.
    sys.path.insert(0, os.path.dirname(os.path.realpath(path)))
    sys.argv = [path]
    # A module of its own, by which processes that it starts find what it defines.
    module = types.ModuleType(MODULE)
    module.__file__ = path
    sys.modules[MODULE] = module
    tell(path)
    names = module.__dict__
    with open(path, encoding="utf-8-sig") as file:
        source = file.read()
    before = os.getcwd()
    os.chdir(folder)
    try:
        exec(compile(source, path, "exec"), names)
        categories = next((names[name] for name in ("categories", "names", "id2label") if name in names and not callable(names[name])), None)
        given = (names.get("preprocess"), categories)
        if callable(names.get("load")):
            made = names["load"](**arguments_of(names["load"], device, arguments, path))
            parts = tuple(made) if isinstance(made, (tuple, list)) else (made,)
            if not 1 <= len(parts) <= 3 or (len(parts) > 1 and isinstance(parts[1], (list, str))):
                raise Refusal(f"load() of {path} returns {', '.join(type(one).__name__ for one in parts)}: return the model, (model, preprocess) or (model, preprocess, categories).")
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
        kind = _kind_of(parameters[name]) if name in parameters else str
        try:
            made[name] = _as(kind, text)
        except ValueError:
            raise Refusal(f"the argument '{name}' of load() in {path} is a {kind.__name__}, and '{text}' is none.") from None
    if "device" in parameters and "device" not in made:
        made["device"] = device
    missing = [name for name, one in parameters.items() if one.default is one.empty and name not in made and one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)]
    if missing:
        raise Refusal(f"load() of {path} wants the argument '{missing[0]}', which has no default: give it as {missing[0]}=value among the model's arguments (arg).")
    return made


def _kind_of(parameter):
    """The type that an argument is to have: that of its default, else the one that is written at it."""
    kinds = {one.__name__: one for one in (bool, int, float)}
    if isinstance(parameter.default, (bool, int, float)):
        return type(parameter.default)
    noted = parameter.annotation
    return kinds.get(noted if isinstance(noted, str) else getattr(noted, "__name__", ""), str)


def _as(kind, text):
    if kind is bool:
        if text.lower() not in ("true", "false", "1", "0"):
            raise ValueError
        return text.lower() in ("true", "1")
    return kind(text)


def names_of(categories, folder):
    """Names of classes: a list, a dict by number, Datumaro's categories, or the path of a file of lines."""
    if categories is None:
        return None
    if isinstance(categories, (str, os.PathLike)):
        path = os.path.join(folder, os.fspath(categories))
        with open(path, encoding="utf-8-sig") as file:
            text = file.read()
        if not path.lower().endswith(".json"):
            return lines_of(text)
        categories = json.loads(text)
    names = names_in(categories)
    if names is None:
        raise Refusal(f"the categories of the model are a {type(categories).__name__} that gives no names of classes: give a list, a dict of names by number, or the path of a file of lines.")
    return names


def lines_of(text):
    return [line.strip() for line in text.split("\n") if line.strip()]


def names_of_config(model):
    """The names that a model of transformers has in its config, as far as they are more than LABEL_0, LABEL_1..."""
    # A pipeline holds its model.
    for holder in (model, getattr(model, "model", None)):
        names = names_in(getattr(getattr(holder, "config", None), "id2label", None))
        if names is not None:
            break
    return None if names is None or all(name == f"LABEL_{i}" for i, name in enumerate(names)) else names


def names_in_tflite(path):
    """The names in a file of TFLite with metadata: a text packed behind the model.

    Source: tensorflow/tflite-support `tensorflow_lite_support/metadata/python/metadata.py` (associated files, as a zip).
    """
    try:
        with zipfile.ZipFile(path) as archive:
            files = [name for name in archive.namelist() if name.lower().endswith(".txt")]
            if len(files) != 1:
                return None
            return lines_of(archive.read(files[0]).decode("utf-8"))
    except (zipfile.BadZipFile, OSError, UnicodeDecodeError):
        return None


def from_torch_file(path, device, size):
    """A file of PyTorch: TorchScript is opened, and weights alone are refused, since to load them runs code."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.namelist()
    except (zipfile.BadZipFile, OSError):
        entries = []
    stem = os.path.basename(path)
    if any(entry.endswith("constants.pkl") for entry in entries):
        import torch

        try:
            # Its operators, such as NMS, are known to PyTorch once it is imported.
            import torchvision  # noqa: F401
        except ImportError:
            pass
        return TorchModel(torch.jit.load(path, map_location=device), None, size, device)
    if not entries and not _is_pickle(path):
        raise Refusal(f"the file {path} is none of PyTorch: it is no TorchScript and no saved weights.")
    raise Refusal(
        f"the file {path} holds weights or a pickled object and no TorchScript, and is not loaded, since that would run code in it: write a "
        f"model.py of two lines, model = MyNet() and model.load_state_dict(torch.load({json.dumps(stem)})) (or, where the whole model was saved, model = torch.load(...)), and name that."
    )


def _is_pickle(path):
    with open(path, "rb") as file:
        return file.read(1) == b"\x80"


def tflite_interpreter(path):
    """An interpreter by whichever package there is."""
    for package in ("ai_edge_litert.interpreter", "tflite_runtime.interpreter", "tensorflow.lite"):
        try:
            module = __import__(package, fromlist=["Interpreter"])
        except ImportError:
            continue
        try:
            return module.Interpreter(path)
        except ValueError as error:
            raise Refusal(f"{path} is no model of TFLite that {package.split('.')[0]} opens ({error}).") from error
    raise Refusal(
        f"{path} needs a package that runs TFLite, and this Python ({sys.executable}) has none: install ai-edge-litert in it, or name another Python."
    )
