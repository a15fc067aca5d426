import assert from 'node:assert/strict'
import type { SimulatedRequest } from '../../src/simulator/reply.ts'
import type { ClientRun } from './client.ts'
import type { Packages } from './install.ts'
import type { Session, SessionSetup } from './session.ts'

/** One thing that the real client must be able to do. */
export interface Case {
  readonly name: string
  /** The first version of the client that can do it; every tested one without it. */
  readonly since?: string
  /** What no version of the client does differently: only the newest of a run plays it. */
  readonly newestOnly?: true
  /** What it needs beside the client. It is installed before the run. */
  readonly packages?: Packages
  /** What the simulated Nexus refuses in this case; any other refusal of its rules is a failure. */
  readonly expectedRefusal?: RegExp
  /** What the simulated model says, and how the server is started. The folder is the client's. */
  setup(folder: string, version: string): SessionSetup | Promise<SessionSetup>
  /** Drives the client. Throws where something is wrong. */
  play(session: Session): Promise<void>
}

/** Arguments for one prompt and no terminal. */
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

/** Throws unless the client came to an end with these words. */
export const succeeded = ({ exitCode, result }: ClientRun, words: string): void => {
  assert.equal(result?.['is_error'], false)
  assert.match(String(result?.['result']), new RegExp(words))
  assert.equal(exitCode, 0)
}

interface Said {
  readonly content: readonly Readonly<Record<string, unknown>>[]
}

/** Every text of the model's, as the client has it. */
export const textsOf = ({ events }: ClientRun): string[] =>
  events
    .flatMap(({ type, ...event }) => (type === 'assistant' ? (event['message'] as Said).content : []))
    .flatMap(({ type, text }) => (type === 'text' ? [String(text)] : []))

interface StreamEvent {
  readonly type: string
  readonly usage?: Readonly<Record<string, number>>
}

/** For `cacheReads`. */
export const withStreams = '--include-partial-messages'

/** What the end of each answer says was read from the prompt cache, in tokens. The run needs `withStreams`. */
export const cacheReads = ({ events }: ClientRun): number[] =>
  events
    .flatMap(({ type, ...line }) => (type === 'stream_event' ? [line['event'] as StreamEvent] : []))
    .flatMap(({ type, usage }) => (type === 'message_delta' ? [Number(usage?.['cache_read_input_tokens'])] : []))
