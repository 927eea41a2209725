"""What a person is told when their own code fails: their line and not ours."""

import os
import traceback

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Refusal(Exception):
    """A sentence that is ready to be shown: what is wrong, and what to do."""


def described(error, own_file):
    """An exception as plain data: its type and message, and the last line of it that stands in the person's code.

    `own_file` is the path of their file, or of a folder of theirs; a line of it is preferred to one of a library that it calls.
    """
    if isinstance(error, Refusal):
        return {"kind": "refused", "message": str(error)}
    # A KeyError shows its argument in quotes.
    first = error.args[0] if error.args else None
    message = first if isinstance(error, KeyError) and isinstance(first, str) else str(error).strip()
    found = {"kind": type(error).__name__, "message": message}
    if isinstance(error, SystemExit):
        found["message"] = _said_by_argparse(error) or message
    if isinstance(error, ModuleNotFoundError) and error.name:
        found["module"] = error.name
    if isinstance(error, SyntaxError):
        return {**found, "message": error.msg, "file": error.filename, "line": error.lineno, "text": (error.text or "").strip()}
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not _is_ours(f.filename)]
    own = [f for f in frames if os.path.abspath(f.filename) == own_file or os.path.abspath(f.filename).startswith(own_file + os.sep)]
    for frame in (own or frames)[-1:]:
        found.update(file=frame.filename, line=frame.lineno, text=(frame.line or "").strip())
    return found


def _said_by_argparse(error):
    """What argparse printed before it ended the process; None where it was not argparse that ended it."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if os.path.basename(frame.f_code.co_filename) == "argparse.py" and frame.f_code.co_name == "exit" and frame.f_locals.get("message"):
            return frame.f_locals["message"].strip()
    return None


def _is_ours(path):
    return os.path.abspath(path).startswith(HERE + os.sep) or path.startswith("<frozen")
