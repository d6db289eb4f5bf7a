import AWSClient
import Foundation
import Subprocess
import Tuning

/// Tells the end of a job once: over a network, with a program, or to a test.
protocol NoticeSender: Sendable {
    /// Tries once, no longer than the target's time; never throws.
    func send(_ notice: JobNotice, to target: NotificationTarget) async -> DeliveryOutcome
}

/// Tells webhooks by requests and commands by running them.
struct OutsideSender: NoticeSender {
    /// Sends requests.
    let transport: any HTTPTransport
    /// The time in signatures.
    let now: @Sendable () -> Date

    func send(_ notice: JobNotice, to target: NotificationTarget) async -> DeliveryOutcome {
        switch target.destination {
        case .webhook(let url): await post(notice, to: url, of: target)
        case .command(let words): await run(words, notice, timeout: target.timeout)
        }
    }
}

// MARK: - Webhooks

extension OutsideSender {
    private func post(
        _ notice: JobNotice, to url: URL, of target: NotificationTarget
    ) async -> DeliveryOutcome {
        let seconds = Int(now().timeIntervalSince1970)
        var headers = target.headers.map { HTTPHeader($0, $1) }
        headers += [
            HTTPHeader("Content-Type", "application/json"),
            HTTPHeader("User-Agent", "tuner"),
            HTTPHeader("Webhook-Id", notice.id), HTTPHeader("Webhook-Timestamp", "\(seconds)"),
        ]
        if let secret = target.secret {
            let signature = secret.signature(of: notice.body, id: notice.id, seconds: seconds)
            headers.append(HTTPHeader("Webhook-Signature", signature))
        }
        do {
            let answer = try await transport.send(
                HTTPRequest(
                    "POST", url, headers: headers, body: notice.body, timeout: target.timeout))
            return Self.outcome(status: answer.status)
        } catch let error as TransportError {
            return .failed(reason: "no answer (\(error.kind))", isPassing: true)
        } catch {
            return .failed(reason: "no answer", isPassing: true)
        }
    }

    /// What an answer means: a refusal that will be the same next time is final.
    static func outcome(status: Int) -> DeliveryOutcome {
        switch status {
        case 200..<300: .accepted
        case 408, 425, 429, 500...: .failed(reason: "the answer was \(status)", isPassing: true)
        default: .failed(reason: "the answer was \(status)", isPassing: false)
        }
    }
}

// MARK: - Commands

extension OutsideSender {
    private func run(
        _ words: [String], _ notice: JobNotice, timeout: Duration
    ) async -> DeliveryOutcome {
        await withTaskGroup(of: DeliveryOutcome.self) { group in
            group.addTask { await run(words, notice) }
            group.addTask {
                try? await Task.sleep(for: timeout)
                return .failed(reason: "the command has not ended in \(timeout)", isPassing: true)
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failed(reason: "the command was not run", isPassing: true)
        }
    }

    /// Runs a command to its end; a task that is cancelled kills all of its process group.
    private func run(_ words: [String], _ notice: JobNotice) async -> DeliveryOutcome {
        let program = words[0]
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
        ]
        let variables = notice.environment.map { (Environment.Key(rawValue: $0), $1) }
        do {
            let result = try await Subprocess.run(
                program.contains("/") ? .path(.init(program)) : .name(program),
                arguments: Arguments(Array(words.dropFirst())),
                environment: .inherit.updating(
                    Dictionary(
                        uniqueKeysWithValues: variables.compactMap { key, value in
                            key.map { ($0, value) }
                        })),
                platformOptions: options, input: .array(notice.body), output: .discarded,
                error: .discarded)
            return result.terminationStatus.isSuccess
                ? .accepted
                : .failed(
                    reason: "the command ended with \(result.terminationStatus)", isPassing: true)
        } catch {
            return .failed(reason: "the command cannot be run", isPassing: true)
        }
    }
}
