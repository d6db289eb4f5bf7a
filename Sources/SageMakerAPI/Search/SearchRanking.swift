import Foundation
import Tuning

/// What a search has found so far: how much, and the page that was asked for.
///
/// Keeps no more than a page, however many records it is shown, in whatever order.
package struct SearchRanking<Element> {
    private let isAscending: Bool
    private let limit: Int
    private let start: SearchPlace?
    private var page: [(place: SearchPlace, element: Element)] = []
    private var hasMore = false
    /// How many records were found, on all pages.
    package private(set) var totalCount = 0

    init(isAscending: Bool, limit: Int, start: SearchPlace?) {
        self.isAscending = isAscending
        self.limit = limit
        self.start = start
    }

    /// Takes one more record.
    mutating func add(_ element: Element, at place: SearchPlace) {
        totalCount += 1
        if let start, !precedes(start, place) { return }
        if page.count == limit, let last = page.last, !precedes(place, last.place) {
            hasMore = true
            return
        }
        let index = page.firstIndex { precedes(place, $0.place) } ?? page.endIndex
        page.insert((place, element), at: index)
        if page.count > limit {
            page.removeLast()
            hasMore = true
        }
    }

    /// The records of the page, in order.
    package var elements: [Element] { page.map(\.element) }

    /// Where the next page begins; `nil` when there is none.
    var next: SearchPlace? { hasMore ? page.last?.place : nil }

    /// Whether one place comes before another; records without the property come last, and equal
    /// ones in the order of their names, in either direction.
    private func precedes(_ left: SearchPlace, _ right: SearchPlace) -> Bool {
        if left.key == right.key { return left.name < right.name }
        if left.key == .nothing || right.key == .nothing { return right.key == .nothing }
        return isAscending ? left.key < right.key : right.key < left.key
    }
}

/// Where a record stands in the order of a search.
struct SearchPlace: Hashable, Codable, Sendable {
    /// What is sorted by; numbers come before texts.
    enum Key: Hashable, Comparable, Codable, Sendable {
        case number(Double)
        case text(String)
        case nothing
    }

    let key: Key
    let name: String

    init(_ record: JSONValue, sortedBy property: SearchProperty, name: String) {
        let value = property.values(in: record).first
        let number =
            switch property.kind {
            case .number, .timestamp: value?.number
            case .hyperparameter: value?.searchNumber
            case .text, .boolean: Double?.none
            }
        if let number, !number.isNaN {
            key = .number(number)
        } else if let text = value?.string ?? value?.bool.map({ "\($0)" }) {
            key = .text(text)
        } else {
            key = .nothing
        }
        self.name = name
    }
}
