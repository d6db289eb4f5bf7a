import GaussianProcesses
import Tuning

/// How hyperparameters become points of a model, and back.
///
/// - Numbers are coordinates in [0, 1] on their scale; integers are the middles of their shares, so
///   the model sees only what can be tried.
/// - Categories are compared for being equal; those that are all numbers, at least three of them
///   ("16", "32", "64"), are ordered instead.
/// - Parameters with one value are left out.
struct SpaceEncoding: Sendable {
    private struct Coordinate: Sendable {
        let parameter: Int
        /// The category at each level, where categories are ordered.
        var order: [Int] = []
    }

    /// Integer ranges of more values than this are searched as if continuous.
    static let levelCountMax = 512

    let space: SearchSpace
    /// What the model's maximiser may try.
    let domain: SearchDomain
    private let coordinates: [Coordinate]

    init(_ space: SearchSpace) {
        self.space = space
        var numeric: [(Coordinate, SearchDomain.Dimension)] = []
        var categorical: [(Coordinate, SearchDomain.Dimension)] = []
        for (index, parameter) in space.parameters.enumerated() {
            guard parameter.domain.valueCount != 1 else { continue }
            switch parameter.domain {
            case .continuous:
                numeric.append((Coordinate(parameter: index), .continuous))
            case .integer(let range):
                let isSmall = range.count.map { $0 <= Self.levelCountMax } ?? false
                numeric.append(
                    (
                        Coordinate(parameter: index),
                        isSmall
                            ? .ordered((range.lower...range.upper).map(range.coordinate(of:)))
                            : .continuous
                    ))
            case .categorical(let categories):
                if let order = categories.numericOrder {
                    let levels = order.indices.map(categories.coordinate(ofIndex:))
                    numeric.append(
                        (Coordinate(parameter: index, order: order), .ordered(levels)))
                } else {
                    categorical.append(
                        (
                            Coordinate(parameter: index),
                            .categorical(count: categories.values.count)
                        ))
                }
            }
        }
        coordinates = (numeric + categorical).map(\.0)
        domain = SearchDomain((numeric + categorical).map(\.1))
    }

    /// The point of hyperparameters of this space.
    func point(for hyperparameters: Hyperparameters) -> [Double] {
        let unit = space.point(for: hyperparameters).coordinates
        return coordinates.indices.map { index in
            let coordinate = unit[coordinates[index].parameter]
            guard case .categorical(let categories) = parameter(index).domain else {
                return coordinate
            }
            let category = categories.index(at: coordinate)
            let order = coordinates[index].order
            guard let level = order.firstIndex(of: category) else { return Double(category) }
            return categories.coordinate(ofIndex: level)
        }
    }

    /// The hyperparameters at a point of the domain.
    func hyperparameters(at point: [Double]) -> Hyperparameters {
        var unit = Array(repeating: 0.5, count: space.dimension)
        for (index, coordinate) in coordinates.enumerated() {
            guard case .categorical(let categories) = parameter(index).domain else {
                unit[coordinate.parameter] = point[index]
                continue
            }
            let category =
                coordinate.order.isEmpty
                ? Int(point[index]) : coordinate.order[categories.index(at: point[index])]
            unit[coordinate.parameter] = categories.coordinate(ofIndex: category)
        }
        return space.hyperparameters(at: UnitPoint(unit))
    }

    /// The names of the parameters that the model sees, in its order.
    var names: [Parameter.Name] { coordinates.indices.map { parameter($0).name } }

    private func parameter(_ index: Int) -> Parameter {
        space.parameters[coordinates[index].parameter]
    }
}

extension Categories {
    /// The indices of the categories by increasing number; `nil` unless all are different numbers.
    fileprivate var numericOrder: [Int]? {
        let numbers = values.compactMap { Double(wire: $0) }
        guard numbers.count == values.count, numbers.count > 2,
            Set(numbers).count == numbers.count
        else { return nil }
        return numbers.indices.sorted { numbers[$0] < numbers[$1] }
    }
}
