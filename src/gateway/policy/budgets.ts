import { sharedClientName } from '../../base/client-name.ts'
import { nameOf } from '../../base/error-location.ts'
import type { GatewayError } from '../../base/errors.ts'
import type { Logger } from '../../base/logger.ts'
import type { TimeZone } from '../../base/time-zone.ts'
import type { SharedState } from '../../state/shared-state.ts'
import { plus } from '../../state/sums.ts'
import type { RequestRecord, TokenFigures } from '../request-record.ts'
import type { ClientIdentity } from './access.ts'
import {
  accountName,
  type BudgetLimits,
  budgetHeader,
  budgetsOf,
  figuresOf,
  isNear,
  isUsedUp,
  limitKeyOf,
  type Period,
  spanOf,
  type TimeSpan,
  type Usage,
  usedUpError,
} from './budget.ts'
import type { Standing } from './quota-headers.ts'
import { SharedAccount } from './shared-account.ts'

/** Keeps what each client has used in the running day and month (OP-L8). */

/** What a client used in a time, as the history knows it. The name is empty where clients have none. */
interface Spending extends Usage {
  readonly client: string
}

/** What clients used since a time and until another one; milliseconds since 1970. */
export type ReadSpending = (since: number, until: number) => Promise<readonly Spending[]>

type AccountState = Pick<SharedState, 'read' | 'add'>

export interface BudgetsOptions {
  readonly quota: BudgetLimits
  readonly zone: TimeZone
  /** Milliseconds since 1970. */
  readonly date: () => number
  readonly log: Logger
  readonly currency: string
  /** Shared with other servers; absent if the budgets are this server's own. */
  readonly state?: AccountState | undefined
}

interface BudgetCheck {
  /** Members of the header `nexus-budget`. */
  readonly near: readonly string[]
  readonly refusal?: Standing & { readonly error: GatewayError; readonly secondsLeft: number }
}

/** A client's usage of this server, and the client as it was last seen. */
interface Account extends Usage {
  client: ClientIdentity | undefined
  hasWarned: boolean
  /** The usage of all servers in the periods that have a budget; empty without a shared state. */
  readonly shared: Map<Period, SharedAccount>
}

const usedOf = (account: Account): Usage => {
  let used: Usage = account
  for (const { others } of account.shared.values()) used = plus(used, others)
  return used
}

/** Undefined for a client without a name of its own: all those that share a token have the same. */
export const ownNameOf = (client: ClientIdentity | undefined): string | undefined =>
  client?.name === sharedClientName ? undefined : client?.name

/** A cache read costs a tenth of input. */
const readsPerToken = 10
const secondMs = 1000

/** Tokens as they are billed, rounded up. */
export const billedTokens = (usage: TokenFigures): number => {
  const { input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens } = usage
  const whole = input_tokens + output_tokens + cache_creation_input_tokens
  return whole + Math.ceil(cache_read_input_tokens / readsPerToken)
}

/** Before the first request. */
const never: TimeSpan = { since: Number.NEGATIVE_INFINITY, until: Number.NEGATIVE_INFINITY }

export class Budgets {
  readonly #options: BudgetsOptions
  readonly #accounts = new Map<string, Account>()
  #day = never
  #month = never

  constructor(options: BudgetsOptions) {
    this.#options = options
  }

