import Tuning

/// The command line of an `exec:` image, or of one that the settings map to a command line.
package struct TrainingCommandLine: Sendable {
    /// Why a command line cannot be run, in words for the client.
    package struct Problem: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    private enum Piece: Hashable, Sendable {
        case text(String)
        case placeholder(Parameter.Name)
    }

    private let words: [[Piece]]

    /// Cuts a command line into words, and finds the placeholders in them.
    ///
    /// A placeholder is a hyperparameter's name in braces. Other texts in braces stay as they are,
    /// unless they look like a misspelt name.
    package init(_ line: String, hyperparameters names: Set<Parameter.Name>) throws(Problem) {
        let words: [String]
        do throws(ShellWords.Problem) {
            words = try ShellWords(line).words
        } catch {
            throw Problem(description: "The command line '\(line)' \(error).")
        }
        guard words.first?.isEmpty == false else {
            throw Problem(description: "The command line is empty; write exec:COMMAND LINE.")
        }
        var pieces: [[Piece]] = []
        for word in words { pieces.append(try Self.pieces(of: word, names: names)) }
        self.words = pieces
    }

    /// The words to run: every placeholder replaced or, if there is none, an option appended for
    /// each hyperparameter, by name, that is not reserved.
    package func arguments(with hyperparameters: [Parameter.Name: String]) -> [String] {
        var hasPlaceholder = false
        var arguments = words.map { pieces in
            pieces.map { piece in
                switch piece {
                case .text(let text):
                    return text
                case .placeholder(let name):
                    hasPlaceholder = true
                    return hyperparameters[name] ?? ""
                }
            }.joined()
        }
        guard !hasPlaceholder else { return arguments }
        for (name, value) in hyperparameters.sorted(by: { $0.key < $1.key })
        where !isReservedHyperparameter(name) {
            arguments += ["--\(name)", value]
        }
        return arguments
    }

    private static func pieces(
        of word: String, names: Set<Parameter.Name>
    ) throws(Problem) -> [Piece] {
        var pieces: [Piece] = []
        var text = ""
        var rest = word[...]
        while let character = rest.first {
            guard character == "{", let end = rest.firstIndex(of: "}") else {
                text.append(character)
                rest = rest.dropFirst()
                continue
            }
            let name = String(rest[rest.index(after: rest.startIndex)..<end])
            if names.contains(name) {
                pieces += [.text(text), .placeholder(name)]
                text = ""
                rest = rest[rest.index(after: end)...]
            } else if looksLikeName(name) {
                throw Problem(description: Self.unknownPlaceholder(name, names: names))
            } else {
                text.append(character)
                rest = rest.dropFirst()
            }
        }
        return pieces + [.text(text)]
    }

    private static func unknownPlaceholder(_ name: String, names: Set<Parameter.Name>) -> String {
        let known = names.filter { !isReservedHyperparameter($0) }.sorted()
        let list = known.isEmpty ? "there are none" : "there are \(known.joined(separator: ", "))"
        return "The placeholder {\(name)} names no hyperparameter; \(list)."
    }

    private static func looksLikeName(_ text: String) -> Bool {
        guard let first = text.first, first.isLetter || first == "_" else { return false }
        return text.allSatisfy { $0.isLetter || $0.isNumber || "_-.".contains($0) }
    }
}

/// Whether a hyperparameter is there for the machinery, and not for the training program's options.
func isReservedHyperparameter(_ name: Parameter.Name) -> Bool {
    name == TrainingJobDefinition.objectiveHyperparameter || name.hasPrefix("sagemaker_")
}
