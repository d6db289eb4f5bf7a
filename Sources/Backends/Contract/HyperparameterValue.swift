import Tuning

/// A hyperparameter's value as the toolkit reads it: as JSON where it is JSON, else as a text.
struct HyperparameterValue {
    /// The value as JSON.
    let json: String
    /// The value as a text; that of a JSON text is without its quotes.
    let text: String

    /// Reads a value.
    init(_ value: String) {
        switch try? JSONValue(parsing: value) {
        case .string(let content):
            json = value
            text = content
        case .none:
            json = JSONValue.string(value).encodedText
            text = value
        default:
            json = value
            text = value
        }
    }
}
