import { attempt } from '../base/attempt.ts'
import { didYouMean } from '../base/did-you-mean.ts'
import { isObject, type Json } from '../base/json.ts'
import type { Price, PriceTable } from '../base/price.ts'
import { UsageError } from '../base/usage-error.ts'
import { camelCase } from './settings/setting-names.ts'

/** Reads the owner's price table, `prices` in a configuration file. */

const members = ['input', 'output', 'cacheRead', 'cacheWrite', 'cacheWrite1h'] as const

/** Times the price of input, where a price names none of its own. */
const usualFactors = { cacheRead: 0.1, cacheWrite: 1.25, cacheWrite1h: 2 } as const

const example = '{"input": 3, "output": 15}'
const remedy = `Write prices for a million tokens, such as "sonnet": ${example}.`

/** A price table holds no secrets, but a long text is no name. */
const quoted = (name: string): string => (/^[\w.:@/[\]*-]{1,64}$/.test(name) ? ` "${name}"` : '')

/** For a million tokens, in any currency: more would make sums useless. */
const largestPrice = 1e9

/** Removes the noise of floating point: 3 × 0.1 is 0.3. */
const rounded = (price: number): number => Math.round(price * 1e9) / 1e9

/** The members by their own names. Throws UsageError. */
const membersOf = (value: Json, fail: (sentence: string) => never): ReadonlyMap<string, unknown> => {
  const found = new Map<string, unknown>()
  for (const [name, price] of Object.entries(value)) {
    const member = camelCase(name)
    if (!(members as readonly string[]).includes(member))
      return fail(`has an unknown member${quoted(name)}.${didYouMean(member, members)}`)
    if (typeof price !== 'number' || !(price >= 0 && price <= largestPrice))
      return fail(`needs a number from 0 to ${largestPrice} as its ${member}.`)
    found.set(member, price)
  }
  return found
}

const toPrice = (value: unknown, fail: (sentence: string) => never): Price => {
  if (!isObject(value)) return fail('must be an object.')
  const found = membersOf(value, fail)
  const required = (member: 'input' | 'output'): number => {
    const price = found.get(member)
    return typeof price === 'number' ? price : fail(`has no ${member}.`)
  }
  const input = required('input')
  const cached = (member: keyof typeof usualFactors): number => {
    const price = found.get(member)
    return typeof price === 'number' ? price : rounded(input * usualFactors[member])
  }
  return {
    input,
    output: required('output'),
    cacheRead: cached('cacheRead'),
    cacheWrite: cached('cacheWrite'),
    cacheWrite1h: cached('cacheWrite1h'),
  }
}

/** `value` is an object, or its JSON text. Throws UsageError that names the place, the entry and the remedy. */
export const toPrices = (value: unknown, where: string): PriceTable => {
  const prices = typeof value === 'string' ? attempt(() => JSON.parse(value)) : value
  if (!isObject(prices)) throw new UsageError(`${where} must be an object. ${remedy}`)
  return new Map(
    Object.entries(prices).map(([name, price]) => {
      const fail = (sentence: string): never => {
        throw new UsageError(`${where}: the entry${quoted(name)} ${sentence} ${remedy}`)
      }
      if (name.trim() === '') return fail('has no name.')
      return [name.trim(), toPrice(price, fail)] as const
    }),
  )
}
