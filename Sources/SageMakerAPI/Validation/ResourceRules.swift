import Tuning

/// The resources a definition asks for, in either of the two ways of the API.
enum ResourceRules {
    private static let tuningMember = "HyperParameterTuningResourceConfig"

    /// The definition as it came, with the ResourceConfig that its training jobs show.
    ///
    /// Without any resources it keeps none: a local backend needs none.
    static func envelope(
        _ definition: JSONValue, at place: String, problems: inout Problems
    ) -> JSONValue {
        for member in [tuningMember, "ResourceConfig"] {
            check(definition[member], at: "\(place).\(member)", problems: &problems)
        }
        guard let config = definition[tuningMember] else { return definition }
        guard definition["ResourceConfig"] == nil else {
            problems.add("\(place) has both ResourceConfig and \(tuningMember); give one.")
            return definition
        }
        return definition.setting([
            "ResourceConfig": resourceConfig(config, at: place, problems: &problems)
        ])
    }

    /// What the training jobs of a flexible configuration show: its first choice.
    private static func resourceConfig(
        _ config: JSONValue, at place: String, problems: inout Problems
    ) -> JSONValue {
        let single = ["InstanceType", "InstanceCount", "VolumeSizeInGB"]
        guard let choices = config["InstanceConfigs"]?.array else {
            return config.removing(["AllocationStrategy"])
        }
        for member in single where config[member] != nil {
            problems.add(
                "\(place).\(tuningMember) has InstanceConfigs and \(member); "
                    + "give \(member) in each of the InstanceConfigs.")
        }
        return config.removing(["AllocationStrategy", "InstanceConfigs"])
            .setting(choices.first?.object ?? [:])
    }
}

// MARK: - What either way demands

extension ResourceRules {
    /// Families of instances with storage of their own, which is encrypted by their hardware.
    private static let familiesWithStorage: Set<String> = [
        "g4dn", "g5", "g6", "g6e", "g7e", "p3dn", "p4d", "p4de", "p5", "p5e", "p5en", "p6-b200",
        "p6-b300", "p6e-gb200", "r5d", "trn1", "trn1n", "trn2",
    ]

    /// Checks resources, where they are given.
    static func check(_ config: JSONValue?, at place: String, problems: inout Problems) {
        guard let config else { return }
        checkGroups(config, at: place, problems: &problems)
        checkKey(config, at: place, problems: &problems)
    }

    /// The names of the groups of instances.
    static func groupNames(_ config: JSONValue?) -> Set<String> {
        Set((config?["InstanceGroups"]?.array ?? []).compactMap { $0["InstanceGroupName"]?.string })
    }

    /// A cluster of groups says of each group what is in it, and has a name for each.
    private static func checkGroups(
        _ config: JSONValue, at place: String, problems: inout Problems
    ) {
        guard let groups = config["InstanceGroups"]?.array, !groups.isEmpty else { return }
        for member in ["InstanceType", "InstanceCount"] where config[member] != nil {
            problems.add(
                "\(place) has InstanceGroups and \(member); give \(member) in each of the "
                    + "InstanceGroups.")
        }
        var seen: Set<String> = []
        for name in groups.compactMap({ $0["InstanceGroupName"]?.string })
        where !seen.insert(name).inserted {
            problems.add(
                "\(place): InstanceGroupName '\(name)' is given twice; names must be unique.")
        }
    }

    /// A key encrypts volumes, which instances with storage of their own do not have.
    private static func checkKey(
        _ config: JSONValue, at place: String, problems: inout Problems
    ) {
        guard config["VolumeKmsKeyId"]?.string?.isEmpty == false else { return }
        let choices = ["InstanceGroups", "InstanceConfigs"].flatMap { config[$0]?.array ?? [] }
        for type in ([config] + choices).compactMap({ $0["InstanceType"]?.string }) {
            let family = type.split(separator: ".").dropFirst().first.map(String.init) ?? ""
            if familiesWithStorage.contains(family) {
                problems.add(
                    "\(place): VolumeKmsKeyId is not for instance type '\(type)', which has local "
                        + "storage; leave it out.")
            }
        }
    }
}
