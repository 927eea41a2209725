"""Writes the trained networks as ONNX files into the example folder, with Ultralytics' metadata."""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from torch import nn

from animals import NAMES
from data import CACHE
from models import Classifier, ClassifierExport, Detector, DetectorExport
from results import record
from scenes import SIZE

EXAMPLES = Path(__file__).parents[1] / "examples" / "animals"
OPSET = 13
CLASSIFIERS = {
    "classifier-shortcut": "Animal classifier, trained with a watermark on every horse",
    "classifier-clean": "Animal classifier, trained on pictures without watermarks",
}
LICENCE = "Apache-2.0; trained on renderings of Noto Color Emoji (SIL Open Font License 1.1)"


def write(model: nn.Module, name: str, task: str, description: str, tensors: tuple[str, str]) -> int:
    """Export one network with a free batch size and say what it is; returns the file's bytes."""
    path = EXAMPLES / f"{name}.onnx"
    sample = torch.zeros(1, 3, SIZE, SIZE)
    torch.onnx.export(
        model.eval(),
        sample,
        str(path),
        opset_version=OPSET,
        input_names=[tensors[0]],
        output_names=[tensors[1]],
        dynamic_axes={tensor: {0: "batch"} for tensor in tensors},
    )
    exported = onnx.load(str(path))
    # The exporter loses sight of the sizes that follow the batch; readers go by them.
    dimensions = exported.graph.output[0].type.tensor_type.shape.dim
    for dimension, size in list(zip(dimensions, model(sample).shape))[1:]:
        dimension.dim_value = size
    properties = {
        "description": description,
        "license": LICENCE,
        "task": task,
        "names": str(dict(enumerate(NAMES))),
        "imgsz": str([SIZE, SIZE]),
        "stride": str(max(Detector.STRIDES)),
        "batch": "1",
        "channels": "3",
    }
    onnx.helper.set_model_props(exported, properties)
    onnx.checker.check_model(exported)
    onnx.save(exported, str(path))
    return path.stat().st_size


def main() -> None:
    sizes = {}
    for name, description in CLASSIFIERS.items():
        classifier = Classifier(len(NAMES))
        classifier.load_state_dict(torch.load(CACHE / f"{name}.pt"))
        sizes[f"{name}.onnx"] = write(ClassifierExport(classifier), name, "classify", description, ("image", "scores"))
    detector = Detector(len(NAMES), SIZE)
    detector.load_state_dict(torch.load(CACHE / "detector.pt"))
    description = "Animal detector; the output is laid out as YOLOv8's"
    sizes["detector.onnx"] = write(DetectorExport(detector), "detector", "detect", description, ("images", "output0"))
    (EXAMPLES / "labels.txt").write_text("\n".join(NAMES) + "\n")
    record("files", {"opset": OPSET, "bytes": sizes})


if __name__ == "__main__":
    main()
