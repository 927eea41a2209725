"""A person's script that turns the outputs of a model into classes and boxes, in each of the forms that such scripts have.

`datumaro`   `process_outputs(inputs, outputs)` of Datumaro 0.1 to 1.3, perhaps with `normalize(inputs)` and `get_categories()`;
`class`      a class with `preprocess` and `postprocess(pred, info)` of Datumaro 1.4 to 1.11, or with `process_outputs`;
`plain`      `process_outputs(inputs, outputs)` that imports nothing of Datumaro: `inputs` are what the model got, RGB;
`simple`     `postprocess(outputs, info)`, which returns a list of dicts for one image.
"""

import ast
import inspect
import os
import re
import sys

import numpy as np

from datum_child import datumaro_names
from datum_child.failures import Refusal


class Script:
    """A loaded script."""

    def __init__(self, path):
        self.path = os.path.abspath(path)
        self.folder = os.path.dirname(self.path)
        # As Python does: what it imports lies beside the file itself, wherever a link to it lies; and its arguments are its own.
        sys.path.insert(0, os.path.dirname(os.path.realpath(self.path)))
        sys.argv = [self.path]
        datumaro_names.serve()
        with open(self.path, encoding="utf-8-sig") as file:
            self.source = file.read()
        names = {"__name__": "script", "__file__": self.path, "__builtins__": __builtins__}
        before = os.getcwd()
        os.chdir(self.folder)
        try:
            exec(compile(self.source, self.path, "exec"), names)
        except SyntaxError as error:
            wrong = corrected_call(self.source) if error.filename == self.path else None
            if wrong is None:
                raise
            raise Refusal(wrong.format(path=self.path)) from error
        finally:
            os.chdir(before)
        self.names = names
        self.form, self.reader = self._form()
        Names.source = self.categories
        # Once the whole image has been read: what was forgiven, to be said.
        self._only_shapes = self.form in ("datumaro", "plain") and asks_only_for_shapes(self.source)

    def _form(self):
        own = {name: value for name, value in self.names.items() if getattr(value, "__module__", None) == "script"}
        function = self.names.get("process_outputs")
        if callable(function):
            return ("datumaro" if datumaro_names.were_asked_for() else "plain"), self.names
        classes = [value for value in own.values() if inspect.isclass(value)]
        readers = [c for c in classes if issubclass(c, datumaro_names.IModelInterpreter)] or [
            c for c in classes if hasattr(c, "process_outputs") or hasattr(c, "postprocess")
        ]
        if len(readers) > 1:
            listed = ", ".join(c.__name__ for c in readers)
            raise Refusal(f"the script {self.path} has several interpreters ({listed}): leave one of them in it.")
        if readers:
            reader = readers[0]()
            return "class", {name: getattr(reader, name) for name in dir(reader) if not name.startswith("__")}
        if callable(self.names.get("postprocess")):
            return "simple", self.names
        raise Refusal(
            f"the script {self.path} has no function process_outputs: add "
            '"def process_outputs(inputs, outputs):", which returns a list of annotations for each image.'
        )

    def _own(self, name):
        """A function of the script by name; None where it has none, or only the base class's."""
        found = self.reader.get(name)
        if not callable(found):
            return None
        module = getattr(found, "__module__", None)
        return None if module == datumaro_names.__name__ else found

    @property
    def prepares(self):
        """Whether it makes the model's input from the image itself: `whole` image, or the `scaled` one; None where it does not."""
        if self.form in ("class", "simple") and self._own("preprocess"):
            return "whole"
        return "scaled" if self._own("normalize") else None

    @property
    def inputs(self):
        """What it looks at of the images: their `shape` alone, or their `pixels`; None where it is not given any."""
        if self.form == "datumaro":
            return "shape" if self._only_shapes else "pixels"
        if self.form == "plain":
            return "shape" if self._only_shapes else "scaled-pixels"
        return None

    def categories(self):
        """Names of the classes; None where the script has none, or cannot give them here."""
        function = self._own("get_categories") or self._own("getCategories")
        if function is None:
            given = self.names.get("categories")
            return names_in(given) if isinstance(given, (list, tuple, dict)) else None
        before = os.getcwd()
        os.chdir(self.folder)
        try:
            return names_in(function())
        except Exception:  # Datumaro never called it where it explained: a script without its file of names still works.
            return None
        finally:
            os.chdir(before)

    def prepare(self, image):
        """The model's input from one image [H, W, 3], uint8, RGB: float32, and what `postprocess` is to be told."""
        function = self._own("preprocess")
        if self.form == "simple":
            made, info = pair_of(function(image))
        else:
            blue_first = np.ascontiguousarray(image[:, :, ::-1])
            item = datumaro_names.DatasetItem("image", media=datumaro_names.Image(blue_first))
            made, info = pair_of(datumaro_names.call_with(function, item))
        made = np.asarray(made, np.float32)
        return (made[0] if made.ndim == 4 and made.shape[0] == 1 else made), info

    def normalize(self, images):
        """[N, 3, H, W], BGR, 0..255: what the model is to be fed."""
        made = self._own("normalize")(images)
        return images if made is None else np.asarray(made, np.float32)

    def read(self, outputs, count, inputs, info, layers=False):
        """Annotations of each of `count` images, as plain data.

        `outputs`: arrays by name, with the batch as the model lays it out. `inputs`: [N, H, W, 3]. `info`: what `prepare` gave.
        """
        if self.form == "simple":
            function = self._own("postprocess")
            return [plain(self._simple(function, one_image(outputs, i, count), info, layers)) for i in range(count)]
        if self.form == "class" and self._own("postprocess"):
            function = self._own("postprocess")
            return [plain(function(one_image(outputs, i, count), info)) for i in range(count)]
        function = self._own("process_outputs")
        given = next(iter(outputs.values())) if len(outputs) == 1 and not layers else outputs
        results = self._results(function, inputs, given, outputs)
        if len(results) == count and (count > 1 or self._is_settled(results)):
            return [plain(result) for result in results]
        # An entry for each box, where there should be one for each image: the last one holds all of them.
        forgiven.setdefault("process_outputs gives an entry for each box, not for each image (its results.append stands inside the loop): the last entry is taken.")
        if count == 1:
            return [plain(results[-1] if results else [])]
        answers = []
        for i in range(count):
            single = {name: value[i : i + 1] for name, value in outputs.items()}
            one = next(iter(single.values())) if len(single) == 1 and not layers else single
            found = self._results(function, inputs[i : i + 1], one, single)
            answers.append(plain(found[-1] if found else []))
        return answers

    @staticmethod
    def _simple(function, outputs, info, layers):
        """What a plain function makes of an image: it is given the array where the model has one output."""
        try:
            return function(next(iter(outputs.values())) if len(outputs) == 1 and not layers else outputs, info)
        except (KeyError, IndexError) as error:
            error.args = (f"{error}; the outputs are {listed(outputs)}, of which the only one is given as an array" if len(outputs) == 1 and not layers else f"{error}; the outputs are {listed(outputs)}",)
            raise

    def _is_settled(self, results):
        return isinstance(results[-1], (list, tuple)) or hasattr(results[-1], "__iter__")

    def _results(self, function, inputs, given, outputs):
        try:
            found = function(inputs, given)
            return list(found) if found is not None else []
        except (KeyError, IndexError) as error:
            # With one output a script is given the array, with several a dict: most errors come from here.
            error.args = (f"{error}; the outputs are {listed(outputs)}",)
            raise
        except AttributeError as error:
            if given is outputs and len(outputs) == 1:
                error.args = (f"{error}; outputs is a dict, since layers were chosen: {listed(outputs)}",)
            raise
        except TypeError as error:
            wrong = corrected_call(self.source) if "keyword argument" in str(error) else None
            if wrong is None:
                raise
            raise Refusal(wrong.format(path=self.path)) from error


