import Hummingbird

extension HTTPFields.Element.Name {
    /// Names the operation.
    static let target = HTTPFields.Element.Name("X-Amz-Target")!
    /// Names the request in the answer.
    static let requestID = HTTPFields.Element.Name("x-amzn-RequestId")!
}
