import Foundation
import Hummingbird
import Logging
import SageMakerAPI

// Signing in with an access key, and out again.

extension Dashboard {
    /// The page that asks for an access key.
    func signInPage(_ request: Request) -> Response {
        guard !access.isOpen else { return .seeOther("/") }
        let next = DashboardPath.local(FormFields(request.uri.query ?? "")["next"])
        return signInPage(next: next)
    }

    private func signInPage(
        next: String, problem: String? = nil, status: HTTPResponse.Status = .ok
    ) -> Response {
        let view = SignInView(
            frame: FrameView(title: "Sign in", section: nil, visitor: nil),
            formToken: access.openToken, next: next, problem: problem)
        return Response("sign-in", view, status: status)
    }

    /// Begins a session with an access key.
    func signIn(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let form = try await Self.form(of: request)
        let next = DashboardPath.local(form["next"])
        guard SecretText.areEqual(form["token"] ?? "", access.openToken) else {
            return signInPage(
                next: next, problem: "The form was too old; please try again.", status: .forbidden)
        }
        let address = addressOf(request, context)
        let now = access.now()
        guard access.attempts.isAllowed(from: address, at: now) else {
            note("TooManyAttempts", key: nil, address, context)
            var response = signInPage(
                next: next, problem: "Too many attempts failed; wait five minutes.",
                status: .tooManyRequests)
            response.headers[.retryAfter] = "\(Int(SignInAttempts.window))"
            return response
        }
        let id = form["key"] ?? ""
        let secret = form["secret"] ?? ""
        guard let key = access.key(id: id, secret: secret) else {
            access.attempts.noteFailure(from: address, at: now)
            note("Refused", key: nil, address, context)
            return signInPage(
                next: next, problem: "There is no such access key, or the secret is wrong.",
                status: .forbidden)
        }
        note("Done", key: key.id, address, context)
        var response = Response.seeOther(next)
        response.setCookie(access.cookie(access.sessions.begin(keyID: key.id, at: now)))
        return response
    }

    /// Ends a session.
    func signOut(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let form = try await Self.form(of: request)
        guard let visitor = try access.visitor(of: request),
            let name = access.sessionName(of: request)
        else { return .seeOther("/sign-in") }
        try check(form, of: visitor)
        access.sessions.end(name)
        var response = Response.seeOther("/sign-in")
        response.setCookie(access.noCookie)
        return response
    }

    /// Writes down who signed in; what was typed may be a secret in the wrong place.
    private func note(
        _ outcome: String, key: String?, _ address: String?, _ context: ServiceContext
    ) {
        logger.notice(
            "Sign-in",
            metadata: [
                "key": "\(key ?? "unknown")", "address": "\(address ?? "")",
                "outcome": "\(outcome)", "request": "\(context.requestID)",
            ])
    }
}

// MARK: - Forms

extension Dashboard {
    /// The fields of a form that one of our own pages sent.
    ///
    /// `RequestGuard` has refused what comes from another site; browsers say so of every form.
    ///
    /// - Throws: `DashboardRefusal`.
    static func form(of request: Request) async throws -> FormFields {
        guard request.headers[.origin] != nil else { throw DashboardRefusal.staleForm }
        let buffer = try await request.body.collect(upTo: FormFields.bytesMax)
        return FormFields(String(buffer: buffer))
    }

    /// Checks that a form is of a page that its sender was shown.
    ///
    /// - Throws: `DashboardRefusal.staleForm`.
    func check(_ form: FormFields, of visitor: Visitor) throws {
        guard !visitor.formToken.isEmpty,
            SecretText.areEqual(form["token"] ?? "", visitor.formToken)
        else { throw DashboardRefusal.staleForm }
    }
}

/// The page that asks for an access key.
struct SignInView {
    let frame: FrameView
    let formToken: String
    let next: String
    let problem: String?
}
