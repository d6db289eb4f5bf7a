import Tuning

/// What a training job reported of its objective, thinned out where there is much of it.
///
/// Of a curve that grows beyond `countMax` points every second is dropped, and from then on only
/// every second report is kept, so that memory has a limit and the course stays.
package struct LearningCurve: Hashable, Sendable {
    /// One report of the objective.
    package struct Point: Hashable, Sendable {
        /// How many reports there had been, with this one; from 1.
        package let resource: Int
        /// The cost.
        package let cost: Cost

        package init(resource: Int, cost: Cost) {
            self.resource = resource
            self.cost = cost
        }
    }

    /// The most points that are kept, even.
    package static let countMax = 512

    /// The points, by resource; costs that were not finite are left out.
    package private(set) var points: [Point] = []
    private var stride = 1

    package init() {}

    /// Takes in a report.
    mutating func append(_ report: MetricReport) {
        guard report.isObjective, let cost = report.cost,
            (report.resource.units - 1).isMultiple(of: stride)
        else { return }
        points.append(Point(resource: report.resource.units, cost: cost))
        guard points.count > Self.countMax else { return }
        stride *= 2
        points.removeAll { !($0.resource - 1).isMultiple(of: stride) }
    }

    /// Forgets what came after a resource: the next attempt goes on from there.
    mutating func rewind(to resource: Resource) {
        points.removeAll { $0.resource > resource.units }
    }
}
