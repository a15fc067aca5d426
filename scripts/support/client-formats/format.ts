import type { SseEvent } from '../../../tests/support/sse.ts'

/** The checks of one client protocol's answers. Each returns the first fault. */
export interface ClientFormat {
  errorFault(value: unknown): string | undefined
  /** Of a whole answer to a request for a model. */
  answerFault(value: unknown): string | undefined
  readStream(text: string): StreamResult
}

export interface StreamResult {
  /** For the summary. */
  readonly end: string
  readonly fault: string | undefined
  /** The deltas and the end in Anthropic's form, which other checks read. */
  readonly events: readonly SseEvent[]
}

export const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0

/** A server's own fault, whatever the request was. */
export const isInternal = (message: string): boolean => /Internal error/.test(message)

export const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
