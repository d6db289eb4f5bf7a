import Tuning

/// Hyperparameters are shown to whoever may describe a job, so AWS credentials among them are
/// refused, as the API says; the messages never repeat them.
enum CredentialRules {
    private static let keyIDPrefixes = ["AKIA", "ASIA"]
    private static let keyIDLength = 20
    private static let secretLength = 40
    /// Parts of names, in lower case and without signs, whose values may be secret.
    private static let secretNames = ["secret", "accesskey", "credential", "password"]

    /// Checks hyperparameters with fixed values.
    ///
    /// - Parameter place: Where the hyperparameters are, for messages.
    static func check(
        _ hyperparameters: [String: String], at place: String, problems: inout Problems
    ) {
        for (name, value) in hyperparameters.sorted(by: { $0.key < $1.key })
        where isCredential(value, named: name) {
            refuse(name, at: place, problems: &problems)
        }
    }

    /// Checks the values of categorical ranges.
    static func check(ranges: JSONValue?, at place: String, problems: inout Problems) {
        for range in ranges?["CategoricalParameterRanges"]?.array ?? [] {
            let name = range["Name"]?.string ?? ""
            let values = range["Values"]?.array?.compactMap(\.string) ?? []
            if values.contains(where: { isCredential($0, named: name) }) {
                refuse(name, at: place, problems: &problems)
            }
        }
    }

    private static func refuse(_ name: String, at place: String, problems: inout Problems) {
        problems.add(
            "\(place): the value of '\(name)' looks like an AWS credential; hyperparameters are "
                + "no place for secrets.")
    }

    /// Whether a value holds an access key ID, or its name is that of a secret and it looks like
    /// a secret access key.
    static func isCredential(_ value: String, named name: String) -> Bool {
        if mayHoldKeyID(value), holdsKeyID(value) { return true }
        guard looksSecret(value) else { return false }
        let plain = name.lowercased().filter { $0.isLetter || $0.isNumber }
        return secretNames.contains { plain.contains($0) }
    }

    /// Whether `AKIA` or `ASIA` is anywhere in the value. Nearly all values have neither, and a
    /// request has hundreds.
    private static func mayHoldKeyID(_ value: String) -> Bool {
        var window: UInt32 = 0
        for byte in value.utf8 {
            window = window << 8 | UInt32(byte)
            if window == 0x414B_4941 || window == 0x4153_4941 { return true }
        }
        return false
    }

    /// Whether a word of the value is `AKIA` or `ASIA` and sixteen capital letters or digits.
    private static func holdsKeyID(_ value: String) -> Bool {
        value.utf8.split { !$0.isWordCharacter }.contains { word in
            word.count == keyIDLength
                && keyIDPrefixes.contains { word.starts(with: $0.utf8) }
                && word.allSatisfy { $0.isCapital || $0.isDigit }
        }
    }

    /// Whether a value, in quotes or not, is forty characters of Base64 of all kinds.
    private static func looksSecret(_ value: String) -> Bool {
        let text = value.utf8.drop { $0 == UInt8(ascii: "\"") }.prefix { $0 != UInt8(ascii: "\"") }
        return text.count == secretLength
            && text.allSatisfy {
                $0.isWordCharacter && $0 != UInt8(ascii: "_") || "/+=".utf8.contains($0)
            }
            && text.contains(where: \.isCapital) && text.contains(where: \.isSmall)
            && text.contains(where: \.isDigit)
    }
}

extension UInt8 {
    fileprivate var isCapital: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
    fileprivate var isSmall: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isWordCharacter: Bool {
        isCapital || isSmall || isDigit || self == UInt8(ascii: "_")
    }
}
