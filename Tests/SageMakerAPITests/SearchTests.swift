import Foundation
import SageMakerAPI
import Testing
import Tuning

@Suite("Search")
struct SearchTests {
    private static let record: JSONValue = [
        "TrainingJobName": "digits-1", "TrainingJobStatus": "Completed",
        "CreationTime": 1_700_000_000.5, "LastModifiedTime": 1_700_000_100.0,
        "BillableTimeInSeconds": 100, "EnableManagedSpotTraining": true,
        "ResourceConfig": ["InstanceType": "ml.m5.large", "InstanceCount": 2],
        "HyperParameters": ["lr": "0.75", "kind": "a", "a.b": "1"],
        "FinalMetricDataList": [
            ["MetricName": "loss", "Value": 0.5], ["MetricName": "accuracy", "Value": 0.9],
        ],
        "InputDataConfig": [
            ["ChannelName": "train", "DataSource": ["S3DataSource": ["S3Uri": "s3://b/train"]]],
            ["ChannelName": "test", "DataSource": ["S3DataSource": ["S3Uri": "s3://b/test"]]],
        ],
        "Tags": [["Key": "team", "Value": "vision"], ["Key": "cost.center", "Value": ""]],
    ]

    private static func filter(_ name: String, _ operation: String?, _ value: String?) -> JSONValue
    {
        var members: [String: JSONValue] = ["Name": .string(name)]
        members["Operator"] = operation.map { .string($0) }
        members["Value"] = value.map { .string($0) }
        return .object(members)
    }

    private static func names(
        _ expression: JSONValue?, in records: [JSONValue], _ members: [String: JSONValue] = [:]
    ) throws -> [String] {
        var body: [String: JSONValue] = ["Resource": "TrainingJob"]
        body["SearchExpression"] = expression
        let search = try Search(body: .object(body.merging(members) { _, new in new }))
        var ranking = search.ranking(of: String.self)
        for record in records {
            search.add(record["TrainingJobName"]?.string ?? "", record: record, to: &ranking)
        }
        return ranking.elements
    }

    private static func isFound(_ expression: JSONValue) throws -> Bool {
        try !names(expression, in: [record]).isEmpty
    }

    @Test(
        "Each operator compares as its property's kind is compared",
        arguments: [
            ("TrainingJobStatus", "Equals", "Completed", true),
            ("TrainingJobStatus", nil, "Completed", true),
            ("TrainingJobStatus", "Equals", "completed", false),
            ("TrainingJobStatus", "NotEquals", "Failed", true),
            ("TrainingJobName", "Contains", "gits", true),
            ("TrainingJobName", "Contains", "x", false),
            ("TrainingJobStatus", "In", "Failed, Completed", true),
            ("TrainingJobStatus", "In", "Failed,Stopped", false),
            ("FailureReason", "Exists", nil, false),
            ("FailureReason", "NotExists", nil, true),
            ("FailureReason", "NotEquals", "x", true),
            ("FailureReason", "Equals", "x", false),
            ("BillableTimeInSeconds", "GreaterThan", "99.5", true),
            ("BillableTimeInSeconds", "LessThanOrEqualTo", "100", true),
            ("BillableTimeInSeconds", "LessThan", "100", false),
            ("BillableTimeInSeconds", "Equals", "1e2", true),
            ("ResourceConfig.InstanceCount", "GreaterThanOrEqualTo", "2", true),
            ("ResourceConfig.InstanceType", "Equals", "ml.m5.large", true),
            ("EnableManagedSpotTraining", "Equals", "True", true),
            ("EnableManagedSpotTraining", "NotEquals", "false", true),
            ("CreationTime", "Equals", "2023-11-14T22:13:20", true),
            ("CreationTime", "GreaterThan", "2023-11-14T22:13:20Z", true),
            ("CreationTime", "LessThan", "2023-11-14T22:13:20", false),
            ("Metrics.accuracy", "GreaterThan", "0.89", true),
            ("Metrics.accuracy", "GreaterThan", "0", true),
            ("Metrics.loss", "Equals", "0.5", true),
            ("Metrics.none", "Exists", nil, false),
            ("HyperParameters.lr", "LessThan", "0.8", true),
            ("HyperParameters.lr", "Equals", "0", true),
            ("HyperParameters.lr", "Equals", "0.0", false),
            ("HyperParameters.lr", "GreaterThan", "0", false),
            ("HyperParameters.kind", "Equals", "a", true),
            ("HyperParameters.kind", "In", "b,a", true),
            ("HyperParameters.kind", "GreaterThan", "0", false),
            ("HyperParameters.a.b", "Equals", "1", true),
            ("Tags.team", "Equals", "vision", true),
            ("Tags.team", "NotEquals", "vision", false),
            ("Tags.cost.center", "Exists", nil, true),
            ("Tags.other", "NotExists", nil, true),
            ("InputDataConfig.ChannelName", "Equals", "test", true),
        ] as [(String, String?, String?, Bool)])
    func operators(name: String, operation: String?, value: String?, isFound: Bool) throws {
        let expression: JSONValue = ["Filters": [Self.filter(name, operation, value)]]
        #expect(try Self.isFound(expression) == isFound)
    }

