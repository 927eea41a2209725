"""A person's own preprocessing: how it is called, and whether masks can be laid over its result."""

import inspect
import re

import numpy as np

from datum_child.failures import Refusal


class Preparing:
    """Calls a person's `preprocess`, whatever it takes: a PIL image or an array [H, W, 3] of uint8, RGB.

    It may be a function, a transform of torchvision or timm, a processor of transformers, or a dict of timm's
    `data_config` (`input_size`, `mean`, `std`, `crop_pct`).
    """

    def __init__(self, given, over_results=True):
        # Whether masks may be laid over its results, where it is found to be fit for that.
        self.over_results = over_results
        # Of what it returns.
        self._dtype = None
        self._call = _of_config(given) if isinstance(given, dict) else _of_processor(given) if _is_processor(given) else given
        if not callable(self._call):
            raise Refusal(f"preprocess is a {type(given).__name__}, which cannot be called: give a function or a transform.")
        transforms = any(c.__module__.startswith(("torchvision.", "timm.")) for c in type(given).__mro__)
        self._wants_pil = isinstance(given, dict) or transforms or _mentions_pil(given)

    def __call__(self, image):
        """What the model is to be given of one image, without the axis of the batch: float32, or a tensor of any framework as an array."""
        made = self._made(image)
        self._dtype = made.dtype
        return made

    def restored(self, batch):
        """Masked results in the type that it returns: those of whole numbers are whole numbers again."""
        if self._dtype != np.uint8:
            return batch
        return np.clip(np.rint(batch), 0, 255).astype(np.uint8)

    def _made(self, image):
        if self._wants_pil:
            return _array(self._call(_pil(image)))
        try:
            return _array(self._call(image))
        except (TypeError, AttributeError, ValueError, KeyError):
            try:
                made = _array(self._call(_pil(image)))
                self._wants_pil = True
            except (TypeError, AttributeError, ValueError, KeyError):
                # Transforms of albumentations take names alone.
                call = self._call
                made = _array(call(image=image))
                self._call = lambda one: call(image=one)
            return made

    def batch(self, images):
        """[N, ...] of images [N, H, W, 3]; a list where it makes them of different shapes."""
        made = [self(image) for image in images]
        return np.stack(made) if all(one.shape == made[0].shape for one in made) else made


def fixed_shape(prepare):
    """The shape that `prepare` brings every image to, where it also only scales, cuts, moves and multiplies, so that a mask may be laid
    over its result; None where it does not. Found by trying it on smooth images."""
    try:
        one, other = (_waves(300, 420, 1), _waves(300, 420, 2))
        first = prepare(one)
        if not np.array_equal(first, prepare(one)):
            raise Refusal(
                "preprocess makes something else of the same image each time: give the transforms of evaluation, without random cuts and flips."
            )
        if first.shape != prepare(_waves(410, 260, 3)).shape or first.ndim != 3 or not (first.shape[0] in (1, 3) or first.shape[2] in (1, 3)):
            return None
        # Both are even, so that their mean is exact.
        mean = prepare(((one.astype(np.uint16) + other) // 2).astype(np.uint8))
        wanted = (first.astype(np.float64) + prepare(other)) / 2
    except Refusal:
        raise
    except Exception:  # Whatever it throws, it is then given the images themselves.
        return None
    span = float(np.ptp(first)) or 1.0
    return first.shape if float(np.abs(mean - wanted).max()) <= 0.02 * span else None


def keeps_size(prepare, height, width):
    """Whether an image of this size comes out as large as it went in."""
    try:
        return prepare(_waves(height, width, 1)).shape[:2] == (height, width)
    except Exception:
        return False


def _waves(height, width, seed):
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    waves = [128 + 100 * np.sin((seed + c) * 2 * x / width + (3 - c) * y / height + seed) for c in range(3)]
    return (np.stack(waves, -1).astype(np.uint8) // 2) * 2


def _pil(image):
    from PIL import Image

    return Image.fromarray(image)


def _array(made):
    if isinstance(made, dict) or hasattr(made, "pixel_values"):
        made = made["image"] if "image" in made else made["pixel_values"]
    if hasattr(made, "detach"):
        made = made.detach().cpu().numpy()
    elif hasattr(made, "numpy"):
        made = made.numpy()
    made = np.asarray(made)
    if made.dtype == object:
        raise Refusal("preprocess returns no array of numbers: return the image as the model takes it.")
    made = made[0] if made.ndim == 4 and made.shape[0] == 1 else made
    return made if made.dtype == np.uint8 else made.astype(np.float32)


def _is_processor(given):
    return hasattr(given, "model_input_names") or hasattr(given, "image_processor")


def _of_processor(processor):
    return lambda image: processor(images=image, return_tensors="np")


def _of_config(config):
    if "input_size" not in config:
        raise Refusal("preprocess is a dict without 'input_size': give timm's data_config, or a function.")
    _, height, width = config["input_size"]
    mean, std = (np.asarray(config.get(name, default), np.float32) for name, default in (("mean", 0), ("std", 1)))
    share = config.get("crop_pct", 1.0)

    def prepare(image):
        from PIL import Image

        ratio = max(int(height / share) / image.height, int(width / share) / image.width)
        size = (max(width, round(image.width * ratio)), max(height, round(image.height * ratio)))
        kind = Image.BICUBIC if config.get("interpolation", "bicubic") == "bicubic" else Image.BILINEAR
        left, top = (size[0] - width) // 2, (size[1] - height) // 2
        cut = image.resize(size, kind).crop((left, top, left + width, top + height))
        return ((np.asarray(cut, np.float32) / 255 - mean) / std).transpose(2, 0, 1)

    return prepare


def _mentions_pil(function):
    try:
        return bool(re.search(r"\b(PIL|Image|resize\(\()", inspect.getsource(function)))
    except (OSError, TypeError):
        return False
