import Foundation
import Hummingbird
import SageMakerAPI

/// Decides whether a request may be served, by its signature and by what its key may do.
struct AccessControl: Sendable {
    /// The keys; `nil` where nobody can have any, as in tests.
    let keys: AccessKeys?
    let verifier: SignatureVerifier

    /// What a request says about its sender, before its body is known.
    struct Claim: Sendable {
        fileprivate let signature: SignatureClaim
        fileprivate let isReadOnly: Bool

        /// The key that the request says it is signed with.
        var keyID: String { signature.key.id }
    }

    /// Reads who a request says it is from.
    ///
    /// - Returns: `nil` where requests need no signature.
    /// - Throws: `APIError` of `SignatureVerifier.claim`.
    func claim(of request: Request) throws(APIError) -> Claim? {
        guard let known = keys?.current else { return nil }
        let claim = try verifier.claim(of: SignableRequest(request)) { known[$0]?.accessKey }
        return Claim(
            signature: claim, isReadOnly: known[claim.key.id]?.isReadOnly ?? true)
    }

    /// Checks the signature of a whole request, and that its key may call the operation.
    ///
    /// - Throws: `InvalidSignatureException`, `AccessDeniedException`.
    func check(_ claim: Claim, body: [UInt8], target: String?) throws(APIError) {
        try claim.signature.check(body: body)
        guard claim.isReadOnly, let operation = try? Operation(target: target) else { return }
        if operation.changesSomething {
            throw .notAuthorized(keyID: claim.keyID, operation: operation)
        }
    }

    /// Checks the signature of a whole request that is no operation, and that its key may send it.
    ///
    /// - Throws: `InvalidSignatureException`, `AccessDeniedException`.
    func check(_ claim: Claim, body: [UInt8], changesSomething: Bool) throws(APIError) {
        try claim.signature.check(body: body)
        if changesSomething, claim.isReadOnly {
            throw .accessDenied("The access key \(claim.keyID) may only read.")
        }
    }
}

extension SignableRequest {
    /// What a signature covers of an HTTP request.
    init(_ request: Request) {
        var headers = request.headers.map { Header($0.name.rawName, $0.value) }
        if let authority = request.head.authority { headers.append(Header("host", authority)) }
        self.init(
            method: request.method.rawValue, path: request.uri.path,
            query: request.uri.query ?? "", headers: headers)
    }
}
