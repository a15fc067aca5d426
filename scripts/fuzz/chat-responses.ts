import { gzipSync } from 'node:zlib'
import type { Random } from '../support/random.ts'
import { chatReading, cutStreamFault, encodeEvent, eventsOf, randomEvents, validEvents } from './chat-events.ts'
import { canaryMark } from './corpus.ts'
import { type Draft, headOf, randomDelivery, shuffled, sweepOf, toSubject } from './drafts.ts'
import { mutateBytes } from './mutate-bytes.ts'
import { mutateJson, render } from './mutate-json.ts'
import { headers, statuses } from './response-parts.ts'
import type { Subject } from './subject.ts'

/** Chat Completions responses that no correct upstream sends. */

const streamHead = headOf(200, 'content-type: text/event-stream')

const whole = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: `${canaryMark} hello`,
        reasoning_content: 'hm',
        refusal: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'Bash', arguments: '{"a":1}' } }],
      },
      logprobs: null,
      finish_reason: 'tool_calls',
    },
  ],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, prompt_tokens_details: { cached_tokens: 1 } },
}

/** Errors in the forms of several providers. */
const errors: readonly unknown[] = [
  { error: { message: canaryMark, type: 'invalid_request_error', param: 'messages', code: 'context_length_exceeded' } },
  { error: canaryMark },
  { object: 'error', message: canaryMark, type: 'x', param: null, code: '3230' },
  { detail: [{ type: 'extra_forbidden', loc: ['body', 'x'], msg: canaryMark }] },
  { detail: canaryMark },
  {
    error: {
      message: 'Provider returned error',
      code: 502,
      metadata: { raw: `{"error":{"message":"${canaryMark}"}}` },
    },
  },
  { base_resp: { status_code: 1004, status_msg: canaryMark } },
  { error_type: 'x', error_message: canaryMark },
  [{ error: { code: 429, message: canaryMark } }],
  { choices: [], error: { message: canaryMark, code: 529 } },
]

const anyError = (random: Random): string => render(mutateJson(random.pick(errors), random, random.below(3)))

const anyBody = (random: Random): Uint8Array =>
  random.pick<() => Uint8Array>([
    () => new Uint8Array(),
    () => Buffer.from(`<!doctype html><html><title>502</title><body>${canaryMark}</body></html>`),
    () => Buffer.from(anyError(random)),
    () => Buffer.from(anyError(random)),
    () => Buffer.from(render(mutateJson(whole, random, random.below(4)))),
    () => mutateBytes(Buffer.from(JSON.stringify(errors[0])), random),
    () => gzipSync(Buffer.from(JSON.stringify(errors[0]))),
    () => Buffer.concat(randomEvents(random)),
    () => Buffer.alloc(300_000, 'x'),
    () => Buffer.from('data: '.repeat(50_000)),
  ])()

/** Events with JSON of the wrong shape. */
const reworded = (events: readonly Uint8Array[], random: Random): Uint8Array[] => {
  const chosen = new Set(Array.from({ length: 1 + random.below(3) }, () => random.below(events.length)))
  return validEvents(Buffer.concat(events)).frames.map(({ bytes, payload }, index) =>
    payload === undefined || !chosen.has(index)
      ? bytes
      : encodeEvent(render(mutateJson(payload, random, 1 + random.below(3)))),
  )
}

const inserted = (events: readonly Uint8Array[], random: Random): Uint8Array[] => {
  const extra = random.pick<() => Uint8Array>([
    () => encodeEvent(anyError(random)),
    () => Buffer.from(`event: error\ndata: ${anyError(random)}\n\n`),
    () => Buffer.from(`error: ${anyError(random)}\n\n`),
    () => Buffer.from(': keep-alive\n\n'),
    () => Buffer.from('data:\n\nid: 1\nretry: 5\n\n'),
    () => encodeEvent('[DONE]'),
    () => encodeEvent('not JSON'),
    () => encodeEvent('[1, 2]'),
  ])()
  return events.toSpliced(random.below(events.length + 1), 0, extra)
}

/** The same events with other line endings. */
const relined = (events: readonly Uint8Array[], random: Random): Uint8Array => {
  const text = Buffer.concat(events)
    .toString()
    .replaceAll('\n', random.pick(['\r\n', '\r']))
  return Buffer.from(random.chance(0.3) ? `\ufeff${text}` : text)
}

const sweep = eventsOf('deepseek', [{ thinking: 'Hm.' }, { text: 'Hi é' }, { tool: 'Bash', input: { a: 1 } }], 4)

/** `index` counts the subjects: consecutive subjects have a fault at each byte of a stream. */
export const chatResponseSubject = (index: number, random: Random): Subject => {
  const events = randomEvents(random)
  const common = { isStream: true, head: streamHead, ...randomDelivery(random) } as const
  const stream = (kind: string, body: Uint8Array): Draft => ({ ...common, kind, body })
  const all = Buffer.concat(events)
  const http = (isStream: boolean): Draft => ({
    ...common,
    kind: 'HTTP answers',
    isStream,
    head: headOf(random.pick(statuses), ...Array.from({ length: random.below(4) }, () => random.pick(headers))),
    body: anyBody(random),
  })
  const draft = random.pick<() => Draft>([
    ...Array.from({ length: 3 }, () => () => stream('each byte', sweepOf(sweep, index))),
    () => ({ ...stream('cut', all.subarray(0, random.below(all.length + 1))), check: cutStreamFault }),
    () => ({ ...stream('cut', all.subarray(0, random.below(all.length + 1))), check: cutStreamFault }),
    () => ({ ...stream('whole', all), check: cutStreamFault }),
    () => stream('lines', relined(events, random)),
    () => stream('bytes', mutateBytes(all, random)),
    () => stream('order', Buffer.concat(shuffled(events, random))),
    () => stream('words', Buffer.concat(reworded(events, random))),
    () => stream('words', Buffer.concat(reworded(events, random))),
    () => stream('errors', Buffer.concat(inserted(events, random))),
    () => http(true),
    () => http(false),
    () => ({
      ...http(false),
      kind: 'whole answers',
      head: headOf(200, 'content-type: application/json'),
      body: Buffer.from(render(mutateJson(whole, random, 1 + random.below(3)))),
    }),
    () => ({
      ...http(random.chance(0.5)),
      kind: 'damaged heads',
      head: Buffer.from(mutateBytes(Buffer.from(streamHead), random)).toString('latin1'),
      body: all,
    }),
  ])()
  return toSubject(draft, chatReading)
}
