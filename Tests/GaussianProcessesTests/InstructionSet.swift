import CNumerics

/// What the kernels are compiled for; rows of tests.
enum InstructionSet: String, CaseIterable {
    case portable, avx2, avx512

    /// Those that this processor can do.
    static let available = allCases.filter { set in
        defer { cn_use_instruction_set_on_thread(nil) }
        return cn_use_instruction_set_on_thread(set.rawValue) == 1
    }

    /// Runs `body` with this instruction set, on this thread alone.
    func run<Result>(_ body: () throws -> Result) rethrows -> Result {
        precondition(cn_use_instruction_set_on_thread(rawValue) == 1, "cannot do \(self)")
        defer { cn_use_instruction_set_on_thread(nil) }
        return try body()
    }
}
