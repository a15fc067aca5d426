import { isObject } from '../../base/json.ts'

/** The text of a text, of an object that holds one, or of a list of these; empty for anything else. */
export const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(textOf).join('')
  return isObject(value) ? textOf(value['text']) : ''
}
