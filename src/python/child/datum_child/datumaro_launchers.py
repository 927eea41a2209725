"""Launchers of Datumaro: classes in a folder of plug-ins, of which the one that a model names is imported, and no other file.

Datumaro imports all of them. Names are as its releases make them: `NAME`, else the class's in snake case without `_launcher`.
Sources: openvinotoolkit/datumaro `datumaro/components/cli_plugin.py` (names, arguments), `environment.py` (which files, `exports`),
`launcher.py` (what is called with what).
"""

import ast
import importlib
import inspect
import json
import os
import sys
import types

import numpy as np

from datum_child import datumaro_names
from datum_child.answering import Answer
from datum_child.failures import Refusal
from datum_child.frameworks import Model
from datum_child.script import names_in, plain

# What early and later releases take out of the names of classes.
KINDS = (
    ("transform", "extractor", "converter", "launcher", "importer", "validator"),
    ("transform", "base", "exporter", "launcher", "importer", "validator"),
)
# The package that plug-ins are imported as parts of, so that none takes the name of another module.
PACKAGE = "datumaro_plugins"


class DatumaroLauncher(Model):
    """A launcher in a folder of plug-ins. It is called with one image at a time, as Datumaro does, since it may keep what it saw before;
    and never with anything but images of the person's."""

    framework = "a launcher of Datumaro"
    batch = 1

    def __init__(self, folder, name, options, model_dir):
        self._name = name
        made = load(folder, name)
        # Paths in its options are as they were typed, mostly in the project's folder.
        os.chdir(os.path.dirname(os.path.dirname(folder)))
        takes = inspect.signature(made).parameters
        if "model_dir" in takes or any(one.kind is one.VAR_KEYWORD for one in takes.values()):
            options = {**options, "model_dir": model_dir}
        self._launcher = made(**options)
        self._takes_items = made.launch is datumaro_names.Launcher.launch or datumaro_names.wanted(made.launch) == "item"
        self.names = self._categories()

    def trial(self, _image=None):
        """What it answers is known: classes and boxes. The first image that it sees is to be the person's."""
        return Answer(annotations=[])

    def _answer(self, made, count):
        images = np.ascontiguousarray(made[..., ::-1])
        if self._takes_items:
            given = [datumaro_names.DatasetItem(str(i), media=datumaro_names.Image(one)) for i, one in enumerate(images)]
        else:
            given = images.astype(np.float32)
        # It may be a generator, of generators.
        answers = [list(one) for one in self._launcher.launch(given) or ()]
        if len(answers) != count:
            raise Refusal(
                f"launch() of the launcher '{self._name}' gives {len(answers)} results for {count} image{'' if count == 1 else 's'}: "
                "return a list of annotations for each image."
            )
        return Answer(annotations=[plain(one) for one in answers])

    def _categories(self):
        for name in ("categories", "get_categories"):
            try:
                found = names_in(getattr(self._launcher, name)())
            except Exception:  # Datumaro's explain never called it: a launcher without its file of names still works.
                continue
            if found is not None:
                return found
        return None


def parse(folder, name, arguments):
    """The options that a launcher makes of a command line, and what of it is not for the launcher."""
    parser = load(folder, name).build_cmdline_parser()

    def refuse(message):
        raise Refusal(f"the launcher '{name}' refuses its arguments: {message}.")

    parser.error = refuse
    try:
        options, rest = parser.parse_known_args([one for one in arguments if one != "--"])
    except SystemExit:
        raise Refusal(f"the launcher '{name}' ended while it read its arguments: give it those alone that it takes.") from None
    options = vars(options)
    for key, value in options.items():
        try:
            json.dumps(value)
        except (TypeError, ValueError):
            raise Refusal(f"the option '{key}' of the launcher '{name}' is a {type(value).__name__}, which a project cannot keep.") from None
    return {"options": options, "rest": rest}


def load(folder, name):
    """The class of a launcher by its name."""
    file = find(folder, name)
    datumaro_names.serve()
    # Plug-ins import what lies beside them.
    sys.path.insert(0, folder)
    package = types.ModuleType(PACKAGE)
    package.__path__ = [folder]
    sys.modules[PACKAGE] = package
    parts = os.path.relpath(file, folder)[: -len(".py")].split(os.sep)
    module = importlib.import_module(".".join([PACKAGE, *(part for part in parts if part != "__init__")]))
    public = getattr(module, "exports", None) or [value for key, value in vars(module).items() if not key.startswith("_")]
    found = [one for one in public if inspect.isclass(one) and issubclass(one, datumaro_names.Launcher) and name in names_of(one)]
    if not found:
        raise Refusal(f"the file {file} has no launcher '{name}': the class of that name must derive from Datumaro's Launcher.")
    return found[0]