def names_in(value):
    """Names of classes in whatever a script calls its categories."""
    if value is None:
        return None
    if isinstance(value, dict):
        labels = value.get(datumaro_names.AnnotationType.label)
        if labels is None and isinstance(value.get("categories"), (list, tuple)):
            labels = value["categories"]
        if labels is None:
            # Names by number, whose numbers may be texts, as in JSON; or numbers by name.
            if value and all(isinstance(name, str) and isinstance(at, int) and not isinstance(at, bool) for name, at in value.items()):
                value = {at: name for name, at in value.items()}
            numbered = {int(key): str(name) for key, name in value.items() if str(key).isdigit()}
            if not numbered or len(numbered) < len(value) or max(numbered) > 100_000:
                return None
            return [numbered.get(i, str(i)) for i in range(max(numbered) + 1)]
        value = labels
    items = list(getattr(value, "items", value))
    if items and all(isinstance(item, dict) and "name" in item for item in items):
        # Categories of COCO, whose answers name them by their ids.
        numbered = all(isinstance(item.get("id"), int) for item in items)
        return names_in({item["id"]: str(item["name"]) for item in items} if numbered else [str(item["name"]) for item in items])
    names = [item if isinstance(item, str) else getattr(item, "name", None) for item in items]
    return names if names and all(isinstance(name, str) for name in names) else None


