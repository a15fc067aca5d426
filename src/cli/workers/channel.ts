/** Questions and answers between two processes, over the channel that Bun opens between a program and its child. */

/** Functions that one side offers to the other one. All values are cloned. */
type Services<All> = { readonly [Name in keyof All]: (value: never) => Promise<unknown> }

type Question<Service> = Service extends (value: infer Value) => Promise<unknown> ? Value : never
type Answer<Service> = Service extends (value: never) => Promise<infer Value> ? Value : never

interface AskMessage {
  readonly kind: 'ask'
  readonly id: number
  readonly name: string
  readonly value: unknown
}

interface AnswerMessage {
  readonly kind: 'answer'
  readonly id: number
  readonly value: unknown
}

export interface Channel<Theirs> {
  /** Resolves to undefined if the other side fails, ends, or takes longer than `mostMs`. Never rejects. */
  ask<Name extends keyof Theirs & string>(
    name: Name,
    value: Question<Theirs[Name]>,
    mostMs?: number,
  ): Promise<Answer<Theirs[Name]> | undefined>
  /** Takes a message of the other side. */
  receive(message: unknown): void
  /** The other side has ended. */
  close(): void
}

/** `send` may throw: then the other side has ended. Errors of `own` services become unhandled rejections. */
export const createChannel = <Theirs extends Services<Theirs>, Own extends Services<Own>>(
  own: Own,
  send: (message: AskMessage | AnswerMessage) => void,
): Channel<Theirs> => {
  const waiting = new Map<number, (value: unknown) => void>()
  let [lastId, isOpen] = [0, true]

  const trySend = (message: AskMessage | AnswerMessage): boolean => {
    try {
      if (isOpen) send(message)
      return isOpen
    } catch {
      return false
    }
  }
  const settle = (id: number, value: unknown): void => {
    const resolve = waiting.get(id)
    waiting.delete(id)
    resolve?.(value)
  }
  const serve = async ({ id, name, value }: AskMessage): Promise<void> => {
    let answer: unknown
    try {
      answer = await own[name as keyof Own](value as never)
    } finally {
      trySend({ kind: 'answer', id, value: answer })
    }
  }
  return {
    ask(name, value, mostMs) {
      lastId += 1
      const id = lastId
      const { promise, resolve } = Promise.withResolvers<unknown>()
      waiting.set(id, resolve)
      if (!trySend({ kind: 'ask', id, name, value })) settle(id, undefined)
      else if (mostMs !== undefined) {
        const timer = setTimeout(settle, mostMs, id, undefined)
        void promise.then(() => clearTimeout(timer))
      }
      // Both sides are this program: an answer has the type of its question.
      return promise as Promise<never>
    },
    receive(message) {
      const known = message as AskMessage | AnswerMessage
      if (known.kind === 'answer') settle(known.id, known.value)
      else void serve(known)
    },
    close() {
      isOpen = false
      for (const id of [...waiting.keys()]) settle(id, undefined)
    },
  }
}
