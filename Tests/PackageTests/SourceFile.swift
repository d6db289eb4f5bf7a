import Foundation

/// A text file of the package.
struct SourceFile: Sendable {
    /// The path from the package's root.
    let path: String
    let text: String

    /// The folder with Package.swift.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// All files with one of these extensions in a folder of the package, sorted by path.
    static func files(in folder: String, extensions: Set<String>) throws -> [SourceFile] {
        let start = root.appending(path: folder, directoryHint: .isDirectory).path
        guard let names = FileManager.default.enumerator(atPath: start) else { return [] }
        return try names.compactMap { $0 as? String }.sorted()
            .filter { extensions.contains(URL(filePath: $0).pathExtension) }
            .filter { !$0.split(separator: "/").contains { $0.hasPrefix(".") } }
            .map { name in
                let path = "\(folder)/\(name)"
                return SourceFile(
                    path: path,
                    text: try String(contentsOf: root.appending(path: path), encoding: .utf8))
            }
    }

    /// The folders directly in a folder of the package.
    static func folders(in folder: String) throws -> Set<String> {
        let entries = try FileManager.default.contentsOfDirectory(
            at: root.appending(path: folder), includingPropertiesForKeys: [.isDirectoryKey])
        return Set(
            try entries.filter {
                try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true
            }.map(\.lastPathComponent))
    }

    /// The lines, without their ends.
    var lines: [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// The modules that the file imports.
    var imports: Set<String> {
        let declaration =
            #/
            ^\s* (?: @\w+ (?: \( [^)]* \) )? \s+ )*
            (?: (?: public|package|internal|fileprivate|private ) \s+ )?
            import \s+ (?: (?: struct|class|enum|protocol|typealias|func|let|var ) \s+ )?
            (\w+)
            /#
        return Set(codeLines.compactMap { $0.firstMatch(of: declaration).map { String($0.1) } })
    }

    /// The lines outside texts of several lines, which may hold programs in other languages.
    private var codeLines: [Substring] {
        var isInText = false
        return lines.filter { line in
            let marks = line.ranges(of: "\"\"\"").count
            defer { if marks % 2 == 1 { isInText.toggle() } }
            return !isInText
        }
    }
}
