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
