import Tuning

/// The input channels of a training job, or of a definition.
enum ChannelRules {
    /// Checks all channels.
    ///
    /// - Parameter prefix: What stands before `InputDataConfig` in messages.
    static func check(_ definition: JSONValue, at prefix: String, problems: inout Problems) {
        let channels = definition["InputDataConfig"]?.array ?? []
        let jobMode = definition["AlgorithmSpecification"]?["TrainingInputMode"]?.string ?? ""
        let groups = ResourceRules.groupNames(definition["ResourceConfig"])
        checkNames(channels, at: prefix, problems: &problems)
        for channel in channels {
            let place =
                "\(prefix)InputDataConfig: channel '\(channel["ChannelName"]?.string ?? "")'"
            checkSource(channel, at: place, problems: &problems)
            checkGroups(channel, groups, at: place, problems: &problems)
            let mode = channel["InputMode"]?.string ?? jobMode
            guard mode != "Pipe" else { continue }
            checkManifest(channel, mode: mode, at: place, problems: &problems)
            checkCompression(channel, mode: mode, at: place, problems: &problems)
            checkRecordWrapper(channel, mode: mode, at: place, problems: &problems)
        }
    }

    /// Each channel has a directory of its name.
    private static func checkNames(
        _ channels: [JSONValue], at prefix: String, problems: inout Problems
    ) {
        var seen: Set<String> = []
        for name in channels.compactMap({ $0["ChannelName"]?.string })
        where !seen.insert(name).inserted {
            problems.add(
                "\(prefix)InputDataConfig: ChannelName '\(name)' is given twice; "
                    + "names must be unique.")
        }
    }

    /// The data of a channel is in one place.
    private static func checkSource(
        _ channel: JSONValue, at place: String, problems: inout Problems
    ) {
        let members = ["S3DataSource", "FileSystemDataSource", "DatasetSource"]
        let count = members.count { channel["DataSource"]?[$0] != nil }
        guard count != 1 else { return }
        problems.add(
            "\(place) has \(count) data sources; its DataSource must have exactly one of "
                + "[\(members.joined(separator: ", "))].")
    }

    /// Where there are groups of instances, data goes to groups that exist.
    private static func checkGroups(
        _ channel: JSONValue, _ groups: Set<String>, at place: String, problems: inout Problems
    ) {
        guard !groups.isEmpty else { return }
        let names = channel["DataSource"]?["S3DataSource"]?["InstanceGroupNames"]?.array ?? []
        for name in names.compactMap(\.string) where !groups.contains(name) {
            problems.add(
                "\(place) has InstanceGroupNames '\(name)', which is not one of the InstanceGroups "
                    + "[\(groups.sorted().joined(separator: ", "))].")
        }
    }

    /// The lines of an augmented manifest can only be streamed.
    private static func checkManifest(
        _ channel: JSONValue, mode: String, at place: String, problems: inout Problems
    ) {
        let type = channel["DataSource"]?["S3DataSource"]?["S3DataType"]?.string
        guard type == "AugmentedManifestFile" else { return }
        problems.add(
            "\(place) has S3DataType AugmentedManifestFile, which needs input mode Pipe, not "
                + "\(mode).")
    }

    /// Only a stream is decompressed.
    private static func checkCompression(
        _ channel: JSONValue, mode: String, at place: String, problems: inout Problems
    ) {
        guard channel["CompressionType"]?.string == "Gzip" else { return }
        problems.add("\(place) has CompressionType Gzip, which needs input mode Pipe, not \(mode).")
    }

    /// Only a stream is cut into records.
    private static func checkRecordWrapper(
        _ channel: JSONValue, mode: String, at place: String, problems: inout Problems
    ) {
        guard channel["RecordWrapperType"]?.string == "RecordIO" else { return }
        problems.add(
            "\(place) has RecordWrapperType RecordIO, which needs input mode Pipe, not \(mode).")
    }
}
