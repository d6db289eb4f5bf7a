import Tuning

/// Says what is wrong with a definition's image; `nil` when some backend can run it.
package typealias ImageCheck = @Sendable (TrainingJobDefinition) -> String?
