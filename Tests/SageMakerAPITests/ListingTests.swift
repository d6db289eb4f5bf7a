import Foundation
import SageMakerAPI
import Testing
import Tuning

@Suite("Listings")
struct ListingTests {
    @Test("Defaults are those of the API")
    func defaults() throws {
        let tuningJobs = try #require(try ListHyperParameterTuningJobs(body: [:]).query)
        #expect(tuningJobs.limit == 10)
        #expect(tuningJobs.sortKey == .name)
        #expect(tuningJobs.order == .ascending)
        let trainingJobs = try #require(try ListTrainingJobs(body: [:]).query)
        #expect(trainingJobs.limit == 10)
        #expect(trainingJobs.sortKey == .creationTime)
        #expect(trainingJobs.order == .ascending)
        let children = try #require(
            try ListTrainingJobsForHyperParameterTuningJob(
                body: ["HyperParameterTuningJobName": "digits"]
            ).query(of: TuningJob.ID(rawValue: 3)))
        #expect(children.tuningJob == TuningJob.ID(rawValue: 3))
        #expect(children.sortKey == .name)
    }

    @Test("Filters, order and paging reach the store")
    func filters() throws {
        let query = try #require(
            try ListHyperParameterTuningJobs(body: [
                "NameContains": "di", "CreationTimeAfter": 10, "CreationTimeBefore": .number(20.5),
                "LastModifiedTimeAfter": "1970-01-01T00:00:30Z", "StatusEquals": "Stopping",
                "SortBy": "Status", "SortOrder": "Descending", "MaxResults": 100,
                "NextToken": "there",
            ]).query)
        #expect(query.nameContains == "di")
        #expect(query.created.after == Date(timeIntervalSince1970: 10))
        #expect(query.created.before == Date(timeIntervalSince1970: 20.5))
        #expect(query.modified.after == Date(timeIntervalSince1970: 30))
        #expect(query.status == .stopping)
        #expect(query.sortKey == .status)
        #expect(query.order == .descending)
        #expect(query.limit == 100)
        #expect(query.token == PageToken("there"))
    }

    @Test("What no job can be matches nothing")
    func impossible() throws {
        #expect(try ListHyperParameterTuningJobs(body: ["StatusEquals": "Deleting"]).query == nil)
        #expect(try ListTrainingJobs(body: ["StatusEquals": "Deleting"]).query == nil)
        #expect(try ListTrainingJobs(body: ["WarmPoolStatusEquals": "InUse"]).query == nil)
    }

    @Test("With a status and a length, training jobs are filtered after a page was taken")
    func filterAfterPage() throws {
        let jobs = try Jobs.three()
        let request = try ListTrainingJobs(body: ["StatusEquals": "Failed", "MaxResults": 2])
        let query = try #require(request.query)
        #expect(query.status == nil)
        #expect(query.order == .descending)
        let page = Page(
            elements: [jobs.trainingJobs[2], jobs.trainingJobs[1]].compactMap(\.self),
            next: PageToken("more"))
        let answer = request.answer(
            page, specifications: [jobs.state.job.id: jobs.state.specification])
        #expect(answer["TrainingJobSummaries"]?.array?.count == 1)
        #expect(answer["NextToken"] == "more")
        let whole = try #require(try ListTrainingJobs(body: ["StatusEquals": "Failed"]).query)
        #expect(whole.status == .failed)
        #expect(whole.order == .ascending)
    }

    @Test("Summaries show what the API shows")
    func summaries() throws {
        let jobs = try Jobs.three()
        let tuning = ListHyperParameterTuningJobs.answer(
            Page(elements: [jobs.state.job], next: nil))
        let summary = try #require(tuning["HyperParameterTuningJobSummaries"]?.array?.first)
        #expect(summary["Strategy"] == "Random")
        #expect(
            summary["ResourceLimits"]
                == ["MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 2])
        #expect(tuning["NextToken"] == nil)
        let failed = try #require(jobs.trainingJobs[1])
        let children = ListTrainingJobsForHyperParameterTuningJob.answer(
            Page(elements: [failed], next: nil), specification: jobs.state.specification)
        let child = try #require(children["TrainingJobSummaries"]?.array?.first)
        #expect(child["FailureReason"] == "no data")
        #expect(child["ObjectiveStatus"] == "Failed")
        #expect(child["TuningJobName"] == "digits")
        #expect(child["FinalHyperParameterTuningJobObjectiveMetric"] == nil)
    }

    @Test("Pages have 1 to 100 jobs", arguments: [0, 101])
    func pageLengths(count: Int) throws {
        let error = try #require(throws: APIError.self) {
            try ListTrainingJobs(body: ["MaxResults": .integer(count)])
        }
        #expect(error.message.contains("at 'maxResults' failed to satisfy constraint"))
    }
}
