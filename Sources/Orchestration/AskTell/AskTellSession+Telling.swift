import Tuning

extension AskTellSession {
    mutating func tell(_ request: JSONValue) throws(AskTellError) -> JSONValue {
        guard let id = request["id"]?.integer else {
            throw .member("id", expected: "the id of a configuration that was handed out")
        }
        try trials.checkOpen(id)
        let value = try Self.value(of: request)
        guard let step = request["step"] else {
            try trials.finish(id, value)
            return ["ok": true]
        }
        guard let step = step.integer, step >= 1 else {
            throw .member("step", expected: "a whole number from 1")
        }
        switch try trials.report(value, of: id, step: step) {
        case .proceed: return ["stop": false]
        case .pause: return ["stop": false, "pause": true]
        case .stop: return ["stop": true]
        }
    }

    /// Takes in results from elsewhere, as trials that have run.
    mutating func inject(_ request: JSONValue) throws(AskTellError) -> JSONValue {
        guard let observations = request["observations"]?.array else {
            throw .member("observations", expected: "an array of values and their results")
        }
        var checked: [(hyperparameters: Hyperparameters, value: Double?)] = []
        for (index, observation) in observations.enumerated() {
            let path = "observations[\(index)]"
            let hyperparameters = try header.space.hyperparameters(
                observation["values"], path: "\(path).values")
            checked.append((hyperparameters, try Self.value(of: observation, path: "\(path).")))
        }
        for (hyperparameters, value) in checked { try trials.inject(hyperparameters, value) }
        return ["ok": true]
    }

    /// The member `value`: a number, or null for a failure; it must be there.
    private static func value(
        of request: JSONValue, path: String = ""
    ) throws(AskTellError) -> Double? {
        let value = request.object?["value"]
        if value == .null { return nil }
        guard let number = value?.number else {
            throw .member("\(path)value", expected: "a number, or null if the training failed")
        }
        return number
    }
}
