/// The packages that a program in script mode asks for, in a `requirements.txt` beside it.
///
/// They are installed before the program starts, by the `pip` of its Python, as the training
/// toolkit does; but for this training job alone, into `packages` of its directory, since the
/// Python is not a container's but somebody's own. Nothing is installed when all is there already.
/// What `pip` says goes into the job's log; when it fails, its last words are the failure's reason.
enum ScriptRequirements {
    // In Python, since shells drop variables whose names they could not write, such as
    // SM_HP_LAYER-SIZE.
    private static let installation = """
        import os, subprocess, sys
        pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        wanted = ["-r", "requirements.txt"]
        plan = subprocess.run(
            pip + ["--dry-run", "--no-index"] + wanted,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if plan.returncode or "Would install" in plan.stdout:
            packages = os.environ["SAGEMAKER_BASE_DIR"] + "/packages"
            result = subprocess.run(
                pip + ["--upgrade", "--target", packages] + wanted,
                stderr=subprocess.PIPE, text=True)
            sys.stderr.write(result.stderr)
            if result.returncode:
                reason = "requirements.txt could not be installed; pip needs a network or an" \\
                    " index that it can reach, unless all packages are there already:"
                lines = [line for line in result.stderr.splitlines() if line.strip()]
                with open(os.environ["SM_OUTPUT_DIR"] + "/failure", "w") as file:
                    file.write("\\n".join([reason] + lines[-3:]))
                sys.exit(1)
            paths = [packages, os.environ.get("PYTHONPATH")]
            os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        os.execvp(sys.argv[1], sys.argv[1:])
        """

    /// The words that install what the source asks for, then run a program of it.
    ///
    /// - Parameters:
    ///   - arguments: Those that run the program: a Python, and what it gets.
    ///   - source: The directory of the source, where they will be run.
    static func arguments(for arguments: [String], in source: String) -> [String] {
        guard let python = arguments.first, fileExists("\(source)/requirements.txt") else {
            return arguments
        }
        return [python, "-I", "-c", installation] + arguments
    }
}