def pair_of(made):
    """An input and what is known of it; scripts may return the input alone."""
    return made if isinstance(made, tuple) and len(made) == 2 else (made, None)


def one_image(outputs, index, count):
    """The outputs of one image, without the axis of the batch."""
    return {name: value[index] if value.ndim > 0 and value.shape[0] == count else value for name, value in outputs.items()}


def listed(outputs):
    return ", ".join(f"{name!r} {list(value.shape)}" for name, value in outputs.items())


# What was answered otherwise than it should be, and how it was taken: sentences, each once.
forgiven = {}


def plain(annotations):
    """Annotations of one image as plain data: `{"label", "score"}` or `{"x", "y", "w", "h", "label", "score"}`.

    Those of which no map can be made are left out beside others.
    """
    made, left_out = [], None
    for one in annotations:
        plain_ones = [of_dict(one)] if isinstance(one, dict) else of_object(one)
        left_out = left_out or (one if not plain_ones else None)
        made.extend(plain_ones)
    if left_out is None:
        return made
    kind = type(left_out).__name__
    if not made:
        raise Refusal(f"the code in Python answers a {kind}, of which no map can be made: return a Label or a Bbox.")
    forgiven.setdefault(f"of a {kind} that it answers no map can be made: it is left out beside the others.")
    return made


def of_object(one):
    kind = getattr(getattr(one, "type", None), "name", type(one).__name__.lower())
    attributes = getattr(one, "attributes", {})
    if kind == "label":
        scores = next((attributes[name] for name in ("scores", "confidences") if name in attributes), None)
        if scores is not None and "score" not in attributes:
            return [{"label": i, "score": number(value)} for i, value in enumerate(np.ravel(scores))]
        return [{"label": whole(one.label), "score": score_of(one, attributes)}]
    if kind == "bbox":
        box = {"x": number(one.x), "y": number(one.y), "w": number(one.w), "h": number(one.h)}
        return [{**box, "label": whole(one.label), "score": score_of(one, attributes)}]
    return []


def score_of(one, attributes):
    if "score" in attributes:
        return number(attributes["score"])
    if not hasattr(one, "score"):
        forgiven.setdefault(NO_SCORE)
    return number(getattr(one, "score", 1.0))


def of_dict(one):
    """`{"label", "score"}`, with `box` as x1, y1, x2, y2 or as a dict, or with x, y, w, h beside them; or a result of COCO, whose `bbox` is x, y, w, h.

    Source of the last: cocodataset.org, "Results Format" (`image_id`, `category_id`, `bbox`, `score`).
    """
    coco = "category_id" in one and "label" not in one
    label = one.get("category_id") if coco else one.get("label", one.get("id"))
    if label is None or "score" not in one and UNREAD & set(one):
        raise Refusal(f"the code in Python answers a dict of {', '.join(map(str, one))}: give each of its classes or boxes as label, score and box (x1, y1, x2, y2).")
    if "score" not in one:
        forgiven.setdefault(NO_SCORE)
    made = {"label": whole(label), "score": number(one.get("score", 1.0))}
    box = one.get("box", one.get("bbox"))
    if box is None and "x" not in one:
        return made
    if box is None or isinstance(box, dict):
        return {**made, **place_of(one if box is None else box)}
    if len(box) != 4:
        raise Refusal(f"the code in Python answers a box of {len(box)} numbers: give x1, y1, x2, y2 in pixels.")
    a, b, c, d = (number(value) for value in box)
    return {**made, "x": a, "y": b, **({"w": c, "h": d} if coco else {"w": c - a, "h": d - b})}


def place_of(box):
    """A box that is a dict: x, y and w, h (or width, height); or two corners, as transformers (xmin...) and Ultralytics (x1...) name them."""
    for left, top, right, bottom in (("xmin", "ymin", "xmax", "ymax"), ("x1", "y1", "x2", "y2")):
        if left in box:
            x, y = number(box[left]), number(box[top])
            return {"x": x, "y": y, "w": number(box[right]) - x, "h": number(box[bottom]) - y}
    width, height = box.get("width", box.get("w")), box.get("height", box.get("h"))
    if "x" not in box or "y" not in box or width is None or height is None:
        raise Refusal(f"the code in Python answers a box of {', '.join(map(str, box))}: give x, y, w and h, or x1, y1, x2 and y2, in pixels.")
    return {"x": number(box["x"]), "y": number(box["y"]), "w": number(width), "h": number(height)}


