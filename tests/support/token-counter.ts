import { GatewayError } from '../../src/base/errors.ts'
import { createLogger, type LogRecord } from '../../src/base/logger.ts'
import { createTokenCounter, type TokenCounterOptions } from '../../src/tokens/counter/token-counter.ts'
import type { CountTokensRequest } from '../../src/wire/anthropic/request.ts'

/** A counter whose upstream, clock and timers the test controls. */

export const model = 'claude-sonnet-4.6'

/** One call to the upstream, which the test answers. */
interface UpstreamCall {
  readonly words: string
  readonly modelId: string
  readonly signal: AbortSignal
  answer(tokens: number): void
  fail(type: ConstructorParameters<typeof GatewayError>[0]): void
}

export const prompt = (words: string, more: object = {}): CountTokensRequest =>
  ({ model, messages: [{ role: 'user', content: words }], ...more }) as CountTokensRequest

/** Runs all pending microtasks. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 40; turn += 1) await Promise.resolve()
}

interface Timer {
  readonly at: number
  readonly work: () => void
}

/** A clock that the test moves. */
const createTime = () => {
  const timers = new Set<Timer>()
  const clock = { ms: 0 }
  return {
    clock,
    after: (milliseconds: number, work: () => void) => {
      const timer = { at: clock.ms + milliseconds, work }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    pass: async (milliseconds: number): Promise<void> => {
      await settle()
      const end = clock.ms + milliseconds
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)
        if (next === undefined) break
        timers.delete(next)
        clock.ms = next.at
        next.work()
        await settle()
      }
      clock.ms = end
    },
  }
}

export const counterOver = (more: Partial<TokenCounterOptions> = {}) => {
  const calls: UpstreamCall[] = []
  const records: LogRecord[] = []
  const deferred: (() => void)[] = []
  const { clock, after, pass } = createTime()
  const counter = createTokenCounter({
    upstream: {
      countTokens: (request, { modelId, signal }) =>
        new Promise((answer, reject) => {
          const fail: UpstreamCall['fail'] = (type) => reject(new GatewayError(type, 'no'))
          signal.addEventListener('abort', () => fail('api_error'))
          calls.push({ words: request.messages[0]?.content as string, modelId, signal, answer, fail })
        }),
    },
    log: createLogger('debug', (record) => records.push(record)),
    now: () => clock.ms,
    after,
    defer: (work) => deferred.push(work),
    ...more,
  })
  const client = new AbortController()
  const count = (request: CountTokensRequest, modelId = model, { signal } = client): Promise<number> =>
    counter.count(request, { requestId: 'req_1', modelId, betas: [], signal })
  /** Waits until the counter sends no more requests, then for the count. */
  const done = async <T>(counted: Promise<T>): Promise<T> => {
    await pass(50)
    return counted
  }
  return { counter, count, done, pass, calls, records, deferred, clock, client }
}

export const estimated = (request: CountTokensRequest): Promise<number> =>
  counterOver({ upstream: undefined }).count(request)
