import Tuning

// MARK: - Followers

extension ServiceLine {
    /// Begins to follow a job.
    ///
    /// - Returns: The follower's number.
    func follow(_ name: String, firstLookIn delay: Duration = .zero) -> Int {
        state.withLock { state in
            let follower = state.number()
            state.rooms[name, default: Room()].followers[follower] = Room.Follower()
            state.plan.polls.follow(name, firstLookIn: delay, at: clock.elapsed())
            return follower
        }
    }

    /// Ends to follow a job.
    func unfollow(_ name: String, _ follower: Int) {
        state.withLock { state in
            guard state.rooms[name]?.followers.removeValue(forKey: follower) != nil else { return }
            state.plan.polls.unfollow(name)
            state.plan.polls.setWaiters(state.rooms[name]?.waiterCount ?? 0, of: name)
            if state.rooms[name]?.followers.isEmpty == true { state.rooms[name] = nil }
        }
        wakeup.call()
    }

    /// Has a job looked at soon: something was done to it.
    func expectChange(of name: String) {
        state.withLock { $0.plan.polls.expectChange(of: name, at: clock.elapsed()) }
        wakeup.call()
    }

    /// Waits for a look that a follower has not seen yet.
    ///
    /// - Throws: `CancellationError`.
    func look(at name: String, for follower: Int) async throws -> Look {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let known: Result<Look, any Error>? = state.withLock { state in
                    guard !Task.isCancelled, let room = state.rooms[name],
                        let seen = room.followers[follower]?.seenVersion
                    else { return .failure(CancellationError()) }
                    if seen < room.version, let look = room.look {
                        state.rooms[name]?.followers[follower]?.seenVersion = room.version
                        return .success(look)
                    }
                    state.rooms[name]?.followers[follower]?.waiter = continuation
                    state.plan.polls.setWaiters(
                        state.rooms[name]?.waiterCount ?? 0, of: name)
                    return nil
                }
                if let known { continuation.resume(with: known) } else { pump() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.rooms[name]?.followers[follower]?.waiter
                state.rooms[name]?.followers[follower]?.waiter = nil
                state.plan.polls.setWaiters(state.rooms[name]?.waiterCount ?? 0, of: name)
                return waiter
            }
            waiter?.resume(throwing: CancellationError())
        }
    }

    /// What came first: a stop, or the end of some work, which is then cancelled.
    static func first<Value: Sendable>(
        _ stop: StopSignal, or body: @escaping @Sendable () async throws -> Value
    ) async throws -> (stop: StopReason?, value: Value?) {
        if let reason = stop.reason { return (reason, nil) }
        return try await withThrowingTaskGroup(of: (StopReason?, Value?).self) { group in
            group.addTask { (nil, try await body()) }
            group.addTask { (await stop.wait(), nil) }
            defer { group.cancelAll() }
            let first = try await group.next() ?? (nil, nil)
            try Task.checkCancellation()
            return first
        }
    }
}
