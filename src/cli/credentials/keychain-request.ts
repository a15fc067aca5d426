import { errorCode } from '../../base/error-code.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'
import type { Keychain } from './keychain.ts'

/** The keychain did not do what it was asked; the message is the reason, for the middle of a sentence. */
export class KeychainError extends Error {
  override readonly name = 'KeychainError'
  /** Whether there is one at all. */
  readonly isThere: boolean

  constructor(message: string, isThere: boolean) {
    super(message)
    this.isThere = isThere
  }
}

/** For people; the remedy is another in each command. */
export const notTaken = ({ message }: KeychainError): string => `The keychain did not take it: ${message}.`

interface Reason {
  readonly why: string
  readonly isThere: boolean
}

/** Bun's own names, of all systems. */
const reasonsByCode: Readonly<Record<string, Reason>> = {
  ERR_SECRETS_USER_CANCELED: { why: 'its question was not answered', isThere: true },
  ERR_SECRETS_ACCESS_DENIED: { why: 'it refuses this program', isThere: true },
  ERR_SECRETS_AUTH_FAILED: { why: 'its password was wrong', isThere: true },
  ERR_SECRETS_INTERACTION_NOT_ALLOWED: { why: 'it is locked', isThere: true },
  ERR_SECRETS_INTERACTION_REQUIRED: { why: 'it is locked', isThere: true },
}

/**
 * What Linux has to say, where the code is always the same. The words are Bun's, libsecret's and GLib's; the
 * first row that fits counts. Only words that are known for it say that there is no keychain: a key goes into
 * a file on their account.
 */
const reasonsByWords: readonly (Reason & { readonly words: RegExp })[] = [
  { words: /\blocked\b|IsLocked/i, why: 'it is locked', isThere: true },
  { words: /Timeout was reached|Error\.(?:NoReply|TimedOut|Timeout)\b/, why: 'it does not answer', isThere: true },
  { words: /Error\.AccessDenied\b/, why: 'it refuses this program', isThere: true },
  { words: /libsecret not available/i, why: 'libsecret is not installed', isThere: false },
  {
    words:
      /Cannot (?:autolaunch|spawn|determine)|Error spawning command|Could not connect: |Connection refused|StartServiceByName|ServiceUnknown|\.service files/i,
    why: 'no keyring is running',
    isThere: false,
  },
]

const toKeychainError = (error: unknown): KeychainError => {
  if (error instanceof KeychainError) return error
  const code = errorCode(error)
  const words = error instanceof Error ? error.message : ''
  const known = reasonsByCode[code ?? ''] ?? reasonsByWords.find((reason) => reason.words.test(words))
  return new KeychainError(known?.why ?? `it failed (${code ?? 'unknown'})`, known?.isThere ?? true)
}

/** A keyring that is unlocked answers within a few milliseconds. */
const noticeAfterMs = 1000
/** Somebody may have to look for a password; nobody looks for ever. */
const deadlineMs = 60_000

/** Asks with a deadline, and says so where it takes long. Rejects with KeychainError. */
export const requestKeychain = async <T>(
  { keychain, err, times }: Pick<Io, 'keychain' | 'err' | 'times'>,
  ask: (keychain: Keychain) => Promise<T>,
): Promise<T> => {
  const limitMs = times?.keychainMs ?? deadlineMs
  const late = Promise.withResolvers<never>()
  const notice = setTimeout(
    () => printer({ err }).info('Waiting for the keychain. It may be asking you to unlock it.'),
    times?.keychainNoticeMs ?? noticeAfterMs,
  )
  const deadline = setTimeout(() => late.reject(new KeychainError('it does not answer', true)), limitMs)
  try {
    return await Promise.race([ask(keychain), late.promise])
  } catch (error) {
    throw toKeychainError(error)
  } finally {
    clearTimeout(notice)
    clearTimeout(deadline)
  }
}
