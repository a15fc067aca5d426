/** A JSON object whose members nobody has looked at yet. */
export type Json = Readonly<Record<string, unknown>>

/** Neither a list nor null. */
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The object that a text is JSON of; undefined for any other text. */
export const parseObject = (text: string): Json | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
