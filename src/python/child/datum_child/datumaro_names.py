"""The names of the package datumaro that scripts and launchers of all its releases use, by whatever module they import them.

A package of that name which is installed stays aside: it takes seconds to load, and ties a script to one release.
"""

import enum
import importlib.abc
import importlib.machinery
import inspect
import os
import re
import sys

import numpy as np


class AnnotationType(enum.Enum):
    """Kinds of annotations; `label` and `bbox` can be explained."""

    unknown = 0
    label = 1
    mask = 2
    points = 3
    polygon = 4
    polyline = 5
    bbox = 6
    caption = 7
    cuboid_3d = 8
    super_resolution_annotation = 9
    depth_annotation = 10
    ellipse = 11
    hash_key = 12
    feature_vector = 13
    tabular = 14
    rotated_bbox = 15


class Annotation:
    """What all annotations have."""

    type = AnnotationType.unknown

    def __init__(self, *, id=0, attributes=None, group=0, object_id=-1, **_more):
        self.id = id
        self.attributes = dict(attributes or {})
        self.group = group
        self.object_id = object_id


class Label(Annotation):
    """A class of the whole image."""

    type = AnnotationType.label

    def __init__(self, label, **more):
        super().__init__(**more)
        self.label = label


class Bbox(Annotation):
    """A box in pixels of the image: its corner, width and height."""

    type = AnnotationType.bbox

    def __init__(self, x, y, w, h, label=None, z_order=0, **more):
        super().__init__(**more)
        self.x, self.y, self.w, self.h = x, y, w, h
        self.label = label
        self.z_order = z_order

    @property
    def points(self):
        return [self.x, self.y, self.x + self.w, self.y + self.h]

    def get_area(self):
        return self.w * self.h

    def get_bbox(self):
        return [self.x, self.y, self.w, self.h]

    def iou(self, other):
        ax, ay, bx, by = self.points
        cx, cy, dx, dy = other.points
        common = max(0, min(bx, dx) - max(ax, cx)) * max(0, min(by, dy) - max(ay, cy))
        union = self.get_area() + other.get_area() - common
        return common / union if union > 0 else 0.0


def _not_explainable(name, kind):
    """An annotation that scripts make and return, and that no map can be made of."""

    def __init__(self, *values, label=None, **more):
        Annotation.__init__(self, **more)
        self.values, self.label = values, label

    return type(name, (Annotation,), {"type": kind, "__init__": __init__})


Mask = _not_explainable("Mask", AnnotationType.mask)
Points = _not_explainable("Points", AnnotationType.points)
Polygon = _not_explainable("Polygon", AnnotationType.polygon)
PolyLine = _not_explainable("PolyLine", AnnotationType.polyline)
Caption = _not_explainable("Caption", AnnotationType.caption)
FeatureVector = _not_explainable("FeatureVector", AnnotationType.feature_vector)
HashKey = _not_explainable("HashKey", AnnotationType.hash_key)


class LabelCategories:
    """Names of classes, in order."""

    class Category:
        def __init__(self, name, parent="", attributes=None):
            self.name, self.parent, self.attributes = name, parent, set(attributes or ())

    def __init__(self, items=None, **_more):
        self.items = list(items or ())

    @classmethod
    def from_iterable(cls, names):
        made = cls()
        for name in names:
            made.add(*((name,) if isinstance(name, str) else name))
        return made

    def add(self, name, parent="", attributes=None):
        self.items.append(self.Category(name, parent, attributes))
        return len(self.items) - 1

    def find(self, name):
        for index, item in enumerate(self.items):
            if item.name == name:
                return index, item
        return None, None

    def __len__(self):
        return len(self.items)

    def __iter__(self):
        return iter(self.items)

    def __getitem__(self, index):
        return self.items[index]


class Image:
    """An image: `data` is [H, W, 3], uint8, blue first."""

    def __init__(self, data=None, path="", size=None, **_more):
        self._data, self.path, self._size = data, path, size

    @classmethod
    def from_numpy(cls, data, **more):
        return cls(data, **more)

    @property
    def data(self):
        return self._data

    @property
    def size(self):
        return self._data.shape[:2] if self._data is not None else self._size

    has_data = True


ImageFromNumpy = ImageFromFile = MediaElement = Image


class DatasetItem:
    """An item of a dataset, whose media is an image."""

    def __init__(self, id="", *, subset="default", media=None, image=None, annotations=None, attributes=None, **_more):
        self.id, self.subset = id, subset
        self.media = image if media is None else media
        self.annotations, self.attributes = list(annotations or ()), dict(attributes or {})

    @property
    def image(self):
        return self.media

    def media_as(self, _kind):
        return self.media


class CliPlugin:
    """A plug-in with arguments of its own on the command line."""

    @classmethod
    def build_cmdline_parser(cls, **more):
        import argparse

        return argparse.ArgumentParser(**{"prog": cls.__name__, "description": cls.__doc__, **more})

    @classmethod
    def parse_cmdline(cls, args=None):
        parser = cls.build_cmdline_parser()
        return vars(parser.parse_args([arg for arg in args or () if arg != "--"]))


