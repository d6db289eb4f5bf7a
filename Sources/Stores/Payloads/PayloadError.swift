/// Why a text is not one that this store wrote.
struct PayloadError: Error, CustomStringConvertible {
    /// What is wrong.
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
