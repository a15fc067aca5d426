import { attempt } from '../../base/attempt.ts'
import { productName } from '../../version.ts'
import { isPendingAnswer, isRefusalAnswer, type PendingSignIn } from '../../wire/sign-in-admin.ts'
import { fetchFromServer } from '../system/fetch-health.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'
import { untrustedText } from '../terminal/untrusted-text.ts'
import { readServerFile } from './sign-in-folder.ts'

/** Calls the running server with the secret that only the user of the server can read (SI-P2). */

/** A server on this machine answers within milliseconds. */
const deadlineMs = 5000
/** More than a thousand sessions. */
const maximumBytes = 1024 * 1024

const noServer = `No server with sign-in is running as this user. Start one: ${productName} start --sign-in`

export type ServerAnswer<T> =
  | { readonly kind: 'ok'; readonly answer: T }
  /** `reason` is a word of the server for its own refusals. */
  | { readonly kind: 'refused'; readonly message: string; readonly reason?: string | undefined }

export interface ServerCall<T> {
  /** Below `/sign-in/`. */
  readonly path: string
  /** Makes the call a POST. */
  readonly body?: object
  readonly isAnswer: (value: unknown) => value is T
}

const refusalOf = (status: number, value: unknown, url: string): ServerAnswer<never> => {
  if (!isRefusalAnswer(value) || status === 404)
    return {
      kind: 'refused',
      message: `The server at ${url} does not answer as one with sign-in (status ${status}). Start it with --sign-in.`,
    }
  const { message, details } = value.error
  return { kind: 'refused', message: untrustedText(message), reason: details?.reason }
}

/** Never rejects for a server that fails. Rejects with UsageError for a file that cannot be read. */
export const callServer = async <T>(
  { path, body, isAnswer }: ServerCall<T>,
  { machine }: Io,
): Promise<ServerAnswer<T>> => {
  const server = readServerFile(machine)
  if (server === undefined) return { kind: 'refused', message: noServer }
  const response = await fetchFromServer(`${server.url}/sign-in/${path}`, {
    headers: { authorization: `Bearer ${server.admin.reveal()}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    deadlineMs,
    maximumBytes,
  })
  if (response === undefined) return { kind: 'refused', message: noServer }
  const value: unknown = attempt(() => JSON.parse(response.text))
  return response.status === 200 && isAnswer(value)
    ? { kind: 'ok', answer: value }
    : refusalOf(response.status, value, server.url)
}

const minuteMs = 60_000

/** The requests that wait, one a line; empty if there are none. */
export const pendingLines = (pending: readonly PendingSignIn[], now: number): string =>
  pending
    .map(({ userCode, clientVersion, address, expiresAt }) => {
      const minutes = Math.max(Math.ceil((expiresAt - now) / minuteMs), 0)
      return `  ${[userCode, clientVersion, address, `expires in ${minutes} min`].filter(Boolean).join('  ')}\n`
    })
    .map(untrustedText)
    .join('')

/** Prints why the server refused; for an unknown code, also the codes that it knows. Returns the exit code. */
export const reportRefusal = async (
  { message, reason }: Pick<Extract<ServerAnswer<never>, { kind: 'refused' }>, 'message' | 'reason'>,
  io: Io,
): Promise<number> => {
  printer(io).fail(message)
  if (reason !== 'unknownCode') return 1
  const others = await callServer({ path: 'pending', isAnswer: isPendingAnswer }, io)
  if (others.kind === 'refused') return 1
  const lines = pendingLines(others.answer.pending, Date.now())
  printer(io).info(lines === '' ? 'No sign-in is pending. Run /login in Claude Code.' : `Pending:\n${lines}`)
  return 1
}
