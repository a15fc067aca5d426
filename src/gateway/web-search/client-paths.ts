import { GatewayError, withPaths } from '../../base/errors.ts'
import type { Path } from '../../base/path.ts'

/**
 * Errors name paths in the plain messages, of which one message of the client may be several. Claude Code deletes the
 * image at the path in the message, so it must be the client's.
 */

/** Where a plain message comes from. */
export interface Origin {
  /** The client's message. */
  readonly index: number
  /** The client's position of each block; undefined if they are the same. */
  readonly positions?: readonly number[]
}

type FindOrigin = (index: number) => Origin | undefined

const inMessages = /\bmessages\.(\d+)(?:\.content\.(\d+))?/g

const restoreText = (text: string, find: FindOrigin): string =>
  text.replace(inMessages, (found: string, message: string, block: string | undefined) => {
    const origin = find(Number(message))
    if (origin === undefined) return found
    const { index, positions } = origin
    if (block === undefined) return `messages.${index}`
    return `messages.${index}.content.${positions?.[Number(block)] ?? block}`
  })

const restorePath = (path: Path, find: FindOrigin): Path => {
  const [root, message, content, block, ...rest] = path
  const origin = root === 'messages' && typeof message === 'number' ? find(message) : undefined
  if (origin === undefined) return path
  if (typeof block !== 'number') return ['messages', origin.index, ...path.slice(2)]
  return ['messages', origin.index, content as string, origin.positions?.[block] ?? block, ...rest]
}

/** The error with the client's paths; the same error if it names none. */
export const toClientError = (thrown: unknown, find: FindOrigin): unknown => {
  if (!(thrown instanceof GatewayError)) return thrown
  const restore = (text: string): string => restoreText(text, find)
  if (restore(thrown.message) === thrown.message) return thrown
  return withPaths(thrown, thrown.path && restorePath(thrown.path, find), restore)
}
