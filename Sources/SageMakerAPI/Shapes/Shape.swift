/// What a value of the wire may be: the constraints of the service's model.
indirect enum Shape: Sendable {
    /// An object with members known by name; other members are ignored.
    case structure([Member])
    case list(Shape, count: ClosedRange<Int>)
    case map(key: Shape, value: Shape, count: ClosedRange<Int>)
    /// A text; its length is counted in Unicode scalars.
    case text(length: ClosedRange<Int>, Pattern?)
    /// One of a few words.
    case word([String])
    case integer(ClosedRange<Int>)
    case number
    case boolean
    /// Seconds since 1970, or a text in ISO 8601.
    case timestamp
    /// Anything: what is passed on without being understood.
    case anything

    /// A member of a structure.
    struct Member: Sendable {
        let name: String
        let shape: Shape
        let isRequired: Bool
    }
}

// MARK: - Notation of the shapes

extension Shape {
    /// A text with a pattern that must match all of it.
    static func text(_ length: ClosedRange<Int> = 0...Int.max, _ pattern: String? = nil) -> Shape {
        .text(length: length, pattern.map(Pattern.init))
    }

    /// A whole number; the wire's are of 32 bits.
    static func integer(from lower: Int, to upper: Int = Int(Int32.max)) -> Shape {
        .integer(lower...upper)
    }
}

extension Shape.Member {
    /// A member that must be there.
    static func required(_ name: String, _ shape: Shape) -> Shape.Member {
        Shape.Member(name: name, shape: shape, isRequired: true)
    }

    /// A member that may be absent or null.
    static func optional(_ name: String, _ shape: Shape) -> Shape.Member {
        Shape.Member(name: name, shape: shape, isRequired: false)
    }
}