    @Test("Filters are joined by And, or by Or; expressions hold expressions")
    func joining() throws {
        let right = Self.filter("TrainingJobStatus", "Equals", "Completed")
        let wrong = Self.filter("TrainingJobStatus", "Equals", "Failed")
        #expect(try !Self.isFound(["Filters": [right, wrong]]))
        #expect(try Self.isFound(["Filters": [right, wrong], "Operator": "Or"]))
        let inner: JSONValue = ["Filters": [wrong, right], "Operator": "Or"]
        #expect(try Self.isFound(["Filters": [right], "SubExpressions": [inner]]))
        #expect(try !Self.isFound(["Filters": [wrong], "SubExpressions": [inner]]))
    }

    @Test("Nested filters must all be satisfied by one element of the list")
    func nesting() throws {
        func nested(_ channel: String, _ address: String) -> JSONValue {
            [
                "NestedFilters": [
                    [
                        "NestedPropertyName": "InputDataConfig",
                        "Filters": [
                            Self.filter("InputDataConfig.ChannelName", "Equals", channel),
                            Self.filter(
                                "InputDataConfig.DataSource.S3DataSource.S3Uri", "Contains", address
                            ),
                        ],
                    ]
                ]
            ]
        }
        #expect(try Self.isFound(nested("train", "b/train")))
        #expect(try !Self.isFound(nested("train", "b/test")))
    }

    @Test(
        "What cannot be searched for is refused",
        arguments: [
            (filter("TrainingJobName", "GreaterThan", "a"), "not supported for text properties"),
            (filter("HyperParameters.kind", "LessThan", "a"), "not supported for text properties"),
            (filter("BillableTimeInSeconds", "Contains", "1"), "not supported for numeric"),
            (filter("CreationTime", "In", "1"), "not supported for timestamps"),
            (filter("BillableTimeInSeconds", "Equals", "x"), "must be a number"),
            (filter("CreationTime", "GreaterThan", "yesterday"), "YYYY-mm-dd'T'HH:MM:SS"),
            (filter("TrainingJobName", "Equals", nil), "needs a Value"),
            (filter("Nothing", "Exists", nil), "Unknown property name: Nothing"),
            (filter("TrainingJobName", "Like", "a"), "satisfy enum value set"),
        ])
    func refusedFilters(filter: JSONValue, part: String) {
        let error = #expect(throws: APIError.self) { try Self.isFound(["Filters": [filter]]) }
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    }

