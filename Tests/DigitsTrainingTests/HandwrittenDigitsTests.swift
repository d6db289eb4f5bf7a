import Testing

@testable import DigitsTraining

@Suite("Handwritten digits")
struct HandwrittenDigitsTests {
    @Test("The data set has the counts that its documentation states")
    func counts() {
        // Class counts of load_digits() in scikit-learn 1.9.1: numpy.bincount(target).
        let counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
        let digits = HandwrittenDigits.all
        #expect(digits.count == 1797)
        for digit in 0...9 {
            #expect(digits.labels.count { $0 == digit } == counts[digit], "digit \(digit)")
        }
    }

    @Test("Pixels are those of scikit-learn's copy")
    func pixels() {
        let digits = HandwrittenDigits.all
        // data[0, :8] and data.sum() of load_digits() in scikit-learn 1.9.1.
        #expect(digits.pixels.prefix(8).map { $0 * 16 } == [0, 0, 5, 13, 9, 1, 0, 0])
        #expect(digits.pixels.reduce(0, +) * 16 == 561_718)
        #expect(digits.pixels.allSatisfy { 0 <= $0 && $0 <= 1 })
    }

    @Test("Training and validation share the data set, each digit four to one")
    func split() {
        let (training, validation) = (HandwrittenDigits.training, HandwrittenDigits.validation)
        #expect(training.count + validation.count == 1797)
        for digit in 0...9 {
            let total = HandwrittenDigits.all.labels.count { $0 == digit }
            #expect(validation.labels.count { $0 == digit } == total / 5, "digit \(digit)")
        }
    }
}
