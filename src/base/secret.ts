import { equalInConstantTime } from '../runtime/hash.ts'

const redacted = '[redacted]'

/** Characters; no real key is shorter. */
const shortestHidden = 8

/**
 * A credential that cannot be printed by accident: console, JSON, templates, the logger and
 * `Error.cause` all show `[redacted]`. A test holds the list of files that may call `reveal()`.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The credential itself. Only where it goes onto the wire or into a line the user asked for. */
  reveal(): string {
    return this.#value
  }

  /** Compares in constant time, whatever the candidate's length. */
  equals(candidate: string | Secret): boolean {
    const text = candidate instanceof Secret ? candidate.#value : candidate
    return equalInConstantTime(this.#value, text)
  }

  /** Enough to recognise a key by: `abcd…(40 characters)`; short ones show nothing. */
  masked(): string {
    const { length } = this.#value
    const shown = length >= 16 ? this.#value.slice(0, 4) : ''
    return `${shown}…(${length} characters)`
  }

  /** Somebody else's words without it, should they quote it. A very short one would be found in every word. */
  hiddenIn(text: string): string {
    return this.#value.length < shortestHidden ? text : text.replaceAll(this.#value, redacted)
  }

  toString(): string {
    return redacted
  }

  toJSON(): string {
    return redacted
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return redacted
  }
}
