import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import type { Json } from '../../src/base/json.ts'
import type { Random } from '../support/random.ts'
import { canaryMark, type ValidRequest } from './corpus.ts'
import { mutateBytes, smallerBytes } from './mutate-bytes.ts'
import { mutateJson, render, smallerJson } from './mutate-json.ts'
import { type Sent, type Subject, shown } from './subject.ts'

/** Invalid requests. */

type Coding = (bytes: Buffer) => { readonly body: Uint8Array; readonly encoding?: string }

const bomb = (): Buffer => gzipSync(Buffer.alloc(40 * 1024 * 1024, 0x20), { level: 1 })

const codings: Readonly<Record<string, Coding>> = {
  utf16: (bytes) => ({ body: Buffer.from(bytes.toString(), 'utf16le') }),
  latin1: (bytes) => ({ body: Buffer.from(`${bytes}é\u0080`, 'latin1') }),
  'byte order mark': (bytes) => ({ body: Buffer.concat([Buffer.from('\ufeff'), bytes]) }),
  gzip: (bytes) => ({ body: gzipSync(bytes), encoding: 'gzip' }),
  deflate: (bytes) => ({ body: deflateSync(bytes), encoding: 'deflate' }),
  'raw deflate': (bytes) => ({ body: deflateRawSync(bytes), encoding: 'deflate' }),
  brotli: (bytes) => ({ body: brotliCompressSync(bytes), encoding: 'br' }),
  zstd: (bytes) => ({ body: Bun.zstdCompressSync(bytes), encoding: 'zstd' }),
  twice: (bytes) => ({ body: brotliCompressSync(gzipSync(bytes)), encoding: 'gzip, br' }),
  'not gzip': (bytes) => ({ body: bytes, encoding: 'gzip' }),
  'not brotli': (bytes) => ({ body: bytes, encoding: 'br' }),
  'not zstd': (bytes) => ({ body: bytes, encoding: 'zstd' }),
  'cut gzip': (bytes) => ({ body: gzipSync(bytes).subarray(0, -9), encoding: 'gzip' }),
  'cut zstd': (bytes) => ({ body: Bun.zstdCompressSync(bytes).subarray(0, -3), encoding: 'zstd' }),
  'unknown coding': (bytes) => ({ body: bytes, encoding: 'x'.repeat(300) }),
  'many codings': (bytes) => ({ body: bytes, encoding: Array.from({ length: 100 }, () => 'gzip').join() }),
}

const bombEvery = 100

const contentTypes = [
  'text/plain',
  'application/json; charset=utf-16',
  'application/x+json',
  '',
  'json',
  'a/b;'.repeat(99),
]
const betas = ['context-1m-2025-08-07', 'x', ',,,', 'é', 'a'.repeat(5000), 'interleaved-thinking-2025-05-14, ,b']

const otherPaths = [
  ...[
    '/',
    '/health',
    '/readyz',
    '/api/hello',
    '/v1/models',
    '/v1/models/',
    '/v1/models/claude-sonnet-4-6',
    '/v1/models/%ff',
  ],
  ...[
    '/v1/models/%00',
    '/v1/models/..%2f',
    '/v1/models?limit=-1',
    '/v1/models?limit=1&after_id=x',
    '/v1/models?limit=1e9',
  ],
  ...[
    '/v1/models?limit=%',
    '/v1/messages/batches',
    '/v1/complete',
    '/v1/v1/messages',
    '//v1/messages',
    '/v1//messages',
  ],
  ...['/v1/messages/', '/v1/messages?beta=true', '/V1/MESSAGES', '/v1/messages%2fcount_tokens', '/v1/messages/%', '/%'],
  ...[
    '/api/event_logging/batch',
    '/__proto__',
    '/v1/__proto__',
    '/constructor',
    `/${'a'.repeat(7000)}`,
    '/v1/files',
    '/*',
  ],
  ...[
    '/v1/chat/completions',
    '/v1/chat/completions/chatcmpl-1',
    '/chat/completions/',
    '/v1//chat/completions',
    '/V1/chat/completions',
    '/v1/v1/chat/completions',
    '/v1/chat%2fcompletions',
    '/openai',
  ],
  ...[
    '/v1/responses',
    '/v1/responses/resp_1',
    '/v1/responses/resp_1/input_items',
    '/v1/responses/resp_1/cancel',
    '/v1/responses/__proto__',
    '/v1/responses/%ff',
    '/openai/v1/responses/input_tokens',
  ],
  ...[
    '/openai/v1/models',
    '/models?client_version=1',
    '/openai/v1/models/gpt-5',
    '/models/%00',
    '/v1/embeddings',
    '/openai/v1/files',
  ],
]
const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']

