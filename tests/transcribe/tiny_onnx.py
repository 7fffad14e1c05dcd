"""Two ONNX models that sherpa-onnx takes: they tell dull from bright sound, and mean spectra."""

from pathlib import Path

import numpy as np

WINDOW, RECEPTIVE, SHIFT = 160_000, 991, 270
BRIGHT = 3.6  # between what the two voices of `sounds` need


def write_models(folder: Path) -> None:
    """Write `segmentation/model.onnx` (dull sound or bright sound) and `voices.onnx`."""
    import onnx
    from onnx import TensorProto, helper

    (folder / "segmentation").mkdir(parents=True)
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 1, "T"])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", "F", 7])
    # Seven classes of the powerset: nobody, three speakers, three pairs.
    weights = np.zeros((2, 7), np.float32)
    weights[0, 1] = 1.0
    weights[1, 2] = BRIGHT
    bias = np.array([0.001, 0, 0, -9, -9, -9, -9], np.float32)
    nodes = [
        helper.make_node("Conv", ["x", "slope"], ["both"], pads=[1, 0]),
        helper.make_node("Abs", ["both"], ["loud"]),
        helper.make_node(
            "AveragePool", ["loud"], ["mean"], kernel_shape=[RECEPTIVE], strides=[SHIFT]
        ),
        helper.make_node("Transpose", ["mean"], ["turned"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["turned", "weights"], ["scores"]),
        helper.make_node("Add", ["scores", "bias"], ["y"]),
    ]
    told = {
        "model_type": "pyannote-segmentation-3.0",
        "sample_rate": 16_000,
        "window_size": WINDOW,
        "receptive_field_size": RECEPTIVE,
        "receptive_field_shift": SHIFT,
        "num_speakers": 3,
        "powerset_max_classes": 2,
        "num_classes": 7,
    }
    slope = np.array([[[0, 1]], [[-1, 1]]], np.float32)  # the sound itself, and its change
    arrays = {"weights": weights, "bias": bias, "slope": slope}
    _save(folder / "segmentation" / "model.onnx", nodes, (x, y), arrays, told)
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", "T", 80])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 80])
    nodes = [
        helper.make_node("ReduceMean", ["x", "axes"], ["mean"], keepdims=0),
        helper.make_node("ReduceMean", ["mean", "axes"], ["level"], keepdims=1),
        helper.make_node("Sub", ["mean", "level"], ["y"]),
    ]
    told = {
        "framework": "wespeaker",
        "language": "en",
        "url": "",
        "comment": "a test's",
        "sample_rate": 16_000,
        "output_dim": 80,
        "normalize_samples": 1,
        "feature_normalize_type": "",
    }
    _save(folder / "voices.onnx", nodes, (x, y), {"axes": np.array([1], np.int64)}, told)
    assert onnx.__version__


def _save(path: Path, nodes: list, ends: tuple, arrays: dict, told: dict) -> None:
    import onnx
    from onnx import helper, numpy_helper

    tensors = [numpy_helper.from_array(array, name) for name, array in arrays.items()]
    graph = helper.make_graph(nodes, "tiny", [ends[0]], [ends[1]], initializer=tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    model.ir_version = 9
    for key, value in told.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, str(value)
    onnx.save(model, str(path))
