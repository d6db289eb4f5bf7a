import Testing
import Tuning

@testable import Backends

@Suite("Training command line")
struct TrainingCommandLineTests {
    // Checked against dash: `printf '%s\n' ...`.
    @Test(
        "Words are cut as a POSIX shell cuts them",
        arguments: [
            ("a  b\tc", ["a", "b", "c"]), ("'a b' c", ["a b", "c"]), (#""a b"c"#, ["a bc"]),
            (#"a\ b"#, ["a b"]), (#"'a\b'"#, [#"a\b"#]), (#""a\"b\$\`\\\n""#, [#"a"b$`\\n"#]),
            ("'' \"\"", ["", ""]), ("a''b", ["ab"]), ("$HOME *", ["$HOME", "*"]),
            ("a\\\nb", ["ab"]), ("", []), ("  ", []), (#""it's""#, ["it's"]),
            (#"'say "x"'"#, [#"say "x""#]),
        ])
    func words(line: String, expected: [String]) throws {
        #expect(try ShellWords(line).words == expected)
    }

    @Test(
        "Hyperparameters replace their placeholders, or else become options",
        arguments: [
            ("run", ["run", "--a", "1", "--b", "x y"]),
            ("run {a}", ["run", "1"]),
            ("run --rate={a} '{b}{b}'", ["run", "--rate=1", "x yx y"]),
            (#"run '{"k": {a}}'"#, ["run", #"{"k": 1}"#]),
            ("awk '{ print $1 }' {a}", ["awk", "{ print $1 }", "1"]),
            ("run {} {a", ["run", "{}", "{a", "--a", "1", "--b", "x y"]),
            ("run {_tuning_objective_metric}", ["run", "loss"]),
        ])
    func arguments(line: String, expected: [String]) throws {
        let hyperparameters = [
            "b": "x y", "a": "1", "_tuning_objective_metric": "loss", "sagemaker_region": "r",
        ]
        let command = try TrainingCommandLine(
            line, hyperparameters: Set(hyperparameters.keys))
        #expect(command.arguments(with: hyperparameters) == expected)
    }

    @Test(
        "A value with braces is not read again for placeholders")
    func bracesInValues() throws {
        let hyperparameters = ["a": "{b}", "b": "2"]
        let command = try TrainingCommandLine("run {a}", hyperparameters: ["a", "b"])
        #expect(command.arguments(with: hyperparameters) == ["run", "{b}"])
    }

    @Test(
        "What cannot be run is refused before it is tried",
        arguments: [
            ("exec:", "empty"), ("exec:   ", "empty"), ("exec:'' a", "empty"),
            ("exec:run 'a", "closing '"), (#"exec:run "a"#, #"closing ""#),
            (#"exec:run a\"#, "backslash"), ("exec:run {rate}", "{rate}"),
            ("repository/image:latest", "no command"),
        ])
    func problems(image: String, word: String) throws {
        let fixture = try LocalProcessFixture()
        let problem = fixture.backend().problem(withImage: image, hyperparameters: ["a"])
        #expect(try #require(problem).contains(word))
    }

    @Test("A definition can be run when its image, the settings or script mode name a program")
    func runs() throws {
        let fixture = try LocalProcessFixture()
        let backend = fixture.backend(images: ["known": "train {a}"])
        func definition(_ image: String, _ names: [String: String] = [:]) -> TrainingJobDefinition {
            TrainingJobDefinition(
                searchSpace: .empty, objective: nil, staticHyperparameters: names, image: image)
        }
        let script = [
            "sagemaker_program": "\"train.py\"", "sagemaker_submit_directory": "\"file:///x\"",
        ]
        #expect(backend.runs(definition("exec:true")))
        #expect(backend.runs(definition("known")))
        #expect(backend.runs(definition("unknown", script)))
        #expect(!backend.runs(definition("unknown")))
        #expect(!backend.runs(definition("mock:branin")))
        #expect(backend.problem(with: definition("unknown", script)) == nil)
        #expect(backend.problem(with: definition("known", ["a": "1"])) == nil)
        #expect(backend.problem(with: definition("known"))?.contains("{a}") == true)
        let remote = script.merging(["sagemaker_submit_directory": "\"s3://b/x.tar.gz\""]) { $1 }
        #expect(backend.problem(with: definition("unknown", remote))?.contains("s3://") == true)
    }
}
