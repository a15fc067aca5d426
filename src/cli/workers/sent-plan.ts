import { Secret } from '../../base/secret.ts'
import type { ServingPlan } from '../server-app.ts'

/** A plan as a message: the channel cannot clone the class of secrets. */

/** Only the parent and its worker have this channel: no file, no argument and no variable has the secret. */
interface SentSecret {
  readonly secretText: string
}

/** A clone of the plan with texts in place of secrets. */
export type SentPlan = { readonly plan: unknown }

type Change = (value: object) => unknown

/** Rebuilds a value, and replaces the objects for which `change` returns something. */
const rebuilt = (value: unknown, change: Change): unknown => {
  if (typeof value !== 'object' || value === null) return value
  const changed = change(value)
  if (changed !== undefined) return changed
  if (value instanceof Date) return value
  if (Array.isArray(value)) return value.map((one) => rebuilt(one, change))
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, rebuilt(one, change)]))
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rebuilt(one, change)]))
}

const isSentSecret = (value: object): value is SentSecret => 'secretText' in value

export const toSentPlan = (plan: ServingPlan): SentPlan => ({
  plan: rebuilt(plan, (value) =>
    value instanceof Secret ? ({ secretText: value.reveal() } satisfies SentSecret) : undefined,
  ),
})

export const fromSentPlan = ({ plan }: SentPlan): ServingPlan =>
  rebuilt(plan, (value) => (isSentSecret(value) ? new Secret(value.secretText) : undefined)) as ServingPlan
