import Foundation

/// One page of a listing, and what asks for the next.
public struct Page<Element: Sendable>: Sendable {
    /// The elements, in the order asked for.
    public var elements: [Element]
    /// Asks for what follows; `nil` at the end.
    public var next: PageToken?

    /// Puts together a page.
    public init(elements: [Element], next: PageToken?) {
        self.elements = elements
        self.next = next
    }
}

/// Where a listing goes on; made by a store, opaque to all others.
public struct PageToken: Hashable, Sendable {
    /// The text that clients carry.
    public let text: String

    /// Takes a text that came back from a client.
    public init(_ text: String) {
        self.text = text
    }
}

/// The order of a listing.
public enum SortOrder: String, Hashable, Codable, Sendable {
    /// The least first.
    case ascending = "Ascending"
    /// The greatest first.
    case descending = "Descending"
}

/// An open interval of time; either side may be missing.
public struct TimeWindow: Hashable, Sendable {
    /// Times later than this.
    public var after: Date?
    /// Times earlier than this.
    public var before: Date?

    /// Takes the ends.
    public init(after: Date? = nil, before: Date? = nil) {
        self.after = after
        self.before = before
    }
}

/// Which tuning jobs to list. Jobs with equal sort keys follow in the order of their names, so that
/// descending is ascending turned round.
public struct TuningJobQuery: Hashable, Sendable {
    /// What to sort by.
    public enum SortKey: String, Hashable, Sendable, CaseIterable {
        /// By name.
        case name = "Name"
        /// By the time of creation, then by name.
        case creationTime = "CreationTime"
        /// By status, then by name.
        case status = "Status"
    }

    /// Text within the name, in any case.
    public var nameContains: String?
    /// When it was created.
    public var created = TimeWindow()
    /// When its status last changed.
    public var modified = TimeWindow()
    /// Where it stands.
    public var status: TuningJob.Status?
    /// What to sort by.
    public var sortKey = SortKey.name
    /// The order.
    public var order = SortOrder.ascending
    /// The length of a page, at least 1.
    public var limit = 10
    /// Where to go on.
    public var token: PageToken?

    /// Selects everything, by name.
    public init() {}
}

/// Which training jobs to list. Jobs with equal sort keys follow in the order of their names, so
/// that descending is ascending turned round.
public struct TrainingJobQuery: Hashable, Sendable {
    /// What to sort by.
    public enum SortKey: String, Hashable, Sendable, CaseIterable {
        /// By name.
        case name = "Name"
        /// By the time of creation, then by name.
        case creationTime = "CreationTime"
        /// By status, then by name.
        case status = "Status"
        /// The last objective value; leaves out training jobs without one.
        case objectiveValue = "FinalObjectiveMetricValue"
    }

    /// The tuning job they belong to; `nil` for all training jobs there are.
    public var tuningJob: TuningJob.ID?
    /// What the client asked for that made them; `nil` for either.
    public var kind: TuningJobSpecification.Kind?
    /// Text within the name, in any case.
    public var nameContains: String?
    /// When it was created.
    public var created = TimeWindow()
    /// When its status last changed.
    public var modified = TimeWindow()
    /// Where it stands.
    public var status: TrainingJob.Status?
    /// What to sort by.
    public var sortKey = SortKey.creationTime
    /// The order.
    public var order = SortOrder.ascending
    /// The length of a page, at least 1.
    public var limit = 10
    /// Where to go on.
    public var token: PageToken?

    /// Selects everything, by creation time.
    public init() {}
}

/// Which algorithms to list. Algorithms with equal sort keys follow in the order of their names, so
/// that descending is ascending turned round.
public struct AlgorithmQuery: Hashable, Sendable {
    /// What to sort by.
    public enum SortKey: String, Hashable, Sendable, CaseIterable {
        /// By name.
        case name = "Name"
        /// By the time of creation, then by name.
        case creationTime = "CreationTime"
    }

    /// Text within the name, in any case.
    public var nameContains: String?
    /// When it was created.
    public var created = TimeWindow()
    /// What to sort by.
    public var sortKey = SortKey.creationTime
    /// The order.
    public var order = SortOrder.ascending
    /// The length of a page, at least 1.
    public var limit = 10
    /// Where to go on.
    public var token: PageToken?

    /// Selects everything, by creation time.
    public init() {}
}
