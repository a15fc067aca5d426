import type { SharedState, Sums } from '../../state/shared-state.ts'
import { combine, noSums, plus } from '../../state/sums.ts'

/** What all servers know of a client's usage in one period (OP-R1, OP-R5). */

interface SharedAccountOptions {
  readonly state: Pick<SharedState, 'read' | 'add'>
  readonly name: string
  /** The end of the period; milliseconds since 1970. */
  readonly until: number
  /** What this server has booked in the period. */
  readonly readOwn: () => Sums
}

const minus = (one: Sums, other: Sums): Sums => combine(one, other, (left, right) => left - right)
const atLeast = (one: Sums, other: Sums): Sums => combine(one, other, Math.max)

const isZero = ({ tokens, requests, cost }: Sums): boolean => tokens === 0 && requests === 0 && cost === 0

export class SharedAccount {
  readonly #options: SharedAccountOptions
  #others = noSums
  #sent = noSums
  /** The last answer of the state, and what answers before it had and later ones had no more. */
  #known = noSums
  #lost = noSums
  #calls = 0
  #lastAnswered = 0

  constructor(options: SharedAccountOptions) {
    this.#options = options
  }

  /** What other servers used, as far as it is known. The sum is this and what this server has booked. */
  get others(): Sums {
    return this.#others
  }

  /** Sends what this server booked since the last time, and reads the sums. Resolves to false without an answer. */
  async settle(): Promise<boolean> {
    const { state, name, until, readOwn } = this.#options
    this.#calls += 1
    const call = this.#calls
    const own = readOwn()
    const unsent = minus(own, this.#sent)
    this.#sent = own
    const sums = isZero(unsent) ? await state.read(name) : await state.add(name, unsent, until)
    if (sums === undefined) return false
    if (call > this.#lastAnswered) {
      this.#lastAnswered = call
      this.#learn(sums)
    }
    return true
  }

  /**
   * The sums may already have what this server booked during the call, or not yet: so what they have beyond all of it
   * is the least that others used. A state that lost its data must not give a client its budget back: sums never fall.
   */
  #learn(sums: Sums): void {
    this.#lost = plus(this.#lost, atLeast(minus(this.#known, sums), noSums))
    this.#known = sums
    this.#others = atLeast(this.#others, minus(plus(this.#lost, sums), this.#options.readOwn()))
  }
}
