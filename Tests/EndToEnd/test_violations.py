"""Every constraint of the service's model, broken one at a time, is refused and named."""

import http.client
import json
from urllib.parse import urlsplit

import pytest
from jobs import X_RANGE, definition, tuning_job
from shapes import ABSENT, MODEL, WRONG_TYPE, cases, optional_members, placed, sample

MOCK = "mock:sphere?epochs=1&seconds=0"
METRIC = {"Name": "objective", "Regex": "objective=([0-9.eE+-]+)"}
# The words for what a map demands are those of its whole list; the model's own words come after.
MAP_PARTS = ("Map keys must satisfy constraint: [", "Map value must satisfy constraint: [")


class Wire:
    """One connection that requests are sent over as they are."""

    def __init__(self, endpoint):
        address = urlsplit(endpoint)
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)

    def __call__(self, operation, request):
        """The status, the code and the message of the answer to a request."""
        headers = {
            "X-Amz-Target": f"SageMaker.{operation}",
            "Content-Type": "application/x-amz-json-1.1",
        }
        self.connection.request("POST", "/", json.dumps(request), headers)
        response = self.connection.getresponse()
        answer = json.loads(response.read())
        return response.status, answer.get("__type"), answer.get("message", "")


@pytest.fixture
def wire(tuner_endpoint):
    wire = Wire(tuner_endpoint)
    yield wire
    wire.connection.close()


def training_job(name):
    """A request of CreateTrainingJob that a mock runs."""
    whole = definition(MOCK, METRIC)
    whole["HyperParameters"] = {"x": "1.5"}
    del whole["StaticHyperParameters"]
    return {"TrainingJobName": name, **whole}


def request_of(operation, name):
    """A request that is accepted as it is."""
    if operation == "CreateTrainingJob":
        return training_job(name)
    if operation == "CreateHyperParameterTuningJob":
        return tuning_job(name, definition(MOCK, METRIC), X_RANGE, count=1, parallel=1)
    if operation == "CreateAlgorithm":
        return sample(root_of(operation)) | {"AlgorithmName": name}
    return sample(root_of(operation))


def root_of(operation):
    return MODEL["operations"][operation]["input"]["shape"]


def is_refused_rightly(case, status, code, message):
    """Whether an answer refuses a case in the service's words and names the member."""
    if case.constraint == WRONG_TYPE:
        is_named = WRONG_TYPE in message and message.endswith(f"at '{case.place}'")
        return (status, code) == (400, "SerializationException") and is_named
    place = f"at '{case.place}' failed to satisfy constraint: "
    words = case.constraint
    for part in MAP_PARTS:
        if words.startswith(part):
            place += part
            words = words.removeprefix(part).removeprefix("Member must have ")
    return (
        (status, code) == (400, "ValidationException")
        and "validation error" in message
        and place in message
        and words in message
    )


# How many constraints the request of each operation has at least.
CONSTRAINTS = {
    "CreateHyperParameterTuningJob": 800,
    "DescribeHyperParameterTuningJob": 5,
    "ListHyperParameterTuningJobs": 15,
    "ListTrainingJobsForHyperParameterTuningJob": 12,
    "StopHyperParameterTuningJob": 5,
    "DeleteHyperParameterTuningJob": 5,
    "CreateTrainingJob": 300,
    "DescribeTrainingJob": 5,
    "ListTrainingJobs": 15,
    "StopTrainingJob": 5,
    "UpdateTrainingJob": 40,
    "DeleteTrainingJob": 5,
    "CreateAlgorithm": 300,
    "DescribeAlgorithm": 5,
    "ListAlgorithms": 12,
    "DeleteAlgorithm": 5,
    "AddTags": 10,
    "ListTags": 8,
    "DeleteTags": 8,
    "Search": 40,
}


