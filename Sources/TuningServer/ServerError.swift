/// Why the service refused to listen.
package enum ServerError: Error, Hashable, Sendable {
    case beyondLoopback(host: String)
    case withoutTLS(host: String)
    case withoutKeys(host: String)
    case tls(path: String, reason: String)

    /// The name of the case; never changes.
    package var code: String {
        switch self {
        case .beyondLoopback: "beyond_loopback"
        case .withoutTLS: "without_tls"
        case .withoutKeys: "without_keys"
        case .tls: "tls"
        }
    }
}

extension ServerError: CustomStringConvertible {
    /// What is wrong and what would be right.
    package var description: String {
        switch self {
        case .beyondLoopback(let host):
            "whoever reaches the service can run programs as its user, so on \(host) it needs "
                + "access keys and TLS: create a key with `tuner keys create`, and give "
                + "--tls-certificate and --tls-key, or --behind-proxy if a proxy does TLS"
        case .withoutTLS(let host):
            "requests to \(host) would cross the network in the clear: give --tls-certificate and "
                + "--tls-key, or --behind-proxy if a proxy does TLS"
        case .withoutKeys(let host):
            "whoever reaches the service can run programs as its user, so on \(host) and behind a "
                + "proxy it needs access keys: create one with `tuner keys create`"
        case .tls(let path, let reason): "TLS cannot use '\(path)': \(reason)"
        }
    }
}
