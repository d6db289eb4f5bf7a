import Foundation
import Hummingbird
import SageMakerAPI

/// Who looks at the dashboard.
struct Visitor: Sendable {
    /// The access key; `nil` where the service is open.
    let keyID: String?
    /// Whether jobs may be stopped.
    let mayChange: Bool
    /// What forms of the visitor's pages carry.
    let formToken: String
}

/// Decides who may see the dashboard: whoever may call the API, with a signature or a session.
struct DashboardAccess: Sendable {
    let control: AccessControl
    let sessions = DashboardSessions()
    let attempts = SignInAttempts()
    /// What forms carry where there is no session.
    let openToken = DashboardSessions.secret()
    /// Whether browsers come over TLS.
    let isSecure: Bool
    let now: @Sendable () -> Date

    /// Whether anybody may come in.
    var isOpen: Bool { control.keys?.current == nil }

    /// The name of the session's cookie.
    var cookieName: String { isSecure ? "__Host-tuner-session" : "tuner-session" }

    /// Who sent a request that reads; `nil` when nobody is signed in.
    ///
    /// - Throws: `APIError` when it is signed, but not well.
    func visitor(of request: Request) throws(APIError) -> Visitor? {
        guard let keys = control.keys?.current else {
            return Visitor(keyID: nil, mayChange: true, formToken: openToken)
        }
        if request.headers[.authorization] != nil, let claim = try control.claim(of: request) {
            try control.check(claim, body: [], changesSomething: false)
            return Visitor(keyID: claim.keyID, mayChange: false, formToken: "")
        }
        guard let name = sessionName(of: request),
            let session = sessions.session(name, keys: keys, at: now())
        else { return nil }
        return Visitor(
            keyID: session.keyID, mayChange: keys[session.keyID]?.isReadOnly == false,
            formToken: session.formToken)
    }

    /// The name of the session that a request says it belongs to.
    func sessionName(of request: Request) -> String? { request.cookies[cookieName]?.value }

    /// The key that an ID and a secret belong to; `nil` when there is none such.
    func key(id: String, secret: String) -> StoredAccessKey? {
        let key = control.keys?.current?[id]
        // An ID that is not known takes as long as a wrong secret.
        let isRight = SecretText.areEqual(secret, key?.secret ?? openToken)
        return isRight ? key : nil
    }

    /// The cookie of a session.
    func cookie(_ session: String) -> Cookie {
        Cookie(
            name: cookieName, value: session, maxAge: Int(DashboardSessions.lifetime), path: "/",
            secure: isSecure, httpOnly: true, sameSite: .strict)
    }

    /// The cookie that takes a session away.
    var noCookie: Cookie {
        Cookie(
            name: cookieName, value: "", maxAge: 0, path: "/", secure: isSecure, httpOnly: true,
            sameSite: .strict)
    }
}