# Names that others give a score.
UNREAD = {"confidence", "conf", "prob", "probability", "scores", "confidences"}
NO_SCORE = "what it finds has no score: 1 stands for each, so that maps cannot show how sure the model is."


def number(value):
    made = float(value)
    if not np.isfinite(made):
        raise Refusal(f"the code in Python answers {made} as a score or a coordinate: it must be a finite number.")
    return made


# More classes than any model has; a table of scores has a column for each.
MOST_CLASSES = 1_000_000


class Names:
    """The names of the classes that the person's code gives: it may answer them in place of numbers."""

    # Asked for when a name is answered, and once.
    source = staticmethod(lambda: None)
    known = None


def whole(value):
    if isinstance(value, str):
        if Names.known is None:
            Names.known = list(Names.source() or [])
        if value in Names.known:
            return Names.known.index(value)
    if isinstance(value, str) and not value.strip().lstrip("-").isdigit():
        has = f"has {len(Names.known)} others" if Names.known else "gives no names"
        raise Refusal(f"the code in Python answers the class '{value}', and {has}: list it in its categories, or answer the number of the class.")
    made = 0 if value is None else int(value)
    if not 0 <= made < MOST_CLASSES:
        raise Refusal(f"the code in Python answers {made} as the number of a class: they are counted from 0.")
    return made


def asks_only_for_shapes(source):
    """Whether `process_outputs` looks at nothing of its images but their shape, number and order.

    Where that is not certain the answer is False, and the images are made.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name == "process_outputs":
            arguments = [a.arg for a in node.args.args if a.arg != "self"]
            return not arguments or _only_shapes(node, {arguments[0]})
    return False


def _only_shapes(function, images):
    """Follows the names of the images through loops and subscripts."""
    grown = True
    while grown:
        grown = False
        for node in ast.walk(function):
            if isinstance(node, (ast.For, ast.comprehension)):
                for name in _loop_names(node, images):
                    if name not in images:
                        images.add(name)
                        grown = True
    parents = {child: node for node in ast.walk(function) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id in images and isinstance(node.ctx, ast.Load):
            if not _is_harmless(node, parents):
                return False
    return True


def _loop_names(node, images):
    """The names that a loop gives to images: those of `for x in inputs`, `zip(inputs, ...)`, `enumerate(inputs)`."""
    over, target = node.iter, node.target
    if isinstance(over, ast.Name) and over.id in images and isinstance(target, ast.Name):
        yield target.id
    if not (isinstance(over, ast.Call) and isinstance(over.func, ast.Name) and isinstance(target, ast.Tuple)):
        return
    if over.func.id == "zip":
        pairs = zip(over.args, target.elts)
    elif over.func.id == "enumerate" and len(target.elts) == 2:
        inner = over.args[0] if over.args else None
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id == "zip":
            names = target.elts[1]
            pairs = zip(inner.args, names.elts) if isinstance(names, ast.Tuple) else ()
        else:
            pairs = [(inner, target.elts[1])]
    else:
        return
    for value, name in pairs:
        if isinstance(value, ast.Name) and value.id in images and isinstance(name, ast.Name):
            yield name.id


def _is_harmless(node, parents):
    parent = parents.get(node)
    if isinstance(parent, ast.Subscript) and parent.value is node:
        return _is_harmless(parent, parents)
    if isinstance(parent, ast.Attribute):
        return parent.attr in ("shape", "ndim", "size")
    if isinstance(parent, ast.Call) and node in parent.args and isinstance(parent.func, ast.Name):
        return parent.func.id in ("len", "zip", "enumerate")
    if isinstance(parent, (ast.For, ast.comprehension)):
        return parent.iter is node
    return False


def corrected_call(source):
    """The right line, where a parenthesis closes too early: `append(Label(3), attributes={...})`."""
    found = re.search(r"\b(Label|Bbox)\(((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*)\)\s*,\s*(attributes\s*=\s*\{[^}]*\})\s*\)?", source)
    if found is None:
        return None
    name, inside, attributes = (re.sub(r"\s+", " ", part).strip(" ,") for part in found.groups())
    line = f"{name}({inside}, {attributes})".replace("{", "{{").replace("}", "}}")
    return "process_outputs of the script {path} closes " + name + "( before its attributes: write " + line + "."
