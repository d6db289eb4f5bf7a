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
    private var index: String
    private var conditions: [String] = []
    /// The most elements of the page.
    let limit: Int
    /// What the statement's placeholders stand for.
    private(set) var arguments: StatementArguments = []

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
        index = "tuning_job_by_\(key.rawValue)"
        conditions = ["kind = 'tuning'", "is_deleted = 0"]
        try restrict(
            nameContains: query.nameContains, created: query.created, modified: query.modified,
            status: query.status?.rawValue, token: query.token)
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
        index = "training_job_by_\(key.rawValue)"
        if let job = query.tuningJob {
            index = "training_job_of_tuning_job_by_\(key.rawValue)"
            require("tuning_job = ?", [job.rawValue])
        }
        if key == .objectiveValue { conditions.append("objective_value IS NOT NULL") }
        try restrict(
            nameContains: query.nameContains, created: query.created, modified: query.modified,
            status: query.status?.rawValue, token: query.token)
    }

    /// The statement; it finds one row more than the page holds when there is another page.
    var sql: String {
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let direction = order == .ascending ? "ASC" : "DESC"
        let columns = key == .name ? ["name"] : [key.rawValue, "name"]
        return """
            SELECT * FROM \(subject.rawValue) INDEXED BY \(index) \(condition)
            ORDER BY \(columns.map { "\($0) \(direction)" }.joined(separator: ", "))
            LIMIT \(limit + 1)
            """
    }

    private mutating func restrict(
        nameContains: String?, created: TimeWindow, modified: TimeWindow, status: String?,
        token: PageToken?
    ) throws(StoreError) {
        if let nameContains {
            let pattern = nameContains.map { "\\%_".contains($0) ? "\\\($0)" : "\($0)" }.joined()
            require("name LIKE ? ESCAPE '\\'", ["%\(pattern)%"])
        }
        if let status { require("status = ?", [status]) }
        for (column, window) in [("creation_time", created), ("last_modified_time", modified)] {
            if let after = window.after {
                require("\(column) > ?", [after.timeIntervalSinceReferenceDate])
            }
            if let before = window.before {
                require("\(column) < ?", [before.timeIntervalSinceReferenceDate])
            }
        }
        if let token { try goOn(after: token) }
    }

    private mutating func require(_ condition: String, _ values: StatementArguments) {
        conditions.append(condition)
        arguments += values
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
        let text = JSONText.text(of: .array(scope + [value, .string(row["name"])]))
        return PageToken(Data(text.utf8).base64URLText)
    }

    /// What a token must begin with to be one of this listing.
    private var scope: [JSONValue] {
        [.string(subject.rawValue), .string(key.rawValue), .string(order.rawValue)]
    }

    private mutating func goOn(after token: PageToken) throws(StoreError) {
        guard let data = Data(base64URLText: token.text),
            let parts = try? JSONTextReader.value(of: String(decoding: data, as: UTF8.self)).array,
            parts.count == 5, Array(parts.prefix(3)) == scope, let name = parts[4].string
        else { throw .invalidPageToken }
        let sign = order == .ascending ? ">" : "<"
        let place = "(\(key.rawValue), name) \(sign) (?, ?)"
        switch (key, parts[3]) {
        case (.name, .string): require("name \(sign) ?", [name])
        case (.status, .string(let status)): require(place, [status, name])
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
