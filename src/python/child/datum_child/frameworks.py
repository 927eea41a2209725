"""Models of each framework: what they take, and how they are run.

A new framework is a class here that says what it takes and has `_answer`, and a line in `wrap`.
"""

import numpy as np

from datum_child.answering import Answer, LARGEST_SHARE, Objects, answer_of, numpy_of
from datum_child.failures import Refusal
from datum_child.placing import place_of
from datum_child.preparing import Preparing, fixed_shape, keeps_size

# Sizes that models are trained for, the most usual first: tried where a model does not say its own.
USUAL_SIZES = (224, 256, 299, 384, 448, 512, 640, 320, 128, 96, 64, 32, 28)
USUAL_SIZE = (USUAL_SIZES[0], USUAL_SIZES[0])
# Models of any size are given images of this many pixels a side at most.
LARGEST_SIDE = 1024


def within(most, height, width):
    """A size of the same proportions with no side above `most`."""
    ratio = min(1, most / max(height, width))
    return max(1, round(height * ratio)), max(1, round(width * ratio))


def scaled(image, height, width):
    """An image [H, W, C] at another size, each pixel the mean of those that it takes the place of."""
    made = image.astype(np.float32)
    for axis, length in ((0, height), (1, width)):
        starts = np.arange(length) * made.shape[axis] // length
        counts = np.maximum(np.diff(starts, append=made.shape[axis]), 1)
        made = np.add.reduceat(made, starts, axis) / np.expand_dims(counts, tuple({0, 1, 2} - {axis}))
    return made.round().astype(np.uint8)


