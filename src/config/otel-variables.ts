import { UsageError } from '../base/usage-error.ts'

/** Reads OpenTelemetry's standard variables. An empty one counts as absent, as the standard says. */

export type Environment = Readonly<Record<string, string | undefined>>

export const textOf = (environment: Environment, name: string): string | undefined =>
  environment[name]?.trim() || undefined

/** A value, and the variable that it comes from. */
interface Found {
  readonly name: string
  readonly text: string
}

/** The first variable that is set. */
export const firstOf = (environment: Environment, names: readonly string[]): Found | undefined => {
  for (const name of names) {
    const text = textOf(environment, name)
    if (text !== undefined) return { name, text }
  }
  return undefined
}

/** Timers of more milliseconds end at once. */
const largest = 2 ** 31 - 1

/** Throws UsageError for anything but a whole number from 1 to the largest time. */
export const countOf = (environment: Environment, names: readonly string[], fallback: number): number => {
  const found = firstOf(environment, names)
  if (found === undefined) return fallback
  const count = Number(found.text)
  if (Number.isSafeInteger(count) && count > 0 && count <= largest) return count
  throw new UsageError(`${found.name} must be a whole number from 1 to ${largest}, not ${found.text}.`)
}

/** Throws UsageError. */
export const choiceOf = <Choice extends string>(
  environment: Environment,
  names: readonly string[],
  choices: readonly Choice[],
): Choice | undefined => {
  const found = firstOf(environment, names)
  if (found === undefined) return undefined
  const text = found.text.toLowerCase()
  const choice = choices.find((one) => one === text)
  if (choice !== undefined) return choice
  throw new UsageError(`${found.name} is ${found.text}. Supported: ${choices.join(', ')}.`)
}

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/**
 * Pairs like `name=value,other=value`, percent-encoded. Throws UsageError, without the text: it may have a secret.
 * `isValid` checks a name and its value.
 */
export const pairsOf = (
  environment: Environment,
  name: string,
  isValid: (key: string, value: string) => boolean,
): readonly (readonly [string, string])[] => {
  const parts = (textOf(environment, name) ?? '').split(',').map((part) => part.trim())
  return parts.flatMap((part, index) => {
    if (part === '') return []
    const at = part.indexOf('=')
    const key = decoded(part.slice(0, Math.max(at, 0)).trim())
    const value = decoded(part.slice(at + 1).trim())
    if (key !== undefined && key !== '' && value !== undefined && isValid(key, value)) return [[key, value] as const]
    throw new UsageError(
      `${name} is not valid: entry ${index + 1} must have the form name=value, with percent-encoded special characters.`,
    )
  })
}
