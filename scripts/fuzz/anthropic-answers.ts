import { gzipSync } from 'node:zlib'
import { encodeSse } from '../../src/codec/sse/encode.ts'
import { anthropicFormat } from '../support/client-formats/anthropic.ts'
import { parsed } from '../support/client-formats/format.ts'
import type { Random } from '../support/random.ts'
import { toClientRequest } from './client-requests.ts'
import { canaryMark } from './corpus.ts'
import { type Draft, headOf, randomDelivery, shuffled, sweepOf, toResponse } from './drafts.ts'
import { mutateBytes, smallerBytes } from './mutate-bytes.ts'
import { headers, statuses } from './response-parts.ts'
import { type Relayed, type Subject, shown } from './subject.ts'

/** Answers that no correct upstream sends, through the native lane: the client must get the same bytes. */

/** Marks what comes from the upstream: the server's own answers have other ids. */
const upstreamId = 'req_fuzzed'

const eventStream = 'text/event-stream; charset=utf-8'
const json = 'application/json'

const usage = { input_tokens: 3, cache_read_input_tokens: 1, cache_creation_input_tokens: 0, output_tokens: 2 }
const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-4-6',
  content: [] as object[],
  usage,
}

interface AnyEvent {
  readonly type: string
  readonly [member: string]: unknown
}

const delta = (index: number, part: object): AnyEvent => ({ type: 'content_block_delta', index, delta: part })

const blocks: readonly ((index: number) => readonly AnyEvent[])[] = [
  (index) => [
    { type: 'content_block_start', index, content_block: { type: 'thinking', thinking: '', signature: '' } },
    delta(index, { type: 'thinking_delta', thinking: `${canaryMark} hm` }),
    delta(index, { type: 'signature_delta', signature: 'c2lnbmVk' }),
  ],
  (index) => [
    { type: 'content_block_start', index, content_block: { type: 'text', text: '' } },
    { type: 'ping' },
    delta(index, { type: 'text_delta', text: `${canaryMark} é` }),
    delta(index, { type: 'text_delta', text: '💥\r\n' }),
  ],
  (index) => [
    { type: 'content_block_start', index, content_block: { type: 'tool_use', id: 't', name: 'Bash', input: {} } },
    delta(index, { type: 'input_json_delta', partial_json: '{"command":' }),
    delta(index, { type: 'input_json_delta', partial_json: '"ls"}' }),
  ],
]

const eventsOf = (chosen: typeof blocks): Uint8Array[] =>
  [
    { type: 'message_start', message },
    ...chosen.flatMap((block, index) => [...block(index), { type: 'content_block_stop', index }]),
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 9 } },
    { type: 'message_stop' },
  ].map((event) => Buffer.from(encodeSse(event)))

const sweep = eventsOf(blocks)

const error = { type: 'error', error: { type: 'overloaded_error', message: canaryMark }, request_id: 'x' }

const anyBody = (random: Random): Uint8Array =>
  random.pick<() => Uint8Array>([
    () => new Uint8Array(),
    () => Buffer.from(JSON.stringify(error)),
    () => mutateBytes(Buffer.from(JSON.stringify(error)), random),
    () => Buffer.from(`<!doctype html><html><title>502</title><body>${canaryMark}</body></html>`),
    () => Buffer.from(JSON.stringify({ ...message, content: [{ type: 'text', text: canaryMark }] })),
    () => gzipSync(Buffer.from(JSON.stringify(error))),
    () => Buffer.alloc(300_000, 'x'),
    () => Buffer.concat(sweep),
  ])()

/** Headers that say nothing about the body's length and coding. */
const harmlessHeaders = [
  ...['retry-after: -1', 'retry-after: soon', 'retry-after: 1e99', 'x-should-retry: maybe', 'set-cookie: a=b'],
  ...['location: http://127.0.0.1:1/', 'anthropic-ratelimit-unified-status: é', `x: ${'y'.repeat(4000)}`, 'etag: "a"'],
]

const relayedHead = (status: number, type: string, ...more: readonly string[]): string =>
  headOf(status, `content-type: ${type}`, `request-id: ${upstreamId}`, ...more)

const isRedirect = (status: number): boolean => status >= 300 && status < 400

const statusOf = (head: string): number => Number(head.split(' ', 2)[1])

const startsWith = (bytes: Uint8Array, beginning: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, beginning.byteLength)).equals(beginning)

/** The bytes that both have at their start. */
const commonLength = (one: Uint8Array, other: Uint8Array): number => {
  const most = Math.min(one.byteLength, other.byteLength)
  for (let at = 0; at < most; at += 1) if (one[at] !== other[at]) return at
  return most
}

/** Whether the answer ends with one error event after complete events. */
const endsWithError = (received: Uint8Array, sent: Uint8Array): boolean => {
  const added = Buffer.from(received).lastIndexOf('event: error\ndata: ')
  if (added === -1 || commonLength(received, sent) < added) return false
  const before = Buffer.from(received.subarray(0, added)).toString('latin1')
  const [, data = ''] =
    /^event: error\ndata: ([^\n]+)\n\n$/.exec(Buffer.from(received.subarray(added)).toString()) ?? []
  return /(?:^|\n\n|\r\n\r\n|\r\r)$/.test(before) && anthropicFormat.errorFault(parsed(data)) === undefined
}

