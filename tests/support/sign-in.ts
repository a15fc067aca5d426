import { createLogger, type LogRecord } from '../../src/base/logger.ts'
import { Secret } from '../../src/base/secret.ts'
import type { SignInOptions } from '../../src/gateway/sign-in/parts.ts'
import { createSignIn, type SignIn } from '../../src/gateway/sign-in/sign-in.ts'
import type { SignInFacts } from '../../src/server/sign-in/facts.ts'
import type { StoredSignIn } from '../../src/wire/sign-in-file.ts'
import { type ChainOptions, startChain } from './chain.ts'

/** The core of sign-in with a clock of the test, and a store in memory. */

export interface TestSignIn {
  readonly signIn: SignIn
  readonly records: readonly LogRecord[]
  readonly clock: { now: number }
  /** What the store has last got. */
  readonly stored: () => StoredSignIn
  /** The same store and clock after a restart of the server. */
  readonly restart: () => TestSignIn
}

const emptySignIn: StoredSignIn = { version: 1, installationId: 'installation', sessions: [], invites: [] }

interface TestOptions extends Partial<Pick<SignInOptions, 'isLoopback' | 'isClient' | 'store'>> {
  readonly clock?: { now: number }
  /** The same clock, unless a test sets one of them. */
  readonly monotonic?: { now: number }
  readonly stored?: StoredSignIn
}

export const createTestSignIn = (options: TestOptions = {}): TestSignIn => {
  const { clock = { now: Date.UTC(2026, 10, 29) }, isLoopback = true } = options
  const records: LogRecord[] = []
  let kept = options.stored ?? emptySignIn
  const store = options.store ?? {
    read: () => kept,
    async write(next: StoredSignIn) {
      // As a file does.
      kept = JSON.parse(JSON.stringify(next))
    },
  }
  const signIn = createSignIn({
    ...options,
    store,
    isLoopback,
    date: () => clock.now,
    now: () => (options.monotonic ?? clock).now,
    random: (count) => crypto.getRandomValues(new Uint8Array(count)),
    log: createLogger('debug', (record) => records.push(record)),
  })
  const restart = () => createTestSignIn({ ...options, clock, stored: kept })
  return { signIn, records, clock, stored: () => kept, restart }
}

/** Asks, approves and fetches the tokens. */
export const signedIn = async ({ signIn, clock }: TestSignIn, name?: string) => {
  const device = signIn.ask({ surface: 'claude_code', clientVersion: 'claude-code/2.1.332', address: '127.0.0.1' })
  if (device === undefined) throw new Error('too many requests')
  const approved = signIn.approve(device.userCode, name)
  if (approved !== 'approved') throw new Error(approved)
  clock.now += device.interval * 1000
  const outcome = await signIn.poll(device.deviceCode, '127.0.0.1')
  if (outcome.kind !== 'tokens') throw new Error(outcome.kind)
  return { ...outcome.tokens, email: outcome.email }
}

interface ServerOptions extends TestOptions, Pick<SignInFacts, 'forwardTelemetry'> {
  readonly chain?: ChainOptions
  readonly approve?: 'terminal' | 'invite'
  readonly publicUrl?: string
  readonly clientNames?: () => readonly string[]
}

/** The whole server with sign-in, and its core. */
export const startSignInServer = (options: ServerOptions = {}) => {
  const { publicUrl = 'http://127.0.0.1:4141', approve = 'terminal', clientNames, forwardTelemetry } = options
  const core = createTestSignIn(options)
  const admin = new Secret('the-secret-of-the-commands')
  const chain = startChain({
    ...options.chain,
    signIn: { signIn: core.signIn, publicUrl, approve, admin, clientNames, forwardTelemetry },
  })
  const form = (path: string, fields: Record<string, string>, headers = {}): Promise<Response> =>
    fetch(chain.url + path, { method: 'POST', body: new URLSearchParams(fields), headers })
  return { ...core, ...chain, core, form, signedIn: (name?: string) => signedIn(core, name) }
}
