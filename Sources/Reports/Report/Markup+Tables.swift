import Tuning

extension Markup {
    /// Writes names with what they are.
    mutating func facts(_ facts: [(String, String)]) {
        raw("<dl class=\"facts\">")
        for (name, value) in facts {
            raw("<div><dt>")
            text(name)
            raw("</dt><dd>")
            text(value)
            raw("</dd></div>")
        }
        raw("</dl>")
    }

    /// Writes a table, which scrolls where it is too wide; numbers are to the right.
    ///
    /// - Parameters:
    ///   - title: What it holds, for those who do not see it.
    ///   - bestFirst: Whether the first row is to stand out.
    mutating func table(
        _ title: String, header: [String], rows: [[String]], bestFirst: Bool = false
    ) {
        let isNumeric = header.indices.map { column in
            rows.allSatisfy { Double(wire: $0[column]) != nil }
        }
        raw("<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"")
        text(title)
        raw("\"><table><thead><tr>")
        for (column, cell) in header.enumerated() {
            raw(isNumeric[column] ? "<th scope=\"col\" class=\"numeric\">" : "<th scope=\"col\">")
            text(cell)
            raw("</th>")
        }
        raw("</tr></thead><tbody>")
        for (index, row) in rows.enumerated() {
            raw(bestFirst && index == 0 ? "<tr class=\"best\">" : "<tr>")
            for (column, cell) in row.enumerated() {
                raw(isNumeric[column] ? "<td class=\"numeric\">" : "<td>")
                text(cell)
                raw("</td>")
            }
            raw("</tr>")
        }
        raw("</tbody></table></div>")
    }
}
