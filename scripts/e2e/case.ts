import assert from 'node:assert/strict'
import type { SimulatedRequest } from '../../src/simulator/reply.ts'
import type { ClientRun } from './client.ts'
import type { ClaudeVersion } from './install.ts'
import type { Session, SessionSetup } from './session.ts'

/** One thing that the real client must be able to do. */
export interface Case {
  readonly name: string
  /** All versions without it. */
  readonly versions?: readonly ClaudeVersion[]
  /** What the simulated model says, and how the server is started. The folder is the client's. */
  setup(folder: string, version: ClaudeVersion): SessionSetup | Promise<SessionSetup>
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
