import Foundation
import Tuning

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension StoreError {
    /// Translates why the operating system refused a file.
    init(errno: Int32, path: String) {
        switch errno {
        case EACCES, EPERM, EROFS: self = .readOnly(path: path)
        case ENOSPC, EDQUOT: self = .full(path: path)
        default: self = .unavailable(path: path, detail: String(cString: strerror(errno)))
        }
    }
}
