"""Requests made from botocore's model: valid ones, and ones that break exactly one constraint."""

import copy
import re
from dataclasses import dataclass

from botocore.loaders import Loader

MODEL = Loader().load_service_model("sagemaker", "service-2", "2017-07-24")
SHAPES = MODEL["shapes"]

ARN = "arn:aws:sagemaker:us-east-1:123456789012"
# Texts that are tried in turn until one is what a shape demands.
TEXTS = [
    "a1",
    "s3://bucket/key",
    "arn:aws:iam::123456789012:role/tuner",
    "fs-0123456789abcdef",
    "sha256:" + "0" * 64,
    "arn:aws:lambda:us-east-1:123456789012:function:credentials",
    f"{ARN}:training-plan/plan",
    f"{ARN}:mlflow-tracking-server/server",
    f"{ARN}:model-package/package/1",
    f"{ARN}:model-package-group/group",
    f"{ARN}:hub-content/hub/DataSet/set/1.0.0",
    f"{ARN}:hub-content/hub/Model/model/1.0.0",
    f"{ARN}:hub-content/hub/JsonDoc/document/1.0.0",
    "1.0.0",
    "text/csv",
]
# Texts of which one at least is not what a pattern demands.
BAD_TEXTS = ["!", "a b", "a\nb", "é", "", "\t", "-", "\n"]
CATEGORIES = {
    r"\p{L}": "a-zA-Z",
    r"\p{N}": "0-9",
    r"\p{Z}": " ",
    r"\p{M}": "",
    r"\p{S}": "$+<=>^`|~",
    r"\p{P}": r"!\"#%&'()*,\-./:;?@\[\\\]_{}",
    r"\p{Alnum}": "a-zA-Z0-9",
}


def matches(pattern, text):
    """Whether all of an ASCII text is as a pattern of Java says; Python knows no `\\p{...}`."""
    for category, characters in CATEGORIES.items():
        pattern = pattern.replace(category, characters)
    return re.fullmatch(pattern, text, re.ASCII) is not None


def fits(shape, text):
    length = shape.get("min", 0) <= len(text) <= shape.get("max", len(text))
    return length and matches(shape.get("pattern", r"[\S\s]*"), text)


# Members that the model leaves optional and the service does not: data is somewhere.
WANTED = {"DataSource": ["S3DataSource"]}


def sample(name, members=()):
    """A valid value of a shape; structures have their required members and those named."""
    shape = SHAPES[name]
    kind = shape["type"]
    if kind == "structure":
        wanted = {*shape.get("required", []), *WANTED.get(name, []), *members}
        return {m: sample(s["shape"]) for m, s in shape["members"].items() if m in wanted}
    if kind == "list":
        return [sample(shape["member"]["shape"]) for _ in range(max(1, shape.get("min", 0)))]
    if kind == "map":
        return {sample(shape["key"]["shape"]): sample(shape["value"]["shape"])}
    if kind == "string":
        if "enum" in shape:
            return shape["enum"][0]
        return next(text for text in TEXTS if fits(shape, text))
    if kind == "boolean":
        return True
    return max(1, shape.get("min", 1))


ABSENT = object()


@dataclass
class Case:
    """One request: where it breaks which constraint, and how the service names the place."""

    path: tuple
    value: object
    constraint: str
    place: str

    def __str__(self):
        return f"{'.'.join(map(str, self.path))}: {self.constraint}"


def placed(request, root, path, value):
    """A request with a value at a path; what is missing on the way is made valid."""
    request = copy.deepcopy(request)
    target, name = request, root
    for step in path[:-1]:
        shape = SHAPES[name]
        if shape["type"] == "structure":
            name = shape["members"][step]["shape"]
            target = target.setdefault(step, sample(name))
        else:
            name = shape["member"]["shape"]
            target = target[step]
    if value is ABSENT:
        target.pop(path[-1], None)
    else:
        target[path[-1]] = value
    return request


def place_of(path):
    """How the service's messages write a path."""
    steps = [
        f"{step + 1}.member" if isinstance(step, int) else step[0].lower() + step[1:]
        for step in path
    ]
    return ".".join(steps)