@pytest.mark.parametrize(("operation", "least"), CONSTRAINTS.items())
def test_each_broken_constraint_is_named(wire, operation, least):
    root = root_of(operation)
    request = request_of(operation, "broken")
    found, failures = 0, []
    for case in cases(root):
        found += 1
        answer = wire(operation, placed(request, root, case.path, case.value))
        if not is_refused_rightly(case, *answer):
            failures.append(f"{case} {case.place!r}: {answer}")
    assert not failures, f"{len(failures)} of {found}\n" + "\n".join(failures[:20])
    assert found >= least
    if operation.startswith("Create"):
        assert wire(operation, request)[0] == 200, "none of the refused requests took the name"


def holds(request, path):
    """Whether a request has a member already."""
    for step in path:
        if not isinstance(request, dict) or step not in request:
            return False
        request = request[step]
    return True


CHANNEL = ("TrainingJobDefinition", "InputDataConfig", 0)
# What is refused although it is as the model says, with a word of the reason; or, with none, what
# has meanings that the model does not tell.
REFUSED = {
    "CreateTrainingJob": {
        ("AlgorithmSpecification", "AlgorithmName"): "does not exist",
        ("InputDataConfig", 0, "DataSource", "FileSystemDataSource"): "exactly one",
        ("InputDataConfig", 0, "DataSource", "DatasetSource"): "exactly one",
        ("ResourceConfig", "InstanceGroups"): "has InstanceGroups and InstanceType",
        ("ProfilerConfig", "ProfilingIntervalInMilliseconds"): "must be one of [100, 200",
        ("ServerlessJobConfig",): "ServerlessJobConfig",
        ("StoppingCondition", "MaxWaitTimeInSeconds"): "managed spot",
    },
    "CreateHyperParameterTuningJob": {
        ("HyperParameterTuningJobConfig", "StrategyConfig"): "Hyperband",
        ("HyperParameterTuningJobConfig", "ParameterRanges"): None,
        ("TrainingJobDefinition", "AlgorithmSpecification", "AlgorithmName"): "does not exist",
        ("TrainingJobDefinition", "HyperParameterRanges"): None,
        (*CHANNEL, "DataSource", "FileSystemDataSource"): "exactly one",
        (*CHANNEL, "DataSource", "DatasetSource"): "exactly one",
        ("TrainingJobDefinition", "ResourceConfig", "InstanceGroups"): "has InstanceGroups and",
        ("TrainingJobDefinition", "TuningObjective"): "TuningObjective",
        ("TrainingJobDefinition", "HyperParameterTuningResourceConfig"): "both",
        ("TrainingJobDefinition", "StoppingCondition", "MaxWaitTimeInSeconds"): "managed spot",
        ("TrainingJobDefinitions",): "exactly one",
        ("TrainingJobDefinitions", 0, "AlgorithmSpecification", "AlgorithmName"): "does not exist",
        ("WarmStartConfig",): "there is no tuning job",
        ("HyperParameterTuningJobConfig", "HyperParameterTuningJobObjective"): None,
        ("HyperParameterTuningJobConfig", "ResourceLimits"): None,
    },
}


@pytest.mark.parametrize("operation", REFUSED)
def test_each_optional_member_is_accepted(wire, operation):
    root = root_of(operation)
    accepted, failures = 0, []
    for number, (path, shape) in enumerate(optional_members(root)):
        beginnings = [path[:length] for length in range(1, len(path) + 1)]
        reasons = [REFUSED[operation][b] for b in beginnings if b in REFUSED[operation]]
        request = request_of(operation, f"job-{number}")
        if None in reasons or holds(request, path):
            continue
        status, code, message = wire(operation, placed(request, root, path, sample(shape)))
        if reasons:
            if status == 200 or not any(reason in message for reason in reasons):
                failures.append(f"{path} should be refused: {status} {code} {message}")
        elif status == 200:
            accepted += 1
        else:
            failures.append(f"{path} {sample(shape)!r}: {status} {code} {message}")
    assert not failures, f"{len(failures)}\n" + "\n".join(failures[:20])
    assert accepted >= 30
