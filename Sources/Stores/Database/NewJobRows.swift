import Foundation
import GRDB
import Tuning

/// All rows of a tuning job that is about to be stored, laid out before its transaction begins.
struct NewJobRows: Sendable {
    private let id: TuningJob.ID
    private let rows: ChangeRows
    private let content: String
    private let tags: [Tag]

    /// Lays out a new tuning job.
    ///
    /// - Throws: `EncodingError`.
    init(_ new: NewTuningJob) throws {
        id = new.change.job.id
        rows = ChangeRows(new.change, specification: new.specification)
        content = try String(
            decoding: JSONEncoder.store.encode(new.specification), as: UTF8.self)
        tags = new.specification.tags
    }

    /// Inserts the rows.
    ///
    /// - Throws: `StoreError.alreadyExists`.
    func insert(into database: Database) throws {
        try rows.insertJob(into: database)
        try database.cachedStatement(
            sql: "INSERT INTO specification (tuning_job, content) VALUES (?, ?)"
        ).execute(arguments: [id.rawValue, content])
        try database.addTags(tags, to: .tuningJob(id))
        try rows.insertEvents(into: database)
        try rows.writeTrainingJobs(to: database)
    }
}

extension JSONEncoder {
    /// Writes specifications, whose JSON came from requests and so has finite numbers alone.
    fileprivate static var store: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
