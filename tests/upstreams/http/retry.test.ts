import { describe, expect, test } from 'bun:test'
import { GatewayError } from '../../../src/base/errors.ts'
import { type RetryPolicy, withRetries } from '../../../src/upstreams/http/retry.ts'

const silent = { warn: () => {} }
const callWith = (signal: AbortSignal) => ({ requestId: 'req_1', signal })

describe('retries', () => {
  const waits: number[] = []
  const policy: RetryPolicy = {
    maxRetries: 4,
    random: () => 1,
    sleep: async (milliseconds) => void waits.push(milliseconds),
  }
  const failing = (error: GatewayError) =>
    withRetries(async () => Promise.reject(error), policy, callWith(new AbortController().signal), silent)

  test('wait longer each time, up to a limit, and end with the last error', async () => {
    waits.length = 0
    await expect(failing(new GatewayError('overloaded_error', 'm', { retryable: true }))).rejects.toThrow('m')
    expect(waits).toEqual([500, 1000, 2000, 4000])
  })

  test('have waits of at most eight seconds, at random', async () => {
    waits.length = 0
    const failure = new GatewayError('api_error', 'm', { retryable: true })
    const { signal } = new AbortController()
    const attempt = async (): Promise<never> => Promise.reject(failure)
    await withRetries(attempt, { ...policy, maxRetries: 7, random: () => 0.5 }, callWith(signal), silent).catch(
      () => {},
    )
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 4000, 4000])
  })

  test.each([
    [{ retryable: true, retryAfterSeconds: 10 }, 4],
    [{ retryable: true, retryAfterSeconds: 11 }, 0],
    [{ retryable: false }, 0],
  ])('%p is tried again %i times', async (options, times) => {
    waits.length = 0
    await expect(failing(new GatewayError('rate_limit_error', 'm', options))).rejects.toThrow('m')
    expect(waits.length).toBe(times)
  })

  test('wait at most a minute in total, with any number of retries', async () => {
    waits.length = 0
    const failure = new GatewayError('rate_limit_error', 'm', { retryable: true, retryAfterSeconds: 9 })
    const logged: string[] = []
    const attempt = async (): Promise<never> => Promise.reject(failure)
    const { signal } = new AbortController()
    await expect(
      withRetries(attempt, { ...policy, maxRetries: 10 }, callWith(signal), {
        warn: (event, { attempt: number, of } = {}) => logged.push(`${event} ${number}/${of}`),
      }),
    ).rejects.toBe(failure)
    expect(waits).toEqual([9000, 9000, 9000, 9000, 9000, 9000])
    // One line for each try with a retry; the request's own line reports the last one.
    expect(logged).toEqual([1, 2, 3, 4, 5, 6].map((number) => `upstream.retry ${number}/10`))
  })

  test("follow the upstream's retry-after", async () => {
    waits.length = 0
    await expect(
      failing(new GatewayError('rate_limit_error', 'm', { retryable: true, retryAfterSeconds: 3 })),
    ).rejects.toThrow('m')
    expect(waits).toEqual([3000, 3000, 3000, 3000])
  })

  test('end when the caller disconnects during a wait', async () => {
    const caller = new AbortController()
    let tries = 0
    const sleeping: RetryPolicy = {
      ...policy,
      sleep: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
          caller.abort(new Error('gone'))
        }),
    }
    const attempt = async (): Promise<never> => {
      tries += 1
      throw new GatewayError('overloaded_error', 'm', { retryable: true })
    }
    await expect(withRetries(attempt, sleeping, callWith(caller.signal), silent)).rejects.toMatchObject({
      status: 499,
      message: 'The client closed the request.',
    })
    expect(tries).toBe(1)
  })
})
