import assert from 'node:assert/strict'
import type { SimulatedRequest } from '../../src/simulator/reply.ts'
import type { ClientRun } from './client.ts'
import type { ClientName } from './clients.ts'
import type { Packages } from './install.ts'
import type { Session, SessionSetup } from './session.ts'

/** One task that the real client must be able to do. */
export interface Case {
  readonly name: string
  /** The client that plays it. Default: Claude Code. */
  readonly client?: ClientName
  /** The first version of the client that can do it. Default: all tested versions. */
  readonly since?: string
  /** All versions of the client behave the same: only the newest version of a run plays this case. */
  readonly newestOnly?: true
  /** Additional packages, which are installed before the run. */
  readonly packages?: Packages
  /** The expected refusals of the simulated Nexus; any other refusal is a failure. */
  readonly expectedRefusal?: RegExp
  /** The client's own requests to other machines that the trap may refuse; any other one is a failure. */
  readonly expectedTraffic?: RegExp
  /** Defines the replies of the simulated model, and how to start the server. `folder` is the client's. */
  setup(folder: string, version: string): SessionSetup | Promise<SessionSetup>
  /** Drives the client. Throws if the client or its requests are wrong. */
  play(session: Session): Promise<void>
}

/** Arguments for one prompt without a terminal. */
export const prompt = (words: string, ...more: readonly string[]): string[] => [
  '-p',
  words,
  '--output-format',
  'stream-json',
  '--verbose',
  ...more,
]

type Body = SimulatedRequest['body']

export const bodies = ({ journal }: Session): Body[] => journal.map(({ body }) => body as Body)

/** Throws unless the client ended with a result that contains these words. */
export const succeeded = ({ exitCode, result }: ClientRun, words: string): void => {
  assert.equal(result?.['is_error'], false)
  assert.match(String(result?.['result']), new RegExp(words))
  assert.equal(exitCode, 0)
}

interface ModelMessage {
  readonly content: readonly Readonly<Record<string, unknown>>[]
}

/** Every text of the model in the client's output. */
export const textsOf = ({ events }: ClientRun): string[] =>
  events
    .flatMap(({ type, ...event }) => (type === 'assistant' ? (event['message'] as ModelMessage).content : []))
    .flatMap(({ type, text }) => (type === 'text' ? [String(text)] : []))

interface StreamEvent {
  readonly type: string
  readonly usage?: Readonly<Record<string, number>>
  readonly delta?: { readonly type?: string; readonly text?: string }
}

/** The flag that `cacheReads` and `textDeltasOf` need. */
export const withStreams = '--include-partial-messages'

const streamEvents = ({ events }: ClientRun): StreamEvent[] =>
  events.flatMap(({ type, ...line }) => (type === 'stream_event' ? [line['event'] as StreamEvent] : []))

/** The tokens that each response read from the prompt cache. The run needs `withStreams`. */
export const cacheReads = (run: ClientRun): number[] =>
  streamEvents(run).flatMap(({ type, usage }) =>
    type === 'message_delta' ? [Number(usage?.['cache_read_input_tokens'])] : [],
  )

/** The texts of the stream, and the types of all its events. The run needs `withStreams`. */
export const textDeltasOf = (run: ClientRun): { readonly texts: string[]; readonly types: string[] } => {
  const events = streamEvents(run)
  return {
    texts: events.flatMap(({ delta }) => (delta?.type === 'text_delta' ? [String(delta.text)] : [])),
    types: events.map(({ type }) => type),
  }
}

/** The tokens of all requests of a run: read from the prompt cache, written to it, and written for an hour. */
export const cacheUseOf = ({ result }: ClientRun) => {
  const usage = (result?.['usage'] ?? {}) as Readonly<Record<string, unknown>>
  const creation = (usage['cache_creation'] ?? {}) as Readonly<Record<string, unknown>>
  return {
    read: Number(usage['cache_read_input_tokens'] ?? 0),
    written: Number(usage['cache_creation_input_tokens'] ?? 0),
    writtenForAnHour: Number(creation['ephemeral_1h_input_tokens'] ?? 0),
  }
}
