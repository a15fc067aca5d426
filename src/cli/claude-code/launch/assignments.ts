import { UsageError } from '../../../base/usage-error.ts'
import {
  cmdQuote,
  fishQuote,
  isNamedOnWindows,
  type LaunchEnvironment,
  posixQuote,
  powershellQuote,
  type Shell,
} from './shells.ts'

/** The environment alone: for `eval`, `source`, `Invoke-Expression`, or a file of a program's. */

export const environmentForms = ['bash', 'zsh', 'fish', 'sh', 'powershell', 'pwsh', 'cmd', 'json', 'dotenv'] as const
export type EnvironmentForm = Shell | 'json' | 'dotenv'

const listOf = (
  { set, unset }: LaunchEnvironment,
  assign: (name: string, value: string) => string,
  remove: (name: string) => string,
): string => [...Object.entries(set).map(([name, value]) => assign(name, value)), ...unset.map(remove)].join('\n')

/** What every reader of such files takes as it stands. */
const isPlain = (value: string): boolean => /^[\w.:/@%+,-]*$/.test(value)

/**
 * In single quotes nothing has a meaning; with one among them it is double quotes, in which readers do not agree on
 * what does. Throws UsageError for what cannot be said to all of them.
 */
const dotenvQuote = (name: string, value: string): string => {
  if (isPlain(value)) return value
  if (!/['\\\r\n]/.test(value)) return `'${value}'`
  if (!/["\\$`\r\n]/.test(value)) return `"${value}"`
  throw new UsageError(`${name} holds characters that a file of variables cannot hold together. Use --shell json.`)
}

/** A file cannot take a variable away: an empty one counts as none for Claude Code. */
const withEmpty = ({ set, unset }: LaunchEnvironment): Record<string, string> => ({
  ...set,
  ...Object.fromEntries(unset.map((name) => [name, ''])),
})

/** One assignment a line, without a last line break. Throws UsageError where the shell cannot say it. */
export const assignments = (form: EnvironmentForm, environment: LaunchEnvironment): string => {
  switch (form) {
    case 'bash':
    case 'zsh':
    case 'sh':
      return listOf(
        environment,
        (name, value) => `export ${name}=${posixQuote(value)}`,
        (name) => `unset ${name}`,
      )
    case 'fish':
      return listOf(
        environment,
        (name, value) => `set -gx ${name} ${fishQuote(value)}`,
        (name) => `set -e ${name}`,
      )
    case 'powershell':
    case 'pwsh':
      return listOf(
        environment,
        (name, value) => `$env:${name} = ${powershellQuote(value)}`,
        (name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`,
      )
    case 'cmd':
      return listOf(
        { ...environment, set: Object.fromEntries(Object.entries(environment.set).filter(isNamedOnWindows)) },
        (name, value) => `set ${cmdQuote(name, value)}`,
        (name) => `set "${name}="`,
      )
    case 'json':
      return JSON.stringify(withEmpty(environment), null, 2)
    case 'dotenv':
      return Object.entries(withEmpty(environment))
        .map(([name, value]) => `${name}=${dotenvQuote(name, value)}`)
        .join('\n')
  }
}
