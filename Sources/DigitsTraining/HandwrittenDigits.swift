/// Images of handwritten digits with what they show: 8 × 8 grey pixels each.
public struct HandwrittenDigits: Sendable {
    /// Pixels of an image.
    public static let pixelCount = 64
    /// Digits an image may show: 0 to 9.
    public static let classCount = 10

    /// The pixels of all images, one image after the other, from 0 for paper to 1 for ink.
    public let pixels: [Double]
    /// The digit each image shows.
    public let labels: [Int]

    /// How many images there are.
    public var count: Int { labels.count }

    /// Takes images; there are `pixelCount` pixels for every label.
    init(pixels: [Double], labels: [Int]) {
        precondition(
            pixels.count == labels.count * Self.pixelCount,
            "\(pixels.count) pixels for \(labels.count) labels")
        self.pixels = pixels
        self.labels = labels
    }
}

// MARK: - The data set

extension HandwrittenDigits {
    /// Every image of the data set, in its order.
    public static let all = HandwrittenDigits(text: DigitImages.text, count: DigitImages.count)

    /// What is learned from: four of five images of every digit.
    public static let training = all.subset { $0 % splitPeriod != splitPeriod - 1 }

    /// What is never learned from: every fifth image of every digit.
    public static let validation = all.subset { $0 % splitPeriod == splitPeriod - 1 }

    private static let splitPeriod = 5

    /// The images chosen by their number among the images of their digit, from 0.
    private func subset(_ isChosen: (Int) -> Bool) -> HandwrittenDigits {
        var seen = [Int](repeating: 0, count: Self.classCount)
        var chosenPixels: [Double] = []
        var chosenLabels: [Int] = []
        for (index, label) in labels.enumerated() {
            if isChosen(seen[label]) {
                let start = index * Self.pixelCount
                chosenPixels += pixels[start..<start + Self.pixelCount]
                chosenLabels.append(label)
            }
            seen[label] += 1
        }
        return HandwrittenDigits(pixels: chosenPixels, labels: chosenLabels)
    }
}

// MARK: - Reading

extension HandwrittenDigits {
    private static let inkMax = 16.0

    /// Reads lines of a label and a base-17 digit a pixel.
    private init(text: StaticString, count: Int) {
        let lineLength = Self.pixelCount + 2
        precondition(
            text.utf8CodeUnitCount == count * lineLength,
            "\(text.utf8CodeUnitCount) bytes for \(count) images")
        let bytes = text.utf8Start
        var pixels: [Double] = []
        var labels: [Int] = []
        pixels.reserveCapacity(count * Self.pixelCount)
        labels.reserveCapacity(count)
        var position = 0
        while position < text.utf8CodeUnitCount {
            labels.append(Self.digit(bytes[position]))
            for offset in 1...Self.pixelCount {
                pixels.append(Double(Self.digit(bytes[position + offset])) / Self.inkMax)
            }
            position += lineLength
        }
        self.init(pixels: pixels, labels: labels)
    }

    private static func digit(_ byte: UInt8) -> Int {
        let letter = UInt8(ascii: "a")
        return byte >= letter ? Int(byte - letter) + 10 : Int(byte - UInt8(ascii: "0"))
    }
}
