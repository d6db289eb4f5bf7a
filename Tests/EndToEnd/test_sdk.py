"""The tuner of the sagemaker Python SDK, as people's notebooks use it."""

import io
import tarfile

import boto3
import pytest
from botocore.exceptions import ClientError
from jobs import OBJECTIVE, ROLE, STEPS, describe, wait_until_over
from service import REGION, wait_for
from storage import Storage

MOCK = "mock:sphere?epochs=1&seconds=0"
KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": REGION}
DEFAULTS = """\
SchemaVersion: "1.0"
SageMaker:
  PythonSDK:
    Modules:
      TelemetryOptOut: true
"""


def import_sdk():
    """The SDK takes seconds to import: only tests that use it wait for that."""
    import sagemaker.estimator
    import sagemaker.inputs
    import sagemaker.parameter
    import sagemaker.tuner

    return sagemaker


@pytest.fixture(scope="module")
def storage(tmp_path_factory):
    """A stand-in for S3 on loopback."""
    storage = Storage(tmp_path_factory.mktemp("storage")).start()
    yield storage
    storage.stop()


@pytest.fixture
def session(storage, tuner_endpoint, tmp_path, monkeypatch):
    """A session of the SDK with a service that knows nothing of S3."""
    return session_with(tuner_endpoint, storage, tmp_path, monkeypatch)


