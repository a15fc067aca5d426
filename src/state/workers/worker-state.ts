import type { SharedState } from '../shared-state.ts'

/** The state of a worker: its parent keeps the figures (OP-K7). */

/** What a worker asks the keeper. */
export type StateQuestion =
  | { readonly kind: 'take'; readonly args: Parameters<SharedState['take']> }
  | { readonly kind: 'read'; readonly args: Parameters<SharedState['read']> }
  | { readonly kind: 'add'; readonly args: Parameters<SharedState['add']> }

export type StateAnswer = Awaited<ReturnType<SharedState['take' | 'read' | 'add']>>

/** Answers a worker's question. */
export const answerFrom = (keeper: SharedState, question: StateQuestion): Promise<StateAnswer> => {
  switch (question.kind) {
    case 'take':
      return keeper.take(...question.args)
    case 'read':
      return keeper.read(...question.args)
    case 'add':
      return keeper.add(...question.args)
  }
}

/** Resolves to the parent's answer, which fits the question; undefined without one. */
export type AskParent = (question: StateQuestion) => Promise<unknown>

/**
 * A worker whose parent has ended ends, too: there is no outage to survive. A message that waits in the channel is
 * neither lost nor sent twice: a parent that answers too late still counts it.
 */
export const createWorkerState = (ask: AskParent): SharedState => ({
  kind: 'workers',
  take: async (...args) => (await ask({ kind: 'take', args })) as Awaited<ReturnType<SharedState['take']>>,
  read: async (...args) => (await ask({ kind: 'read', args })) as Awaited<ReturnType<SharedState['read']>>,
  add: async (...args) => (await ask({ kind: 'add', args })) as Awaited<ReturnType<SharedState['add']>>,
  isUp: () => true,
  onChange: () => {},
  end: async () => {},
})
