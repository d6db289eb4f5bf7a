import Tuning

/// Says what is wrong with the image of a definition, in a job with some tags; `nil` when some
/// backend can run it.
package typealias ImageCheck = @Sendable (TrainingJobDefinition, [Tag]) -> String?
