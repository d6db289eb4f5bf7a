import Hummingbird
import SageMakerAPI

/// Refuses requests that a web page could have sent through somebody's browser.
///
/// Whoever can send a request can run programs as the daemon's user. A page of any site can reach
/// loopback, directly or through a name of its own that it points there; but its requests say where
/// they come from, and whom they think they talk to.
struct RequestGuard<Context: RequestContext>: RouterMiddleware {
    /// Whether only loopback names are taken for the service.
    let isOnLoopback: Bool
    /// What the addresses of the service begin with, as browsers see them.
    let scheme: String

    func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        if request.headers[.origin] != nil, !isOwnForm(request) {
            throw APIError.accessDenied("Requests from web pages are not accepted.")
        }
        let site = request.headers[.fetchSite]
        guard site == nil || site == "none" || site == "same-origin" || isNavigation(request)
        else {
            throw APIError.accessDenied("Requests from web pages are not accepted.")
        }
        guard request.headers[.host] == nil else {
            throw APIError.accessDenied("A request must have one Host header.")
        }
        if isOnLoopback, !Loopback.isAuthority(request.head.authority) {
            throw APIError.accessDenied(
                "The Host header must name this service: 127.0.0.1, localhost or [::1].")
        }
        return try await next(request, context)
    }

    /// Whether somebody follows a link to a page of the dashboard from elsewhere. What they get is
    /// for their eyes: the page that has the link can neither read it nor show it in a frame, and
    /// looking changes nothing.
    private func isNavigation(_ request: Request) -> Bool {
        request.method == .get && request.headers[.fetchMode] == "navigate"
            && request.headers[.fetchDestination] == "document"
            && request.headers[values: .fetchSite].count == 1
    }

    /// Whether a request is a form of the dashboard that a page of this service sent.
    private func isOwnForm(_ request: Request) -> Bool {
        guard request.method == .post, DashboardForms.contains(request.uri.path),
            let authority = request.head.authority?.lowercased()
        else { return false }
        return request.headers[values: .origin] == ["\(scheme)://\(authority)"]
            && request.headers[.fetchSite] == "same-origin"
    }
}

/// What means this machine to itself.
enum Loopback {
    /// Whether listening on a host lets nobody else in.
    static func isHost(_ host: String) -> Bool {
        ["127.0.0.1", "localhost", "::1"].contains(host)
    }

    /// Whether a Host header, with or without a port, names this machine.
    static func isAuthority(_ authority: String?) -> Bool {
        guard let authority else { return false }
        return ["127.0.0.1", "localhost", "[::1]"].contains { name in
            guard authority.lowercased().hasPrefix(name) else { return false }
            let port = authority.dropFirst(name.count)
            return port.isEmpty
                || (port.first == ":"
                    && port.dropFirst().utf8.allSatisfy { (48...57).contains($0) })
        }
    }
}
