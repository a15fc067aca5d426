/** Part of JavaScript since ES2026; TypeScript's library does not have it yet. */
interface RawJson {
  rawJSON(text: string): object
  isRawJSON(value: unknown): boolean
}

const { rawJSON, isRawJSON } = JSON as unknown as RawJson

/**
 * A number that `JSON.stringify` writes with the digits of `token`. It is an object without members, so it cannot be
 * computed with. `isObject` returns false for it.
 */
export const rawNumber = (token: string): object => rawJSON(token)

export const isRawNumber = (value: unknown): boolean => isRawJSON(value)
