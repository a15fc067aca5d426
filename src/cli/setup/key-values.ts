import { isObject } from '../../base/json.ts'
import type { EntryOf, KeyPath } from './client-plan.ts'

/** Values for keys that a text does not have, for each format. */

/** An entry that is made for one of its members needs its name, too. */
export const namedEntry = (step: EntryOf, entry: unknown): unknown =>
  'by' in step && isObject(entry) ? { [step.by]: step.is, ...entry } : entry

/** The value with the objects and lists around it. */
export const wrapped = (steps: KeyPath, value: unknown): unknown =>
  steps.reduceRight<unknown>(
    (inner, step) => (typeof step === 'string' ? { [step]: inner } : [namedEntry(step, inner)]),
    value,
  )
