import Hummingbird

extension HTTPFields.Element.Name {
    /// Names the operation.
    static let target = HTTPFields.Element.Name("X-Amz-Target")!
    /// Says where a browser's request comes from.
    static let fetchSite = HTTPFields.Element.Name("Sec-Fetch-Site")!
    /// Says what a browser's request is part of, such as following a link.
    static let fetchMode = HTTPFields.Element.Name("Sec-Fetch-Mode")!
    /// Says what a browser does with the answer.
    static let fetchDestination = HTTPFields.Element.Name("Sec-Fetch-Dest")!
    /// Says where a proxy's request comes from.
    static let forwardedFor = HTTPFields.Element.Name("X-Forwarded-For")!
    /// A second Host header; the first is the request's authority.
    static let host = HTTPFields.Element.Name("Host")!
    /// Belongs to credentials that are good for a while.
    static let securityToken = HTTPFields.Element.Name("X-Amz-Security-Token")!
    /// The code of an answer's error, for those who count; taken off before it is sent.
    static let outcome = HTTPFields.Element.Name("X-Tuner-Outcome")!
    /// Names the request in the answer.
    static let requestID = HTTPFields.Element.Name("x-amzn-RequestId")!
    /// Keeps a page out of frames, for browsers that do not read the policy.
    static let frameOptions = HTTPFields.Element.Name("X-Frame-Options")!
    /// Says how much of its address a page tells.
    static let referrerPolicy = HTTPFields.Element.Name("Referrer-Policy")!
    /// Says who may use an answer in pages.
    static let resourcePolicy = HTTPFields.Element.Name("Cross-Origin-Resource-Policy")!
    /// Keeps a page apart from those that opened it.
    static let openerPolicy = HTTPFields.Element.Name("Cross-Origin-Opener-Policy")!
    /// Says how long the service worked on an answer.
    static let serverTiming = HTTPFields.Element.Name("Server-Timing")!
}
