/** A JSON object whose members nobody has looked at yet. */
export type Json = Readonly<Record<string, unknown>>

/** Neither a list nor null. */
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
