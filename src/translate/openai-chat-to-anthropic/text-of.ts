import { isObject } from '../../base/json.ts'

const itemText = (value: unknown): string => {
  if (typeof value === 'string') return value
  return isObject(value) && typeof value['text'] === 'string' ? value['text'] : ''
}

/** The text of a string, of an object with a text, or of a list of these; empty for anything else. */
export const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.map(itemText).join('') : itemText(value)
