"""shap: Partition explainer over the image, hidden parts blurred."""

from common import main

import shap


def explain(model, pixels, targets, setting):
    masker = shap.maskers.Image("blur(64,64)", pixels.shape)
    maps = []
    for target in targets:
        explainer = shap.Explainer(lambda images: model.probabilities(images)[:, [target["label"]]], masker)
        values = explainer(pixels[None], max_evals=setting["runs"], batch_size=50, silent=True).values
        maps.append(values.reshape(*pixels.shape[:2], -1).sum(axis=-1))
    return maps


def prepare(model, pixels, item):
    model.open()
    # What numba compiles at the first call.
    explain(model, pixels, item["targets"], {"runs": 20})


main(["shap", "onnxruntime", "numpy"], explain, prepare)
