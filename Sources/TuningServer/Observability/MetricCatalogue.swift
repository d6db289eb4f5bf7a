/// Every metric of the daemon; nothing else is kept or shown.
package enum MetricCatalogue {
    /// From half a millisecond, which most answers take, to what a large model takes, in seconds.
    private static let secondsBounds = [
        0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    /// Up to the most writes that share a commit.
    private static let writesBounds: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]

    /// The metrics, in the order in which they are shown.
    package static let metrics =
        requests + jobs + suggestions + backends + store + sageMaker + notifications + process

    private static let requests = [
        MetricDescription(
            "tuner_requests_total", .counter, labels: ["operation", "code"],
            "Requests of the API that were answered, by what they were answered with."),
        MetricDescription(
            "tuner_request_seconds", .histogram(bounds: secondsBounds), labels: ["operation"],
            "Time from a request's headers to its answer."),
    ]

    private static let jobs = [
        MetricDescription(
            "tuner_jobs", .gauge, labels: ["kind", "status"],
            "Jobs in the store; kind training counts those of tuning jobs too."),
        MetricDescription(
            "tuner_tuning_jobs_finished_total", .counter, labels: ["status"],
            "Tuning jobs that came to their end in this process."),
        MetricDescription(
            "tuner_trials_finished_total", .counter, labels: ["outcome"],
            "Training jobs that came to their end in this process."),
        MetricDescription(
            "tuner_early_stops_total", .counter,
            "Training jobs that were asked to stop as they were not promising enough."),
    ]

    private static let suggestions = [
        MetricDescription(
            "tuner_suggestion_seconds", .histogram(bounds: secondsBounds), labels: ["strategy"],
            "Time that a strategy took for one suggestion."),
        MetricDescription(
            "tuner_suggestion_fallbacks_total", .counter, labels: ["fallback"],
            "Suggestions that were made with less than was wanted, such as an unfitted model."),
        MetricDescription(
            "tuner_suggestion_failures_total", .counter,
            "Suggestions that a strategy failed to make."),
    ]

    private static let backends = [
        MetricDescription(
            "tuner_slots", .gauge, labels: ["backend", "state"],
            "Places for attempts, in use or free."),
        MetricDescription(
            "tuner_attempts_running", .gauge, labels: ["backend"],
            "Attempts that a backend runs now, also those attached to after a restart."),
        MetricDescription(
            "tuner_backend_launches_total", .counter, labels: ["backend"],
            "Attempts that a backend was given to start."),
        MetricDescription(
            "tuner_backend_stops_total", .counter, labels: ["backend", "reason"],
            "Running attempts that a backend was asked to stop."),
        MetricDescription(
            "tuner_backend_ends_total", .counter, labels: ["backend", "end"],
            "Attempts that came to an end."),
        MetricDescription(
            "tuner_backend_errors_total", .counter, labels: ["backend"],
            "Attempts whose backend could not tell how they ended."),
    ]

    private static let store = [
        MetricDescription(
            "tuner_store_commits_total", .counter, labels: ["outcome"],
            "Commits of the store."),
        MetricDescription(
            "tuner_store_commit_seconds", .histogram(bounds: secondsBounds),
            "Time that a commit took, waiting for the disk included."),
        MetricDescription(
            "tuner_store_commit_writes", .histogram(bounds: writesBounds),
            "Writes that shared a commit."),
        MetricDescription(
            "tuner_store_events_total", .counter,
            "Events of tuning jobs that were made durable."),
        MetricDescription(
            "tuner_store_refusals_total", .counter, labels: ["code"],
            "Writes that failed."),
        MetricDescription(
            "tuner_store_holdups_total", .counter, labels: ["code"],
            "Tries to store events that will be made again, as on a full disk."),
    ]

    private static let sageMaker = [
        MetricDescription(
            "tuner_sagemaker_calls_total", .counter, labels: ["operation", "outcome"],
            "Calls of SageMaker, by what came of them."),
        MetricDescription(
            "tuner_sagemaker_health", .gauge, labels: ["backend", "state"],
            "1 for what keeps SageMaker from being asked, or for reachable; 0 for the others."),
        MetricDescription(
            "tuner_sagemaker_held_launches", .gauge, labels: ["backend"],
            "Launches that wait for the account's limits to leave room."),
    ]

    private static let notifications = [
        MetricDescription(
            "tuner_notification_attempts_total", .counter, labels: ["outcome"],
            "Tries to tell the end of a job, by what came of them."),
        MetricDescription(
            "tuner_notifications_pending", .gauge,
            "Ends of jobs that are still to be told, each counted once a receiver."),
    ]

    private static let process = [
        MetricDescription(
            "process_start_time_seconds", .gauge, "When the process began, in Unix time."),
        MetricDescription("process_cpu_seconds_total", .counter, "Processor time used."),
        MetricDescription("process_resident_memory_bytes", .gauge, "Memory in use."),
        MetricDescription("process_virtual_memory_bytes", .gauge, "Address space in use."),
        MetricDescription("process_open_fds", .gauge, "Open file descriptors."),
        MetricDescription("process_max_fds", .gauge, "The most file descriptors allowed."),
        MetricDescription(
            "tuner_build_info", .gauge, labels: ["version"], "1, with the program's version."),
    ]
}