def names_of(one):
    """The names of an imported class."""
    name = getattr(one, "NAME", None)
    return {name} if isinstance(name, str) else set() if one is datumaro_names.Launcher else snake_names(one.__name__)


def snake_names(name):
    """A class's name in snake case as early releases made it (HTMLPage is h_t_m_l_page), and as later ones did (htmlpage)."""
    made = set()
    for runs in (False, True):
        words = ""
        for i, char in enumerate(name):
            if i > 0 and char.isupper() and not (runs and name[i - 1].isupper()):
                words += "_"
            words += char.lower()
        for kinds in KINDS:
            short = words
            for kind in kinds:
                short = short.replace("_" + kind, "")
            made.add(short)
    return made


def find(folder, name):
    """The file that defines a launcher, found in the text of all of them."""
    known, damaged = {}, []
    for file in files_in(folder):
        try:
            with open(file, "rb") as opened:
                tree = ast.parse(opened.read(), file)
        except (SyntaxError, ValueError) as error:
            damaged.append(f"{file} cannot be read ({error})")
            continue
        for names, sure in defined_in(tree):
            for one in names:
                known.setdefault(one, ([], []))[0 if sure else 1].append(file)
    sure, possible = known.get(name, ([], []))
    found = list(dict.fromkeys(sure or possible))
    if len(found) > 1:
        raise Refusal(f"there are several launchers '{name}', in {' and in '.join(found)}: leave one of them in {folder}.")
    if found:
        return found[0]
    others = sorted(one for one, (files, _) in known.items() if files)
    says = "; ".join([f"it has {', '.join(others)}" if others else "it has none", *damaged])
    raise Refusal(f"there is no launcher '{name}' among the plug-ins in {folder}: {says}.")


def files_in(folder):
    """`*.py` and `PACKAGE/*.py`, sorted."""
    found = []
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if os.path.isdir(path):
            found.extend(os.path.join(path, one) for one in sorted(os.listdir(path)) if one.endswith(".py"))
        elif name.endswith(".py"):
            found.append(path)
    return found


def defined_in(tree):
    """The names of each class that could be a launcher, and whether it surely is one: not where it is only imported, or called as one."""
    statements = list(_statements(tree.body))
    exports = next((_names_listed(one.value) for one in statements if _is_assigned(one, "exports")), None)
    for one in statements:
        if isinstance(one, ast.ClassDef):
            if exports is None and one.name.startswith("_") or exports is not None and one.name not in exports:
                continue
            yield _names_of_definition(one), _is_launcher(one)
        elif isinstance(one, ast.ImportFrom):
            for alias in one.names:
                yield snake_names(alias.asname or alias.name), False
        elif isinstance(one, ast.Assign):
            for target in one.targets:
                if isinstance(target, ast.Name):
                    yield snake_names(target.id), False


def _statements(body):
    """What stands at the top of a file, in the branches of `if` and `try` too."""
    for one in body:
        yield one
        if isinstance(one, (ast.If, ast.Try, ast.With)):
            for part in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(one, part, []))
            for handler in getattr(one, "handlers", []):
                yield from _statements(handler.body)


def _is_assigned(one, name):
    targets = one.targets if isinstance(one, ast.Assign) else [one.target] if isinstance(one, ast.AnnAssign) else []
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _names_listed(value):
    """The names in `[A, B]`; None where it is anything else."""
    if isinstance(value, (ast.List, ast.Tuple)) and all(isinstance(one, ast.Name) for one in value.elts):
        return {one.id for one in value.elts}
    return None


def _names_of_definition(one):
    for part in one.body:
        if _is_assigned(part, "NAME") and isinstance(part.value, ast.Constant) and isinstance(part.value.value, str):
            return {part.value.value}
    return snake_names(one.name)


def _is_launcher(one):
    bases = [base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in one.bases]
    methods = {part.name for part in one.body if isinstance(part, ast.FunctionDef)}
    return one.name.endswith("Launcher") or any(base.endswith("Launcher") for base in bases) or bool(methods & {"launch", "infer"})
