import ArgumentParser
import Logging
import TuningServer

extension Logger {
    /// Logs lines on standard error, each with the jobs that its task works for.
    static func standardError(
        level: Level, format: Settings.LogFormat = .text
    ) -> Logger {
        var logger = Logger(label: "tuner") { label in
            switch format {
            case .text: StreamLogHandler.standardError(label: label, metadataProvider: .jobs)
            case .json: JSONLogHandler(label: label, provider: .jobs)
            }
        }
        logger.logLevel = level
        return logger
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}

extension Settings.LogFormat: ExpressibleByArgument {}
