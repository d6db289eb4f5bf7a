import CNumerics

/// The instructions that the kernels in C use; results differ between them in the last bits.
public enum InstructionSet {
    /// The name of those in use: `avx512`, `avx2` or `portable`.
    public static var current: String { String(cString: cn_instruction_set()) }
}
