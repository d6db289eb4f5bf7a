"""Counts what is asked of Slurm, for benchmarks."""

import shutil

COMMANDS = ("sbatch", "squeue", "scontrol", "scancel", "sacct", "srun")


def counting_commands(directory, path, log):
    """Slurm's commands, each of which appends its name and the time to a file."""
    directory.mkdir()
    for name in COMMANDS:
        program = shutil.which(name, path=path)
        command = directory / name
        command.write_text(
            f'#!/bin/bash\necho "{name} $EPOCHREALTIME" >>{log}\nexec {program} "$@"\n')
        command.chmod(0o755)
    return directory
