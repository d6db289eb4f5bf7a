import Foundation

extension TrainingJob {
    /// Begins with the event that creates a trial.
    ///
    /// - Throws: `TransitionError` when the event is another one.
    package init(
        _ event: TrialEvent, of id: TuningJob.ID, specification: TuningJobSpecification
    ) throws(TransitionError) {
        guard case .created(let tuned, let decision, let definition) = event.change,
            specification.definitions.indices.contains(definition)
        else {
            throw TransitionError(event, after: "nothing")
        }
        self.id = ID(tuningJob: id, ordinal: event.trial)
        name = specification.trainingJobName(ordinal: event.trial, of: id)
        self.definition = definition
        self.tuned = tuned
        self.decision = decision
        creationTime = event.time
        lastModifiedTime = event.time
        enter(SecondaryStatus.starting, at: event.time, message: "Starting the training job.")
    }

    /// Moves on by one event.
    ///
    /// - Throws: `TransitionError` when the event cannot follow; then nothing has changed.
    package mutating func apply(_ event: TrialEvent) throws(TransitionError) {
        guard event.trial == id.ordinal else {
            throw TransitionError(event, after: "events of trial \(id.ordinal)")
        }
        guard !status.isFinished else {
            throw TransitionError(event, after: status.rawValue)
        }
        switch event.change {
        case .created:
            throw TransitionError(event, after: "creation")
        case .started(let attempt, _):
            try start(attempt, event)
        case .entered(let phase, let message):
            try requireRunning(event)
            enter(phase, at: event.time, message: message)
        case .reported(let reports, let mark):
            try requireRunning(event)
            for report in reports { keep(report) }
            self.mark = mark
        case .stopRequested(let reason, let message):
            if stopReason == nil {
                stopReason = reason
                stopMessage = message
            }
            status = .stopping
            enter(
                .stopping, at: event.time,
                message: message ?? "Stopping the training job.")
        case .paused(let checkpoint):
            try requireRunning(event)
            endAttempt(at: event.time)
            isPaused = true
            self.checkpoint = checkpoint
            checkpointResource = resource
            enter(
                TrainingPhase.pending, at: event.time,
                message: "Paused, to go on if it compares well with others")
        case .attemptFailed:
            try requireRunning(event)
            endAttempt(at: event.time)
            enter(
                TrainingPhase.starting, at: event.time, message: "Starting the training job again.")
        case .finished(let outcome):
            if case .completed = outcome { try requireRunning(event) }
            endAttempt(at: event.time)
            finish(outcome, at: event.time)
        }
    }

    private func requireRunning(_ event: TrialEvent) throws(TransitionError) {
        guard isRunning else { throw TransitionError(event, after: "attempt \(attempt), over") }
    }

    private mutating func start(_ number: Int, _ event: TrialEvent) throws(TransitionError) {
        guard !isRunning, number == attempt + 1 else {
            throw TransitionError(event, after: "attempt \(attempt)")
        }
        attempt = number
        isRunning = true
        isPaused = false
        resource = checkpointResource
        mark = nil
    }

    private mutating func endAttempt(at time: Date) {
        endInterruption(at: time)
        if let attemptStartTime {
            earlierRuntime += .seconds(max(0, time.timeIntervalSince(attemptStartTime)))
        }
        attemptStartTime = nil
        isRunning = false
    }

    private mutating func keep(_ report: MetricReport) {
        for (name, value) in report.values {
            finalMetrics[name] = FinalMetric(value: value, time: report.time)
        }
        if report.isObjective {
            cost = report.cost
            resource = report.resource
        }
    }
}

// MARK: - Statuses

extension TrainingJob {
    /// How long it has trained, in all attempts, at a time.
    public func runtime(at time: Date) -> Duration {
        guard let attemptStartTime else { return earlierRuntime }
        return earlierRuntime + .seconds(max(0, time.timeIntervalSince(attemptStartTime)))
    }

    /// How long it has trained on machines, without the time it was interrupted.
    public func billableRuntime(at time: Date) -> Duration {
        let waiting = interruptionTime.map { max(0, time.timeIntervalSince($0)) } ?? 0
        return max(.zero, runtime(at: time) - interruptedRuntime - .seconds(waiting))
    }

