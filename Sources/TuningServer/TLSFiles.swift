import NIOSSL

/// What TLS needs: two PEM files.
package struct TLSFiles: Codable, Hashable, Sendable {
    /// The path of the certificate; those that vouch for it follow in the same file.
    package var certificate: String
    /// The path of the certificate's private key.
    package var privateKey: String

    /// Names the files.
    package init(certificate: String, privateKey: String) {
        self.certificate = certificate
        self.privateKey = privateKey
    }

    /// What the server needs of the files.
    ///
    /// - Throws: `ServerError.tls` when one of them cannot be read, or they do not fit together.
    func configuration() throws(ServerError) -> TLSConfiguration {
        let chain: [NIOSSLCertificate]
        let key: NIOSSLPrivateKey
        do {
            chain = try NIOSSLCertificate.fromPEMFile(certificate)
        } catch {
            throw .tls(path: certificate, reason: "it holds no certificate in PEM form")
        }
        do {
            key = try NIOSSLPrivateKey(file: privateKey, format: .pem)
        } catch {
            throw .tls(path: privateKey, reason: "it holds no private key in PEM form")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do {
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw .tls(path: privateKey, reason: "it is not the key of '\(certificate)'")
        }
        return configuration
    }
}
