import Foundation
import Tuning

/// The two shell scripts of an attempt: one that Slurm runs, and in it the program's own.
struct SlurmScript {
    /// Stands for the names of all hosts, which are known once the job runs; likewise the others.
    private static let hostsSign = "@tuner-hosts@"
    private static let firstSign = "@tuner-first-host@"
    private static let currentSign = "@tuner-host@"

    /// The attempt's files.
    let attempt: AttemptDirectory
    /// The training job's directory.
    let training: TrainingDirectory
    /// How many nodes it runs on.
    let nodeCount: Int
    /// The directory of Slurm's commands; empty where the `PATH` has them.
    let commandDirectory: String
    /// The name of the network interface between nodes.
    let networkInterface: String

    /// What the program is to be told of its hosts.
    var hosts: ContainerHosts {
        nodeCount == 1
            ? .single
            : ContainerHosts(
                names: [Self.hostsSign], first: Self.firstSign, current: Self.currentSign,
                networkInterface: networkInterface)
    }
}

// MARK: - Job

extension SlurmScript {
    /// The script that Slurm runs, on the first of the nodes.
    var job: String {
        """
        #!/bin/sh
        tuner_attempt=\(attempt.path.shellQuoted)
        tuner_training=\(training.path.shellQuoted)
        tuner_nodes=\(nodeCount)
        tuner_commands=\((commandDirectory.isEmpty ? "" : commandDirectory + "/").shellQuoted)
        tuner_interface=\(networkInterface.shellQuoted)
        \(Self.beginning)
        (
            [ -e stop ] && exit 143
            if [ "$tuner_nodes" = 1 ]; then exec /bin/sh ./program.sh; fi
            tuner_run_on_all
        ) </dev/null >>stdout.log 2>>stderr.log
        \(Self.end)
        """
    }

    // The job that claims the attempt may be put back into the queue and run again, under the same
    // number; every other job of the attempt ends at once.
    //
    // SIGTERM goes to the program from Slurm itself; this shell only notes that it came. Without a
    // stop that was recorded it is Slurm that ends the job, and Slurm is to be asked why.
    //
    // What cannot be written because the disk is full is tried again for as long as the attempt's
    // directory is there. The program may have variables of any name; those of the script begin
    // with tuner_, so as not to change them.
    private static let beginning = """
        tuner_terminated=
        trap 'tuner_terminated=1' TERM
        trap : HUP INT QUIT USR1 USR2
        tuner_insist() {
            until "$@"; do
                [ -d "$tuner_attempt" ] || exit 3
                sleep 1
            done
        }
        tuner_claim() {
            ln -s "$SLURM_JOB_ID" claim 2>/dev/null
            tuner_claimant=$(readlink claim) && [ -n "$tuner_claimant" ]
        }
        tuner_record() {
            printf '%s\\n' "$2" >"$1.new" && mv -f "$1.new" "$1"
        }
        tuner_length() {
            wc -c <"$1" | tr -d ' '
        }
        tuner_run_on_all() {
            tuner_list=$("${tuner_commands}scontrol" show hostnames "$SLURM_JOB_NODELIST") || exit
            TUNER_FIRST_HOST=$(printf '%s\\n' "$tuner_list" | head -n 1)
            TUNER_HOSTS=$(printf '%s\\n' "$tuner_list" | paste -s -d , | sed 's/,/","/g')
            export TUNER_FIRST_HOST TUNER_HOSTS
            tuner_hosts_file="$tuner_training/input/config/resourceconfig.json"
            printf '{"current_host":"%s","hosts":["%s"],"network_interface_name":"%s"}' \\
                "$TUNER_FIRST_HOST" "$TUNER_HOSTS" "$tuner_interface" >"$tuner_hosts_file.new" &&
                mv -f "$tuner_hosts_file.new" "$tuner_hosts_file"
            exec "${tuner_commands}srun" --nodes="$tuner_nodes" --ntasks="$tuner_nodes" \\
                --ntasks-per-node=1 \\
                ${SLURM_CPUS_PER_TASK:+--cpus-per-task="$SLURM_CPUS_PER_TASK"} \\
                --export=ALL --kill-on-bad-exit=1 --unbuffered /bin/sh ./program.sh
        }
        cd "$tuner_attempt" || exit 3
        tuner_insist tuner_claim
        [ "$tuner_claimant" = "$SLURM_JOB_ID" ] || exit 0
        if [ -s exit ]; then
            read -r tuner_code tuner_rest <exit
            case $tuner_rest in
            *" 0") exit "$tuner_code" ;;
            esac
            rm -f exit
        fi
        for tuner_log in stdout.log stderr.log; do
            # A line that was cut off is not to become one with the next.
            if [ -s "$tuner_log" ] && [ -n "$(tail -c 1 "$tuner_log")" ]; then
                echo >>"$tuner_log"
            fi
        done
        tuner_insist tuner_record start "$SLURM_JOB_ID ${SLURM_RESTART_COUNT:-0} $(hostname)"
        rm -rf "$tuner_training/model" "$tuner_training/output"
        tuner_insist mkdir -p "$tuner_training/model" "$tuner_training/output/data"
        """

