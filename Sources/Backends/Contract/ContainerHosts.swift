/// The hosts on which a training job runs, as one of them knows them.
package struct ContainerHosts: Hashable, Sendable {
    /// The names of all.
    let names: [String]
    /// The one that is first among them.
    let first: String
    /// The one whose program is told.
    let current: String
    /// The name of the network interface between them.
    let networkInterface: String

    /// Names hosts.
    package init(names: [String], first: String, current: String, networkInterface: String) {
        self.names = names
        self.first = first
        self.current = current
        self.networkInterface = networkInterface
    }

    /// One host, which is named as SageMaker names it.
    package static let single = ContainerHosts(
        names: ["algo-1"], first: "algo-1", current: "algo-1", networkInterface: loopback)

    private static var loopback: String {
        #if canImport(Darwin)
            "lo0"
        #else
            "lo"
        #endif
    }
}