  /** Whether a client may send a request now. */
  check(client: ClientIdentity | undefined): BudgetCheck {
    this.#beginPeriods()
    const { quota, currency, date } = this.#options
    const account = this.#accountOf(client?.name)
    account.client = client
    const budgets = budgetsOf(client, quota, usedOf(account))
    const near = budgets.filter(isNear).map((budget) => budgetHeader(budget, this.#spanOf(budget)))
    const budget = budgets.find(isUsedUp)
    if (budget === undefined) return { near }
    const { until } = this.#spanOf(budget)
    const secondsLeft = Math.ceil((until - date()) / secondMs)
    const isOwn = client?.limits[limitKeyOf(budget)] !== undefined
    const error = usedUpError(budget, { clientName: ownNameOf(client), isOwn, until, secondsLeft, currency })
    return { near, refusal: { budget, until, error, secondsLeft } }
  }

  /** All budgets of a client, as they are now. */
  standings(client: ClientIdentity | undefined): readonly Standing[] {
    this.#beginPeriods()
    const used = usedOf(this.#accountOf(client?.name))
    return budgetsOf(client, this.#options.quota, used).map((budget) => ({
      budget,
      until: this.#spanOf(budget).until,
    }))
  }

  /** Adds what a request has used, also if its client disconnected. */
  book({ client, at, attempts, usage, cost = 0 }: RequestRecord): void {
    if (attempts === 0) return
    this.#beginPeriods()
    const account = this.#accountOf(client)
    if (at >= this.#day.since) {
      account.requests += 1
      account.tokens += usage === undefined ? 0 : billedTokens(usage)
    }
    if (at >= this.#month.since) account.cost += cost
    this.#warn(account, client)
    void this.#settle(account, client)?.then(() => this.#warn(account, client))
  }

  /**
   * Asks the shared state for what all servers have booked. Resolves to false if it does not answer: then the last
   * known sums count, and what this server has booked since. Undefined if there is nothing to ask for.
   */
  settle(client: ClientIdentity | undefined): Promise<boolean> | undefined {
    if (this.#options.state === undefined) return undefined
    this.#beginPeriods()
    const account = this.#accountOf(client?.name)
    account.client = client
    return this.#settle(account, client?.name)
  }

  /** Adds what clients used before the start (OP-L11). Reads it once, before the history has this server's requests. */
  async restore(spent: ReadSpending): Promise<void> {
    this.#beginPeriods()
    const [day, month] = [this.#day, this.#month]
    try {
      for (const { client, tokens, requests } of await spent(day.since, day.until)) {
        if (this.#day !== day) break
        const account = this.#accountOf(client || undefined)
        account.tokens += tokens
        account.requests += requests
      }
      for (const { client, cost } of await spent(month.since, month.until)) {
        if (this.#month !== month) break
        this.#accountOf(client || undefined).cost += cost
      }
    } catch (error) {
      this.#options.log.warn('budget.not_restored', { error: nameOf(error) })
    }
  }

  #settle(account: Account, name = sharedClientName): Promise<boolean> | undefined {
    const { state, quota } = this.#options
    if (state === undefined) return undefined
    const periods = new Set(budgetsOf(account.client, quota, account).map(({ period }) => period))
    if (periods.size === 0) return undefined
    const answers = [...periods].map((period) => {
      const shared = account.shared.get(period) ?? this.#openAccount(account, name, period, state)
      return shared.settle()
    })
    return Promise.all(answers).then((all) => all.every(Boolean))
  }

  #openAccount(account: Account, client: string, period: Period, state: AccountState): SharedAccount {
    const span = this.#spanOf({ period })
    const shared = new SharedAccount({
      state,
      name: accountName(client, period, this.#options.zone, span),
      until: span.until,
      readOwn: () => figuresOf(period, account),
    })
    account.shared.set(period, shared)
    return shared
  }

  /** One line for each client and day. */
  #warn(account: Account, client: string | undefined): void {
    if (account.hasWarned) return
    const budget = budgetsOf(account.client, this.#options.quota, usedOf(account)).find(isNear)
    if (budget === undefined) return
    account.hasWarned = true
    const { name, used, limit, period } = budget
    this.#options.log.info('budget.near', { client, budget: name, period, used, limit })
  }

  #spanOf({ period }: { readonly period: Period }): TimeSpan {
    return period === 'day' ? this.#day : this.#month
  }

  #accountOf(name = sharedClientName): Account {
    const known = this.#accounts.get(name)
    if (known !== undefined) return known
    const account: Account = { tokens: 0, requests: 0, cost: 0, client: undefined, hasWarned: false, shared: new Map() }
    this.#accounts.set(name, account)
    return account
  }

  #beginPeriods(): void {
    const { date, zone } = this.#options
    const now = date()
    if (now >= this.#day.until) {
      this.#day = spanOf('day', zone, now)
      for (const account of this.#accounts.values()) {
        Object.assign(account, { tokens: 0, requests: 0, hasWarned: false })
        account.shared.delete('day')
      }
    }
    if (now >= this.#month.until) {
      this.#month = spanOf('month', zone, now)
      for (const account of this.#accounts.values()) {
        account.cost = 0
        account.shared.delete('month')
      }
    }
  }
}
