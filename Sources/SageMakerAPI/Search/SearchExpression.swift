import Tuning

/// Conditions on records, joined by And or Or.
struct SearchExpression: Hashable, Sendable {
    /// The most filters, nested filters and expressions that one expression may hold at all depths.
    static let elementCountMax = 50

    private let conditions: [Condition]
    private let isAny: Bool

    fileprivate indirect enum Condition: Hashable {
        case filter(SearchFilter)
        /// One element of a list must satisfy all filters.
        case nested(SearchProperty, [SearchFilter])
        case expression(SearchExpression)
    }

    /// Reads an expression whose shape has been checked, noting everything that is wrong with it.
    init(wire expression: JSONValue, problems: inout Problems) {
        let count = Self.elementCount(expression)
        if count > Self.elementCountMax {
            problems.add(
                "A SearchExpression may have \(Self.elementCountMax) Filters, NestedFilters and "
                    + "SubExpressions at all depths together, but has \(count).")
            self.init(conditions: [], isAny: false)
            return
        }
        self.init(checkedCount: expression, problems: &problems)
        let containsCount = filters.count { $0.operator == .contains }
        if containsCount > 1 { problems.add("'CONTAINS' operator usage limit of 1 exceeded.") }
    }

    private init(checkedCount expression: JSONValue, problems: inout Problems) {
        var conditions: [Condition] = []
        for filter in expression["Filters"]?.array ?? [] {
            let filter = SearchFilter(wire: filter, problems: &problems)
            if let filter { conditions.append(.filter(filter)) }
        }
        for nested in expression["NestedFilters"]?.array ?? [] {
            let list = SearchProperty(nested["NestedPropertyName"]?.string ?? "")
            let filters = (nested["Filters"]?.array ?? []).compactMap {
                SearchFilter(wire: $0, problems: &problems)?.within(list)
            }
            conditions.append(.nested(list, filters))
        }
        for expression in expression["SubExpressions"]?.array ?? [] {
            conditions.append(
                .expression(SearchExpression(checkedCount: expression, problems: &problems)))
        }
        if Self.elementCount(expression) == 0 {
            problems.add(
                "A SearchExpression needs at least one of Filters, NestedFilters and "
                    + "SubExpressions.")
        }
        self.init(conditions: conditions, isAny: expression["Operator"]?.string == "Or")
    }

    private init(conditions: [Condition], isAny: Bool) {
        self.conditions = conditions
        self.isAny = isAny
    }

    /// Whether a record satisfies the expression.
    func matches(_ record: JSONValue) -> Bool {
        isAny
            ? conditions.contains { $0.matches(record) }
            : conditions.allSatisfy { $0.matches(record) }
    }

    /// Every property that is looked at.
    var properties: [SearchProperty] {
        conditions.flatMap { condition in
            switch condition {
            case .filter(let filter): [filter.property]
            case .nested(let list, _): [list]
            case .expression(let expression): expression.properties
            }
        }
    }

    private var filters: [SearchFilter] {
        conditions.flatMap { condition in
            switch condition {
            case .filter(let filter): [filter]
            case .nested(_, let filters): filters
            case .expression(let expression): expression.filters
            }
        }
    }

    /// Counts what an expression holds, at all depths.
    private static func elementCount(_ expression: JSONValue) -> Int {
        let nested = expression["NestedFilters"]?.array ?? []
        let expressions = expression["SubExpressions"]?.array ?? []
        return (expression["Filters"]?.array?.count ?? 0)
            + nested.reduce(0) { $0 + 1 + ($1["Filters"]?.array?.count ?? 0) }
            + expressions.reduce(0) { $0 + 1 + elementCount($1) }
    }
}

extension SearchExpression.Condition {
    fileprivate func matches(_ record: JSONValue) -> Bool {
        switch self {
        case .filter(let filter): filter.matches(record)
        case .nested(let list, let filters):
            list.elements(in: record).contains { element in
                filters.allSatisfy { $0.matches(element) }
            }
        case .expression(let expression): expression.matches(record)
        }
    }
}
