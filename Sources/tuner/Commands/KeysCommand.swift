import ArgumentParser
import Foundation
import Tuning
import TuningServer

/// Looks after the access keys of a service.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Create, list and revoke the access keys of the service.",
        discussion: """
            Once a data directory has a key, a service on it answers signed requests alone. \
            Changes count at once, also for a service that is running.
            """,
        subcommands: [CreateKeyCommand.self, ListKeysCommand.self, RevokeKeyCommand.self])
}

/// Where a command finds the access keys, and how it answers.
struct KeysAccess: ParsableArguments {
    @Option(help: "The data directory.") var data: String?
    @Flag(help: "Print JSON.") var json = false

    var file: AccessKeyFile {
        get throws { AccessKeyFile(dataDirectory: try DataDirectory(data).url) }
    }

    /// Reads or changes keys.
    ///
    /// - Throws: `CommandFailure` that says why it could not be done.
    func attempt<Value>(_ work: () throws(AccessKeyError) -> Value) throws -> Value {
        do throws(AccessKeyError) {
            return try work()
        } catch {
            throw CommandFailure(error.description)
        }
    }
}

extension StoredAccessKey {
    /// The key for programs, without its secret.
    fileprivate var json: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "AccessKeyId": .string(id), "ReadOnly": .bool(isReadOnly),
            "CreateDate": .string(created.formatted(.iso8601)),
        ]
        if let name { members["Name"] = .string(name) }
        return members
    }
}

/// Makes an access key.
struct CreateKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create an access key; its secret is shown this once.")

    @Option(help: "What to call the key.") var name: String?
    @Flag(help: "Allow the key to describe, list and search, and nothing else.")
    var readOnly = false
    @OptionGroup var access: KeysAccess

    func run() async throws {
        let file = try access.file
        let key = try access.attempt { () throws(AccessKeyError) in
            try file.create(name: name, isReadOnly: readOnly)
        }
        let secret = key.accessKey.secret
        if access.json {
            let members = key.json.merging(["SecretAccessKey": .string(secret)]) { $1 }
            return print(JSONValue.object(members).prettyText)
        }
        print("AWS_ACCESS_KEY_ID=\(key.id)\nAWS_SECRET_ACCESS_KEY=\(secret)")
        FileHandle.standardError.write(
            Data("Keep the secret now: it is not shown again.\n".utf8))
    }
}

/// Lists the access keys.
struct ListKeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the access keys, without their secrets.")

    @OptionGroup var access: KeysAccess

    func run() async throws {
        let file = try access.file
        let keys = try access.attempt { () throws(AccessKeyError) in try file.keys() ?? [] }
        if access.json {
            return print(JSONValue.array(keys.map { .object($0.json) }).prettyText)
        }
        var table = Table(header: ["KEY", "NAME", "MAY", "CREATED"])
        for key in keys {
            table.rows.append([
                key.id, key.name ?? "-", key.isReadOnly ? "read" : "everything",
                key.created.formatted(.iso8601),
            ])
        }
        print(table.text)
    }
}

/// Takes an access key away.
struct RevokeKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revoke an access key; a running service knows at once.")

    @Argument(help: "The key, such as AKIAIOSFODNN7EXAMPLE.") var id: String
    @OptionGroup var access: KeysAccess

    func run() async throws {
        let file = try access.file
        let left = try access.attempt { () throws(AccessKeyError) in try file.revoke(id) }
        if access.json { return print("{}") }
        print("\(id) is revoked.")
        if left == 0 {
            print(
                "No key is left: the service refuses every request until `tuner keys create` makes "
                    + "another. To have a service that needs no keys again, delete "
                    + "\(file.path) and restart it.")
        }
    }
}
