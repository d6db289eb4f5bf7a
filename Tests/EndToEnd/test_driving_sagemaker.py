"""A daemon that drives another one, as it drives SageMaker, through a proxy that breaks requests.

The upstream is `tuner serve --backend mock`; nothing runs on this machine. Whatever happens to
requests on their way, no training job is there twice, none is lost, and the counters are right.
"""

import subprocess

import proxy as fates
import pytest
from jobs import (
    X_RANGE,
    assert_counters_match,
    definition,
    describe,
    objective,
    training_jobs,
    tuning_job,
    wait_until_over,
)
from proxy import Proxy
from service import REGION, ROOT, Service, wait_for
from storage import Storage

KEY = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
# What would lead to other credentials than those above.
NO_OTHERS = {
    "AWS_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nonexistent/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/credentials",
}
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/digits:1"
METRIC = {"Name": "loss", "Regex": "loss=([0-9.e+-]+)"}


def settings(path, endpoint, **more):
    lines = {"endpoint": endpoint, "requestsPerSecond": 200, **more}
    members = "".join(f"  {name}: {value}\n" for name, value in lines.items())
    path.write_text(f"backend: sagemaker\nsagemaker:\n{members}")
    return ["--config", str(path)]


@pytest.fixture
def upstream(serve, tmp_path):
    """Starts mocks of SageMaker whose training jobs take a fraction of a second."""

    def start(image="mock:sphere?epochs=4&seconds=0.1&startup=0.1", **more):
        options = {"image": image, **more}
        members = "".join(f"  {name}: {value}\n" for name, value in options.items())
        path = tmp_path / "upstream.yaml"
        path.write_text(f"backend: mock\nmock:\n{members}")
        return serve(arguments=["--config", str(path)])

    return start


@pytest.fixture
def drive(serve, tmp_path):
    """Starts daemons that drive what is at an endpoint."""

    def start(endpoint, **more):
        arguments = settings(tmp_path / "driver.yaml", endpoint, **more)
        return serve(arguments=arguments, environment={**NO_OTHERS, **KEY})

    return start


def remote_definition(**more):
    """A definition with all that only SageMaker understands."""
    return {
        **definition(IMAGE, METRIC, static={"epochs": "4"}, environment={"MODE": "fast"}),
        "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
        "InputDataConfig": [
            {
                "ChannelName": "train",
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "S3Prefix",
                        "S3Uri": "s3://data/train",
                        "S3DataDistributionType": "FullyReplicated",
                    }
                },
            }
        ],
        "EnableNetworkIsolation": True,
        "EnableInterContainerTrafficEncryption": True,
        "OutputDataConfig": {"S3OutputPath": "s3://data/out", "KmsKeyId": "key"},
        **more,
    }


def assert_same_jobs(mine, theirs, name, count):
    """Every training job of the tuning job is upstream once, and ended the same way."""
    job = describe(mine, name)
    summaries = training_jobs(mine, name)
    assert len(summaries) == count
    assert_counters_match(job, summaries)
    remote = {}
    token = {}
    while True:
        answer = theirs.list_training_jobs(NameContains=name, MaxResults=100, **token)
        for summary in answer["TrainingJobSummaries"]:
            assert summary["TrainingJobName"] not in remote
            remote[summary["TrainingJobName"]] = summary
        if "NextToken" not in answer:
            break
        token = {"NextToken": answer["NextToken"]}
    assert set(remote) == {summary["TrainingJobName"] for summary in summaries}
    for summary in summaries:
        theirs_ = remote[summary["TrainingJobName"]]
        assert theirs_["TrainingJobStatus"] == summary["TrainingJobStatus"]
    return summaries


def test_a_tuning_job_runs_upstream_with_everything_it_asks_for(upstream, drive):
    mock = upstream()
    with Proxy(mock.endpoint) as proxy:
        mine = drive(proxy.endpoint).client()
        request = tuning_job("plain", remote_definition(), X_RANGE, count=6, parallel=3)
        mine.create_hyper_parameter_tuning_job(**request, Tags=[{"Key": "team", "Value": "a"}])
        job = wait_until_over(mine, "plain")
        assert job["HyperParameterTuningJobStatus"] == "Completed", job
        theirs = mock.client()
        summaries = assert_same_jobs(mine, theirs, "plain", 6)
        assert proxy.problems() == []
        created = [seen.body for seen in proxy.seen if seen.operation == "CreateTrainingJob"]
        asked = request["TrainingJobDefinition"]
        for body in created:
            for member in (
                "RoleArn",
                "OutputDataConfig",
                "ResourceConfig",
                "StoppingCondition",
                "VpcConfig",
                "InputDataConfig",
                "EnableNetworkIsolation",
                "EnableInterContainerTrafficEncryption",
                "Environment",
                "AlgorithmSpecification",
            ):
                assert body[member] == asked[member], member
            assert body["HyperParameters"]["epochs"] == "4"
            assert body["HyperParameters"]["_tuning_objective_metric"] == "loss"
            assert {"Key": "team", "Value": "a"} in body["Tags"]
        # What was learned from upstream is what upstream says.
        for summary in summaries:
            remote = theirs.describe_training_job(TrainingJobName=summary["TrainingJobName"])
            final = {m["MetricName"]: m["Value"] for m in remote["FinalMetricDataList"]}
            metric = summary["FinalHyperParameterTuningJobObjectiveMetric"]
            assert metric["Value"] == pytest.approx(final["loss"], rel=1e-6)
            x = float(summary["TunedHyperParameters"]["x"])
            assert float(remote["HyperParameters"]["x"]) == x


