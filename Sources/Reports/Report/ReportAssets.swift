import Crypto
import Foundation

/// The styles and the script of figures and reports, embedded in the program.
package enum ReportAssets {
    /// The styles, of light and dark pages alike.
    package static let stylesheet = String(decoding: PackageResources.report_css, as: UTF8.self)
    /// The script; pages without it show the same, but still.
    package static let script = String(decoding: PackageResources.report_js, as: UTF8.self)

    /// The content security policy of a page with the styles and the script inline, and nothing
    /// else: what the report states about itself, and a service may repeat.
    package static let pagePolicy =
        "default-src 'none'; style-src '\(hash(stylesheet))'; script-src '\(hash(script))'; "
        + "base-uri 'none'; form-action 'none'"

    /// The content security policy of `Figure.document`.
    package static let documentPolicy = "default-src 'none'; style-src '\(hash(stylesheet))'"

    private static func hash(_ text: String) -> String {
        "sha256-" + Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString()
    }
}
