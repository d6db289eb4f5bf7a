"""A Slurm cluster of one node, of its own, in a directory; and what it knows of its jobs.

    python3 Tests/EndToEnd/slurm.py DIRECTORY        runs one until the standard input ends

It needs root, slurmctld, slurmd and munged, and takes free ports; several may run at once. The
first line on the standard output is the path of its slurm.conf, as SLURM_CONF has it.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
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
SlurmctldPort={controller}
SlurmdPort={node}
StateSaveLocation={directory}/state
SlurmdSpoolDir={directory}/spool
SlurmctldPidFile={directory}/slurmctld.pid
SlurmdPidFile={directory}/slurmd.pid
SlurmctldLogFile={directory}/slurmctld.log
SlurmdLogFile={directory}/slurmd.log
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
NodeName={host} NodeAddr=127.0.0.1 CPUs={processors} RealMemory=4000
PartitionName=main Nodes=ALL Default=YES State=UP PriorityTier=10
PartitionName=urgent Nodes=ALL State=UP PriorityTier=100 PreemptMode=OFF
{extra}
"""


def missing():
    """Why there can be no cluster here; nothing where there can."""
    if os.name != "posix" or os.geteuid() != 0:
        return "a cluster of one's own needs root"
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    lacking = [name for name in PROGRAMS if not shutil.which(name, path=path)]
    if lacking:
        return f"there is no {', '.join(lacking)}; install slurm-wlm and munge"
    if not Path("/etc/munge/munge.key").exists():
        return "there is no /etc/munge/munge.key; install munge"
    return None


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


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

    def __init__(self, directory, processors=40, age=300, extra=""):
        self.directory = Path(directory).resolve()
        for name in ("state", "spool"):
            (self.directory / name).mkdir(parents=True, exist_ok=True)
        controller, node = free_ports(2)
        self.configuration = self.directory / "slurm.conf"
        host = socket.gethostname().split(".")[0]
        self.configuration.write_text(
            CONFIGURATION.format(
                host=host,
                controller=controller,
                node=node,
                directory=self.directory,
                processors=processors,
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
            self.start_program("slurmd")
            wait_for(lambda: "idle" in self.run("sinfo", "-h", "-o", "%t", check=False))
        except BaseException:
            self.stop()
            raise
        return self

    def start_program(self, name):
        """Starts slurmctld or slurmd."""
        with open(self.directory / f"{name}.out", "ab") as log:
            self.processes[name] = subprocess.Popen(
                [name, "-D"], env=self.environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log,
            )

    def stop_program(self, name, kind=signal.SIGTERM):
        process = self.processes.pop(name, None)
        if process is None:
            return
        process.send_signal(kind)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop(self):
        """Ends all jobs and the daemons."""
        if self.processes.get("slurmctld") and self.processes.get("slurmd"):
            self.run("scancel", "-u", "root", check=False)
            self.run("scancel", "--signal=KILL", "--full", "-u", "root", check=False)
            with contextlib.suppress(TimeoutError):
                wait_for(lambda: not self.run("squeue", "-h", check=False).strip(), 10, 0.2)
        for name in ("slurmd", "slurmctld"):
            self.stop_program(name)

    def run(self, *command, check=True):
        """The standard output of a command."""
        result = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=60
        )
        if check and result.returncode:
            raise RuntimeError(f"{command}: {result.stderr}")
        return result.stdout

    def jobs(self):
        """All jobs that it still knows, ended ones too."""
        jobs = json.loads(self.run("squeue", "--json"))["jobs"]
        return [job for job in jobs if isinstance(job, dict)]


def main(directory):
    cluster = Cluster(directory).start()
    try:
        print(cluster.configuration, flush=True)
        sys.stdin.read()
    finally:
        cluster.stop()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    problem = missing()
    if problem:
        sys.exit(problem)
    main(sys.argv[1])