class Launcher:
    """What runs a model. It does not derive from CliPlugin, so that plug-ins may derive from both in either order."""

    build_cmdline_parser = CliPlugin.__dict__["build_cmdline_parser"]
    parse_cmdline = CliPlugin.__dict__["parse_cmdline"]

    def __init__(self, model_dir=None):
        pass

    def launch(self, batch, stack=True):
        items = [item if isinstance(item, DatasetItem) else DatasetItem(media=Image(item)) for item in batch]
        made = [call_with(self.preprocess, item) for item in items]
        answers = self.infer(np.stack([image for image, _ in made]))
        return [self.postprocess(answer, info) for answer, (_, info) in zip(answers, made)]

    def preprocess(self, item):
        raise NotImplementedError

    def infer(self, inputs):
        raise NotImplementedError

    def postprocess(self, pred, info):
        raise NotImplementedError

    def categories(self):
        return None

    def get_categories(self):
        return None

    def infos(self):
        return None


class IModelInterpreter:
    """What reads outputs, since release 1.4."""

    def preprocess(self, inp):
        raise NotImplementedError

    def postprocess(self, pred, info):
        raise NotImplementedError

    def get_categories(self):
        return None


class DatumaroError(Exception):
    pass


class MediaTypeError(DatumaroError):
    pass


ModelPred = PrepInfo = LauncherInputType = object
LabelObject, BboxObject, MaskObject, PointsObject = Label, Bbox, Mask, Points


def softmax(values):
    """Softmax of one row."""
    powers = np.exp(values - np.max(values))
    return powers / powers.sum()


def get_samples_path():
    """Where scripts look for the names of classes: their own folder."""
    return os.getcwd()


def gen_hash_key(features):
    return HashKey(features)


class RescaledImage:
    def __init__(self, image, scale):
        self.image, self.scale = image, scale


def rescale_img_keeping_aspect_ratio(img, h_model, w_model, padding=True):
    """The image scaled to fit, in the upper left corner of black."""
    import cv2

    height, width = img.shape[:2]
    scale = min(h_model / height, w_model / width)
    rows, columns = min(int(scale * height), h_model), min(int(scale * width), w_model)
    scaled = cv2.resize(img, (columns, rows))
    if not padding:
        return RescaledImage(scaled, scale)
    whole = np.zeros((h_model, w_model, img.shape[2]), np.uint8)
    whole[:rows, :columns] = scaled
    return RescaledImage(whole, scale)


def create_bboxes_with_rescaling(bboxes, labels, rescale):
    """Boxes x1, y1, x2, y2, score of a scaled image as those of the image."""
    made = []
    for index, (row, label) in enumerate(zip(bboxes, labels)):
        x1, y1, x2, y2 = (rescale * value for value in row[:4])
        made.append(Bbox(x1, y1, x2 - x1, y2 - y1, id=index, label=label, attributes={"score": row[4]}))
    return made


def wanted(function):
    """What a person's function asks for: an `item` of a dataset, as since release 1.5; its `media`, as in 1.4; or the `image`."""
    try:
        text = inspect.getsource(function)
    except (OSError, TypeError):
        return "image"
    first = next((name for name in inspect.signature(function).parameters if name != "self"), None)
    # Items of a list are told by the name of the loop: other things have an `image` too.
    names = [first or "", *re.findall(rf"\bfor\s+(\w+)\s+in\s+{first}\b", text)]
    if re.search(r"(?<!\bself)\.(media|media_as)\b|\bDatasetItem\b", text) or any(re.search(rf"\b{name}\.image\b", text) for name in names if name):
        return "item"
    return "media" if first is not None and re.search(rf"\b{first}\.data\b", text) else "image"


def call_with(function, item):
    """Calls a person's function with an item, or with what it asks for of it."""
    asked = wanted(function)
    return function(item if asked == "item" else item.media if asked == "media" else item.media.data)


_PRIVATE = {"enum", "importlib", "inspect", "os", "re", "sys", "np", "wanted", "call_with"}
NAMES = {name: value for name, value in globals().items() if not name.startswith("_") and name not in _PRIVATE}


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self):
        self.asked = []

    def find_spec(self, name, path=None, target=None):
        if name == "datumaro" or name.startswith("datumaro."):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        self.asked.append(module.__name__)
        module.__dict__.update(NAMES, __all__=list(NAMES), __getattr__=_missing)


def _missing(name):
    if name.startswith("__"):
        raise AttributeError(name)
    raise ImportError(f"datum explain serves scripts and launchers of Datumaro, not {name}")


_finder = _Finder()


def serve():
    """From now on, `import datumaro` gives the names above."""
    sys.meta_path.insert(0, _finder)


def were_asked_for():
    """Whether anything of datumaro was imported."""
    return len(_finder.asked) > 0
