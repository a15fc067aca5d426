import type { MemoryStore } from '../memory-store.ts'
import type { SharedState } from '../shared-state.ts'

/** What all workers of one server share, in the memory of their parent: as the parent itself uses it (OP-K7). */
export const createKeeper = (store: MemoryStore): SharedState => ({
  kind: 'workers',
  take: async (bucket, rate) => store.take(bucket, rate),
  read: async (account) => store.read(account),
  add: async (account, used, until) => store.add(account, used, until),
  isUp: () => true,
  onChange: () => {},
  end: async () => {},
})
