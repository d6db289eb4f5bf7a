import CNumerics

/// The instructions that the kernels in C use; results differ between them in the last bits.
public enum InstructionSet {
    /// The name of those in use: `avx512`, `avx2` or `portable`.
    public static var current: String { String(cString: cn_instruction_set()) }

    /// Runs something with an instruction set, on this thread alone; with the best one where the
    /// processor does not have it.
    public static func using<Result>(
        _ name: String, _ body: () throws -> Result
    ) rethrows -> Result {
        _ = cn_use_instruction_set_on_thread(name)
        defer { _ = cn_use_instruction_set_on_thread(nil) }
        return try body()
    }
}
