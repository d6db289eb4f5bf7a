import Foundation
import GRDB
import Tuning

/// One page of a listing as a statement.
///
/// A page goes on after the sort key and the name of the last row before it, which its token
/// holds; the index named by the statement leads there at once, so every page costs the same.
struct Listing: Sendable {
    /// What is listed, by its table.
    private enum Subject: String {
        case tuningJob = "tuning_job"
        case trainingJob = "training_job"
        case algorithm
    }

    /// What is sorted by; named like the column.
    private enum SortKey: String {
        case name
        case creationTime = "creation_time"
        case status
        case objectiveValue = "objective_value"
    }

    private let subject: Subject
    private let key: SortKey
    private let order: Tuning.SortOrder
    private let status: String?
    private let token: PageToken?
    private var conditions: [String] = []
    private var isOfTuningJob = false
    /// The most elements of the page.
    let limit: Int
    private var values: StatementArguments = []

    /// Lists tuning jobs.
    ///
    /// - Throws: `StoreError.invalidPageToken`.
    init(_ query: TuningJobQuery) throws(StoreError) {
        precondition(query.limit >= 1, "a page of \(query.limit) elements")
        subject = .tuningJob
        order = query.order
        limit = query.limit
        key =
            switch query.sortKey {
            case .name: .name
            case .creationTime: .creationTime
            case .status: .status
            }
        status = query.status?.rawValue
        token = query.token
        conditions = ["kind = 'tuning'", "is_deleted = 0"]
        try restrict(
            nameContains: query.nameContains, created: query.created, modified: query.modified)
    }

    /// Lists training jobs.
    ///
    /// - Throws: `StoreError.invalidPageToken`.
    init(_ query: TrainingJobQuery) throws(StoreError) {
        precondition(query.limit >= 1, "a page of \(query.limit) elements")
        subject = .trainingJob
        order = query.order
        limit = query.limit
        key =
            switch query.sortKey {
            case .name: .name
            case .creationTime: .creationTime
            case .status: .status
            case .objectiveValue: .objectiveValue
            }
        status = query.status?.rawValue
        token = query.token
        if let job = query.tuningJob {
            isOfTuningJob = true
            require("tuning_job = ?", [job.rawValue])
        }
        if let kind = query.kind {
            require(
                """
                EXISTS (SELECT 1 FROM tuning_job
                WHERE tuning_job.id = training_job.tuning_job AND tuning_job.kind = ?)
                """, [kind.rawValue])
        }
        if key == .objectiveValue { conditions.append("objective_value IS NOT NULL") }
        try restrict(
            nameContains: query.nameContains, created: query.created, modified: query.modified)
    }

    /// Lists algorithms.
    ///
    /// - Throws: `StoreError.invalidPageToken`.
    init(_ query: AlgorithmQuery) throws(StoreError) {
        precondition(query.limit >= 1, "a page of \(query.limit) elements")
        subject = .algorithm
        order = query.order
        limit = query.limit
        key =
            switch query.sortKey {
            case .name: .name
            case .creationTime: .creationTime
            }
        status = nil
        token = query.token
        try restrict(nameContains: query.nameContains, created: query.created)
    }

    /// The statement; it finds one row more than the page holds when there is another page.
    var sql: String {
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let direction = order == .ascending ? "ASC" : "DESC"
        let columns = isByNameAlone ? ["name"] : [key.rawValue, "name"]
        return """
            SELECT * FROM \(subject.rawValue) INDEXED BY \(index) \(condition)
            ORDER BY \(columns.map { "\($0) \(direction)" }.joined(separator: ", "))
            LIMIT ?
            """
    }

    /// What the statement's placeholders stand for.
    var arguments: StatementArguments { values + [limit + 1] }

    /// Whether names are the whole order, as they are among jobs of one status.
    private var isByNameAlone: Bool {
        key == .name || (key == .status && status != nil)
    }

    private var index: String {
        let owner = isOfTuningJob ? "\(subject.rawValue)_of_tuning_job" : subject.rawValue
        let isOfStatus = isByNameAlone && status != nil
        return "\(owner)_by_\((isOfStatus ? .status : key).rawValue)"
    }

    private mutating func restrict(
        nameContains: String?, created: TimeWindow, modified: TimeWindow = TimeWindow()
    ) throws(StoreError) {
        if let nameContains {
            let pattern = nameContains.map { "\\%_".contains($0) ? "\\\($0)" : "\($0)" }.joined()
            require("name LIKE ? ESCAPE '\\'", ["%\(pattern)%"])
        }
        if let status { require("status = ?", [status]) }
        require("creation_time", isIn: created)
        require("last_modified_time", isIn: modified)
        if let token { try goOn(after: token) }
    }

    private mutating func require(_ column: String, isIn window: TimeWindow) {
        // The token's place lies within the window already. The plus keeps the planner from
        // beginning at the window's end instead of there.
        let isPlaced = token != nil && key == .creationTime
        if let after = window.after {
            let column = isPlaced && order == .ascending ? "+\(column)" : column
            require("\(column) > ?", [after.timeIntervalSinceReferenceDate])
        }
        if let before = window.before {
            let column = isPlaced && order == .descending ? "+\(column)" : column
            require("\(column) < ?", [before.timeIntervalSinceReferenceDate])
        }
    }

    private mutating func require(_ condition: String, _ values: StatementArguments) {
        conditions.append(condition)
        self.values += values
    }
}

// MARK: - Page tokens

extension Listing {
    /// The token of the page that begins after a row.
    func token(after row: Row) -> PageToken {
        let value: JSONValue =
            switch key {
            case .name, .status: .string(row[key.rawValue])
            case .creationTime, .objectiveValue: .number(row[key.rawValue])
            }
        let place = JSONValue.array(scope + [value, .string(row["name"])])
        return PageToken(Data(place.encoded).base64URLText)
    }

    /// What a token must begin with to be one of this listing.
    private var scope: [JSONValue] {
        [.string(subject.rawValue), .string(key.rawValue), .string(order.rawValue)]
    }

    private mutating func goOn(after token: PageToken) throws(StoreError) {
        guard let data = Data(base64URLText: token.text),
            let parts = try? JSONValue(parsing: Array(data)).array,
            parts.count == 5, Array(parts.prefix(3)) == scope, let name = parts[4].string
        else { throw .invalidPageToken }
        let sign = order == .ascending ? ">" : "<"
        let place = "(\(key.rawValue), name) \(sign) (?, ?)"
        switch (key, parts[3]) {
        case (.name, .string): require("name \(sign) ?", [name])
        case (.status, .string(let last)):
            guard let status else {
                require(place, [last, name])
                break
            }
            guard last == status else { throw .invalidPageToken }
            require("name \(sign) ?", [name])
        case (.creationTime, .number(let value)), (.objectiveValue, .number(let value)):
            require(place, [value, name])
        default: throw .invalidPageToken
        }
    }
}

extension Data {
    /// Base 64 in letters that need no escape in an address, without padding.
    fileprivate var base64URLText: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    fileprivate init?(base64URLText text: String) {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        self.init(
            base64Encoded: text.replacing("-", with: "+").replacing("_", with: "/") + padding)
    }
}