def chance(probability, *words):
    """Each of these fates with its share of a probability, else none."""

    def fate(seen, random):
        return random.choice(words) if random.random() < probability else fates.PASS

    return fate


@pytest.mark.parametrize(
    "fate",
    [
        pytest.param(chance(0.3, fates.LOST), id="answers lost"),
        pytest.param(chance(0.3, fates.CUT), id="requests lost"),
        pytest.param(chance(0.3, fates.TWICE), id="requests repeated"),
        pytest.param(chance(0.5, fates.THROTTLED), id="throttled"),
        pytest.param(chance(0.3, fates.FAILED, fates.UNAVAILABLE), id="500 and 503"),
        pytest.param(chance(0.2, 1.5), id="late"),
        pytest.param(
            chance(0.4, fates.LOST, fates.CUT, fates.TWICE, fates.THROTTLED, fates.FAILED, 0.5),
            id="everything",
        ),
    ],
)
def test_nothing_is_lost_or_doubled(upstream, drive, fate, request):
    seed = request.config.option.seed
    mock = upstream()
    with Proxy(mock.endpoint, fate=fate, seed=seed) as proxy:
        mine = drive(proxy.endpoint).client()
        mine.create_hyper_parameter_tuning_job(
            **tuning_job("faults", remote_definition(), X_RANGE, count=8, parallel=4)
        )
        job = wait_until_over(mine, "faults", seconds=180)
        assert job["HyperParameterTuningJobStatus"] == "Completed", (seed, job)
        summaries = assert_same_jobs(mine, mock.client(), "faults", 8)
        assert {s["TrainingJobStatus"] for s in summaries} == {"Completed"}, seed
        assert proxy.problems() == []
        assert len(proxy.fates) > 1, "nothing went wrong, so nothing was tested"


def test_kill_9_between_sending_and_storing(upstream, tmp_path, tuner_binary):
    mock = upstream("mock:sphere?epochs=5&seconds=0.1")
    with Proxy(mock.endpoint) as proxy:
        arguments = settings(tmp_path / "driver.yaml", proxy.endpoint)
        driver = Service(tuner_binary, tmp_path / "driver", arguments, {**NO_OTHERS, **KEY})
        try:
            mine = driver.start().client()
            mine.create_hyper_parameter_tuning_job(
                **tuning_job("killed", remote_definition(), X_RANGE, count=12, parallel=4)
            )
            for created in (1, 3, 5, 7, 9):
                wait_for(lambda: proxy.operations["CreateTrainingJob"] >= created, interval=0.002)
                driver.kill()
                mine = driver.start().client()
            job = wait_until_over(mine, "killed")
            assert job["HyperParameterTuningJobStatus"] == "Completed", job
            assert_same_jobs(mine, mock.client(), "killed", 12)
            assert proxy.problems() == []
        finally:
            driver.kill()


def test_a_service_that_is_away_is_waited_for(upstream, drive):
    mock = upstream("mock:sphere?epochs=20&seconds=0.1")
    away = [False]

    def fate(seen, chance):
        return fates.CUT if away[0] else fates.PASS

    with Proxy(mock.endpoint, fate=fate) as proxy:
        mine = drive(proxy.endpoint).client()
        mine.create_hyper_parameter_tuning_job(
            **tuning_job("away", remote_definition(), X_RANGE, count=4, parallel=2)
        )
        wait_for(lambda: proxy.operations["CreateTrainingJob"] >= 2)
        away[0] = True
        wait_for(lambda: proxy.fates[fates.CUT] >= 4)
        assert describe(mine, "away")["TrainingJobStatusCounters"]["InProgress"] > 0
        away[0] = False
        job = wait_until_over(mine, "away")
        assert job["TrainingJobStatusCounters"]["Completed"] == 4
        assert_same_jobs(mine, mock.client(), "away", 4)


