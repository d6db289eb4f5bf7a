import Foundation
import Tuning

/// Named input data of a training job.
package struct TrainingChannel: Sendable {
    /// How the address says what belongs to the channel.
    enum Source: Hashable {
        /// All that begins with it.
        case prefix
        /// What the manifest there names.
        case manifest
    }

    /// The name, which is its directory's.
    package let name: String
    /// What `inputdataconfig.json` says of it.
    let configuration: JSONValue
    /// Where its data is.
    let address: String
    /// What of it.
    let source: Source
    /// Whether every file is decompressed.
    let isCompressed: Bool

    /// The channels of a definition, in order.
    ///
    /// Of several hosts, `ShardedByS3Key` gives each a part. A local training job has one host
    /// whatever its `InstanceCount`, as `resourceconfig.json` says, and that one's part is
    /// everything.
    ///
    /// - Throws: `TrainingFailure` for what local training jobs do not have.
    package static func channels(in envelope: JSONValue) throws(TrainingFailure)
        -> [TrainingChannel]
    {
        let mode = envelope["AlgorithmSpecification"]?["TrainingInputMode"]?.string ?? "File"
        var channels: [TrainingChannel] = []
        for channel in envelope["InputDataConfig"]?.array ?? [] {
            channels.append(try TrainingChannel(channel, mode: mode))
        }
        return channels
    }

    private init(_ channel: JSONValue, mode jobMode: String) throws(TrainingFailure) {
        let name = channel["ChannelName"]?.string ?? ""
        let mode = channel["InputMode"]?.string ?? jobMode
        func failure(_ text: String) -> TrainingFailure {
            TrainingFailure(.algorithm, "ClientError: Channel '\(name)': \(text)")
        }
        guard !name.isEmpty, name != ".", name != "..", !name.contains("/") else {
            throw TrainingFailure(
                .algorithm, "ClientError: '\(name)' cannot be the name of a channel.")
        }
        guard mode != "Pipe" else {
            throw failure("local training jobs have no input mode Pipe; give File or FastFile.")
        }
        guard let source = channel["DataSource"]?["S3DataSource"],
            let address = source["S3Uri"]?.string
        else { throw failure("local training jobs read data from an S3DataSource only.") }
        switch source["S3DataType"]?.string ?? "S3Prefix" {
        case "S3Prefix": self.source = .prefix
        case "ManifestFile": self.source = .manifest
        case let type:
            throw failure(
                "local training jobs have no S3DataType \(type); give S3Prefix or ManifestFile.")
        }
        self.name = name
        self.address = address
        isCompressed = channel["CompressionType"]?.string == "Gzip"
        var members: [String: JSONValue] = [
            "TrainingInputMode": .string(mode),
            "S3DistributionType": source["S3DataDistributionType"] ?? "FullyReplicated",
            "RecordWrapperType": channel["RecordWrapperType"] ?? "None",
        ]
        members["ContentType"] = channel["ContentType"]
        configuration = .object(members)
    }

    /// The directory or file of this machine that is linked as it is; `nil` when there is more to
    /// do than that.
    package var linkedPath: String? {
        source == .prefix && !isCompressed ? localPath(of: address) : nil
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
