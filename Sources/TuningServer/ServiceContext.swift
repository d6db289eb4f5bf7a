import Hummingbird

/// What the service knows of a request beside the request itself.
struct ServiceContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The name of the request, in its answer and in the log.
    let requestID: String
    /// The address that the connection comes from.
    let address: String?
    /// Closes the connection, so that there will be no answer.
    let closeConnection: @Sendable () -> Void

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        requestID = RequestName.next()
        address = source.channel.remoteAddress?.ipAddress
        closeConnection = { [channel = source.channel] in channel.close(promise: nil) }
    }
}