/** Whether the bytes end with the last event of a message: a broken connection after it means nothing. */
const endsWithMessage = (bytes: Uint8Array): boolean =>
  /(?:^|[\r\n])event: ?message_stop(?:\r\n|\n|\r)[^\r\n]*[\r\n]+$/.test(Buffer.from(bytes).toString('latin1'))

/** Whether the answer is complete with its last byte, also if the connection then breaks or hangs. */
const isWhole = ({ end, framing }: Draft): boolean => end === 'end' || framing === 'length'

/** Without a length, a close is the end; fetch does not report a reset as something else. */
const endsByClose = ({ end, framing }: Draft): boolean => end === 'reset' && framing === 'close'

const judgeBody = (draft: Draft, { body, isBroken, headers: received }: Relayed): string | undefined => {
  const isEqual = body.byteLength === draft.body.byteLength && startsWith(body, draft.body)
  if (isWhole(draft) && isEqual && !isBroken) return undefined
  if (draft.end === 'end')
    return `${body.byteLength} of ${draft.body.byteLength} bytes${isBroken ? ', then a break' : ''}`
  if (isBroken || endsByClose(draft)) return startsWith(draft.body, body) ? undefined : 'other bytes before the break'
  if (endsWithMessage(body)) return startsWith(draft.body, body) ? undefined : 'other bytes before the end'
  const isStream = received.get('content-type')?.startsWith('text/event-stream') === true
  return isStream && endsWithError(body, draft.body) ? undefined : 'an end that the upstream did not send'
}

/** Statuses without a body. */
const bodiless: ReadonlySet<number> = new Set([204, 205])

const judge = (draft: Draft, relayed: Relayed): string | undefined => {
  const status = statusOf(draft.head)
  if (relayed.status === 0) return draft.end === 'end' ? 'the connection broke' : undefined
  if (relayed.headers.get('request-id') !== upstreamId) {
    const fault = anthropicFormat.errorFault(parsed(new TextDecoder().decode(relayed.body)))
    if (fault !== undefined) return fault
    return draft.end === 'end' && !isRedirect(status) ? `an answer that was not relayed: ${relayed.status}` : undefined
  }
  if (isRedirect(status)) return 'a redirect that was relayed'
  if (relayed.status !== status) return `status ${relayed.status} in place of ${status}`
  return bodiless.has(status) ? undefined : judgeBody(draft, relayed)
}

const toSubject = (draft: Draft, isJudged: boolean): Subject => ({
  kind: draft.kind,
  answer: toResponse(draft),
  sent: (canary) => toClientRequest(draft, canary),
  judge: (relayed) => (isJudged ? judge(draft, relayed) : undefined),
  *smaller() {
    if (draft.writes > 1) yield toSubject({ ...draft, writes: 1 }, isJudged)
    for (const body of smallerBytes(draft.body)) yield toSubject({ ...draft, body }, isJudged)
  },
  describe: () => `${draft.framing}, ${draft.writes} writes, then ${draft.end}\n${draft.head}\n\n${shown(draft.body)}`,
})

/** `index` counts the subjects: consecutive subjects have a fault at each byte of a stream. */
export const anthropicAnswerSubject = (index: number, random: Random): Subject => {
  const events = eventsOf(blocks.filter(() => random.chance(0.6)))
  const all = Buffer.concat(events)
  const common = { isStream: true, head: relayedHead(200, eventStream), ...randomDelivery(random) } as const
  const stream = (kind: string, body: Uint8Array): Subject => toSubject({ ...common, kind, body }, true)
  return random.pick<() => Subject>([
    () => stream('each byte', sweepOf(sweep, index)),
    () => stream('each byte', sweepOf(sweep, index)),
    () => stream('cut', all.subarray(0, random.below(all.length + 1))),
    () => stream('whole', all),
    () => stream('bytes', mutateBytes(all, random)),
    () => stream('order', Buffer.concat(shuffled(events, random))),
    () => stream('lines', Buffer.from(all.toString().replaceAll('\n', random.pick(['\r\n', '\r'])))),
    () => {
      const added = Array.from({ length: random.below(4) }, () => random.pick(harmlessHeaders))
      const head = relayedHead(random.pick(statuses), random.pick([json, eventStream, 'text/html']), ...added)
      return toSubject({ ...common, kind: 'HTTP answers', head, body: anyBody(random) }, true)
    },
    () => {
      const added = Array.from({ length: random.below(4) }, () => random.pick(headers))
      const head = relayedHead(random.pick(statuses), random.pick([json, eventStream]), ...added)
      return toSubject({ ...common, kind: 'odd headers', head, body: anyBody(random) }, false)
    },
    () => {
      const head = Buffer.from(mutateBytes(Buffer.from(common.head), random)).toString('latin1')
      return toSubject({ ...common, kind: 'damaged heads', head, body: all }, false)
    },
  ])()
}