class Model:
    """An opened model.

    `type`, `layout`, `channels`: of what `run` is given: uint8 pixels or float32 values. `size`: [height, width], or None where it takes
    images of any size. `batch`: how many images a run takes, or None. `pixels`: why it takes 0..255, in words, where it does. `unit`: whether 0..1 is
    guessed, as detectors of torchvision take it. `prepare`: the
    person's own way from an image to what `run` is given, or None.
    """

    framework = "Python"
    type = "uint8"
    layout = "nhwc"
    channels = 3
    size = None
    sized = "any"
    batch = None
    pixels = None
    unit = False
    names = None
    prepare = None
    # What is done with the images in `run`, where its own preprocessing must see every masked one; and how they lie in what it makes.
    _prepared = None
    _places = None

    @property
    def prepares(self):
        """Whether the person's own preprocessing is called `once` for an image, masks being laid over its result, or for `each` masked one; None without one."""
        return "once" if self.prepare is not None else "each" if self._prepared is not None else None

    def run(self, batch):
        """What it answers for `[N, H, W, C]` or `[N, C, H, W]`."""
        if self._prepared is None:
            return self._answer(batch if self.prepare is None else self.prepare.restored(batch), len(batch))
        made = self._prepared.batch(batch)
        return self._placed(self._answer(made, len(batch)), batch, made)

    def _answer(self, made, count):
        """What it answers for what it is given of `count` images: an array, or a list where they differ in shape."""
        raise NotImplementedError

    def _takes(self, shape, usual="nhwc"):
        """Reads layout and channels from the shape of an input, `[N, ...]`; returns [height, width], or None where they are open."""
        planar, rows = shape[1] in (1, 3), shape[3] in (1, 3)
        self.layout = "nchw" if planar and not rows else "nhwc" if rows and not planar else usual
        channels, sizes = (shape[1], shape[2:4]) if self.layout == "nchw" else (shape[3], shape[1:3])
        self.channels = 1 if channels == 1 else 3
        return tuple(sizes) if all(isinstance(one, int) and one > 0 for one in sizes) else None

    def trial(self, image=None):
        """Runs it on an image [H, W, 3], or a gray one, and finds out its size where that is open. Returns what it answers."""
        if self.size is not None or self.sized == "any":
            return self.run(self._first(image, self.size))
        failure = None
        for side in USUAL_SIZES:
            try:
                answer = self.run(self._first(image, (side, side)))
            except Exception as error:
                failure = failure or error
                if not isinstance(error, (RuntimeError, ValueError)):
                    break
                continue
            self.size, self.sized = (side, side), "guess" if failure is None else "tried"
            return answer
        if not isinstance(failure, (RuntimeError, ValueError)):
            raise failure
        said = str(failure).strip().splitlines()[-1].strip().rstrip(".")
        raise Refusal(
            f"the model runs with none of the usual sizes ({', '.join(map(str, USUAL_SIZES))} pixels square), at {USUAL_SIZES[0]} it said: {said}: say its own size, width x height."
        ) from failure

    def _first(self, image, size):
        """What it is given first: the image as it will be fed, as far as that is known yet; `size` is None where any goes."""
        if image is None:
            image = np.full((*(size or USUAL_SIZE), 3), 128, np.uint8)
        if self.prepare is not None:
            made = self.prepare(image)
        else:
            made = scaled(image, *(size or within(LARGEST_SIDE, *image.shape[:2])))
            made = made if self.channels == 3 else made.mean(-1, keepdims=True).round().astype(np.uint8)
            made = made.transpose(2, 0, 1) if self.layout == "nchw" else made
            if self.type == "float32":
                made = made.astype(np.float32)
                made = made if self.pixels else made / 255 if self.unit else made / 127.5 - 1
        return np.repeat(made[None], self.batch or 1, 0)

    def _placed(self, answer, images, made):
        """Boxes come in pixels of what the model is given: they are moved to where they lie in the image, by how that lies in it."""
        if answer.annotations is None:
            return self._as_large(answer, images, made)
        if not any("x" in one for image in answer.annotations for one in image):
            return answer
        for image, one in zip(answer.annotations, made):
            place = self._place(images, one)
            if place is None:
                raise Refusal(
                    f"the model answers boxes in pixels of what its preprocess makes, {list(one.shape)} of an image of {images.shape[2]} x {images.shape[1]}, and how the image lies in it is not known, since it "
                    "does more than to scale it, to cut it, to move it and to change colors: leave out what turns or mirrors it, or cuts it by what it shows."
                )
            for box in (box for box in image if "x" in box):
                box.update(place.in_image(box))
        return answer

    def _as_large(self, answer, images, made):
        """Raw outputs may hold boxes, which are read as those of an image as large as the person's: a preprocess must not move it then."""
        tables = [value for value in answer.arrays.values() if sum(size > 1 for size in value.shape[1:]) > 1]
        if not tables:
            return answer
        place = self._place(images, made[0])
        # Shares of the image's sides are the same where all of it was scaled.
        shares = any(value.shape[-1] == 4 and np.abs(value).max() <= LARGEST_SHARE for value in tables)
        if place is not None and (place.is_identity or (place.whole and shares)):
            return answer
        raise Refusal(
            f"the model answers raw outputs {list(tables[0].shape)}, whose boxes would lie in what its preprocess makes, {list(made[0].shape)} of an image of {images.shape[2]} x {images.shape[1]}: "
            "let preprocess bring every image to one size by scaling it, with a border or the middle cut out, and leave contrast alone; or let the model answer boxes, scores and labels."
        )

    def _place(self, images, made):
        """How an image of this size lies in what is made of it."""
        known = (*images.shape[1:3], *made.shape)
        if known not in self._places:
            self._places[known] = place_of(self._prepared, images[0])
        return self._places[known]

    def _adopt(self, preprocess, size=None):
        """Takes a person's preprocessing: `run` is given its results where masks can be laid over them, and else the images themselves.

        `size` is the model's own, where it has one.
        """
        if preprocess is None:
            return
        self.pixels = None
        shape = fixed_shape(preprocess) if preprocess.over_results else None
        if shape is not None:
            self.type, self.prepare, self.sized = "float32", preprocess, "own"
            self.layout = "nchw" if shape[0] in (1, 3) else "nhwc"
            self.channels, self.size = (shape[0], shape[1:]) if self.layout == "nchw" else (shape[2], shape[:2])
            return
        self.type, self.layout, self.channels = "uint8", "nhwc", 3
        self.pixels = "every masked image goes through its own preprocess"
        self.size, self.sized = (size, "own") if size is not None and keeps_size(preprocess, *size) else (None, "any")
        self._prepared, self._places = preprocess, {}


