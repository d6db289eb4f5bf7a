/// A pattern for names of images and instance types: `*` stands for any characters, `?` for one.
public struct NamePattern: Hashable, Sendable {
    /// As it is written.
    public let text: String

    /// Takes a pattern; every text is one.
    public init(_ text: String) { self.text = text }

    /// Whether it fits one name only.
    public var isExact: Bool { !text.contains { $0 == "*" || $0 == "?" } }

    /// Whether it fits a name, in time of the product of their lengths at most.
    public func fits(_ name: String) -> Bool {
        let (pattern, name) = (Array(text), Array(name))
        var (place, sign) = (0, 0)
        var star: (sign: Int, place: Int)?
        while place < name.count {
            if sign < pattern.count, pattern[sign] == "*" {
                star = (sign, place)
                sign += 1
            } else if sign < pattern.count, pattern[sign] == "?" || pattern[sign] == name[place] {
                place += 1
                sign += 1
            } else if let last = star {
                // What the star stands for grows by a character.
                star = (last.sign, last.place + 1)
                (sign, place) = (last.sign + 1, last.place + 1)
            } else {
                return false
            }
        }
        return pattern[sign...].allSatisfy { $0 == "*" }
    }
}
