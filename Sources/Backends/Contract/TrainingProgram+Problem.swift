import Tuning

extension TrainingProgram {
    /// What is wrong with the program that a definition names, for the client; `nil` when nothing
    /// is.
    ///
    /// - Parameters:
    ///   - images: Command lines by image name.
    ///   - storage: What can open the address of a source.
    package static func problem(
        with definition: TrainingJobDefinition, images: [String: String], storage: DataStorage
    ) -> String? {
        let known = commandLine(of: definition.image, images: images)
        if known == nil, let script = TrainingScript(definition.staticHyperparameters) {
            return script.problem(in: storage)
        }
        var names = Set(definition.searchSpace.parameters.map(\.name))
        names.formUnion(definition.staticHyperparameters.keys)
        if definition.objective != nil {
            names.insert(TrainingJobDefinition.objectiveHyperparameter)
        }
        return problem(withImage: definition.image, hyperparameters: names, images: images)
    }

    /// What is wrong with an image that is to run with hyperparameters of these names, for the
    /// client; `nil` when nothing is.
    package static func problem(
        withImage image: String, hyperparameters names: Set<Parameter.Name>,
        images: [String: String]
    ) -> String? {
        guard let line = commandLine(of: image, images: images) else {
            return problem(withImage: image)
        }
        do {
            _ = try TrainingCommandLine(line, hyperparameters: names)
            return nil
        } catch {
            return error.description
        }
    }
}
