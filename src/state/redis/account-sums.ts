import type { Sums } from '../shared-state.ts'
import { noSums, plus } from '../sums.ts'

/**
 * Adds to accounts exactly once, although an answer may get lost (OP-R5). Each account has at most one batch on its
 * way. A batch without an answer is sent again under its own number, so that Redis knows whether it has it already.
 * What is added in the meantime becomes the next batch.
 */

interface Batch {
  readonly number: number
  readonly sums: Sums
}

type Waiting = PromiseWithResolvers<Sums | undefined>

interface Account {
  until: number
  /** Sent, without an answer so far. */
  sent: Batch | undefined
  unsent: Sums | undefined
  /** For those that wait for the batch of `unsent`. */
  next: Waiting | undefined
  /** Resolves when all is sent, or a batch gets no answer. */
  sending: Promise<void> | undefined
}

interface AccountSumsOptions {
  /** Resolves to the sums after the batch; undefined without an answer. */
  readonly send: (account: string, batch: Batch, until: number) => Promise<Sums | undefined>
}

export const createAccountSums = ({ send }: AccountSumsOptions) => {
  /** Only accounts with something that has no answer yet. */
  const accounts = new Map<string, Account>()
  let batches = 0

  const sendNext = async (name: string, account: Account): Promise<boolean> => {
    const waiting = account.sent === undefined ? account.next : undefined
    if (account.sent === undefined) {
      batches += 1
      account.sent = { number: batches, sums: account.unsent ?? noSums }
      account.unsent = undefined
      account.next = undefined
    }
    const answer = await send(name, account.sent, account.until)
    waiting?.resolve(answer)
    if (answer !== undefined) account.sent = undefined
    return answer !== undefined
  }

  const sendEach = async (name: string, account: Account): Promise<void> => {
    let isAnswered = true
    while (isAnswered && (account.sent ?? account.unsent) !== undefined) isAnswered = await sendNext(name, account)
    account.sending = undefined
    if (isAnswered) accounts.delete(name)
    account.next?.resolve(undefined)
    account.next = undefined
  }

  const sendAll = (name: string, account: Account): Promise<void> => {
    account.sending ??= sendEach(name, account)
    return account.sending
  }

  const add = (name: string, used: Sums, until: number): Promise<Sums | undefined> => {
    const account = accounts.get(name) ?? {
      until,
      sent: undefined,
      unsent: undefined,
      next: undefined,
      sending: undefined,
    }
    accounts.set(name, account)
    account.until = Math.max(account.until, until)
    account.unsent = plus(account.unsent ?? noSums, used)
    account.next ??= Promise.withResolvers()
    const { promise } = account.next
    void sendAll(name, account)
    return promise
  }

  return {
    add,
    /** The sums of an account that waits for an answer; undefined for another account. */
    settle(name: string): Promise<Sums | undefined> | undefined {
      const account = accounts.get(name)
      return account && add(name, noSums, account.until)
    },
    /** Sends what has no answer, one account after the other. */
    async settleAll(): Promise<void> {
      for (const name of [...accounts.keys()]) {
        // In the meantime, an addition may have sent it.
        const account = accounts.get(name)
        if (account !== undefined) await sendAll(name, account)
      }
    },
    /** Accounts that wait for an answer. */
    get unsettled(): number {
      return accounts.size
    },
  }
}
