import Testing
import Tuning
import TuningTesting

@testable import Stores

@Suite("Specification cache")
struct SpecificationCacheTests {
    @Test("The ones used last are kept, and no more than allowed")
    func bound() {
        let cache = SpecificationCache()
        let ids = (0...SpecificationCache.countMax).map { TuningJob.ID(rawValue: Int64($0 + 1)) }
        for id in ids {
            cache.keep(SampleJob("\(id.rawValue)", number: 1).state.specification, of: id)
            #expect(cache[ids[0]] != nil)
        }
        #expect(ids.filter { cache[$0] == nil } == [ids[1]])
        cache.forget(ids[0])
        #expect(cache[ids[0]] == nil)
    }
}
