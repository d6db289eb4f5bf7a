import Tuning

/// The values of a parameter along a line, on the scale on which they are searched.
struct ParameterAxis {
    /// The parameter.
    let parameter: Parameter
    /// Places with labels; where there are many categories, not all of them have one.
    let ticks: [Tick]
    /// The categories' indices, since looking through the list for each training job takes long.
    private let indices: [String: Int]

    /// The axis of a parameter, with about as many labels as are wanted.
    init(_ parameter: Parameter, ticks wanted: Int = 5) {
        self.parameter = parameter
        switch parameter.domain {
        case .continuous(let range):
            indices = [:]
            guard range.lower < range.upper else {
                ticks = [Tick(position: 0.5, label: NumberText.short(range.lower))]
                return
            }
            ticks = NumberAxis(range.lower, range.upper, scale: range.scale).ticks(wanted)
        case .integer(let range):
            indices = [:]
            ticks = Self.ticks(of: range, wanted)
        case .categorical(let categories):
            indices = Dictionary(
                uniqueKeysWithValues: zip(categories.values, categories.values.indices))
            let stride = max(1, (categories.values.count + 2 * wanted - 1) / (2 * wanted))
            ticks = categories.values.enumerated().filter { $0.offset.isMultiple(of: stride) }
                .map { index, value in
                    Tick(position: categories.coordinate(ofIndex: index), label: value)
                }
        }
    }

    private static func ticks(of range: IntegerRange, _ wanted: Int) -> [Tick] {
        if let count = range.count, count <= wanted + 1 {
            return (range.lower...range.upper).map {
                Tick(position: range.coordinate(of: $0), label: "\($0)")
            }
        }
        let axis = NumberAxis(Double(range.lower), Double(range.upper), scale: range.scale)
        return axis.ticks(wanted).compactMap { tick in
            guard let value = tick.value, let whole = Int(exactly: value.rounded()),
                abs(value - Double(whole)) < 1e-6
            else { return nil }
            return Tick(position: range.coordinate(of: whole), label: NumberText.short(value))
        }
    }

    /// Where a value is, from 0 to 1; `nil` without one.
    func position(of hyperparameters: Hyperparameters) -> Double? {
        guard let text = hyperparameters[parameter.name] else { return nil }
        if case .categorical(let categories) = parameter.domain {
            return indices[text].map { categories.coordinate(ofIndex: $0) }
        }
        return parameter.domain.coordinate(of: text)
    }

    /// The name and, unless it is linear, the scale.
    var title: String {
        switch parameter.domain {
        case .continuous(let range) where range.scale == .logarithmic: "\(parameter.name) (log)"
        case .integer(let range) where range.scale == .logarithmic: "\(parameter.name) (log)"
        case .continuous(let range) where range.scale == .reverseLogarithmic:
            "\(parameter.name) (reverse log)"
        default: parameter.name
        }
    }
}
