import Foundation
import Tuning

// MARK: - Start

extension SlurmProgram {
    /// How long to wait for room in Slurm's queue before the next try: at first, and at most.
    private static let queueIntervals: ClosedRange<Duration> = .seconds(1) ... .seconds(30)

    nonisolated(nonsending) func start(_ order: ProgramOrder) async throws {
        let demand = SlurmDemand(attempt.definition)
        guard let instance = demand.instance(of: configuration.instances) else {
            let problem = demand.problem(among: configuration.instances) ?? ""
            throw TrainingFailure(.algorithm, "ClientError: \(problem)")
        }
        let comment = try files.makeSlurmSubmission()
        if let id = try await foundJob(with: comment) {
            try files.recordSlurmJob(id)
            return noteSubmission()
        }
        try writeScripts(order, for: instance, nodeCount: demand.nodeCount)
        let submission = SlurmSubmission(
            attempt: attempt, files: files, comment: comment, instance: instance,
            nodeCount: demand.nodeCount, gracePeriod: configuration.gracePeriod,
            allowsRequeue: configuration.allowsRequeue,
            environment: SlurmProcesses.environment(with: configuration.environment))
        let id = try await submit(submission, order)
        try files.recordSlurmJob(id)
        noteSubmission()
    }

    private func writeScripts(
        _ order: ProgramOrder, for instance: SlurmInstance, nodeCount: Int
    ) throws {
        guard let program = order.program else {
            preconditionFailure("attempt \(attempt.id) has no program")
        }
        let script = SlurmScript(
            attempt: files, training: order.training, nodeCount: nodeCount,
            commandDirectory: configuration.commandDirectory,
            networkInterface: configuration.networkInterface)
        let environment = ContainerEnvironment(
            attempt: attempt, directory: order.training, channels: order.channels,
            script: program.script, gpu: nil, gpuCount: instance.gpuCount,
            processorCount: max(1, instance.cpus), hosts: script.hosts
        ).variables(inherited: configuration.environment)
        let directory =
            program.script == nil ? configuration.workingDirectory.path : order.training.code
        let words = program.arguments(with: attempt.hyperparameters)
        let text = script.program(
            program.script.map { $0.installing(words, in: directory) } ?? words,
            environment: environment, setup: configuration.setup, in: directory)
        try writeDurably(text, to: files.path + "/program.sh")
        try writeDurably(script.job, to: files.path + "/job.sh")
    }

    /// Has Slurm take the job, as soon as there is room in the queue; returns its number.
    private nonisolated(nonsending) func submit(
        _ submission: SlurmSubmission, _ order: ProgramOrder
    ) async throws -> String {
        var interval = Self.queueIntervals.lowerBound
        var isTold = false
        while true {
            noteUncertainty()
            switch try await controller.submit(submission) {
            case .job(let id): return id
            case .refused(let reason):
                throw TrainingFailure(
                    .algorithm, "ClientError: Slurm refused the training job: \(reason)")
            case .queueIsFull(let reason):
                if !isTold {
                    try await order.enter(.pending, "Slurm's queue is full: \(reason)")
                }
                isTold = true
            }
            try await Task.sleep(for: interval)
            interval = min(interval * 2, Self.queueIntervals.upperBound)
        }
    }
}

// MARK: - What was submitted

extension SlurmProgram {
    /// Takes note of a job that was perhaps submitted.
    private func noteUncertainty() { progress.withLock { $0.isUncertain = true } }

    /// Takes note of a job that was submitted.
    private func noteSubmission() {
        progress.withLock { progress in
            progress.isUncertain = false
            progress.knownTime = .now
        }
    }

    /// A job that was submitted without an answer that said so.
    private nonisolated(nonsending) func foundJob(with comment: String) async throws -> String? {
        guard progress.withLock({ $0.isUncertain }) else { return nil }
        let time = ContinuousClock.now
        while true {
            let snapshot = try await queue.snapshot()
            if let id = snapshot.numbers[comment]?.first { return id }
            if snapshot.time > time { return nil }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
