import GRDB
import Tuning

extension TaggedResource {
    /// The tuning job and the ordinal that the rows of tags have.
    var key: (job: Int64, ordinal: Int?) {
        switch self {
        case .tuningJob(let id): (id.rawValue, nil)
        case .trainingJob(let id): (id.tuningJob.rawValue, id.ordinal)
        }
    }

    /// What messages call it: its number, for without its row it has no name.
    var label: String {
        switch self {
        case .tuningJob(let id): "\(id.rawValue)"
        case .trainingJob(let id): "\(id.tuningJob.rawValue)/\(id.ordinal)"
        }
    }
}

extension Database {
    /// Whether there is a job, and its entry was not deleted.
    func hasResource(_ resource: TaggedResource) throws -> Bool {
        let (job, ordinal) = resource.key
        if let ordinal {
            return try Int.fetchOne(
                cachedStatement(
                    sql: "SELECT 1 FROM training_job WHERE tuning_job = ? AND ordinal = ?"),
                arguments: [job, ordinal]) != nil
        }
        return try Int.fetchOne(
            cachedStatement(sql: "SELECT 1 FROM tuning_job WHERE id = ? AND is_deleted = 0"),
            arguments: [job]) != nil
    }

    /// The tags of a job, in the order of their keys.
    func tags(of resource: TaggedResource) throws -> [Tag] {
        let (job, ordinal) = resource.key
        return try Row.fetchAll(
            cachedStatement(
                sql: """
                    SELECT key, value FROM tag WHERE tuning_job = ? AND ordinal IS ? ORDER BY key
                    """),
            arguments: [job, ordinal]
        ).map {
            Tag(key: try $0.decode(forColumn: "key"), value: try $0.decode(forColumn: "value"))
        }
    }

    /// Adds tags to a job; the last of those with the same key counts.
    func addTags(_ tags: [Tag], to resource: TaggedResource) throws {
        let (job, ordinal) = resource.key
        let values = Dictionary(tags.map { ($0.key, $0.value) }) { _, last in last }
        for (key, value) in values {
            try cachedStatement(
                sql: "INSERT INTO tag (tuning_job, ordinal, key, value) VALUES (?, ?, ?, ?)"
            ).execute(arguments: [job, ordinal, key, value])
        }
    }
}
