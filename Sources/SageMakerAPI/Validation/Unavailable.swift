import Tuning

// What the API has and this version cannot do yet. It is refused by name, never ignored; whatever
// learns to do one of these deletes its refusal here.

extension Problems {
    /// Refuses what a CreateTrainingJob asks for in vain.
    mutating func addUnavailable(inTrainingJob body: JSONValue) {
        if body["ServerlessJobConfig"] != nil { addUnavailable("ServerlessJobConfig") }
    }

    private mutating func addUnavailable(_ what: String, _ advice: String = "leave it out") {
        add("\(what) is not available in this version of tuner; \(advice).")
    }
}