class FunctionModel(Model):
    """`predict(batch)`, or any object that can be called with a batch: of uint8 images, or of what its preprocess makes of them."""

    framework = "a function"

    def __init__(self, function, preprocess, size):
        self._function = function
        self.size, self.sized = size, "any" if size is None else "given"
        self._adopt(preprocess, size)

    def _answer(self, made, count):
        return answer_of(self._function(made), count)


class TorchModel(Model):
    """A module of PyTorch, scripted or not."""

    framework = "PyTorch"
    type = "float32"
    layout = "nchw"

    def __init__(self, module, preprocess, size, device):
        import torch

        self._torch, self._device = torch, device
        kept = next((one.dtype for one in module.parameters() if one.is_floating_point()), torch.float32) if hasattr(module, "parameters") else torch.float32
        # Most of what PyTorch does on a CPU it cannot do in half precision.
        half = kept in (torch.float16, torch.bfloat16) and str(device) == "cpu"
        self._dtype = torch.float32 if half else kept
        module = module.float() if half else module
        try:
            torch.zeros(1, device=device)
            self._module = module.to(device).eval()
        except (RuntimeError, AssertionError) as error:
            raise Refusal(f"PyTorch cannot use the device {device} ({str(error).splitlines()[0]}): name another.") from error
        self.size, self.sized = size, "open" if size is None else "given"
        self.channels = channels_of(module)
        self._takes_list = takes_list(module)
        self._is_guessed = preprocess is None
        if preprocess is None and (self._takes_list or is_of(module, "torchvision.models.detection")):
            # They scale and normalise images of any size themselves, and take them in 0..1.
            preprocess = Preparing(lambda image: image.transpose(2, 0, 1).astype(np.float32) / 255)
        self._adopt(preprocess, size)

    def trial(self, image=None):
        answer = super().trial(image)
        if self.prepares is not None or not self._is_guessed or not has_objects(answer):
            return answer
        # A detector of a person's own: as those of torchvision, in 0..1 and at the image's own size, where it takes that.
        self.unit = True
        known = (self.size, self.sized)
        if self.sized != "given":
            self.size, self.sized = None, "any"
            try:
                return self.run(self._first(image, None))
            except (RuntimeError, ValueError):
                self.size, self.sized = known
        return self.run(self._first(image, self.size))

    def _answer(self, made, count):
        torch = self._torch
        with torch.inference_mode():
            if isinstance(made, list):
                value = self._module([self._tensor(one) for one in made])
            else:
                value = self._call(self._tensor(made))
            return answer_of(_unwrapped(value), count)

    def _tensor(self, made):
        """In the precision of the weights; whole numbers stay what they are."""
        tensor = self._torch.from_numpy(np.ascontiguousarray(made)).to(self._device)
        return tensor.to(self._dtype) if tensor.is_floating_point() else tensor

    def _call(self, made):
        # Detectors of torchvision take a list of images, also where they are scripted.
        return self._module(list(made)) if self._takes_list else self._module(made)


def has_objects(answer):
    """Whether an answer is the objects of images, also where none was found."""
    return answer.annotations is not None and any(isinstance(image, Objects) or any("x" in one for one in image) for image in answer.annotations)


def takes_list(module):
    """Whether a module takes a list of images, as torchvision's detectors do; a scripted one says so by its signature."""
    if hasattr(module, "roi_heads") or hasattr(module, "anchor_generator"):
        return True
    try:
        return str(module.forward.schema.arguments[1].type) in ("List[Tensor]", "Tensor[]")
    except (AttributeError, IndexError, RuntimeError):
        return False


