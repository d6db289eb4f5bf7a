"""A Slurm cluster of its own on this machine, in a directory; and what it knows of its jobs.

`python slurm.py COMMAND...` runs a command that is told where one is, such as
`swift test --filter SlurmConformanceTests`: TUNER_SLURM_CONF is the path of its slurm.conf, as
SLURM_CONF has it, and TUNER_SLURM_REST the address of its slurmrestd, where there is one. The
cluster needs root, slurmctld, slurmd and munged, and takes free ports; several may run at once.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROGRAMS = ("slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel", "munged")
MUNGE_SOCKET = Path("/run/munge/munge.socket.2")
CONFIGURATION = """
ClusterName=tuner
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=cred_expire=5
SlurmctldPort={controller}
StateSaveLocation={directory}/state
SlurmdSpoolDir={directory}/spool-%n
SlurmctldPidFile={directory}/slurmctld.pid
SlurmdPidFile={directory}/slurmd-%n.pid
SlurmctldLogFile={directory}/slurmctld.log
SlurmdLogFile={directory}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=0,bf_interval=1
SlurmdParameters=config_overrides
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
MinJobAge={age}
KillWait=2
InactiveLimit=0
{nodes}
PartitionName=main Nodes=ALL Default=YES State=UP PriorityTier=10
PartitionName=urgent Nodes=ALL State=UP PriorityTier=100 PreemptMode=OFF
{extra}
"""


def missing(programs=PROGRAMS):
    """Why there can be no cluster here; nothing where there can."""
    if os.name != "posix" or os.geteuid() != 0:
        return "a cluster of one's own needs root"
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    lacking = [name for name in programs if not shutil.which(name, path=path)]
    if lacking:
        return f"there is no {', '.join(lacking)}; install slurm-wlm, slurmrestd and munge"
    if not Path("/etc/munge/munge.key").exists():
        return "there is no /etc/munge/munge.key; install munge"
    return None


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def listens(port):
    """Whether anybody listens at a port of this machine."""
    with contextlib.closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(question, seconds=30, interval=0.05):
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"still {answer!r} after {seconds} s")
        time.sleep(interval)
    return answer


def start_munge():
    """Starts the daemon that says who is who, unless one runs; it is left running."""
    if answers_munge():
        return
    MUNGE_SOCKET.parent.mkdir(exist_ok=True)
    shutil.chown(MUNGE_SOCKET.parent, "munge")
    subprocess.run(
        ["su", "-s", "/bin/sh", "munge", "-c", "/usr/sbin/munged"], check=True, timeout=20
    )
    wait_for(answers_munge)


def answers_munge():
    if not MUNGE_SOCKET.exists():
        return False
    return subprocess.run(["munge", "-n"], capture_output=True, timeout=20).returncode == 0


class Cluster:
    """slurmctld and slurmd in a directory; `start` may be called again after `stop`."""

    def __init__(self, directory, processors=40, nodes=1, age=300, extra=""):
        self.directory = Path(directory).resolve()
        host = socket.gethostname().split(".")[0]
        self.nodes = [host] if nodes == 1 else [f"node-{number}" for number in range(nodes)]
        for name in ("state", *(f"spool-{node}" for node in self.nodes)):
            (self.directory / name).mkdir(parents=True, exist_ok=True)
        controller, *ports = free_ports(1 + nodes)
        self.configuration = self.directory / "slurm.conf"
        self.configuration.write_text(
            CONFIGURATION.format(
                host=host,
                controller=controller,
                directory=self.directory,
                nodes="\n".join(
                    f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} "
                    f"CPUs={processors} RealMemory=4000"
                    for node, port in zip(self.nodes, ports)
                ),
                age=age,
                extra=extra,
            )
        )
        path = os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin"
        self.environment = {**os.environ, "SLURM_CONF": str(self.configuration), "PATH": path}
        self.processes = {}

    def start(self):
        start_munge()
        try:
            self.start_program("slurmctld")
            for node in self.nodes:
                self.start_program("slurmd", "-N", node)
            wait_for(self.is_idle)
        except BaseException:
            self.stop()
            raise
        return self

    def is_idle(self):
        states = self.run("sinfo", "-h", "-N", "-p", "main", "-o", "%t", check=False).split()
        return len(states) == len(self.nodes) and set(states) == {"idle"}

    def start_program(self, name, *arguments):
        """Starts slurmctld or a slurmd."""
        # A node has its name only where there are several.
        arguments = arguments if len(self.nodes) > 1 else ()
        with open(self.directory / f"{name}.out", "ab") as log:
            self.processes[name, arguments] = subprocess.Popen(
                [name, "-D", *arguments], env=self.environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log,
            )

    @property
    def socket(self):
        """Where slurmrestd listens."""
        return self.directory / "rest"

    def start_rest(self, port=None):
        """Starts slurmrestd, with what needs no accounting; at a port it wants tokens."""
        # It does not like to be root, as whom all else runs here.
        environment = {**self.environment, "SLURMRESTD_SECURITY": "disable_user_check"}
        if port:
            environment["SLURM_JWT"] = "daemon"
            way = ("rest_auth/jwt", f"127.0.0.1:{port}")
        else:
            way = ("rest_auth/local", f"unix:{self.socket}")
        listing = subprocess.run(
            ["slurmrestd", "-s", "list"], env=environment, capture_output=True, text=True,
            timeout=20,
        )
        plugins = re.findall(r"openapi/[\w.]+", listing.stdout + listing.stderr)
        chosen = ",".join(name for name in plugins if "db" not in name)
        self.socket.unlink(missing_ok=True)
        with open(self.directory / "slurmrestd.out", "ab") as log:
            self.processes["slurmrestd", ()] = subprocess.Popen(
                ["slurmrestd", "-s", chosen, "-a", *way],
                env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )
        wait_for(self.socket.exists if not port else lambda: listens(port))

    def stop_programs(self, name, kind=signal.SIGTERM):
        for key in [key for key in self.processes if key[0] == name]:
            self.stop_process(self.processes.pop(key), kind)

    @staticmethod
    def stop_process(process, kind):
        process.send_signal(kind)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop(self):
        """Ends all jobs and the daemons."""
        if ("slurmctld", ()) in self.processes:
            self.run("scancel", "--signal=KILL", "--full", "-u", "root", check=False)
            self.run("scancel", "-u", "root", check=False)
            with contextlib.suppress(TimeoutError):
                wait_for(lambda: not self.run("squeue", "-h", check=False).strip(), 10, 0.2)
        for name in ("slurmrestd", "slurmd", "slurmctld"):
            self.stop_programs(name)

    def run(self, *command, check=True):
        """The standard output of a command."""
        result = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=60
        )
        if check and result.returncode:
            raise RuntimeError(f"{command}: {result.stderr}")
        return result.stdout

    def explanation(self, number):
        """What Slurm says of a job, of its nodes, and last of all."""
        said = [
            self.run("scontrol", "show", *words, check=False)
            for words in (("job", str(number)), ("nodes",))
        ]
        logs = sorted(self.directory.glob("slurm*.log"))
        said += [f"{log.name}:\n{log.read_text(errors='replace')[-3000:]}" for log in logs]
        return "\n".join(said)

    def jobs(self):
        """All jobs that it still knows, ended ones too."""
        jobs = json.loads(self.run("squeue", "--json"))["jobs"]
        return [job for job in jobs if isinstance(job, dict)]


def main(command):
    reason = missing()
    if reason:
        print(f"skipped: {reason}", file=sys.stderr)
        return 0
    with tempfile.TemporaryDirectory(prefix="tuner-slurm-") as directory:
        cluster = Cluster(directory).start()
        try:
            place = {"TUNER_SLURM_CONF": str(cluster.configuration)}
            if not missing(("slurmrestd",)):
                cluster.start_rest()
                place["TUNER_SLURM_REST"] = f"unix:{cluster.socket}"
            return subprocess.run(command, env={**os.environ, **place}).returncode
        finally:
            cluster.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
