import { isObject, type Json } from '../../base/json.ts'
import type { Path } from '../../base/path.ts'
import { refusal } from './refusal.ts'

/** Readers of a body's members. Null counts as absent. Each throws a 400 that names the path of a wrong type. */

const valueAt = (members: Json, name: string): unknown => members[name] ?? undefined

export const textAt = (members: Json, name: string, path: Path = []): string | undefined => {
  const value = valueAt(members, name)
  if (value === undefined || typeof value === 'string') return value
  throw refusal('invalid_value', [...path, name], 'expected a string')
}

export const booleanAt = (members: Json, name: string, path: Path = []): boolean | undefined => {
  const value = valueAt(members, name)
  if (value === undefined || typeof value === 'boolean') return value
  throw refusal('invalid_value', [...path, name], 'expected a boolean')
}

export const objectAt = (members: Json, name: string, path: Path = []): Json | undefined => {
  const value = valueAt(members, name)
  if (value === undefined || isObject(value)) return value
  throw refusal('invalid_value', [...path, name], 'expected an object')
}

export const listAt = (members: Json, name: string, path: Path = []): readonly unknown[] | undefined => {
  const value = valueAt(members, name)
  if (value === undefined || Array.isArray(value)) return value
  throw refusal('invalid_value', [...path, name], 'expected a list')
}

export const numberAt = (members: Json, name: string, path: Path = []): number | undefined => {
  const value = valueAt(members, name)
  if (value === undefined || typeof value === 'number') return value
  throw refusal('invalid_value', [...path, name], 'expected a number')
}

/** A whole number of at least `minimum`. */
export const countAt = (
  members: Json,
  name: string,
  path: Path,
  { minimum }: { readonly minimum: 0 | 1 },
): number | undefined => {
  const value = numberAt(members, name, path)
  if (value === undefined || (Number.isSafeInteger(value) && value >= minimum)) return value
  const place = [...path, name]
  throw minimum === 1
    ? refusal('invalid_value', place, 'expected a whole number of at least 1')
    : refusal('invalid_value', place, 'expected a whole number of at least 0')
}
