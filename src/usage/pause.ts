export interface PauseOptions {
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Resolves after the other work that waits. */
  readonly turn: () => Promise<void>
}

/** A client's event must not wait longer for a read. */
const mostTurnMs = 2

/** Creates a function that lets other work of the process run, if the last time was too long ago (OP-D3). */
export const createPause = ({ now, turn }: PauseOptions): (() => Promise<void>) => {
  let since = now()
  return async () => {
    if (now() - since < mostTurnMs) return
    await turn()
    since = now()
  }
}
