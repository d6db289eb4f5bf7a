// The texts of JSON are read and written here, not by Foundation, for two reasons. Exactness: 1.0
// stays a real number and 1 a whole one, which JSONEncoder and JSONDecoder mix up. Speed: a decoder
// must try every type in turn for a value that may be any, and each wrong guess costs an error.

extension JSONValue {
    /// Reads JSON as RFC 8259 has it, and nothing else.
    ///
    /// A number without fraction and exponent that fits is an integer; any other is a real number.
    /// The last of members with the same name counts.
    ///
    /// - Throws: `JSONError` when the bytes are no JSON in UTF-8, when arrays and objects lie more
    ///   than 1,000 levels deep in each other, or when a number is too large for a `Double`.
    public init(parsing bytes: [UInt8]) throws(JSONError) {
        self = try bytes.withUnsafeBufferPointer { bytes throws(JSONError) in
            try JSONParser.document(in: bytes)
        }
    }

    /// Reads JSON from a text, as from its UTF-8 bytes.
    public init(parsing text: String) throws(JSONError) {
        var text = text
        self = try text.withUTF8 { bytes in
            Result { () throws(JSONError) in try JSONParser.document(in: bytes) }
        }.get()
    }

    /// The JSON of this value as UTF-8: compact, members in the order of their names.
    ///
    /// It reads back as the same value, but for numbers that JSON cannot write: they become the
    /// texts the service writes, `NaN`, `Infinity` and `-Infinity`.
    public var encoded: [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }

    /// The same as `encoded`, as a text.
    public var encodedText: String { String(decoding: encoded, as: UTF8.self) }
}
