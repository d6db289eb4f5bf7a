"""Writes ServiceModelText.swift: the requests of our operations, from botocore's public model.

    pip install botocore
    python3 Sources/SageMakerAPI/Resources/make_service_model.py

Kept of each shape: its type, members in the model's order, and constraints; nothing of the prose.
A structure's members are `[name, shape]`; lists have an `element`, maps a `key` and a `value`.
The JSON is a text of the program, which compiles at once; as an embedded resource, an array of its
bytes, it took the compiler 13 seconds.
"""

import json
from pathlib import Path

import botocore
from botocore.loaders import Loader

OPERATIONS = """
    CreateHyperParameterTuningJob DescribeHyperParameterTuningJob ListHyperParameterTuningJobs
    StopHyperParameterTuningJob DeleteHyperParameterTuningJob
    ListTrainingJobsForHyperParameterTuningJob
    CreateTrainingJob DescribeTrainingJob ListTrainingJobs StopTrainingJob UpdateTrainingJob
    DeleteTrainingJob
    CreateAlgorithm DescribeAlgorithm ListAlgorithms DeleteAlgorithm
    AddTags ListTags DeleteTags
    Search
""".split()

HEADER = '''// swift-format-ignore-file
// Written by make_service_model.py, beside this file; do not edit.

/// The service's public model of the requests of our operations, as JSON.
enum ServiceModelText {
    static let json = ##"""
'''
WIDTH = 88  # of a part of a line; with indentation and the sign of continuation 99

CONSTRAINTS = ("min", "max", "pattern", "enum", "required")


def stripped(shape):
    """The shape without prose, and the names of the shapes that it refers to."""
    kept = {"type": shape["type"]}
    kept.update({name: shape[name] for name in CONSTRAINTS if shape.get(name) is not None})
    if shape["type"] == "structure":
        members = [[name, member["shape"]] for name, member in shape["members"].items()]
        return kept | {"members": members}, [member for _, member in members]
    if shape["type"] == "list":
        element = shape["member"]["shape"]
        return kept | {"element": element}, [element]
    if shape["type"] == "map":
        key, value = shape["key"]["shape"], shape["value"]["shape"]
        return kept | {"key": key, "value": value}, [key, value]
    return kept, []


def service_model():
    source = Loader().load_service_model("sagemaker", "service-2", "2017-07-24")
    operations = {name: source["operations"][name]["input"]["shape"] for name in OPERATIONS}
    shapes, waiting = {}, list(operations.values())
    while waiting:
        name = waiting.pop()
        if name not in shapes:
            shapes[name], references = stripped(source["shapes"][name])
            waiting += references
    return {"botocore": botocore.__version__, "operations": operations, "shapes": shapes}


def json_text(model):
    """The JSON of the model, sorted, one operation or shape a line."""

    def lines(table):
        entries = (
            f"{json.dumps(name)}:{json.dumps(value, separators=(',', ':'), sort_keys=True)}"
            for name, value in sorted(table.items())
        )
        return ",\n".join(entries)

    return (
        f'{{"botocore":{json.dumps(model["botocore"])},\n'
        f'"operations":{{\n{lines(model["operations"])}}},\n'
        f'"shapes":{{\n{lines(model["shapes"])}}}}}'
    )


def swift_text(text):
    """The Swift source whose one constant is the text; longer lines are continued."""
    lines = []
    for line in text.splitlines():
        while len(line) > WIDTH:
            # A line must not end with spaces, nor a part of one begin with them.
            cut = next(cut for cut in range(WIDTH, 0, -1) if " " not in line[cut - 1 : cut + 1])
            lines.append(line[:cut] + "\\##")
            line = line[cut:]
        lines.append(line)
    assert '"""##' not in text and "\\##" not in text
    return HEADER + "".join(f"        {line}\n" for line in lines) + '        """##\n}\n'


if __name__ == "__main__":
    path = Path(__file__).with_name("ServiceModelText.swift")
    path.write_text(swift_text(json_text(service_model())))
    print(f"{path}: {path.stat().st_size} bytes")
