import CNumerics

/// Measures the dense kernels on one thread: `swift run -c release Numerics [N ...]`.
///
/// For every instruction set that the processor can do, it prints 10⁹ floating-point operations a
/// second of processor time for matrices of N rows, best of several, and nanoseconds a covariance.
/// Every result is checked; a wrong one ends the run.
@main
enum Numerics {
    static func main() {
        let asked = CommandLine.arguments.dropFirst().map { argument -> Int in
            guard let size = Int(argument), size > 0 else {
                fatalError("'\(argument)' is no number of rows; give whole numbers above 0.")
            }
            return size
        }
        let sizes = asked.isEmpty ? [5, 10, 20, 50, 100, 150, 250, 500, 1000, 1024, 2000] : asked
        for name in ["portable", "avx2", "avx512"] where cn_use_instruction_set(name) == 1 {
            print("\n\(name): 10⁹ operations/s, and microseconds for one factor")
            printRow("n", LinearAlgebraTiming.kernels + ["µs"])
            for size in sizes {
                let timing = LinearAlgebraTiming(size: size)
                let rates = timing.rates.map { $0.rounded(toPlaces: 1) }
                let microseconds = timing.factorSeconds * 1e6
                printRow("\(size)", (rates + [microseconds.rounded(toPlaces: 1)]).map { "\($0)" })
            }
            print("\n\(name): ns a point, 500 points")
            printRow("dimensions", CovarianceTiming.kernels)
            for dimension in [2, 5, 10, 20] {
                let timing = CovarianceTiming(dimension: dimension, count: 500)
                printRow(
                    "\(dimension)", timing.nanoseconds.map { "\($0.rounded(toPlaces: 2))" })
            }
        }
    }

    private static func printRow(_ head: String, _ cells: [String]) {
        let columns = [head] + cells
        print(
            columns.map { String(repeating: " ", count: max(0, 15 - $0.count)) + $0 }
                .joined())
    }
}

extension Double {
    fileprivate func rounded(toPlaces places: Int) -> Double {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        return (self * scale).rounded() / scale
    }
}
