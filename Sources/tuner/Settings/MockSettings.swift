import Backends
import Foundation
import Orchestration
import Tuning
import TuningServer

extension Settings {
    /// How simulated training jobs run, and what goes wrong with requests.
    struct Mock: Codable, Equatable {
        /// Training jobs at the same time.
        var slots = 10_000
        /// The `mock:` image that stands for every image of another kind.
        var image = "mock:sphere?epochs=10&seconds=0.1"
        /// `mock:` images for image names, or for what these begin with.
        var images: [String: String] = [:]
        /// Changes all that is left to chance in training jobs.
        var seed = 0
        /// The probability that there is no machine for a training job.
        var capacityErrors = 0.0
        /// What holds for single instance types.
        var instances: [String: Instances] = [:]
        /// How time passes for training jobs.
        var time = Time.real
        /// Simulated seconds in a real one.
        var speed = 1.0
        /// What goes wrong with requests; a `FaultPlan`.
        var faults: JSONValue = [:]

        /// What holds for the instances of one type.
        struct Instances: Codable, Equatable {
            /// How many there may be at the same time; `nil` for no limit.
            var limit: Int?
            /// The probability that there is none for a training job; `nil` for that of all types.
            var capacityErrors: Double?
        }

        /// How time passes for training jobs.
        enum Time: String, Codable {
            /// As in reality, or at a multiple of its speed.
            case real
            /// From one event to the next.
            case virtual
        }
    }
}

// MARK: - Checks

extension Settings.Mock {
    /// The greatest speed.
    static let speedMax = 1e6

    /// Checks what types do not.
    func check() throws(SettingsError) {
        guard slots >= 1 else { throw SettingsError("mock.slots \(slots) must be at least 1") }
        for (place, image) in [("image", image)] + images.map({ ("images.\($0)", $1) }) {
            if let problem = SimulatedBackend.problem(withImage: image) {
                throw SettingsError("mock.\(place): \(problem)")
            }
        }
        guard seed >= 0 else { throw SettingsError("mock.seed \(seed) must not be negative") }
        try Self.check(capacityErrors, at: "mock.capacityErrors")
        for (type, instances) in instances {
            let place = "mock.instances.\(type)"
            guard type.hasPrefix("ml.") else {
                throw SettingsError("\(place) must be an instance type, such as ml.m5.large")
            }
            try Self.check(instances.capacityErrors ?? 0, at: "\(place).capacityErrors")
            guard instances.limit ?? 0 >= 0 else {
                throw SettingsError("\(place).limit must not be negative")
            }
        }
        guard 0 < speed, speed <= Self.speedMax else {
            throw SettingsError("mock.speed \(speed) must be above 0, at most \(Self.speedMax)")
        }
        guard time == .real || speed == 1 else {
            throw SettingsError("mock.speed means nothing where mock.time is virtual")
        }
        _ = try faultPlan
    }

    private static func check(
        _ probability: Double, at place: String
    ) throws(SettingsError) {
        guard 0 <= probability, probability <= 1 else {
            throw SettingsError("\(place) \(probability) must be a probability from 0 to 1")
        }
    }

    /// The first setting that holds for a mock service alone and is not as it stands by itself.
    var settingForMockAlone: String? {
        let standard = Settings.Mock()
        let known = [
            ("faults", faults != standard.faults), ("instances", instances != standard.instances),
            ("time", time != standard.time), ("speed", speed != standard.speed),
        ]
        return known.first { $0.1 }.map { "mock.\($0.0)" }
    }
}

extension Settings {
    /// Refuses what makes sense for a mock service alone, where the backend is another.
    func checkMockAlone() throws(SettingsError) {
        guard !isMock, let setting = mock.settingForMockAlone else { return }
        throw SettingsError("\(setting) needs the backend mock; it is \(backend)")
    }
}

// MARK: - What is made of them

extension Settings.Mock {
    /// What goes wrong with requests.
    var faultPlan: FaultPlan {
        get throws(SettingsError) {
            do {
                return try FaultPlan(faults, at: "mock.faults")
            } catch {
                throw SettingsError(error.description)
            }
        }
    }

    /// Which simulation stands for which training job.
    var rules: SimulationRules {
        SimulationRules(
            standardImage: image, images: images, capacityErrorProbability: capacityErrors,
            capacityErrorProbabilities: instances.compactMapValues(\.capacityErrors),
            seed: UInt64(seed))
    }

    /// How many instances of each type there may be.
    var quotas: InstanceQuotas { InstanceQuotas(limits: instances.compactMapValues(\.limit)) }

    /// How long virtual time stands still before it goes on, in real time: usually long enough for
    /// an event to be stored and what follows from it to begin.
    private static let settlingTime = Duration.milliseconds(5)

    /// Whether training jobs live by another clock than the machine's.
    var isTimeSimulated: Bool { time == .virtual || speed != 1 }

    /// The clock that training jobs live by; `nil` where that is the machine's.
    func clock(startDate: Date) -> VirtualClock? {
        guard isTimeSimulated else { return nil }
        return switch time {
        case .virtual: VirtualClock(startDate: startDate, settling: Self.settlingTime)
        case .real: VirtualClock(startDate: startDate, speed: speed)
        }
    }
}

extension TimeSource {
    /// Virtual time; who waits on it waits no longer than they would in reality.
    init(_ clock: VirtualClock) {
        self.init(now: { clock.date }) { duration in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await clock.sleep(for: duration) }
                // While something cannot be stored virtual time stands still, and trying again
                // must not wait for it.
                group.addTask { try await Task.sleep(for: duration) }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }
}
