/// The packages that a program in script mode asks for, in a `requirements.txt` beside it.
///
/// They are installed before the program starts, by the `pip` of its Python, as the training
/// toolkit does; but for this training job alone, into `packages` of its directory, since the
/// Python is not a container's but somebody's own. Nothing is installed when all is there already.
/// What `pip` says goes into the job's log; when it fails, its last words are the failure's reason.
enum ScriptRequirements {
    private static let installation = """
        plan=$("$0" -m pip install --dry-run --no-index -r requirements.txt 2>&1) ||
            plan="Would install"
        case $plan in
        *"Would install"*)
            packages=$SAGEMAKER_BASE_DIR/packages
            complaints=$SAGEMAKER_BASE_DIR/requirements.log
            if ! "$0" -m pip install --disable-pip-version-check --no-input --upgrade \
                --target "$packages" -r requirements.txt 2>"$complaints"; then
                cat "$complaints" >&2
                {
                    echo "requirements.txt could not be installed; pip needs a network or an" \
                        "index that it can reach, unless all packages are there already:"
                    grep -v '^ *$' "$complaints" | tail -n 3
                } >"$SM_OUTPUT_DIR/failure"
                exit 1
            fi
            cat "$complaints" >&2
            PYTHONPATH=$packages${PYTHONPATH:+:$PYTHONPATH}
            export PYTHONPATH
            ;;
        esac
        unset plan
        exec "$0" "$@"
        """

    /// The words that install what the source asks for, then run a program of it.
    ///
    /// - Parameters:
    ///   - arguments: Those that run the program: an interpreter, and what it gets.
    ///   - source: The directory of the source, where they will be run.
    static func arguments(for arguments: [String], in source: String) -> [String] {
        guard fileExists("\(source)/requirements.txt") else { return arguments }
        return ["sh", "-c", installation] + arguments
    }
}
