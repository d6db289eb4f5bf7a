import GRDB
import Tuning

/// Where the tags of a resource lie.
private struct TagPlace {
    let table: String
    /// The columns that say whose a tag is, and their values as SQL.
    let owner: (columns: String, values: String)
    /// Selects the tags of the resource.
    let condition: String
    let arguments: StatementArguments
}

extension TagPlace {
    fileprivate init(_ resource: TaggedResource) {
        switch resource {
        case .tuningJob(let id):
            self.init(job: id, ordinal: nil)
        case .trainingJob(let id):
            self.init(job: id.tuningJob, ordinal: id.ordinal)
        case .algorithm(let name):
            let id = "(SELECT id FROM algorithm WHERE name = ? COLLATE NOCASE)"
            self.init(
                table: "algorithm_tag", owner: ("algorithm", id), condition: "algorithm = \(id)",
                arguments: [name])
        }
    }

    private init(job: TuningJob.ID, ordinal: Int?) {
        self.init(
            table: "tag", owner: ("tuning_job, ordinal", "?, ?"),
            condition: "tuning_job = ? AND ordinal IS ?", arguments: [job.rawValue, ordinal])
    }
}

extension TaggedResource {
    /// What messages call it: without its row a job has no name but its number.
    var label: String {
        switch self {
        case .tuningJob(let id): "\(id.rawValue)"
        case .trainingJob(let id): "\(id.tuningJob.rawValue)/\(id.ordinal)"
        case .algorithm(let name): name
        }
    }
}

extension Database {
    /// Whether there is such a resource, and its entry was not deleted.
    func hasResource(_ resource: TaggedResource) throws -> Bool {
        let (sql, arguments): (String, StatementArguments) =
            switch resource {
            case .tuningJob(let id):
                ("SELECT 1 FROM tuning_job WHERE id = ? AND is_deleted = 0", [id.rawValue])
            case .trainingJob(let id):
                (
                    "SELECT 1 FROM training_job WHERE tuning_job = ? AND ordinal = ?",
                    [id.tuningJob.rawValue, id.ordinal]
                )
            case .algorithm(let name):
                ("SELECT 1 FROM algorithm WHERE name = ? COLLATE NOCASE", [name])
            }
        return try Int.fetchOne(cachedStatement(sql: sql), arguments: arguments) != nil
    }

    /// The tags of a resource, in the order of their keys.
    func tags(of resource: TaggedResource) throws -> [Tag] {
        let place = TagPlace(resource)
        return try Row.fetchAll(
            cachedStatement(
                sql: "SELECT key, value FROM \(place.table) WHERE \(place.condition) ORDER BY key"),
            arguments: place.arguments
        ).map {
            Tag(key: try $0.decode(forColumn: "key"), value: try $0.decode(forColumn: "value"))
        }
    }

    /// Adds tags to a resource; the last of those with the same key counts.
    func addTags(_ tags: [Tag], to resource: TaggedResource) throws {
        let place = TagPlace(resource)
        let values = Dictionary(tags.map { ($0.key, $0.value) }) { _, last in last }
        for (key, value) in values {
            try cachedStatement(
                sql: """
                    INSERT INTO \(place.table) (\(place.owner.columns), key, value)
                        VALUES (\(place.owner.values), ?, ?)
                    """
            ).execute(arguments: place.arguments + [key, value])
        }
    }

    /// Takes tags from a resource.
    func removeTags(_ keys: [String], from resource: TaggedResource) throws {
        let place = TagPlace(resource)
        for key in keys {
            try cachedStatement(
                sql: "DELETE FROM \(place.table) WHERE \(place.condition) AND key = ?"
            ).execute(arguments: place.arguments + [key])
        }
    }
}
