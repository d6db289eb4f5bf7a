import AWSClient
import SageMakerAPI
import Tuning

// MARK: - The pump

extension ServiceLine {
    /// Hands out turns, in a task that runs as long as somebody waits for one.
    func pump() {
        let begins = state.withLock { state in
            defer { state.isPumping = true }
            return !state.isPumping
        }
        guard begins else { return wakeup.call() }
        Task(executorPreference: clock.executor) {
            await withDiscardingTaskGroup { group in
                while let turn = self.nextTurn() { await self.take(turn, in: &group) }
                // Nobody waits for what is still under way.
                group.cancelAll()
            }
        }
    }

    /// What to do now; `nil` at the end.
    private func nextTurn() -> RequestPlan.Turn? {
        state.withLock { state in
            let turn = state.plan.turn(at: clock.elapsed())
            if case .idle = turn {
                state.isPumping = false
                return nil
            }
            return turn
        }
    }

    private func take(_ turn: RequestPlan.Turn, in group: inout DiscardingTaskGroup) async {
        switch turn {
        case .idle: break
        case .admit(let ticket):
            state.withLock { $0.applicants.removeValue(forKey: ticket) }?.resume()
        case .poll(.look(let name), _): group.addTask { await self.look(at: name) }
        case .poll(.list, let request): group.addTask { await self.list(request ?? [:]) }
        case .wait(nil): await wakeup.wait()
        case .wait(let time?):
            try? await wakeup.wait(atMost: max(.zero, time - clock.elapsed()), clock)
        }
    }

    private func look(at name: String) async {
        var look: Look?
        var description: TrainingJobDescription?
        do {
            let answer = try await client.call(
                Operation.describeTrainingJob.rawValue, ["TrainingJobName": .string(name)])
            note(answerTo: .describeTrainingJob)
            description = TrainingJobDescription(answer)
            look = description.map { .description($0) }
        } catch {
            if let problem = ServiceProblem(error) {
                note(problem, of: .describeTrainingJob)
                if case .refused(let error) = problem, error.saysNotFound { look = .missing }
            }
        }
        end(lookAt: name, look, description)
    }

    private func end(
        lookAt name: String, _ look: Look?, _ description: TrainingJobDescription?
    ) {
        let waiters = state.withLock { state in
            state.plan.polls.end(lookAt: name, description, at: clock.elapsed())
            guard let look, var room = state.rooms[name] else {
                return [CheckedContinuation<Look, any Error>]()
            }
            room.version += 1
            room.look = look
            let waiters = room.followers.values.compactMap(\.waiter)
            for (number, follower) in room.followers where follower.waiter != nil {
                room.followers[number] = Room.Follower(seenVersion: room.version)
            }
            state.rooms[name] = room
            state.plan.polls.setWaiters(0, of: name)
            return waiters
        }
        if let look { for waiter in waiters { waiter.resume(returning: look) } }
        wakeup.call()
    }

    private func list(_ request: JSONValue) async {
        do {
            let answer = try await client.call(Operation.listTrainingJobs.rawValue, request)
            note(answerTo: .listTrainingJobs)
            state.withLock { $0.plan.polls.end(listing: answer, at: clock.elapsed()) }
        } catch {
            let problem = ServiceProblem(error)
            if let problem { note(problem, of: .listTrainingJobs) }
            let isRefused =
                switch problem {
                case .denied, .refused: true
                case .throttled, .unreachable, .credentials, nil: false
                }
            state.withLock {
                $0.plan.polls.failListing(isRefused: isRefused, at: clock.elapsed())
            }
        }
        wakeup.call()
    }
}
