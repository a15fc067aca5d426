import { parseExact } from '../base/exact-json.ts'
import { isObject, type Json, parseObject } from '../base/json.ts'

/** Converts a tool's input to an object: from an object or its JSON text, `{}` if absent, undefined for the rest. */
export const toInputObject = (input: unknown): Json | undefined => {
  if (input === undefined || input === null || input === '') return {}
  if (isObject(input)) return input
  return typeof input === 'string' ? parseObject(input, parseExact) : undefined
}

/** Upstreams want an object; clients also send nothing, JSON as text, or a bare value. */
export const toToolInput = (input: unknown): object => toInputObject(input) ?? { input }
