import { expect, test } from 'bun:test'
import type { KeptRequest } from '../../../src/gateway/cache-audit/classify.ts'
import { KeptRequests } from '../../../src/gateway/cache-audit/kept-requests.ts'
import { createFingerprints } from '../../support/cache-audit.ts'

const marker = { cache_control: { type: 'ephemeral' } }
const fingerprintOf = createFingerprints()
const fingerprint = fingerprintOf({
  model: 'claude-sonnet-4-6',
  max_tokens: 10,
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Begin.', ...marker }] }],
})

const kept = (endedAt: number, bytes = fingerprint.bytes): KeptRequest => ({
  fingerprint: { ...fingerprint, bytes },
  modelId: 'sonnet',
  cachedTokens: 5000,
  endedAt,
})
const of = (session: string, modelId = 'sonnet') => ({ session, modelId })
const minute = 60_000
const megabyte = 1024 * 1024

test('CA-S1 CA-S2 a session has its last two requests, for each model', () => {
  const requests = new KeptRequests()
  for (const at of [1, 2, 3]) requests.keep(of('a'), kept(at), `msg_${at}`)
  expect(requests.begin(of('a'), 4)).toMatchObject({ earlier: [{ endedAt: 3 }, { endedAt: 2 }], hasParallel: false })
  expect(requests.begin(of('a'), 4).hasParallel).toBe(true)
  requests.end(of('a'))
  requests.end(of('a'))
  expect(requests.begin(of('a'), 4).hasParallel).toBe(false)
  expect(requests.begin(of('a', 'opus'), 5)).toMatchObject({ earlier: [], otherModel: { endedAt: 3 } })
  expect(requests.begin(of('b'), 5)).toEqual({ earlier: [], otherModel: undefined, hasParallel: false })
})

test('CA-S3 finds the last 512 answers, also of clients without a session', () => {
  const requests = new KeptRequests()
  for (let at = 0; at < 600; at += 1) requests.keep({ session: undefined, modelId: 'sonnet' }, kept(at), `msg_${at}`)
  expect(requests.counts).toEqual({ lanes: 0, answers: 512, bytes: 512 * fingerprint.bytes, dropped: 0 })
  expect([requests.find('msg_87'), requests.find('msg_88')?.endedAt]).toEqual([undefined, 88])
})

test('CA-S2 10,000 sessions leave the last 200, and the others are counted', () => {
  const requests = new KeptRequests()
  for (let at = 0; at < 10_000; at += 1) {
    requests.begin(of(`session-${at}`), at)
    requests.keep(of(`session-${at}`), kept(at), `msg_${at}`)
  }
  expect(requests.counts).toMatchObject({ lanes: 200, answers: 512, dropped: 9800 })
  expect(requests.counts.bytes).toBe(512 * fingerprint.bytes)
  expect(requests.begin(of('session-9799'), 10_000).earlier).toEqual([])
  expect(requests.begin(of('session-9999'), 10_000).earlier).toHaveLength(1)
})

test('CA-S2 more than 4 MB are never kept', () => {
  const requests = new KeptRequests()
  for (let at = 0; at < 20; at += 1) {
    requests.keep(of(`session-${at}`), kept(at, megabyte), `msg_${at}`)
    expect(requests.counts.bytes).toBeLessThanOrEqual(4 * megabyte)
  }
  expect(requests.counts.lanes).toBe(4)
})

test('CA-S2 a session that is idle for more than 65 minutes is dropped', () => {
  const requests = new KeptRequests()
  requests.keep(of('a'), kept(0), 'msg_a')
  expect(requests.begin(of('a'), 65 * minute).earlier).toHaveLength(1)
  requests.keep(of('b'), kept(0), 'msg_b')
  expect(requests.begin(of('c'), 131 * minute).earlier).toEqual([])
  expect(requests.counts).toEqual({ lanes: 1, answers: 0, bytes: 0, dropped: 0 })
})
