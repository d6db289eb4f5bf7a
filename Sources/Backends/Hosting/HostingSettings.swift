import Foundation
import Logging
import Tuning

/// How training jobs are run that have a directory on this machine, whatever runs them.
package struct HostingSettings: Sendable {
    /// Holds `training-jobs/NAME/` for every training job.
    package var dataDirectory: URL
    /// How many attempts may run at once.
    package var slotCount: Int
    /// How long a program has between being asked to end and being killed.
    package var gracePeriod: Duration
    /// What takes addresses other than `file://`, such as `s3://`; `nil` where nothing does.
    package var transfer: (any DataTransfer)?
    /// How much data that was brought is kept for later training jobs, in bytes, beside what is in
    /// use; under `cache` in the data directory.
    package var cacheByteCountMax: Int
    /// How often checkpoints are saved while a program runs.
    package var checkpointInterval: Duration
    /// Gets what has no place in a training job's own record.
    package var logger: Logger

    /// Takes settings.
    ///
    /// - Parameters:
    ///   - gracePeriod: Two minutes unless given.
    ///   - cacheByteCountMax: 20 GiB unless given.
    ///   - checkpointInterval: A minute unless given.
    package init(
        dataDirectory: URL, slotCount: Int, gracePeriod: Duration = .seconds(120),
        transfer: (any DataTransfer)? = nil, cacheByteCountMax: Int = 20 << 30,
        checkpointInterval: Duration = .seconds(60), logger: Logger
    ) {
        precondition(slotCount >= 1, "\(slotCount) slots")
        precondition(cacheByteCountMax >= 0, "\(cacheByteCountMax) bytes")
        self.dataDirectory = dataDirectory.absoluteURL
        self.slotCount = slotCount
        self.gracePeriod = gracePeriod
        self.transfer = transfer
        self.cacheByteCountMax = cacheByteCountMax
        self.checkpointInterval = checkpointInterval
        self.logger = logger
    }

    /// What opens the addresses of a training job.
    package var storage: DataStorage {
        DataStorage(
            transfer: transfer,
            cache: DataCache(
                directory: dataDirectory.appending(path: "cache").path,
                byteCountMax: cacheByteCountMax))
    }
}