def test_expired_credentials_are_waited_out(upstream, serve, tmp_path):
    """The key is refused in mid-run; the daemon goes on with the next one that it finds."""
    credentials = tmp_path / "credentials"

    def write(key, secret):
        credentials.write_text(
            f"[default]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n"
        )

    write("OLD", "old")
    expired = [False]

    def fate(seen, chance):
        return fates.EXPIRED if expired[0] and seen.key == "OLD" else fates.PASS

    mock = upstream("mock:sphere?epochs=10&seconds=0.1")
    with Proxy(mock.endpoint, keys={"OLD": "old", "NEW": "new"}, fate=fate) as proxy:
        driver = serve(
            arguments=settings(tmp_path / "driver.yaml", proxy.endpoint),
            environment={**NO_OTHERS, "AWS_SHARED_CREDENTIALS_FILE": str(credentials)},
        )
        mine = driver.client()
        mine.create_hyper_parameter_tuning_job(
            **tuning_job("expired", remote_definition(), X_RANGE, count=6, parallel=2)
        )
        wait_for(lambda: proxy.operations["CreateTrainingJob"] >= 2)
        expired[0] = True
        wait_for(lambda: proxy.fates[fates.EXPIRED] >= 3)
        write("NEW", "new")
        job = wait_until_over(mine, "expired")
        assert job["TrainingJobStatusCounters"]["Completed"] == 6
        assert_same_jobs(mine, mock.client(), "expired", 6)
        assert proxy.problems() == []
        text = driver.log_tail()
        assert "old" not in text.split() and "new" not in text.split()


def test_stopping_reaches_upstream(upstream, drive):
    mock = upstream("mock:sphere?epochs=1000&seconds=0.1")
    with Proxy(mock.endpoint) as proxy:
        mine = drive(proxy.endpoint).client()
        mine.create_hyper_parameter_tuning_job(
            **tuning_job("stopped", remote_definition(), X_RANGE, count=6, parallel=3)
        )
        wait_for(lambda: proxy.operations["CreateTrainingJob"] >= 3)
        mine.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="stopped")
        job = wait_until_over(mine, "stopped")
        assert job["HyperParameterTuningJobStatus"] == "Stopped"
        summaries = assert_same_jobs(mine, mock.client(), "stopped", 3)
        assert {s["TrainingJobStatus"] for s in summaries} == {"Stopped"}
        assert proxy.problems() == []


def test_a_quota_holds_jobs_up_and_fails_none(upstream, drive):
    mock = upstream(
        "mock:sphere?epochs=3&seconds=0.1", instances="{ml.m5.large: {limit: 2}}"
    )
    with Proxy(mock.endpoint) as proxy:
        mine = drive(proxy.endpoint).client()
        mine.create_hyper_parameter_tuning_job(
            **tuning_job("quota", remote_definition(), X_RANGE, count=8, parallel=6)
        )
        job = wait_until_over(mine, "quota", seconds=180)
        assert job["TrainingJobStatusCounters"]["Completed"] == 8, job
        assert_same_jobs(mine, mock.client(), "quota", 8)
        assert any(
            seen.operation == "CreateTrainingJob" and seen.status == 400 for seen in proxy.seen
        )


def test_motos_sagemaker_is_driven_too(drive, tmp_path):
    """moto's training jobs are over at once, and its only metric is a progress of 100."""
    storage = Storage(tmp_path).start()
    try:
        with Proxy(storage.endpoint) as proxy:
            mine = drive(proxy.endpoint).client()
            progress = {"Name": "train:progress", "Regex": "progress=([0-9.]+)"}
            asked = {**remote_definition(), **definition(IMAGE, progress)}
            mine.create_hyper_parameter_tuning_job(
                **tuning_job("moto", asked, X_RANGE, count=5, parallel=2)
            )
            job = wait_until_over(mine, "moto")
            assert job["TrainingJobStatusCounters"]["Completed"] == 5, job
            summaries = training_jobs(mine, "moto")
            assert {objective(summary) for summary in summaries} == {100}
            theirs = storage.client("sagemaker")
            remote = theirs.list_training_jobs(MaxResults=100)["TrainingJobSummaries"]
            names = {summary["TrainingJobName"] for summary in summaries}
            assert {summary["TrainingJobName"] for summary in remote} == names
            assert proxy.problems() == []
    finally:
        storage.stop()


def test_another_backend_does_not_go_on_with_what_runs_elsewhere(upstream, tuner_binary, tmp_path):
    mock = upstream("mock:sphere?epochs=1000&seconds=0.1")
    arguments = settings(tmp_path / "driver.yaml", mock.endpoint)
    driver = Service(tuner_binary, tmp_path / "driver", arguments, {**NO_OTHERS, **KEY})
    try:
        mine = driver.start().client()
        mine.create_hyper_parameter_tuning_job(
            **tuning_job("elsewhere", remote_definition(), X_RANGE, count=2, parallel=2)
        )
        theirs = mock.client()
        wait_for(lambda: theirs.list_training_jobs()["TrainingJobSummaries"])
        driver.kill()
        # Another job's run would make the directory forget where these are, too.
        other = ["run", str(ROOT / "Config/jobs/random-branin.yaml"), "--backend", "mock"]
        for command in (["serve", "--port", "0"], other):
            refused = subprocess.run(
                [tuner_binary, *command, "--data", str(driver.data)],
                capture_output=True,
                text=True,
                timeout=60,
            )
            assert refused.returncode == 2
            assert "--backend sagemaker" in refused.stderr
        mine = driver.start().client()
        mine.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="elsewhere")
        wait_until_over(mine, "elsewhere")
        assert {s["TrainingJobStatus"] for s in training_jobs(mine, "elsewhere")} == {"Stopped"}
    finally:
        driver.kill()
