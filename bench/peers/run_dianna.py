"""DIANNA: RISE, LIME and KernelSHAP of images, on pixels 0..255."""

import os
import tempfile

from common import JOB, Model, main

import dianna
import dianna.methods.kernelshap_image
import dianna.methods.lime_image
import dianna.methods.rise_image
import numpy as np
import onnx
from onnx import TensorProto, helper


def explain(model, pixels, targets, setting):
    maps = []
    for target in targets:
        options = {"labels": [0], "axis_labels": {2: "channels"}}

        def run(images, label=target["label"]):
            return model.probabilities(images)[:, [label]]

        if setting["method"] == "KernelSHAP":
            # It opens a model file by itself, and draws the map of every output: the file is cut to one.
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "one-class.onnx")
                one_class(path, target["label"])
                options["preprocess_function"] = counted(model)
                heatmaps = dianna.explain_image(path, pixels.astype(np.float32), "KernelSHAP", **options, **setting["options"])
        elif setting["method"] == "LIME":
            heatmaps = dianna.explain_image(run, pixels, "LIME", **options, random_state=0, **setting["options"])
        else:
            np.random.seed(0)
            heatmaps = dianna.explain_image(run, pixels.astype(np.float32), "RISE", **options, **setting["options"])
        maps.append(heatmaps[0])
    return maps


def counted(model: Model):
    def normalized(images):
        model.runs += len(images)
        return model.normalized(images)

    return normalized


def one_class(path, label):
    """The model with the probability of one class as its only output, and an open batch."""
    model = onnx.load(JOB["model"]["path"])
    graph = model.graph
    last = graph.output[0].name
    axis = 1
    if JOB["model"]["softmax"]:
        graph.node.append(helper.make_node("Softmax", [last], ["bench_probabilities"], axis=axis))
        last = "bench_probabilities"
    graph.initializer.append(helper.make_tensor("bench_label", TensorProto.INT64, [1], [label]))
    graph.node.append(helper.make_node("Gather", [last, "bench_label"], ["bench_one"], axis=axis))
    graph.node.append(helper.make_node("Flatten", ["bench_one"], ["bench_score"], axis=axis))
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info("bench_score", TensorProto.FLOAT, ["n", 1]))
    for tensor in graph.input:
        if tensor.type.tensor_type.HasField("shape"):
            tensor.type.tensor_type.shape.dim[0].dim_param = "n"
    del graph.value_info[:]
    onnx.save(model, path)


main(["dianna", "lime", "shap", "onnxruntime", "numpy"], explain)
