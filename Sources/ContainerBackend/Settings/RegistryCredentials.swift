import Foundation
import Tuning

/// Who asks registries for images: what `docker login` has stored.
struct RegistryCredentials: Sendable {
    /// The file it has stored it in, such as `~/.docker/config.json`.
    let path: String

    /// What the engine is to tell a registry, as the header `X-Registry-Auth` has it; `nil` when
    /// nobody has logged in there.
    func header(for registry: String) -> String? {
        guard let content = FileManager.default.contents(atPath: path),
            let entries = try? JSONValue(parsing: String(decoding: content, as: UTF8.self))["auths"]
        else { return nil }
        let names =
            registry == "docker.io" ? ["https://index.docker.io/v1/", registry] : [registry]
        for name in names {
            guard let encoded = entries[name]?["auth"]?.string,
                let decoded = Data(base64Encoded: encoded)
            else { continue }
            let parts = String(decoding: decoded, as: UTF8.self).split(
                separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            let login: JSONValue = [
                "username": .string(String(parts[0])), "password": .string(String(parts[1])),
                "serveraddress": .string(name),
            ]
            return Data(login.encodedText.utf8).base64EncodedString()
                .replacingOccurrences(of: "+", with: "-")
                .replacingOccurrences(of: "/", with: "_")
        }
        return nil
    }
}
