import Hummingbird
import Reports
import SageMakerAPI

/// A file of the dashboard that is part of the binary.
///
/// Its address holds a hash of its content, so browsers never ask twice, and a new version is seen
/// at once.
struct DashboardAsset: Sendable {
    let name: String
    let contentType: String
    let bytes: [UInt8]
    let hash: String

    init(_ name: String, _ contentType: String, _ bytes: [UInt8]) {
        self.name = name
        self.contentType = contentType
        self.bytes = bytes
        hash = String(bytes.sha256.prefix(16))
    }

    /// Where it is.
    var url: String { "/assets/\(hash)/\(name)" }

    /// The file as an answer; without content where a browser has it already.
    func response(to request: Request) -> Response {
        let tag = "\"\(hash)\""
        let headers: HTTPFields = [
            .contentType: contentType, .eTag: tag,
            .cacheControl: "public, max-age=31536000, immutable",
        ]
        if request.headers[.ifNoneMatch] == tag {
            return Response(status: .notModified, headers: headers)
        }
        return Response(
            status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

/// The files of the dashboard.
enum DashboardAssets {
    static let styles = DashboardAsset(
        "dashboard.css", "text/css; charset=utf-8", PackageResources.dashboard_css)
    static let chartStyles = DashboardAsset(
        "report.css", "text/css; charset=utf-8", Array(ReportAssets.stylesheet.utf8))
    static let script = DashboardAsset(
        "dashboard.js", "text/javascript; charset=utf-8", PackageResources.dashboard_js)
    static let chartScript = DashboardAsset(
        "report.js", "text/javascript; charset=utf-8", Array(ReportAssets.script.utf8))
    static let icon = DashboardAsset(
        "icon.svg", "image/svg+xml", PackageResources.icon_svg)

    private static let all = [styles, chartStyles, script, chartScript, icon]

    /// The file with a name; whatever hash is asked for, the present version.
    static func named(_ name: String) -> DashboardAsset? { all.first { $0.name == name } }
}
