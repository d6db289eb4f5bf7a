import Tuning

/// Where a request says it belongs: what the ARNs of the jobs it creates begin with.
package struct RequestScope: Hashable, Sendable {
    /// The account that all jobs belong to unless the settings name another.
    package static let standardAccount = "123456789012"
    /// The region of requests that name none.
    package static let standardRegion = "us-east-1"

    /// The region, such as `eu-central-1`.
    package let region: String
    /// The account: twelve digits.
    package let account: String

    /// Names a region and an account.
    package init(
        region: String = RequestScope.standardRegion,
        account: String = RequestScope.standardAccount
    ) {
        self.region = region
        self.account = account
    }

    /// Takes the region from the credential scope of an Authorization header.
    ///
    /// The scope is `Credential=KEY/DATE/REGION/SERVICE/aws4_request`; a header that has none, or
    /// one whose region could not stand in an ARN, means the standard region.
    package init(authorization: String?, account: String) {
        let region = authorization.flatMap(Self.region(in:))
        self.init(region: region ?? Self.standardRegion, account: account)
    }

    /// What all ARNs of this scope begin with.
    package var arnPrefix: String { "arn:aws:sagemaker:\(region):\(account)" }

    private static func region(in authorization: String) -> String? {
        let marker = "Credential="
        guard let start = authorization.firstRange(of: marker)?.upperBound else { return nil }
        let scope = authorization[start...].prefix { $0 != "," && $0 != " " }
        let parts = scope.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 5 else { return nil }
        // An access key may hold slashes; the scope is what ends the credential.
        let region = parts[parts.count - 3]
        let isRegion = region.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-")
        }
        return isRegion && (1...32).contains(region.count) ? String(region) : nil
    }
}
