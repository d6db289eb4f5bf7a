/// A point of the unit cube: a coordinate in [0, 1] for every parameter of a space, in order.
public struct UnitPoint: Hashable, Sendable {
    /// The coordinates, one a parameter.
    public let coordinates: [Double]

    /// Takes coordinates that are in [0, 1].
    public init(_ coordinates: [Double]) {
        precondition(
            coordinates.allSatisfy { 0 <= $0 && $0 <= 1 },
            "coordinates outside the unit cube: \(coordinates)")
        self.coordinates = coordinates
    }
}
