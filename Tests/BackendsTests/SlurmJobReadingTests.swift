import Testing

@testable import Backends

@Suite("What Slurm writes of its jobs")
struct SlurmJobReadingTests {
    struct Row: CustomStringConvertible {
        let description: String
        let json: String
        let job: SlurmJob
    }

    @Test(
        "Jobs are read from JSON of any version",
        arguments: [
            Row(
                description: "22.05, in the queue",
                json: #"""
                    {"job_id": 7, "job_state": "PENDING", "state_reason": "Resources", "comment": "c",
                     "restart_cnt": 1, "exit_code": 0}
                    """#,
                job: SlurmJob(
                    id: "7", state: .waiting, reason: "Resources", exitCode: 0, restartCount: 1,
                    comment: "c")),
            Row(
                description: "22.05, failed: the status that wait gives",
                json: #"""
                    {"job_id": 7, "job_state": "FAILED", "state_reason": "NonZeroExitCode",
                     "comment": "", "restart_cnt": 0, "exit_code": 768}
                    """#,
                job: SlurmJob(
                    id: "7", state: .failed, reason: "NonZeroExitCode", exitCode: 3, restartCount: 0
                )),
            Row(
                description: "22.05, killed",
                json: #"{"job_id": 7, "job_state": "FAILED", "exit_code": 9}"#,
                job: SlurmJob(id: "7", state: .failed, exitCode: 137)),
            Row(
                description: "23.11, numbers and states in objects and lists",
                json: #"""
                    {"job_id": 7, "job_state": ["FAILED"], "state_reason": "None", "comment": "c",
                     "restart_cnt": {"set": true, "number": 2},
                     "exit_code": {"return_code": {"set": true, "number": 3},
                                   "signal": {"id": {"set": false, "number": 0}, "name": ""}}}
                    """#,
                job: SlurmJob(
                    id: "7", state: .failed, exitCode: 3, restartCount: 2, comment: "c")),
            Row(
                description: "23.11, killed by a signal",
                json: #"""
                    {"job_id": 7, "job_state": ["FAILED"],
                     "exit_code": {"return_code": {"number": 0}, "signal": {"id": {"number": 9}}}}
                    """#,
                job: SlurmJob(id: "7", state: .failed, exitCode: 137)),
            Row(
                description: "23.11, cancelled and about to end",
                json: #"{"job_id": 7, "job_state": ["CANCELLED", "COMPLETING"]}"#,
                job: SlurmJob(id: "7", state: .leaving)),
            Row(
                description: "a comment in an object",
                json:
                    #"{"job_id": 7, "job_state": "RUNNING", "comment": {"job": "c", "system": ""}}"#,
                job: SlurmJob(id: "7", state: .active, comment: "c")),
        ])
    func json(row: Row) {
        #expect(SlurmJob.jobs(json: #"{"meta": {}, "jobs": [\#(row.json)]}"#) == [row.job])
    }

    @Test(
        "What is no list of jobs is not taken for an empty one", arguments: ["", "{}", "[1", "x"])
    func notJSON(text: String) { #expect(SlurmJob.jobs(json: text) == nil) }

    @Test(
        "States mean what Slurm means by them",
        arguments: [
            ("PENDING", SlurmState.waiting), ("CONFIGURING", .waiting), ("REQUEUED", .waiting),
            ("REQUEUE_HOLD", .waiting), ("SPECIAL_EXIT", .waiting), ("SUSPENDED", .suspended),
            ("RUNNING", .active), ("COMPLETING", .leaving), ("COMPLETED", .completed),
            ("FAILED", .failed), ("TIMEOUT", .timedOut), ("DEADLINE", .pastDeadline),
            ("OUT_OF_MEMORY", .outOfMemory), ("CANCELLED", .cancelled),
            ("CANCELLED by 1000", .cancelled), ("NODE_FAIL", .lost("NODE_FAIL")),
            ("BOOT_FAIL", .lost("BOOT_FAIL")), ("PREEMPTED", .lost("PREEMPTED")),
            ("OF_A_LATER_VERSION", .active),
        ])
    func states(word: String, state: SlurmState) { #expect(SlurmState([word]) == state) }

    @Test("A job that is on its way back into the queue waits, whatever it was")
    func requeued() {
        #expect(SlurmState(["PREEMPTED", "REQUEUED"]) == .waiting)
        #expect(SlurmState(["NODE_FAIL", "REQUEUE_HOLD"]) == .waiting)
        #expect(SlurmState(["RUNNING", "CONFIGURING"]) == .waiting)
        #expect(SlurmState(["PENDING", "COMPLETING"]) == .leaving)
    }

    // From `scontrol --oneliner show job` of Slurm 22.05.8, shortened.
    @Test("A job is read from what scontrol shows")
    func scontrol() {
        let text = """
            JobId=17 JobName=x UserId=root(0) Priority=4294901759 QOS=(null) JobState=FAILED \
            Reason=NonZeroExitCode Dependency=(null) Requeue=1 Restarts=2 BatchFlag=1 ExitCode=3:0 \
            RunTime=00:00:02 NodeList=vm Comment=tuner:c JobState=RUNNING
            """
        #expect(
            SlurmJob(scontrol: text)
                == SlurmJob(
                    id: "17", state: .failed, reason: "NonZeroExitCode", exitCode: 3,
                    restartCount: 2, comment: "tuner:c"))
        #expect(SlurmJob(scontrol: "No jobs in the system") == nil)
    }

    @Test("A job is read from what sacct remembers")
    func sacct() {
        #expect(
            SlurmJob(sacct: "17|CANCELLED by 0|0:15\n")
                == SlurmJob(id: "17", state: .cancelled, exitCode: 143))
        #expect(SlurmJob(sacct: "\n") == nil)
    }

    @Test("Complaints are told without the commands' names before them")
    func reason() {
        let answer = SlurmAnswer.complaint(
            """
            sbatch: error: invalid partition specified: x
            sbatch: error: Batch job submission failed: Invalid partition name specified
            """)
        #expect(
            answer.reason == "invalid partition specified: x; Batch job submission failed: "
                + "Invalid partition name specified")
    }

    @Test(
        "Refusals are told apart",
        arguments: [
            ("Batch job submission failed: Invalid partition name specified", SlurmRefusal.wrong),
            ("Batch job submission failed: Requested node configuration is not available", .wrong),
            ("Invalid generic resource (gres) specification", .wrong),
            ("unrecognized option '--foo'", .wrong),
            (
                """
                sbatch: error: QOSMaxSubmitJobPerUserLimit
                sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job \
                submit limit, user's size and/or time limits)
                """, .queueIsFull
            ),
            (
                """
                sbatch: error: QOSMaxWallDurationPerJobLimit
                sbatch: error: Batch job submission failed: Job violates accounting/QOS policy \
                (job submit limit, user's size and/or time limits)
                """, .wrong
            ),
            (
                """
                sbatch: error: Batch job submission failed: Job violates accounting/QOS policy \
                (job submit limit, user's size and/or time limits)
                """, .queueIsFull
            ),
            ("sbatch: error: AssocMaxSubmitJobLimit", .queueIsFull),
            (
                """
                Batch job submission failed: Slurm temporarily unable to accept job, sleeping and \
                retrying
                """, .queueIsFull
            ),
            (
                """
                Batch job submission failed: Unable to contact slurm controller (connect failure)
                """, .unreachable
            ),
            (
                "Batch job submission failed: Socket timed out on send/recv operation", .unreachable
            ),
            (
                "Batch job submission failed: Invalid authentication credential", .unreachable
            ),
            ("", .unreachable),
        ])
    func refusals(complaint: String, refusal: SlurmRefusal) {
        #expect(SlurmRefusal(complaint) == refusal)
    }
}
