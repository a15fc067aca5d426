import { attempt } from './attempt.ts'
import { isRawNumber } from './raw-number.ts'

/** A JSON object whose members are not checked yet. */
export type Json = Readonly<Record<string, unknown>>

/** Neither a list, nor null, nor a raw number. */
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value)

/** Returns the objects in a list; an empty list if the value is not a list. */
export const objectsIn = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** Parses a text as a JSON object; returns undefined for any other text. */
export const parseObject = (text: string, parse: (text: string) => unknown = JSON.parse): Json | undefined => {
  const value = attempt(() => parse(text))
  return isObject(value) ? value : undefined
}
