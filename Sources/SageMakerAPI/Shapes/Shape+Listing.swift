// The requests that name jobs, list them, and work on tags.

extension Shape {
    static let tuningJobReference = structure([
        .required("HyperParameterTuningJobName", tuningJobName)
    ])
    static let trainingJobReference = structure([.required("TrainingJobName", trainingJobName)])

    private static let sortOrder = word(["Ascending", "Descending"])
    private static let pageMembers: [Member] = [
        .optional("NextToken", text(0...8_192, ".*")),
        .optional("MaxResults", integer(from: 1, to: 100)),
        .optional("SortOrder", sortOrder),
    ]
    private static let filterMembers: [Member] = [
        .optional("NameContains", text(0...63, #"[a-zA-Z0-9\-]+"#)),
        .optional("CreationTimeAfter", timestamp),
        .optional("CreationTimeBefore", timestamp),
        .optional("LastModifiedTimeAfter", timestamp),
        .optional("LastModifiedTimeBefore", timestamp),
    ]
    private static let trainingJobStatus = word([
        "InProgress", "Completed", "Failed", "Stopping", "Stopped", "Deleting",
    ])

    static let listTuningJobs = structure(
        pageMembers + filterMembers + [
            .optional("SortBy", word(["Name", "Status", "CreationTime"])),
            .optional(
                "StatusEquals",
                word([
                    "Completed", "InProgress", "Failed", "Stopped", "Stopping", "Deleting",
                    "DeleteFailed",
                ])),
        ])

    static let listTrainingJobs = structure(
        pageMembers + filterMembers + [
            .optional("SortBy", word(["Name", "CreationTime", "Status"])),
            .optional("StatusEquals", trainingJobStatus),
            .optional(
                "WarmPoolStatusEquals", word(["Available", "Terminated", "Reused", "InUse"])),
            .optional("TrainingPlanArnEquals", text(50...2_048)),
        ])

    static let listTrainingJobsOfTuningJob = structure(
        pageMembers + [
            .required("HyperParameterTuningJobName", tuningJobName),
            .optional(
                "SortBy", word(["Name", "CreationTime", "Status", "FinalObjectiveMetricValue"])),
            .optional("StatusEquals", trainingJobStatus),
        ])
}

// MARK: - Tags

extension Shape {
    private static let resourceARN = text(
        0...256, "arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:[0-9]{12}:.+")

    static let addTags = structure([
        .required("ResourceArn", resourceARN), .required("Tags", tags),
    ])
    static let listTags = structure([
        .required("ResourceArn", resourceARN),
        .optional("NextToken", text(0...8_192, ".*")),
        .optional("MaxResults", integer(from: 50)),
    ])
    static let deleteTags = structure([
        .required("ResourceArn", resourceARN),
        .required("TagKeys", list(tagKey, count: 1...50)),
    ])
}
