/// Rows of texts in columns.
struct Table {
    let header: [String]
    var rows: [[String]] = []

    /// The lines, with columns wide enough for their texts.
    var text: String {
        let all = [header] + rows
        let widths = header.indices.map { column in
            all.map { $0[column].count }.max() ?? 0
        }
        return all.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                if column < row.count - 1 {
                    line += String(repeating: " ", count: widths[column] - cell.count + 2)
                }
            }
            return line
        }
        .joined(separator: "\n")
    }
}