def channels_of(module):
    """The channels of images that a module takes: those of its first convolution; 3 where it has none."""
    try:
        weights = next(one for one in module.parameters() if one.ndim == 4)
        return 1 if weights.shape[1] == 1 else 3
    except (StopIteration, AttributeError, TypeError):
        return 3


def _unwrapped(value):
    """What holds the answer: of transformers its tensors: the logits, and boxes where it has them."""
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], dict) and isinstance(value[1], list):
        # A scripted detector of torchvision gives its losses and the objects it found.
        return value[1]
    if hasattr(value, "logits"):
        boxes = getattr(value, "pred_boxes", None)
        return value.logits if boxes is None else {"logits": value.logits, "pred_boxes": boxes}
    return value


class TfliteModel(Model):
    """A TFLite interpreter, of whichever package."""

    framework = "TFLite"
    batch = 1

    def __init__(self, interpreter, preprocess):
        self._interpreter = interpreter
        interpreter.allocate_tensors()
        inputs = interpreter.get_input_details()
        if len(inputs) != 1:
            raise Refusal(f"the model takes several inputs ({', '.join(one['name'] for one in inputs)}): export it with the image alone.")
        self._input = inputs[0]
        self._outputs = interpreter.get_output_details()
        shape = [int(size) for size in self._input["shape"]]
        if len(shape) != 4:
            raise Refusal(f"the model takes the shape {shape}, which is no image [1, height, width, channels].")
        self.size = self._takes(shape)
        self.sized, self._kind = "own", self._input["dtype"]
        # Values of a quantized input are pixels, or pixels less 128: the converter spreads the trained range over all of them.
        self.type = "uint8" if self._kind in (np.uint8, np.int8) else "float32"
        self._adopt(preprocess, self.size)

    def _answer(self, made, count):
        rows = {detail["name"]: [] for detail in self._outputs}
        for image in made:
            value = (image.astype(np.int16) - 128).astype(np.int8) if self._kind == np.int8 and image.dtype == np.uint8 else image.astype(self._kind)
            self._interpreter.set_tensor(self._input["index"], value[None])
            self._interpreter.invoke()
            for detail in self._outputs:
                rows[detail["name"]].append(self._value(detail))
        return Answer({name: np.stack(values).astype(np.float32, copy=False) for name, values in rows.items()})

    def _value(self, detail):
        value = self._interpreter.get_tensor(detail["index"])
        value = value[0] if value.ndim > 1 else value
        scale, zero = detail.get("quantization", (0, 0))
        return (value.astype(np.float32) - zero) * scale if scale and value.dtype in (np.uint8, np.int8) else value


class KerasModel(Model):
    """A model of Keras, on whichever backend."""

    framework = "Keras"
    type = "float32"

    def __init__(self, model, preprocess, size):
        self._model = model
        shape = getattr(model, "input_shape", None)
        if isinstance(shape, tuple) and len(shape) == 4:
            size = self._takes(shape) or size
        self.size, self.sized = size, "open" if size is None else "own"
        scaling = next((layer for layer in _layers(model) if type(layer).__name__ in ("Rescaling", "Normalization")), None)
        if scaling is not None:
            self.pixels = f"the model has a layer {type(scaling).__name__}, so it takes pixels 0..255"
        self._adopt(preprocess, size)

    def _answer(self, made, count):
        return answer_of(numpy_of(self._model(np.asarray(made, np.float32), training=False)), count)


def _layers(model):
    for layer in getattr(model, "layers", []):
        yield layer
        yield from _layers(layer)


