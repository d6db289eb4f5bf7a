import Foundation

/// Where slurmrestd listens.
package enum RESTAddress: Hashable, Sendable {
    /// On a Unix socket at an absolute path.
    case socket(String)
    /// At `http://HOST:PORT` or `https://HOST:PORT`.
    case network(URL)

    /// Reads `unix:/PATH`, as slurmrestd itself has it, or `http(s)://HOST:PORT`; `nil` for
    /// anything else.
    package init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = text.dropFirst(5)
            // As a URL has it, with slashes for a host that is not there.
            let absolute = path.hasPrefix("//") ? path.dropFirst(2) : path
            guard absolute.hasPrefix("/"), absolute.count > 1 else { return nil }
            self = .socket(String(absolute))
        } else {
            let text = text.hasSuffix("/") ? String(text.dropLast()) : text
            guard let url = URL(string: text), let scheme = url.scheme, let host = url.host(),
                ["http", "https"].contains(scheme), !host.isEmpty,
                url.path().isEmpty, url.query() == nil, url.user() == nil
            else { return nil }
            self = .network(url)
        }
    }
}

extension RESTAddress: CustomStringConvertible {
    /// As settings have it.
    package var description: String {
        switch self {
        case .socket(let path): "unix:\(path)"
        case .network(let address): address.absoluteString
        }
    }
}