    // A program that was killed may have been so by Slurm, for its memory; one that was told to end
    // may get the signal, and be gone, before this shell does.
    private static let end = """
        tuner_code=$?
        tuner_lengths="$(tuner_length stdout.log) $(tuner_length stderr.log)"
        tuner_doubt=0
        [ "$tuner_code" = 143 ] && tuner_terminated=1
        [ -n "$tuner_terminated" ] && [ ! -e stop ] && tuner_doubt=1
        [ "$tuner_code" = 137 ] && tuner_doubt=1
        tuner_insist tuner_record exit "$tuner_code $tuner_lengths $tuner_doubt"
        exit "$tuner_code"
        """
}

// MARK: - Program

extension SlurmScript {
    /// The script that becomes the program, on every node.
    ///
    /// - Parameters:
    ///   - arguments: The program's words.
    ///   - environment: What it has on top of what Slurm gives it.
    ///   - setup: Lines of shell before it.
    ///   - directory: Where it runs.
    func program(
        _ arguments: [String], environment: [String: String], setup: String, in directory: String
    ) -> String {
        var lines = ["#!/bin/sh"]
        if nodeCount > 1 { lines += [Self.place] }
        var others: [String] = []
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            // A shell has no variables of other names.
            if name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil {
                lines.append("export \(name)=\(text(value))")
            } else {
                others.append(text("\(name)=\(value)"))
            }
        }
        if !setup.isEmpty { lines.append(setup) }
        lines.append("cd \(directory.shellQuoted) || exit 1")
        let prefix = others.isEmpty ? [] : ["/usr/bin/env"] + others
        lines.append((["exec"] + prefix + arguments.map(\.shellQuoted)).joined(separator: " "))
        return lines.joined(separator: "\n") + "\n"
    }

    // Only what the first says is read for metrics.
    private static let place = """
        [ -e stop ] && exit 143
        tuner_host=${SLURMD_NODENAME:-$(hostname -s)}
        tuner_is_first=false
        if [ "$SLURM_PROCID" = 0 ]; then
            tuner_is_first=true
            exec >>stdout.log 2>>stderr.log
        else
            exec >>"stdout-$SLURM_PROCID.log" 2>>"stderr-$SLURM_PROCID.log"
        fi
        """

    /// A value in quotes, with the hosts' names in place of their signs.
    private func text(_ value: String) -> String {
        let quoted = value.shellQuoted
        guard nodeCount > 1 else { return quoted }
        return
            quoted
            .replacing(Self.hostsSign, with: #"'"$TUNER_HOSTS"'"#)
            .replacing(Self.firstSign, with: #"'"$TUNER_FIRST_HOST"'"#)
            .replacing(Self.currentSign, with: #"'"$tuner_host"'"#)
            .replacing(#""is_master":false"#, with: #""is_master":'"$tuner_is_first"'"#)
    }
}
