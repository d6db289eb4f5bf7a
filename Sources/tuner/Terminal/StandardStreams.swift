import Foundation

/// The streams that every process starts with.
enum StandardStreams {
    /// Opens those that are closed.
    ///
    /// Otherwise the next file to be opened, such as the lock or the database, takes the place of
    /// one, and gets what is printed.
    static func openClosed() {
        // The lowest free number is the one that is given.
        var descriptor = open("/dev/null", O_RDWR)
        while (0...2).contains(descriptor) { descriptor = open("/dev/null", O_RDWR) }
        if descriptor > 2 { close(descriptor) }
    }

    /// Writes on standard error; what cannot be written, on a full disk perhaps, is lost.
    static func tell(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
