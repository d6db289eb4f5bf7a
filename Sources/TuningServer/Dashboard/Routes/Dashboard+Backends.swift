import Foundation
import Hummingbird
import Orchestration
import Tuning

// The page of the backends.

extension Dashboard {
    func backendsPage(_ visit: Visit) async throws -> Response {
        let now = now
        return Response(
            "backends",
            BackendsView(
                frame: frame("Backends", visit, section: .backends),
                backends: dispatcher.orchestrator.backends.map { BackendView($0, now: now) }))
    }

    func backendsAnswer(_ visit: Visit) async throws -> Response {
        .json(["backends": .array(dispatcher.orchestrator.backends.map(\.json))])
    }
}

/// The page of the backends.
struct BackendsView {
    let frame: FrameView
    let backends: [BackendView]
}

/// A backend as a row.
struct BackendView {
    let name: String
    let status: StatusView
    let used: Int
    let free: Int
    let message: String
    let since: TimeView?

    init(_ report: BackendReport, now: Date) {
        name = report.name
        status = StatusView(report.health.state)
        used = report.slots.used
        free = report.slots.free
        message = report.health.message ?? ""
        let isReachable = report.health.state == .reachable
        since = isReachable ? nil : TimeView(report.health.since, now: now)
    }
}

extension StatusView {
    fileprivate init(_ state: BackendHealth.State) {
        switch state {
        case .reachable: self.init(text: "Reachable", tone: "completed")
        case .throttled: self.init(text: "Throttled", tone: "stopping")
        case .unreachable: self.init(text: "Unreachable", tone: "failed")
        case .credentialsRefused: self.init(text: "Credentials refused", tone: "failed")
        case .accessDenied: self.init(text: "Access denied", tone: "failed")
        }
    }
}

extension BackendReport {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "state": .string(health.state.rawValue),
            "slotsUsed": .integer(slots.used), "slotsFree": .integer(slots.free),
        ]
        if let message = health.message {
            members["message"] = .string(message)
            members["since"] = .string(health.since.formatted(.iso8601))
        }
        return .object(members)
    }
}
