// The request of Search.

extension Shape {
    static let search = structure([
        .required("Resource", word(SearchResource.wireNames)),
        .optional("SearchExpression", searchExpression(depth: SearchExpression.elementCountMax)),
        .optional("SortBy", propertyName),
        .optional("SortOrder", word(["Ascending", "Descending"])),
        .optional("NextToken", text(0...8_192, ".*")),
        .optional("MaxResults", integer(from: 1, to: 100)),
        .optional("CrossAccountFilterOption", word(["SameAccount", "CrossAccount"])),
        .optional(
            "VisibilityConditions",
            list(
                structure([
                    .optional("Key", text(1...128, tagPart)),
                    .optional("Value", text(0...256, tagPart)),
                ]), count: 1...5)),
    ])

    private static let propertyName = text(1...255, ".+")

    private static let filters = list(
        structure([
            .required("Name", propertyName),
            .optional("Operator", word(SearchFilter.Operator.allCases.map(\.rawValue))),
            .optional("Value", text(1...1_024, ".+")),
        ]), count: 1...20)

    /// Expressions hold expressions; deeper ones than can be allowed are not looked into.
    private static func searchExpression(depth: Int) -> Shape {
        let inner = depth == 0 ? anything : searchExpression(depth: depth - 1)
        return structure([
            .optional("Filters", filters),
            .optional(
                "NestedFilters",
                list(
                    structure([
                        .required("NestedPropertyName", propertyName),
                        .required("Filters", filters),
                    ]), count: 1...20)),
            .optional("SubExpressions", list(inner, count: 1...20)),
            .optional("Operator", word(["And", "Or"])),
        ])
    }
}
