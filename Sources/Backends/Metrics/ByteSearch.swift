#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension UnsafeBufferPointer<UInt8> {
    /// Whether some bytes, which may be none, occur one after the other.
    func contains(_ needle: [UInt8]) -> Bool {
        guard let first = needle.first else { return true }
        guard var start = baseAddress, count >= needle.count else { return false }
        let last = start + (count - needle.count)
        while start <= last, let found = memchr(start, Int32(first), last - start + 1) {
            if memcmp(found, needle, needle.count) == 0 { return true }
            start = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) + 1
        }
        return false
    }
}
