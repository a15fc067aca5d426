import { describe, expect, test } from 'bun:test'
import { Secret } from '../../../../src/base/secret.ts'
import type { CredentialChoice, FailedAnswer } from '../../../../src/upstreams/anthropic/credentials/credential.ts'
import { createKeyRing } from '../../../../src/upstreams/anthropic/credentials/key-ring.ts'

const failed = (status: number, headers: Record<string, string> = {}, error: object = {}): FailedAnswer => ({
  status,
  headers: new Headers(headers),
  text: JSON.stringify({ type: 'error', error }),
})

const ringOf = (...keys: string[]) => {
  const time = { ms: 0 }
  const changes: unknown[] = []
  const ring = createKeyRing({
    keys: keys.map((key) => new Secret(key)),
    now: () => time.ms,
    onChange: (...change) => changes.push(change),
  })
  return { ...ring, time, changes }
}

const keyOf = (choice: CredentialChoice | undefined): string | undefined => choice?.credential.secret.reveal()

describe('several keys of a domain', () => {
  test('stay with the first one as long as it succeeds (AU-K8)', () => {
    const { choose, changes } = ringOf('a', 'b')
    expect([choose(), choose(), choose()].map(keyOf)).toEqual(['a', 'a', 'a'])
    expect(choose().credential).toMatchObject({ kind: 'api_key', header: 'x-api-key', betas: [] })
    expect(changes).toEqual([])
  })

  test.each([
    [failed(429)],
    [failed(529)],
    [failed(401)],
    [failed(402)],
    [failed(403, {}, { type: 'permission_error' })],
    [failed(400, {}, { type: 'invalid_request_error', message: 'Your credit balance is too low to access the API.' })],
  ])('change to the next one, which stays current (AU-K8): %j', async (answer) => {
    const { choose, changes } = ringOf('a', 'b')
    expect(keyOf(await choose().afterFailure(answer))).toBe('b')
    expect(keyOf(choose())).toBe('b')
    expect(changes).toEqual([[1, 2, answer.status]])
  })

  test.each([
    [failed(400, {}, { type: 'invalid_request_error', message: 'max_tokens: Field required' })],
    [failed(403, {}, { type: 'forbidden' })],
    [{ ...failed(403), text: '<html>' }],
    [{ ...failed(400), text: '{"error":"credit balance"}' }],
    [failed(404)],
    [failed(500)],
    [failed(503)],
  ])('do not change for a failure that is not about the key (AU-K8): %j', async (answer) => {
    const { choose, changes } = ringOf('a', 'b')
    expect(await choose().afterFailure(answer)).toBeUndefined()
    expect([keyOf(choose()), changes]).toEqual(['a', []])
  })

  test('relay the last answer if each of them has failed (AU-K8)', async () => {
    const { choose } = ringOf('a', 'b', 'c')
    const second = await choose().afterFailure(failed(429))
    const third = await second?.afterFailure(failed(429))
    expect([second, third].map(keyOf)).toEqual(['b', 'c'])
    expect(await third?.afterFailure(failed(429))).toBeUndefined()
    // A request still makes one call with the current key.
    expect(keyOf(choose())).toBe('c')
    expect(await choose().afterFailure(failed(429))).toBeUndefined()
  })

  test('use a rested one again instead of one that rests (AU-K8)', async () => {
    const { choose, time, changes } = ringOf('a', 'b')
    const second = await choose().afterFailure(failed(429, { 'retry-after': '5' }))
    await second?.afterFailure(failed(429))
    expect(keyOf(choose())).toBe('b')
    time.ms = 5000
    expect(keyOf(choose())).toBe('a')
    expect(changes).toEqual([
      [1, 2, 429],
      [2, 1, undefined],
    ])
  })

  test.each([
    [{}, 30_000],
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': '86400' }, 3_600_000],
    [{ 'retry-after': 'soon' }, 30_000],
    [{ 'retry-after': '' }, 30_000],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:09 GMT', date: 'Wed, 21 Oct 2026 07:28:00 GMT' }, 9000],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:09 GMT' }, 30_000],
  ])('rest for the time that the answer names, at most an hour (AU-K8): %j', async (headers, restMs) => {
    const { choose, time } = ringOf('a', 'b')
    await choose().afterFailure(failed(429, headers))
    time.ms = restMs - 1
    expect(await choose().afterFailure(failed(401))).toBeUndefined()
    time.ms = restMs
    expect(keyOf(choose())).toBe('a')
  })

  test('change once for requests that fail at the same time, and each request tries a key once (AU-K8)', async () => {
    const { choose, changes } = ringOf('a', 'b', 'c')
    const requests = [choose(), choose(), choose()]
    const seconds = await Promise.all(requests.map((choice) => choice.afterFailure(failed(429))))
    expect(seconds.map(keyOf)).toEqual(['b', 'b', 'b'])
    expect(changes).toEqual([[1, 2, 429]])
    const again = await seconds[0]?.afterFailure(failed(529, { 'retry-after': '0.001' }))
    expect(keyOf(again)).toBe('c')
  })

  test('are relayed at once if there is one key (AU-K8)', async () => {
    const { choose } = ringOf('a')
    expect(await choose().afterFailure(failed(429))).toBeUndefined()
    expect(keyOf(choose())).toBe('a')
  })
})
