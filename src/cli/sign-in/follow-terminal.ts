import type { Io } from '../terminal/io.ts'

/** A terminal, and a listener to what is written to it. */
export interface FollowedTerminal {
  /** What is written here reaches the listener, too. */
  readonly io: Io
  /** Without the listener. */
  readonly raw: Io
  follow(listener: (text: string) => void): void
}

export const followTerminal = (raw: Io): FollowedTerminal => {
  let listener: ((text: string) => void) | undefined
  const io: Io = {
    ...raw,
    // The width changes with the window.
    get columns() {
      return raw.columns
    },
    err(text) {
      raw.err(text)
      listener?.(text)
    },
  }
  return {
    io,
    raw,
    follow(next) {
      listener = next
    },
  }
}