def session_with(tuner_endpoint, storage, tmp_path, monkeypatch):
    """A session of the SDK whose every request stays on this machine."""
    defaults = tmp_path / "defaults.yaml"
    defaults.write_text(DEFAULTS)
    monkeypatch.setenv("SAGEMAKER_ADMIN_CONFIG_OVERRIDE", str(defaults))
    monkeypatch.setenv("SAGEMAKER_USER_CONFIG_OVERRIDE", str(defaults))
    for name, value in KEYS.items():
        monkeypatch.setenv(name.upper(), value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("SAGEMAKER_SUPPRESS_V2_WARNING", "1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", storage.endpoint)
    # Whatever else the SDK may want to ask finds nobody.
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    boto_session = boto3.Session(**KEYS)
    boto_session.client("s3").create_bucket(Bucket="models")
    return import_sdk().Session(
        boto_session=boto_session,
        sagemaker_client=boto_session.client("sagemaker", endpoint_url=tuner_endpoint),
        default_bucket="models",
    )


def estimator(session, tmp_path, image=STEPS, seconds=0.05, **options):
    """A plain estimator; its program leaves a trace."""
    return import_sdk().estimator.Estimator(
        image_uri=image,
        role=ROLE,
        instance_count=1,
        instance_type="ml.m5.large",
        output_path="s3://models/output",
        hyperparameters={"steps": 2, "seconds": seconds},
        environment={"TRACE": str(tmp_path / "trace")},
        sagemaker_session=session,
        **options,
    )


def tuner_of(estimator, **options):
    sdk = import_sdk()
    arguments = {
        "objective_metric_name": "objective",
        "objective_type": "Minimize",
        "hyperparameter_ranges": {"x": sdk.parameter.ContinuousParameter(0, 10)},
        "metric_definitions": [OBJECTIVE],
        "strategy": "Random",
        "max_jobs": 3,
        "max_parallel_jobs": 2,
        "random_seed": 1,
        **options,
    }
    return sdk.tuner.HyperparameterTuner(estimator, **arguments)


def test_fit_waits_and_knows_the_best(session, tmp_path):
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    tuner = tuner_of(
        estimator(session, tmp_path, tags=[{"Key": "team", "Value": "vision"}]),
        base_tuning_job_name="fit",
    )
    channel = import_sdk().inputs.TrainingInput(f"file://{inputs}", content_type="text/csv")
    tuner.fit({"train": channel})
    job = tuner.describe()
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["TrainingJobStatusCounters"]["Completed"] == 3
    assert job["HyperParameterTuningJobName"].startswith("fit-")
    assert session.sagemaker_client.list_tags(ResourceArn=job["HyperParameterTuningJobArn"])["Tags"]

    frame = tuner.analytics().dataframe()
    assert len(frame) == 3 and set(frame.columns) >= {"x", "TrainingJobName", "TrainingStartTime"}
    best = frame.loc[frame.FinalObjectiveValue.idxmin()]
    assert tuner.best_training_job() == best.TrainingJobName
    assert float(best.x) + 1 / 2 == pytest.approx(best.FinalObjectiveValue)

    winner = tuner.best_estimator()
    assert winner.latest_training_job.name == best.TrainingJobName
    assert winner.model_data == (
        f"s3://models/output/{best.TrainingJobName}/output/model.tar.gz"
    )
    assert winner.hyperparameters()["steps"] == "2"
    assert winner.instance_type == "ml.m5.large"


def test_attach_finds_the_job_again(session, tmp_path):
    sdk = import_sdk()
    ranges = {
        "x": sdk.parameter.ContinuousParameter(0.01, 10, scaling_type="Logarithmic"),
        "steps": sdk.parameter.IntegerParameter(1, 3),
        "seconds": sdk.parameter.CategoricalParameter(["0.01", "0.02"]),
    }
    tuner = tuner_of(estimator(session, tmp_path, image=MOCK), hyperparameter_ranges=ranges)
    tuner.fit(job_name="attached", wait=False)
    wait_until_over(session.sagemaker_client, "attached")
    again = sdk.tuner.HyperparameterTuner.attach("attached", sagemaker_session=session)
    assert again.best_training_job() == tuner.best_training_job()
    assert (again.max_jobs, again.max_parallel_jobs, again.strategy) == (3, 2, "Random")
    assert again.objective_type == "Minimize" and again.random_seed == 1
    kept = again.hyperparameter_ranges()
    assert kept["ContinuousParameterRanges"][0]["MinValue"] == "0.01"
    assert kept["IntegerParameterRanges"][0]["MaxValue"] == "3"
    assert kept["CategoricalParameterRanges"][0]["Values"] == ["0.01", "0.02"]
    assert again.estimator.hyperparameters() == {}
    # What was attached can be started again, as another job.
    again.fit(job_name="again", wait=False)
    job = wait_until_over(session.sagemaker_client, "again")
    assert job["TrainingJobStatusCounters"]["Completed"] == 3


def test_stop_tuning_job(session, tmp_path):
    tuner = tuner_of(estimator(session, tmp_path, seconds=60))
    tuner.fit(job_name="stopped", wait=False)
    client = session.sagemaker_client
    wait_for(lambda: describe(client, "stopped")["TrainingJobStatusCounters"]["InProgress"])
    tuner.stop_tuning_job()
    assert wait_until_over(client, "stopped")["HyperParameterTuningJobStatus"] == "Stopped"


def test_a_grid(session, tmp_path):
    sdk = import_sdk()
    ranges = {"x": sdk.parameter.CategoricalParameter([1, 2, 3])}
    tuner = tuner_of(
        estimator(session, tmp_path, image=MOCK), hyperparameter_ranges=ranges, strategy="Grid"
    )
    tuner.fit(job_name="grid", wait=False)
    wait_until_over(session.sagemaker_client, "grid")
    frame = tuner.analytics().dataframe()
    assert sorted(frame.x) == [1, 2, 3]


def test_several_definitions(session, tmp_path):
    sdk = import_sdk()
    names = ["large", "small"]
    upper = {"large": 10, "small": 1}
    tuner = sdk.tuner.HyperparameterTuner.create(
        estimator_dict={name: estimator(session, tmp_path) for name in names},
        objective_metric_name_dict=dict.fromkeys(names, "objective"),
        hyperparameter_ranges_dict={
            name: {"x": sdk.parameter.ContinuousParameter(0, upper[name])} for name in names
        },
        metric_definitions_dict={name: [OBJECTIVE] for name in names},
        strategy="Random",
        objective_type="Minimize",
        max_jobs=4,
        max_parallel_jobs=2,
    )
    tuner.fit(job_name="several", wait=False, include_cls_metadata=dict.fromkeys(names, False))
    job = wait_until_over(session.sagemaker_client, "several")
    assert [d["DefinitionName"] for d in job["TrainingJobDefinitions"]] == names
    frames = tuner.analytics().dataframe()
    assert sorted(frames.TrainingJobDefinitionName) == ["large", "large", "small", "small"]
    again = sdk.tuner.HyperparameterTuner.attach("several", sagemaker_session=session)
    assert sorted(again.estimator_dict) == names
    assert again.best_training_job() == tuner.best_training_job()
    assert again.best_estimator().latest_training_job.name == again.best_training_job()


def test_instances_in_order_of_preference(session, tmp_path):
    sdk = import_sdk()
    tuner = tuner_of(estimator(session, tmp_path, image=MOCK), max_jobs=1, max_parallel_jobs=1)
    tuner.override_resource_config(
        instance_configs=[
            sdk.tuner.InstanceConfig(instance_count=1, instance_type=type, volume_size=10)
            for type in ("ml.c5.large", "ml.m5.large")
        ]
    )
    tuner.fit(job_name="flexible", wait=False)
    wait_until_over(session.sagemaker_client, "flexible")
    assert tuner.best_estimator().instance_type == "ml.c5.large"


def test_source_is_uploaded_and_named(session, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "train.py").write_text("print('objective=1')\n")
    tuner = tuner_of(
        estimator(session, tmp_path, entry_point="train.py", source_dir=str(source)),
        max_jobs=1,
        max_parallel_jobs=1,
    )
    tuner.fit(job_name="source", wait=False)
    job = wait_until_over(session.sagemaker_client, "source")
    assert job["TrainingJobStatusCounters"]["Completed"] == 1
    static = job["TrainingJobDefinition"]["StaticHyperParameters"]
    assert static["sagemaker_program"] == '"train.py"'
    address = static["sagemaker_submit_directory"].strip('"')
    bucket, key = address.removeprefix("s3://").split("/", 1)
    archive = tmp_path / "source.tar.gz"
    session.boto_session.client("s3").download_file(bucket, key, str(archive))
    with tarfile.open(archive) as opened:
        assert "train.py" in opened.getnames()


def test_script_mode_from_a_laptop(serve, storage, tmp_path, monkeypatch):
    """Source, data and results in S3, training jobs in local processes."""
    endpoint = serve(environment=storage.environment).endpoint
    session = session_with(endpoint, storage, tmp_path, monkeypatch)
    s3 = session.boto_session.client("s3")
    s3.put_object(Bucket="models", Key="data/offset.txt", Body=b"3")
    source = tmp_path / "source"
    source.mkdir()
    (source / "helper.py").write_text("def loss(x, offset):\n    return (x - offset) ** 2\n")
    (source / "train.py").write_text(
        "import argparse, os\n"
        "from helper import loss\n"
        "parser = argparse.ArgumentParser()\n"
        "parser.add_argument('-x', type=float)\n"
        "parser.add_argument('--steps', type=int)\n"
        "parser.add_argument('--seconds', type=float)\n"
        "arguments = parser.parse_args()\n"
        "assert arguments.steps == int(os.environ['SM_HP_STEPS']) == 2\n"
        "with open(os.environ['SM_CHANNEL_TRAIN'] + '/offset.txt') as file:\n"
        "    offset = float(file.read())\n"
        "with open(os.environ['SM_MODEL_DIR'] + '/x.txt', 'w') as file:\n"
        "    file.write(repr(arguments.x))\n"
        "print(f'objective={loss(arguments.x, offset)}')\n"
    )
    script = estimator(
        session,
        tmp_path,
        image="example.com/framework-training:1",
        entry_point="train.py",
        source_dir=str(source),
    )
    tuner = tuner_of(script, max_jobs=6, base_tuning_job_name="script")
    tuner.fit({"train": "s3://models/data/"})
    job = tuner.describe()
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["TrainingJobStatusCounters"]["Completed"] == 6, job
    frame = tuner.analytics().dataframe()
    best = frame.loc[frame.FinalObjectiveValue.idxmin()]
    assert tuner.best_training_job() == best.TrainingJobName
    assert best.FinalObjectiveValue == pytest.approx((float(best.x) - 3) ** 2)
    for row in frame.itertuples():
        key = f"output/{row.TrainingJobName}/output/model.tar.gz"
        body = s3.get_object(Bucket="models", Key=key)["Body"].read()
        with tarfile.open(fileobj=io.BytesIO(body)) as opened:
            assert float(opened.extractfile("./x.txt").read()) == pytest.approx(float(row.x))
    address = tuner.best_estimator().model_data
    assert address == f"s3://models/output/{best.TrainingJobName}/output/model.tar.gz"
    # The source was brought once for all jobs, and so was the data.
    assert storage.count("GET /models/data/offset.txt ") == 1


def test_an_estimator_alone(session, tmp_path):
    alone = estimator(
        session,
        tmp_path,
        image=MOCK,
        metric_definitions=[{"Name": "objective", "Regex": "objective=([0-9.eE+-]+)"}],
    )
    alone.set_hyperparameters(x=1.5)
    alone.fit(job_name="alone", wait=False)
    client = session.sagemaker_client

    def job():
        return client.describe_training_job(TrainingJobName="alone")

    wait_for(lambda: job()["TrainingJobStatus"] == "Completed")
    again = import_sdk().estimator.Estimator.attach("alone", sagemaker_session=session)
    assert again.hyperparameters()["x"] == "1.5"
    assert again.model_data == job()["ModelArtifacts"]["S3ModelArtifacts"]


def test_what_is_not_there_yet_is_refused_by_name(session, tmp_path):
    sdk = import_sdk()
    start = sdk.tuner.WarmStartConfig(
        warm_start_type=sdk.tuner.WarmStartTypes.TRANSFER_LEARNING, parents={"parent"}
    )
    tuner = tuner_of(estimator(session, tmp_path, image=MOCK), warm_start_config=start)
    with pytest.raises(ClientError, match="WarmStartConfig"):
        tuner.fit(job_name="warm", wait=False)
