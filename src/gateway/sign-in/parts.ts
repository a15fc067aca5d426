import type { Logger } from '../../base/logger.ts'
import type { StoredSignIn } from '../../wire/sign-in-file.ts'
import { createCodes, type RandomBytes } from './codes.ts'
import { createInvites } from './invites.ts'
import { createPendingRequests } from './pending-requests.ts'
import { createAddressRate, createFailureLimit, perMinute } from './rates.ts'
import { createSessions } from './sessions.ts'

/** Keeps the sessions of a server. */
interface SignInStore {
  read(): StoredSignIn
  /** Resolves after it is stored. */
  write(stored: StoredSignIn): Promise<void>
}

export interface SignInOptions {
  readonly store: SignInStore
  readonly log: Logger
  /** Milliseconds since 1970. */
  readonly date: () => number
  /** Milliseconds, monotonic: rates and intervals do not depend on a clock that is set. */
  readonly now: () => number
  readonly random: RandomBytes
  /** Whether clients reach the server only from this machine. */
  readonly isLoopback: boolean
  /** Whether a client of this name may use the server; absent if the server has no named clients. */
  readonly isClient?: ((name: string) => boolean) | undefined
}

/** A server without named clients takes any name. */
export const mayHaveName = ({ isClient }: Pick<SignInOptions, 'isClient'>, name: string): boolean =>
  isClient === undefined || isClient(name)

const [askRate, pollRate] = [perMinute(30), perMinute(120)]
const mostWrongInvites = 5
/** Seconds. Another machine pays for each poll with the network. */
const [loopbackInterval, remoteInterval] = [2, 5]

/** What sign-in keeps. */
export const createParts = ({ store, date, now, random, isLoopback }: SignInOptions) => {
  const codes = createCodes(random)
  const { installationId, sessions, invites } = store.read()
  const intervalSeconds = isLoopback ? loopbackInterval : remoteInterval
  return {
    installationId,
    intervalSeconds,
    pending: createPendingRequests({ codes, date, now, intervalSeconds }),
    sessions: createSessions({ stored: sessions, codes, date }),
    invites: createInvites({ stored: invites, codes, date }),
    mayAsk: createAddressRate(askRate, now),
    mayPoll: createAddressRate(pollRate, now),
    wrongInvites: createFailureLimit(mostWrongInvites, now),
  }
}

export type Parts = ReturnType<typeof createParts>
export type Save = () => Promise<void>
