import { unlessAborted } from '../base/unless-aborted.ts'

/** Places for work that runs at once. Who finds none waits, first in, first out. */
export class Slots {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(most: number) {
    this.#free = most
  }

  /** Resolves with a place, which the caller must leave. Rejects with the signal's reason. */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push(resolve)
    try {
      await unlessAborted(promise, signal)
    } catch (error) {
      const index = this.#waiting.indexOf(resolve)
      // Its turn and the abort came at the same time.
      if (index === -1) this.leave()
      else this.#waiting.splice(index, 1)
      throw error
    }
  }

  leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free += 1
    else next()
  }
}
