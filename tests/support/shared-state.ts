import { createMemoryStore } from '../../src/state/memory-store.ts'
import type { SharedState, Sums } from '../../src/state/shared-state.ts'
import type { Clock } from './limits.ts'

/** What several servers share, in memory, with the faults of a real one. */

/** The state as one server reaches it. */
export interface StateLink extends SharedState {
  /** Names of the buckets and accounts that were used. */
  readonly names: Set<string>
  /** Answers nothing from now on. */
  goAway(): void
  comeBack(): void
  /** Loses the answers of operations, which happen. */
  losesAnswers: boolean
  /** Holds answers until the promise resolves. */
  hold: Promise<void> | undefined
}

export const startSharedState = (clock: Clock) => {
  const create = () => createMemoryStore({ now: () => clock.at, date: () => clock.at })
  let store = create()
  return {
    /** Forgets everything, like a server without a disk that starts again. */
    lose(): void {
      store = create()
    },
    read: (account: string): Sums => store.read(account),
    link(): StateLink {
      let isUp = true
      const unsent: Parameters<SharedState['add']>[] = []
      const listeners: ((isUp: boolean) => void)[] = []
      const setUp = (value: boolean): void => {
        isUp = value
        for (const listener of listeners) listener(value)
      }
      const names = new Set<string>()
      const run = async <Answer>(name: string, operate: () => Answer): Promise<Answer | undefined> => {
        names.add(name)
        const answer = isUp ? operate() : undefined
        await link.hold
        return link.losesAnswers ? undefined : answer
      }
      const link: StateLink = {
        kind: 'redis',
        names,
        take: (bucket, rate) => run(bucket, () => store.take(bucket, rate)),
        read: (account) => run(account, () => store.read(account)),
        add(account, used, until) {
          if (!isUp) unsent.push([account, used, until])
          return run(account, () => store.add(account, used, until))
        },
        isUp: () => isUp,
        onChange: (listener) => void listeners.push(listener),
        end: () => Promise.resolve(),
        goAway: () => setUp(false),
        comeBack() {
          for (const values of unsent.splice(0)) store.add(...values)
          setUp(true)
        },
        losesAnswers: false,
        hold: undefined,
      }
      return link
    },
  }
}