/** Codex sends data of the user's computer in it. No log may contain it. */
const turnHeader = 'x-codex-turn-metadata'

interface Draft {
  readonly kind: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** `value` for JSON, otherwise `bytes`. Without both, the request has no body. */
  readonly value?: unknown
  readonly bytes?: Uint8Array
  readonly coding?: Coding
}

const withCanary = (bytes: Uint8Array, canary: string): Buffer =>
  Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll(canaryMark, canary), 'latin1')

const plainBytes = (draft: Draft): Uint8Array =>
  draft.bytes ?? (draft.value === undefined ? new Uint8Array() : Buffer.from(render(draft.value)))

const toSubject = (draft: Draft): Subject => {
  const { kind, method, path, headers, coding } = draft
  const sent = (canary: string): Sent => {
    const plain = withCanary(plainBytes(draft), canary)
    const coded: ReturnType<Coding> = coding?.(plain) ?? { body: plain }
    const encoding: Record<string, string> = coded.encoding === undefined ? {} : { 'content-encoding': coded.encoding }
    const hasBody = method !== 'GET' && method !== 'HEAD'
    const filled = Object.entries(headers).map(([name, value]) => [name, value.replace(canaryMark, canary)])
    return {
      method,
      path,
      headers: { ...Object.fromEntries(filled), ...encoding },
      body: hasBody ? coded.body : undefined,
    }
  }
  return {
    kind,
    sent,
    *smaller() {
      if (draft.bytes !== undefined) for (const bytes of smallerBytes(draft.bytes)) yield toSubject({ ...draft, bytes })
      else for (const value of smallerJson(draft.value)) yield toSubject({ ...draft, value })
    },
    describe: (canary) =>
      `${method} ${path} ${JSON.stringify(sent(canary).headers)}\n${shown(withCanary(plainBytes(draft), canary))}`,
  }
}

/** Whether a mutated URL source could name a real host. It is then replaced, so that no name is looked up. */
const mayLeave = (bytes: Uint8Array): boolean =>
  /"(?:file_|image_)?url"|\\u/.test(Buffer.from(bytes).toString('latin1'))

/** Maximum JSON length in characters. Other tests cover the body limit, and growth must not stop the fuzzer. */
const longest = 8_000_000

const mutated = (valid: Json, random: Random): unknown => {
  const value = mutateJson(valid, random, 1 + random.below(random.pick([1, 3, 10])))
  return (JSON.stringify(value)?.length ?? 0) > longest ? valid : value
}

const streamed = (request: Json, random: Random): Json => ({ ...request, stream: random.chance(0.5) })

export const bodySubject = (corpus: readonly ValidRequest[], random: Random): Subject => {
  const { paths, body } = random.pick(corpus)
  const path = random.pick(paths)
  const json = { 'content-type': 'application/json', [turnHeader]: canaryMark }
  const valid = streamed(body, random)
  const common = { method: 'POST', path, headers: json }
  const draft = random.pick<() => Draft>([
    ...Array.from({ length: 12 }, () => () => ({
      ...common,
      kind: 'JSON',
      value: mutated(valid, random),
    })),
    ...Array.from({ length: 4 }, () => () => {
      const bytes = mutateBytes(Buffer.from(render(valid)), random)
      return { ...common, kind: 'bytes', bytes: mayLeave(bytes) ? Buffer.from(render(valid)) : bytes }
    }),
    () => {
      const [name, coding] = random.pick(Object.entries(codings))
      return { ...common, kind: `coding: ${name}`, value: valid, coding: coding as Coding }
    },
    () => {
      const [, coding] = random.pick(Object.entries(codings))
      // Bytes that were damaged after compression.
      const damaged: Coding = (bytes) => {
        const whole = (coding as Coding)(bytes)
        return { ...whole, body: mutateBytes(whole.body, random) }
      }
      const frozen = damaged(Buffer.from(render(valid)))
      const value = mayLeave(frozen.body) ? {} : valid
      return { ...common, kind: 'damaged coding', value, coding: () => frozen }
    },
    () =>
      random.below(bombEvery) === 0
        ? { ...common, kind: 'bomb', value: null, coding: () => ({ body: bomb(), encoding: 'gzip' }) }
        : { ...common, kind: 'content type', value: valid, headers: { 'content-type': random.pick(contentTypes) } },
    () => ({ ...common, kind: 'betas', value: valid, headers: { ...json, 'anthropic-beta': random.pick(betas) } }),
    () => ({ ...common, kind: 'paths', path: random.pick(otherPaths), method: random.pick(methods), value: valid }),
  ])()
  return toSubject(draft)
}
