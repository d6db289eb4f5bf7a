import Testing
import Tuning

/// What every tuning store must do: a check a case, named by a sentence.
///
/// A test runs all cases on stores of its implementation.
package enum StoreConformance: String, CaseIterable, Sendable {
    case creation = "A created job is read back with its specification and first events"
    case names = "Names of tuning jobs are taken whatever their case"
    case trainingKind =
        "Training jobs on their own keep apart from tuning jobs, but for their names"
    case missing = "What is not there is nil to readers and notFound to writers"
    case ordinals = "An ordinal or a name that is taken is refused, and nothing is written"
    case life = "Jobs are read back equal after each of their events"
    case events = "Every kind of event is read back equal"
    case doubles = "Every double is read back"
    case positions = "Events come in stored order, after a position, and of one job alone"
    case largeBatch = "Large batches are stored whole"
    case unfinished = "Unfinished jobs of all kinds are listed, oldest first"
    case concurrency = "Concurrent appends are all stored, each caller's in its order"
    case failureAlone = "A write that fails does not fail the others"
    case trainingJobPages = "Training jobs are paged in every order, with ties"
    case tuningJobPages = "Tuning jobs are paged in every order, with ties"
    case growth = "Paging neither repeats nor skips when jobs are added meanwhile"
    case objectiveOrder = "Sorting by objective uses its value and leaves out jobs without one"
    case filters = "Filters select by part of the name, times and status"
    case tokens = "A page token that is not of the query is refused"
    case counts = "Jobs are counted by kind and status, through every change"
    case tags = "Tags are inherited by new training jobs, added, replaced and removed"
    case deletion = "A deleted tuning job frees its name and keeps its training jobs"
    case algorithms = "Algorithms are read back, found by name and validation, changed and deleted"
    case algorithmCreation =
        "An algorithm and the training job that validates it are stored together or not at all"
    case algorithmPages = "Algorithms are paged and filtered in every order"
    case amendments = "What is changed of a training job's definition adds up, and goes with it"
    case trainingDeletion = "A deleted training job frees its name; the last one takes all along"

    /// Makes an empty store.
    package typealias Factory = @Sendable () async throws -> any TuningStore

    /// Runs the check; what is wrong is recorded as issues of the current test.
    package func check(_ makeStore: Factory) async throws {
        let store = try await makeStore()
        switch self {
        case .creation: try await checkCreation(store)
        case .names: try await checkNames(store)
        case .trainingKind: try await checkTrainingKind(store)
        case .missing: try await checkMissing(store)
        case .ordinals: try await checkOrdinals(store)
        case .life: try await checkLife(store)
        case .events: try await checkEvents(store)
        case .doubles: try await checkDoubles(store)
        case .positions: try await checkPositions(store)
        case .largeBatch: try await checkLargeBatch(store)
        case .unfinished: try await checkUnfinished(store)
        case .concurrency: try await checkConcurrency(store)
        case .failureAlone: try await checkFailureAlone(store)
        case .trainingJobPages: try await checkTrainingJobPages(store)
        case .tuningJobPages: try await checkTuningJobPages(store)
        case .growth: try await checkGrowth(store)
        case .objectiveOrder: try await checkObjectiveOrder(store)
        case .filters: try await checkFilters(store)
        case .tokens: try await checkTokens(store)
        case .counts: try await checkCounts(store)
        case .tags: try await checkTags(store)
        case .deletion: try await checkDeletion(store)
        case .algorithms: try await checkAlgorithms(store)
        case .algorithmCreation: try await checkAlgorithmCreation(store)
        case .algorithmPages: try await checkAlgorithmPages(store)
        case .amendments: try await checkAmendments(store)
        case .trainingDeletion: try await checkTrainingDeletion(store)
        }
    }
}

// MARK: - CustomTestStringConvertible

extension StoreConformance: CustomTestStringConvertible {
    /// The sentence.
    package var testDescription: String { rawValue }
}
