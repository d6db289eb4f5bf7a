import Hummingbird

/// What the service knows of a request beside the request itself.
struct ServiceContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The name of the request, in its answer and in the log.
    let requestID: String
    /// The address that the connection comes from.
    let address: String?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        requestID = RequestName.next()
        address = source.channel.remoteAddress?.ipAddress
    }
}
