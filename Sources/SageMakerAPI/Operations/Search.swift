import Foundation
import Tuning

/// The request to search jobs.
package struct Search: Sendable {
    /// What is searched.
    package let resource: SearchResource
    /// Whether anything can be found: nothing here belongs to other accounts.
    package let isLocal: Bool
    private let expression: SearchExpression?
    private let sortProperty: SearchProperty
    private let isAscending: Bool
    private let limit: Int
    private let start: SearchPlace?
    private let visibility: [(tag: SearchProperty, value: String)]
    private let fingerprint: String

    /// The length of a page where the request does not say.
    private static let standardLimit = 100

    /// Checks a request.
    ///
    /// - Throws: A `ValidationException` that lists every violation.
    package init(body: JSONValue) throws(APIError) {
        try ShapeValidator.check(body, isRequestOf: .search)
        let body = body.withoutNulls
        let name = body["Resource"]?.string ?? ""
        guard let resource = SearchResource(rawValue: name) else {
            throw .validation(
                "Resource \(name) cannot be searched in this version of tuner; search TrainingJob "
                    + "or HyperParameterTuningJob.")
        }
        self.resource = resource
        isLocal = body["CrossAccountFilterOption"]?.string != "CrossAccount"
        var problems = Problems()
        expression = body["SearchExpression"].map {
            SearchExpression(wire: $0, problems: &problems)
        }
        sortProperty = SearchProperty(body["SortBy"]?.string ?? "LastModifiedTime")
        isAscending = body["SortOrder"]?.string == "Ascending"
        limit = body["MaxResults"]?.integer ?? Self.standardLimit
        visibility = (body["VisibilityConditions"]?.array ?? []).map { condition in
            (SearchProperty(condition["Key"]?.string ?? ""), condition["Value"]?.string ?? "")
        }
        for property in (expression?.properties ?? []) + [sortProperty]
        where !resource.members.contains(property.member) {
            problems.add("Unknown property name: \(property.name)")
        }
        for (tag, _) in visibility where tag.member != "Tags" {
            problems.add("VisibilityConditions: the Key '\(tag.name)' must be Tags.<key>.")
        }
        try problems.throwIfAny(counted: false)
        fingerprint = body.removing(["NextToken", "MaxResults"]).canonicalText
        start = try Self.start(body["NextToken"]?.string, of: fingerprint)
    }

    /// Whether the members of a record matter to what is found and in which order; those that do
    /// not may be filled in for the page alone.
    package func looks(at members: Set<String>) -> Bool {
        let looked = (expression?.properties ?? []) + visibility.map(\.tag) + [sortProperty]
        return looked.contains { members.contains($0.member) }
    }
}

// MARK: - Records and the answer

extension Search {
    /// A description of a job as a record, with its tags.
    package static func record(_ description: JSONValue, tags: [Tag]) -> JSONValue {
        description.setting(ListTags.answer(tags).object ?? [:])
    }

    /// A page to fill with records.
    package func ranking<Element>(of type: Element.Type = Element.self) -> SearchRanking<Element> {
        SearchRanking(isAscending: isAscending, limit: limit, start: start)
    }

    /// Takes a record into the page if it is one that is searched for.
    ///
    /// - Parameter record: The description of a job, with its `Tags` where they are looked at.
    package func add<Element>(
        _ element: Element, record: JSONValue, to ranking: inout SearchRanking<Element>
    ) {
        guard isVisible(record), expression?.matches(record) ?? true else { return }
        let name = record[resource.nameMember]?.string ?? ""
        ranking.add(
            element, at: SearchPlace(record, sortedBy: sortProperty, name: name))
    }

    /// Hides a record that has a tag of the conditions with another value.
    private func isVisible(_ record: JSONValue) -> Bool {
        visibility.allSatisfy { tag, value in
            tag.values(in: record).allSatisfy { $0.string == value }
        }
    }

    /// The answer that lists a page.
    ///
    /// - Parameter records: The descriptions of the jobs of the page, with their `Tags`.
    package func answer<Element>(
        _ ranking: SearchRanking<Element>, records: [JSONValue]
    ) -> JSONValue {
        let members = resource.members
        let results = records.map { record -> JSONValue in
            [resource.rawValue: .object((record.object ?? [:]).filter { members.contains($0.key) })]
        }
        var answer: [String: JSONValue] = [
            "Results": .array(results),
            "TotalHits": ["Value": .integer(ranking.totalCount), "Relation": "EqualTo"],
        ]
        answer["NextToken"] = ranking.next.map { .string(token($0)) }
        return .object(answer)
    }
}

// MARK: - Page tokens

extension Search {
    private struct Token: Codable {
        let fingerprint: UInt64
        let place: SearchPlace
    }

    private func token(_ place: SearchPlace) -> String {
        let token = Token(fingerprint: fingerprint.stableHash, place: place)
        // Infinite metrics have no JSON number of their own.
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .searchPlaces
        return (try? encoder.encode(token))?.base64EncodedString() ?? ""
    }

    private static func start(
        _ text: String?, of fingerprint: String
    ) throws(APIError) -> SearchPlace? {
        guard let text else { return nil }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .searchPlaces
        guard let data = Data(base64Encoded: text),
            let token = try? decoder.decode(Token.self, from: data),
            token.fingerprint == fingerprint.stableHash
        else { throw .validation("\(StoreError.invalidPageToken)") }
        return token.place
    }
}

extension JSONEncoder.NonConformingFloatEncodingStrategy {
    fileprivate static var searchPlaces: Self {
        .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    }
}

extension JSONDecoder.NonConformingFloatDecodingStrategy {
    fileprivate static var searchPlaces: Self {
        .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    }
}

extension JSONValue {
    /// A text that is the same for equal values.
    fileprivate var canonicalText: String {
        switch self {
        case .object(let members):
            "{"
                + members.sorted { $0.key < $1.key }.map { name, value in
                    "\(name.debugDescription):\(value.canonicalText)"
                }.joined(separator: ",") + "}"
        case .array(let elements):
            "[" + elements.map(\.canonicalText).joined(separator: ",") + "]"
        default: String(decoding: encoded, as: UTF8.self)
        }
    }
}
