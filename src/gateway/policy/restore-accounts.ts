import { sharedClientName } from '../../base/client-name.ts'
import { nameOf } from '../../base/error-location.ts'
import type { SharedState } from '../../state/shared-state.ts'
import { accountName, figuresOf, spanOf } from './budget.ts'
import type { BudgetsOptions, ReadSpending } from './budgets.ts'

export interface RestoreAccountsOptions extends Pick<BudgetsOptions, 'zone' | 'date' | 'log'> {
  /** Of a state without memory of its own. Another one, such as Redis, still has what clients used. */
  readonly add: (...values: Parameters<SharedState['add']>) => unknown
}

/** Adds what clients used before the start to the accounts that processes share (OP-L11, OP-K7). */
export const restoreAccounts = async (
  spent: ReadSpending,
  { zone, date, log, add }: RestoreAccountsOptions,
): Promise<void> => {
  const time = date()
  try {
    for (const period of ['day', 'month'] as const) {
      const span = spanOf(period, zone, time)
      for (const { client, ...used } of await spent(span.since, span.until)) {
        add(accountName(client || sharedClientName, period, zone, span), figuresOf(period, used), span.until)
      }
    }
  } catch (error) {
    log.warn('budget.not_restored', { error: nameOf(error) })
  }
}
