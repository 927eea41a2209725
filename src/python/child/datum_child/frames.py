"""Frames between this process and the one that started it: a JSON object, and arrays behind it, over stdin and stdout.

A frame is the length of the JSON in bytes (uint32, little-endian), the JSON in UTF-8, and the bytes of the arrays that it lists under
`arrays` as `{"name", "type", "shape"}`, in that order, row-major.
"""

import json
import os
import struct
import sys

import numpy as np

TYPES = {"uint8": np.dtype("u1"), "float32": np.dtype("<f4")}


class Channel:
    """The two ends of the talk. What the user's code prints goes to stderr, since stdout is the channel's."""

    def __init__(self):
        self._read = os.fdopen(os.dup(0), "rb", buffering=1 << 20)
        self._write = os.fdopen(os.dup(1), "wb", buffering=0)
        os.dup2(2, 1)
        with open(os.devnull, "rb") as nothing:
            os.dup2(nothing.fileno(), 0)
        sys.stdin = open(os.devnull)
        self._masks = bytearray()
        sys.stdout = sys.stderr

    def read(self):
        """The next request and its arrays by name; None when the other side has gone."""
        head = self._read.read(4)
        if len(head) < 4:
            return None
        (length,) = struct.unpack("<I", head)
        request = json.loads(self._read.read(length))
        arrays = {}
        for entry in request.pop("arrays", []):
            kind = TYPES[entry["type"]]
            count = int(np.prod(entry["shape"], dtype=np.int64))
            data = self._room(entry["name"], count * kind.itemsize)
            if self._read.readinto(data) < len(data):
                return None
            arrays[entry["name"]] = np.frombuffer(data, kind).reshape(entry["shape"])
        return request, arrays

    def _room(self, name, size):
        """Memory for an array. That of masks, which come in every call and which nobody keeps, is used again."""
        if name != "masks":
            return bytearray(size)
        if len(self._masks) < size:
            self._masks = bytearray(size)
        return memoryview(self._masks)[:size]

    def write(self, answer, arrays=None):
        """Answers a request."""
        listed, parts = [], []
        for name, value in (arrays or {}).items():
            kind = "uint8" if value.dtype == np.uint8 else "float32"
            value = np.ascontiguousarray(value, TYPES[kind])
            listed.append({"name": name, "type": kind, "shape": list(value.shape)})
            parts.append(memoryview(value).cast("B"))
        text = json.dumps({**answer, "arrays": listed}, allow_nan=True).encode()
        for part in (struct.pack("<I", len(text)), text, *parts):
            view = memoryview(part)
            while len(view) > 0:
                view = view[self._write.write(view) :]