    private mutating func endInterruption(at time: Date) {
        guard let interruptionTime else { return }
        interruptedRuntime += .seconds(max(0, time.timeIntervalSince(interruptionTime)))
        self.interruptionTime = nil
    }

    /// Whether entering a phase, with what there is to say of it, would change anything.
    package func isNew(_ phase: TrainingPhase, message: String?) -> Bool {
        phase == .training && attemptStartTime == nil
            || status == .inProgress
                && (secondaryStatus != phase.secondaryStatus || isProgress(phase, message))
    }

    /// Whether a message says how far the present phase is.
    private func isProgress(_ phase: TrainingPhase, _ message: String?) -> Bool {
        guard let message, phase.hasProgress, secondaryStatus == phase.secondaryStatus else {
            return false
        }
        return message != transitions.last?.message
    }

    private mutating func enter(_ phase: TrainingPhase, at time: Date, message: String?) {
        switch phase {
        case .interrupted where attemptStartTime != nil:
            interruptionTime = interruptionTime ?? time
        // The machine is there again, and being set up is time on it.
        case .starting, .training: endInterruption(at: time)
        case .interrupted, .pending, .downloading, .uploading: break
        }
        if phase == .training {
            startTime = startTime ?? time
            attemptStartTime = attemptStartTime ?? time
        }
        // While a training job is being stopped, that is what it says, whatever it still does.
        guard status != .stopping else { return }
        if isProgress(phase, message), let message {
            transitions[transitions.count - 1].message = message
            lastModifiedTime = time
        }
        guard secondaryStatus != phase.secondaryStatus else { return }
        enter(phase.secondaryStatus, at: time, message: message ?? phase.message)
    }

    private mutating func enter(_ status: SecondaryStatus, at time: Date, message: String) {
        guard transitions.isEmpty || secondaryStatus != status else { return }
        if !transitions.isEmpty { transitions[transitions.count - 1].endTime = time }
        transitions.append(Transition(status: status, startTime: time, message: message))
        lastModifiedTime = time
    }

    private mutating func finish(_ outcome: Trial.Outcome, at time: Date) {
        endTime = time
        switch outcome {
        case .completed:
            status = .completed
            enter(.completed, at: time, message: "Training job completed")
        case .stopped(let reason, _):
            status = .stopped
            stopReason = reason
            let isEarly = reason == .earlyStopping
            enter(
                reason.secondaryStatus, at: time,
                message: isEarly
                    ? stopMessage ?? "Training job stopped early"
                    : "Training job stopped")
        case .failed(let failure):
            status = .failed
            self.failure = failure
            enter(.failed, at: time, message: "Training job failed")
        }
        transitions[transitions.count - 1].endTime = time
        if status != .failed { cost = outcome.cost }
        isPaused = false
        objectiveStatus = outcome.cost == nil ? .failed : .succeeded
        mark = nil
    }
}

extension TrainingPhase {
    fileprivate var secondaryStatus: TrainingJob.SecondaryStatus {
        switch self {
        case .pending: .pending
        case .starting: .starting
        case .downloading: .downloading
        case .training: .training
        case .interrupted: .interrupted
        case .uploading: .uploading
        }
    }

    /// Whether it may be told how far it is, or what is waited for, again and again.
    fileprivate var hasProgress: Bool {
        switch self {
        case .pending, .downloading, .interrupted: true
        case .starting, .training, .uploading: false
        }
    }

    fileprivate var message: String {
        switch self {
        case .pending: "Waiting for capacity"
        case .starting: "Starting the training job."
        case .downloading: "Downloading input data"
        case .training: "Training in progress."
        case .interrupted: "Interrupted"
        case .uploading: "Uploading generated training model"
        }
    }
}

extension StopReason {
    fileprivate var secondaryStatus: TrainingJob.SecondaryStatus {
        switch self {
        case .runtimeExceeded: .maxRuntimeExceeded
        case .waitTimeExceeded: .maxWaitTimeExceeded
        case .requested, .tuningJobEnded, .interrupted, .earlyStopping, .pendingTimeExceeded:
            .stopped
        }
    }
}
