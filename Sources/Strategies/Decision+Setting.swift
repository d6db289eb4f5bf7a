import GaussianProcesses
import Tuning

extension Decision {
    /// Runs something with the processor instructions that this decision was made with, as far as
    /// the processor has them; results differ between instruction sets in their last bits.
    public func inItsSetting<Result>(_ body: () throws -> Result) rethrows -> Result {
        guard let name = details?["instructionSet"]?.string else { return try body() }
        return try InstructionSet.using(name, body)
    }
}
