import Foundation
import Tuning

/// Named input data of a training job.
struct TrainingChannel {
    /// The name, which is its directory's.
    let name: String
    /// What `inputdataconfig.json` says of it.
    let configuration: JSONValue
    private let uri: String

    /// The channels of a definition's `InputDataConfig`, in order.
    static func channels(in envelope: JSONValue) -> [TrainingChannel] {
        (envelope["InputDataConfig"]?.array ?? []).compactMap(TrainingChannel.init)
    }

    private init?(_ channel: JSONValue) {
        guard let name = channel["ChannelName"]?.string else { return nil }
        let source = channel["DataSource"]?["S3DataSource"]
        self.name = name
        uri = source?["S3Uri"]?.string ?? ""
        var members: [String: JSONValue] = [
            "TrainingInputMode": channel["InputMode"] ?? "File",
            "S3DistributionType": source?["S3DataDistributionType"] ?? "FullyReplicated",
            "RecordWrapperType": channel["RecordWrapperType"] ?? "None",
        ]
        members["ContentType"] = channel["ContentType"]
        configuration = .object(members)
    }

    /// Links the data into a directory: a directory as itself, a file inside of one.
    ///
    /// - Throws: `TrainingFailure` for data that is not there or not local; `FileError`.
    func link(into directory: String) throws {
        guard !name.isEmpty, name != ".", name != "..", !name.contains("/") else {
            throw TrainingFailure(
                .algorithm, "ClientError: '\(name)' cannot be the name of a channel.")
        }
        guard let source = localPath(of: uri) else {
            throw TrainingFailure(
                .algorithm,
                "ClientError: Channel '\(name)': local training jobs cannot read '\(uri)' yet;"
                    + " give a file:// address.")
        }
        var isDirectory = ObjCBool(false)
        guard FileManager.default.fileExists(atPath: source, isDirectory: &isDirectory) else {
            throw TrainingFailure(
                .algorithm, "ClientError: Channel '\(name)': there is no '\(source)'.")
        }
        let target = "\(directory)/\(name)"
        if isDirectory.boolValue {
            try makeLink(target, to: source)
        } else {
            try makeDirectory(target)
            try makeLink("\(target)/\((source as NSString).lastPathComponent)", to: source)
        }
    }

    private func makeLink(_ path: String, to source: String) throws(FileError) {
        guard symlink(source, path) == 0 || errno == EEXIST else {
            throw FileError("make the link", path)
        }
    }
}

/// The path of a `file://` address; `nil` for any other text.
func localPath(of address: String) -> String? {
    guard address.hasPrefix("file://"), let url = URL(string: address), url.isFileURL else {
        return nil
    }
    let path = url.path
    return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
}