    @Test("An expression has at most 50 elements at all depths, one Contains, and is not empty")
    func limits() throws {
        func expression(filters: Int) -> JSONValue {
            let filter = Self.filter("TrainingJobName", "Exists", nil)
            let inner = (0..<2).map { _ -> JSONValue in
                ["Filters": .array(Array(repeating: filter, count: 20))]
            }
            return [
                "Filters": .array(Array(repeating: filter, count: filters)),
                "SubExpressions": .array(inner),
            ]
        }
        #expect(try Self.isFound(expression(filters: 8)))
        #expect(throws: APIError.self) { try Self.isFound(expression(filters: 9)) }
        let contains = Self.filter("TrainingJobName", "Contains", "d")
        #expect(throws: APIError.validation("'CONTAINS' operator usage limit of 1 exceeded.")) {
            try Self.isFound(["Filters": [contains, contains]])
        }
        #expect(throws: APIError.self) { try Self.isFound([:]) }
        #expect(throws: APIError.self) {
            try Search(body: ["Resource": "Endpoint"])
        }
    }

    private static let many: [JSONValue] = (0..<7).map { number in
        record.setting(.string("job-\(number)"), at: "TrainingJobName")
            .setting(.number(Double(number / 2)), at: "LastModifiedTime")
            .setting(number == 3 ? .null : .string("\(number % 3)"), at: "HyperParameters", "lr")
    }

    @Test("Records are sorted by any property, newest first unless asked; missing ones come last")
    func sorting() throws {
        #expect(
            try Self.names(nil, in: Self.many)
                == ["job-6", "job-4", "job-5", "job-2", "job-3", "job-0", "job-1"])
        let byRate: [String: JSONValue] = ["SortBy": "HyperParameters.lr"]
        #expect(
            try Self.names(nil, in: Self.many, byRate)
                == ["job-2", "job-5", "job-1", "job-4", "job-0", "job-6", "job-3"])
        #expect(
            try Self.names(nil, in: Self.many, byRate.merging(["SortOrder": "Ascending"]) { $1 })
                == ["job-0", "job-6", "job-1", "job-4", "job-2", "job-5", "job-3"])
    }

    @Test("Pages neither repeat nor skip, in whatever order records come", arguments: 1...8)
    func paging(limit: Int) throws {
        var names: [String] = []
        var token: JSONValue?
        repeat {
            var body: [String: JSONValue] = [
                "Resource": "TrainingJob", "MaxResults": .integer(limit),
                "SortBy": "HyperParameters.lr",
            ]
            body["NextToken"] = token
            let search = try Search(body: .object(body))
            var ranking = search.ranking(of: JSONValue.self)
            let records = names.count % 2 == 0 ? Self.many : Self.many.reversed()
            for record in records { search.add(record, record: record, to: &ranking) }
            let answer = search.answer(ranking, records: ranking.elements)
            #expect(answer["TotalHits"] == ["Value": 7, "Relation": "EqualTo"])
            let page = answer["Results"]?.array ?? []
            #expect(page.count <= limit)
            names += page.compactMap { $0["TrainingJob"]?["TrainingJobName"]?.string }
            token = answer["NextToken"]
        } while token != nil
        #expect(
            names == ["job-2", "job-5", "job-1", "job-4", "job-0", "job-6", "job-3"])
    }

    @Test("A token is good for the search that gave it, whatever the length of its pages")
    func tokens() throws {
        let search = try Search(body: ["Resource": "TrainingJob", "MaxResults": 2])
        var ranking = search.ranking(of: JSONValue.self)
        for record in Self.many { search.add(record, record: record, to: &ranking) }
        let token = try #require(search.answer(ranking, records: [])["NextToken"])
        _ = try Search(body: ["Resource": "TrainingJob", "NextToken": token, "MaxResults": 3])
        #expect(throws: APIError.self) {
            try Search(body: ["Resource": "HyperParameterTuningJob", "NextToken": token])
        }
        #expect(throws: APIError.self) {
            try Search(body: ["Resource": "TrainingJob", "NextToken": "x"])
        }
    }

    @Test("A record is hidden when a tag has another value than the conditions say")
    func visibility() throws {
        func isVisible(_ key: String, _ value: String) throws -> Bool {
            try !Self.names(
                nil, in: [Self.record],
                [
                    "VisibilityConditions": [["Key": .string(key), "Value": .string(value)]]
                ]
            ).isEmpty
        }
        #expect(try isVisible("Tags.team", "vision"))
        #expect(try !isVisible("Tags.team", "speech"))
        #expect(try isVisible("Tags.other", "speech"))
    }
}