def longer(shape):
    """A text one character too long that the pattern allows where it can."""
    start, length = sample_text(shape), shape["max"] + 1
    texts = [start[0] + "-" * (length - 2) + start[-1], start + start[-1] * (length - len(start))]
    good = (text for text in texts if matches(shape.get("pattern", r"[\S\s]*"), text))
    return next(good, texts[-1])


def sample_text(shape):
    return next(text for text in TEXTS if fits(shape, text))


# What is said of a value that the service cannot even read.
WRONG_TYPE = "_VALUE can not be converted to a"


def broken(name):
    """Values that break one constraint of a shape, and the words for it."""
    shape = SHAPES[name]
    kind = shape["type"]
    wrong = {"string": 5, "list": {}, "structure": "x", "map": "x", "boolean": "true"}
    yield wrong.get(kind, "x"), WRONG_TYPE
    if kind == "string":
        yield from broken_text(shape)
    if kind in ("integer", "long"):
        yield 1.5, WRONG_TYPE
        yield "1", WRONG_TYPE
        if "min" in shape:
            yield shape["min"] - 1, f"value greater than or equal to {shape['min']}"
        if "max" in shape:
            yield shape["max"] + 1, f"value less than or equal to {shape['max']}"
    if kind == "list":
        if shape.get("min"):
            yield [], f"length greater than or equal to {shape['min']}"
        if "max" in shape:
            count = shape["max"] + 1
            elements = [sample(shape["member"]["shape"]) for _ in range(count)]
            yield elements, f"length less than or equal to {shape['max']}"
    if kind == "map":
        yield from broken_map(shape)


def broken_text(shape):
    if "enum" in shape:
        yield "NoSuchWord", "Member must satisfy enum value set: ["
        return
    pattern = shape.get("pattern", r"[\S\s]*")
    if shape.get("min"):
        texts = [sample_text(shape)[: shape["min"] - 1]]
        yield texts[0], f"length greater than or equal to {shape['min']}"
    if "max" in shape:
        yield longer(shape), f"length less than or equal to {shape['max']}"
    for text in BAD_TEXTS:
        padded = text * max(1, shape.get("min", 0))
        if not matches(pattern, padded):
            yield padded, f"regular expression pattern: {pattern}"
            return


def broken_map(shape):
    key, value = sample(shape["key"]["shape"]), sample(shape["value"]["shape"])
    if "max" in shape:
        entries = {f"k{n}": value for n in range(shape["max"] + 1)}
        yield entries, f"length less than or equal to {shape['max']}"
    for text, words in broken_text(SHAPES[shape["key"]["shape"]]):
        yield {text: value}, f"Map keys must satisfy constraint: [Member must have {words}"
    for text, words in broken_text(SHAPES[shape["value"]["shape"]]):
        yield {key: text}, f"Map value must satisfy constraint: [Member must have {words}"


def cases(name, path=(), above=()):
    """Every constraint of a shape and of all below it, broken one at a time.

    Of shapes that contain themselves, only what is not inside of itself is told.
    """
    shape = SHAPES[name]
    if name in above:
        return
    above = (*above, name)
    if path:
        for value, constraint in broken(name):
            yield Case(path, value, constraint, place_of(path))
    if shape["type"] == "structure":
        for member, reference in shape["members"].items():
            if member in shape.get("required", []):
                where = (*path, member)
                yield Case(where, ABSENT, "Member must not be null", place_of(where))
            yield from cases(reference["shape"], (*path, member), above)
    elif shape["type"] == "list":
        yield from cases(shape["member"]["shape"], (*path, 0), above)


def optional_members(name, path=()):
    """The paths of all optional members of a structure and of all below it."""
    shape = SHAPES[name]
    if shape["type"] == "structure":
        for member, reference in shape["members"].items():
            if member not in shape.get("required", []):
                yield (*path, member), reference["shape"]
            yield from optional_members(reference["shape"], (*path, member))
    elif shape["type"] == "list":
        yield from optional_members(shape["member"]["shape"], (*path, 0))
