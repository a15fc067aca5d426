import { equalInConstantTime, sha256Hex } from '../runtime/hash.ts'

const redacted = '[redacted]'

/** Characters. No real key is shorter. */
const shortestHidden = 8
/** Characters of a key whose end reveals too little to guess the rest. */
const shortestEnding = 24
const endingCharacters = 10
/** The beginning of Anthropic's keys, which is public. */
const knownPrefix = 'sk-ant-'

/** Enough to tell the few secrets of one server apart. */
const fingerprintDigits = 8

/**
 * A credential that cannot be printed by accident: console, JSON, templates, the logger and `Error.cause` all show
 * `[redacted]`. A test lists the files that may call `reveal()`.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** Returns the credential itself, only to send it or to print it in output that the user requested. */
  reveal(): string {
    return this.#value
  }

  /** Compares in constant time, for a candidate of any length. */
  equals(candidate: string | Secret): boolean {
    const text = candidate instanceof Secret ? candidate.#value : candidate
    return equalInConstantTime(this.#value, text)
  }

  /** Enough to recognize a key: `abcd…(40 characters)`. A short one shows no characters. */
  masked(): string {
    const value = this.#value
    const start = value.startsWith(knownPrefix) ? knownPrefix : value.slice(0, 4)
    return `${value.length >= 16 ? start : ''}…(${value.length} characters)`
  }

  /** The end of a long key, with which the owner of several keys tells them apart: `...0123456789`. */
  ending(): string {
    return this.#value.length < shortestEnding ? 'unknown' : `...${this.#value.slice(-endingCharacters)}`
  }

  /** SHA-256 in hexadecimal digits. Only for secrets with so many random bits that none can be guessed. */
  hash(): string {
    return sha256Hex(this.#value)
  }

  /** Tells two secrets apart in a log, and reveals neither: the beginning of the SHA-256. */
  fingerprint(): string {
    return this.hash().slice(0, fingerprintDigits)
  }

  /** Redacts this secret in a foreign text. Does not search for a very short one: it would match ordinary words. */
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