class SavedModel(Model):
    """A SavedModel of TensorFlow, by its serving signature."""

    framework = "TensorFlow"

    def __init__(self, path, size):
        import tensorflow as tf

        self._tf, self._model = tf, tf.saved_model.load(path)
        serve = self._model.signatures.get("serving_default") or next(iter(self._model.signatures.values()), None)
        if serve is None:
            raise Refusal(f"the model {path} has no signature to call: save it with one, as model.export() of Keras does.")
        self._serve = serve
        (self._name, spec), *more = serve.structured_input_signature[1].items()
        if more:
            names = ", ".join([self._name, *(name for name, _ in more)])
            raise Refusal(f"the model {path} takes several inputs ({names}): export it with the image alone.")
        shape = spec.shape.as_list() if spec.shape.rank == 4 else [None, None, None, 3]
        self._kind = spec.dtype
        self.type = "uint8" if spec.dtype.is_integer else "float32"
        self.batch = shape[0]
        self.size = self._takes(shape) or size
        self.sized = "own" if self.size is not None else "any" if self.type == "uint8" else "open"

    def _answer(self, made, count):
        return answer_of(numpy_of(self._serve(**{self._name: self._tf.cast(made, self._kind)})), count)


class OnnxModel(Model):
    """A session of onnxruntime."""

    framework = "onnxruntime"
    type = "float32"

    def __init__(self, session, preprocess, size):
        self._session = session
        inputs = session.get_inputs()
        if len(inputs) != 1:
            raise Refusal(f"the session takes several inputs ({', '.join(one.name for one in inputs)}): name the model's own file instead.")
        self._input = inputs[0]
        shape = self._input.shape
        if len(shape) != 4:
            raise Refusal(f"the session takes the shape {shape}, which is no batch of images.")
        self.size = self._takes(shape, "nchw") or size
        self.batch = shape[0] if isinstance(shape[0], int) else None
        self.sized = "open" if self.size is None else "own"
        self.type = "uint8" if "uint8" in self._input.type else "float32"
        self._adopt(preprocess, self.size)

    def _answer(self, made, count):
        names = [output.name for output in self._session.get_outputs()]
        values = self._session.run(names, {self._input.name: np.ascontiguousarray(made)})
        return Answer({name: np.asarray(value, np.float32) for name, value in zip(names, values)})


class YoloModel(Model):
    """A model of Ultralytics, which prepares images itself: it is given arrays, blue first."""

    framework = "Ultralytics"

    def __init__(self, model):
        self._model = model
        self.names = [str(name) for name in model.names.values()]

    def _answer(self, made, count):
        images = [np.ascontiguousarray(image[:, :, ::-1]) for image in made]
        return answer_of(list(self._model(images, verbose=False, conf=0.01)), count)


def is_of(model, module):
    """Whether a class of a module, or one that extends such a class, made an object."""
    return any(c.__module__ == module or c.__module__.startswith(module + ".") for c in type(model).__mro__)


def wrap(model, preprocess, size, device, path):
    """A person's object as a Model; `preprocess` is a Preparing or None."""
    if is_of(model, "transformers.pipelines") and getattr(model, "image_processor", None) is not None:
        model, preprocess = model.model, preprocess or Preparing(model.image_processor)
    ancestors = {f"{c.__module__.split('.')[0]}.{c.__name__}" for c in type(model).__mro__}
    # A class of a person's own that extends one of Ultralytics is in their file's module; its networks alone are modules of PyTorch.
    if "ultralytics.Model" in ancestors and hasattr(model, "predict") and hasattr(model, "names"):
        return YoloModel(model)
    if ancestors & {"torch.Module", "torch.ScriptModule", "torch.RecursiveScriptModule"}:
        return TorchModel(model, preprocess, size, device)
    if hasattr(model, "get_input_details") and hasattr(model, "invoke"):
        return TfliteModel(model, preprocess)
    if hasattr(model, "get_inputs") and hasattr(model, "run"):
        return OnnxModel(model, preprocess, size)
    if any(name.split(".")[0] in ("keras", "tensorflow", "tf_keras") for name in ancestors) and callable(model):
        return KerasModel(model, preprocess, size)
    if callable(model):
        return FunctionModel(model, preprocess, size)
    raise Refusal(f"the model of {path} is a {type(model).__name__}, which is no network, no interpreter and no function.")
