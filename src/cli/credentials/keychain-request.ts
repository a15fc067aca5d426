import { errorCode } from '../../base/error-code.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'
import type { Keychain } from './keychain.ts'

/** The keychain refused a request. The message is the reason, as a part of a sentence. */
export class KeychainError extends Error {
  override readonly name = 'KeychainError'
  /** Whether a keychain exists. */
  readonly isThere: boolean

  constructor(message: string, isThere: boolean) {
    super(message)
    this.isThere = isThere
  }
}

/** For the user; each command adds its own remedy. */
export const notTaken = ({ message }: KeychainError): string => `The keychain did not store it: ${message}.`

interface Reason {
  readonly why: string
  readonly isThere: boolean
}

/** Bun's error codes, for all systems. */
const reasonsByCode: Readonly<Record<string, Reason>> = {
  ERR_SECRETS_USER_CANCELED: { why: 'its prompt was not answered', isThere: true },
  ERR_SECRETS_ACCESS_DENIED: { why: 'it refuses this program', isThere: true },
  ERR_SECRETS_AUTH_FAILED: { why: 'its password was wrong', isThere: true },
  ERR_SECRETS_INTERACTION_NOT_ALLOWED: { why: 'it is locked', isThere: true },
  ERR_SECRETS_INTERACTION_REQUIRED: { why: 'it is locked', isThere: true },
}

/**
 * Errors on Linux, which all have the same code. The texts are Bun's, libsecret's and GLib's; the first match counts.
 * Only texts that are known to mean it report a missing keychain, because the key then goes into a file.
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

/** An unlocked keyring answers within a few milliseconds. */
const noticeAfterMs = 1000
/** Long enough for a user to find a password. */
const deadlineMs = 60_000

/** Sends a request with a deadline, and prints a notice if it takes long. Rejects with KeychainError. */
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
