import Tuning

/// The members that all listings of jobs have, read from a body whose shape has been checked.
struct ListingRequest {
    let body: JSONValue

    /// The length of a page; ten unless given.
    var limit: Int { body["MaxResults"]?.integer ?? 10 }
    var token: PageToken? { body["NextToken"]?.string.map(PageToken.init) }
    var order: SortOrder? { body["SortOrder"]?.string.flatMap(SortOrder.init) }
    var nameContains: String? { body["NameContains"]?.string }
    var status: String? { body["StatusEquals"]?.string }

    var created: TimeWindow {
        TimeWindow(
            after: body["CreationTimeAfter"]?.date, before: body["CreationTimeBefore"]?.date)
    }

    var modified: TimeWindow {
        TimeWindow(
            after: body["LastModifiedTimeAfter"]?.date,
            before: body["LastModifiedTimeBefore"]?.date)
    }

    /// What to sort by, as one of the keys of a query.
    func sortKey<Key: RawRepresentable>() -> Key? where Key.RawValue == String {
        body["SortBy"]?.string.flatMap(Key.init)
    }

    /// A page as the wire has it.
    static func answer(_ member: String, _ elements: [JSONValue], next: PageToken?) -> JSONValue {
        var members: [String: JSONValue] = [member: .array(elements)]
        members["NextToken"] = next.map { .string($0.text) }
        return .object(members)
    }
}
