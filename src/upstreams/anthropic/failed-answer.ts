import { within } from '../../base/within.ts'
import type { HttpResponse } from '../http/post.ts'
import type { FailedAnswer } from './credentials/credential.ts'

/** Longer than any genuine error. */
const heldBytes = 64 * 1024
/** An error's body arrives together with its head. A slower one is relayed as it arrives. */
const heldMs = 5000

type Result = IteratorResult<Uint8Array, undefined>

/**
 * A failed answer whose beginning is read, so that a credential or a retry can depend on it. It can still be relayed
 * completely: end it with `relay` or `discard`.
 */
export interface HeldAnswer extends FailedAnswer {
  /** Without a body, undefined. */
  relay(): AsyncIterableIterator<Uint8Array> | undefined
  /** Closes it. */
  discard(): void
}

/** Reads the beginning of a failed answer. Never rejects: a broken body breaks again when it is relayed. */
export const holdAnswer = async (answer: HttpResponse): Promise<HeldAnswer> => {
  const { status, headers, hasBody } = answer
  const chunks = answer.chunks()
  const held: Uint8Array[] = []
  /** The read that is not in `held`: late, the last, or broken. */
  let next: Promise<Result> | undefined
  let length = 0
  const until = performance.now() + heldMs
  while (length < heldBytes) {
    next = chunks.next()
    const result = await within(next, Math.max(until - performance.now(), 0)).catch(() => undefined)
    if (result === undefined || result.done === true) break
    held.push(result.value)
    length += result.value.byteLength
    next = undefined
  }
  // A rejection without a reader would be reported.
  next?.catch(() => {})
  const relayed = async function* (): AsyncGenerator<Uint8Array, undefined> {
    try {
      yield* held
      for (;;) {
        const result = await (next ?? chunks.next())
        next = undefined
        if (result.done === true) return undefined
        yield result.value
      }
    } finally {
      await chunks.return?.()
    }
  }
  return {
    status,
    headers,
    text: new TextDecoder().decode(Buffer.concat(held)),
    relay: () => (hasBody ? relayed() : undefined),
    discard: () => void chunks.return?.(),
  }
}
