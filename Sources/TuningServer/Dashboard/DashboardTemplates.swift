import Hummingbird
import Mustache

/// The templates of the dashboard, which are part of the binary.
enum DashboardTemplates {
    /// The names of templates and their texts.
    static let texts: [(name: String, bytes: [UInt8])] = [
        ("frame", PackageResources.frame_mustache),
        ("status", PackageResources.status_mustache),
        ("facts", PackageResources.facts_mustache),
        ("progress", PackageResources.progress_mustache),
        ("pager", PackageResources.pager_mustache),
        ("tuning-jobs", PackageResources.tuning_jobs_mustache),
        ("tuning-jobs-table", PackageResources.tuning_jobs_table_mustache),
        ("tuning-job", PackageResources.tuning_job_mustache),
        ("tuning-job-summary", PackageResources.tuning_job_summary_mustache),
        ("chart", PackageResources.chart_mustache),
        ("training-jobs", PackageResources.training_jobs_mustache),
        ("training-jobs-table", PackageResources.training_jobs_table_mustache),
        ("training-job", PackageResources.training_job_mustache),
        ("training-job-summary", PackageResources.training_job_summary_mustache),
        ("algorithms", PackageResources.algorithms_mustache),
        ("backends", PackageResources.backends_mustache),
        ("sign-in", PackageResources.sign_in_mustache),
        ("stop", PackageResources.stop_mustache),
        ("message", PackageResources.message_mustache),
    ]

    private static let library: MustacheLibrary = {
        var library = MustacheLibrary()
        for (name, bytes) in texts {
            do {
                try library.register(String(decoding: bytes, as: UTF8.self), named: name)
            } catch {
                preconditionFailure("the template \(name) is damaged: \(error)")
            }
        }
        return library
    }()

    /// Fills in a template; texts are escaped.
    static func html(_ name: String, _ view: Any) -> String {
        guard let html = library.render(view, withTemplate: name) else {
            preconditionFailure("there is no template \(name)")
        }
        return html
    }
}

extension Response {
    /// A page, or a part of one.
    init(_ template: String, _ view: Any, status: HTTPResponse.Status = .ok) {
        self.init(
            status: status, type: "text/html; charset=utf-8",
            DashboardTemplates.html(template, view))
    }

    /// A text of a type.
    init(status: HTTPResponse.Status = .ok, type: String, _ text: String) {
        self.init(
            status: status, headers: [.contentType: type],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// Sends a browser to another page, which it gets with GET.
    static func seeOther(_ path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path])
    }
}
