/// What a client proves who it is with: a name that it sends, and a secret that it never sends.
package struct AccessKey: Hashable, Sendable {
    /// The name, such as `AKIAIOSFODNN7EXAMPLE`.
    package let id: String
    /// What signatures are made with.
    package let secret: String
    /// What temporary keys of AWS send along.
    package let sessionToken: String?

    /// Takes a key as it is.
    package init(id: String, secret: String, sessionToken: String? = nil) {
        self.id = id
        self.secret = secret
        self.sessionToken = sessionToken
    }
}

extension AccessKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name alone: a key that is printed, logged or dumped keeps its secret.
    package var description: String { id }
    package var debugDescription: String { id }
    package var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}
