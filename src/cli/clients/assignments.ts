import { UsageError } from '../../base/usage-error.ts'
import {
  cmdQuote,
  fishQuote,
  isNamedOnWindows,
  type LaunchEnvironment,
  posixQuote,
  powershellQuote,
  type Shell,
} from './shells.ts'

/** Writes only the environment: for `eval`, `source`, `Invoke-Expression`, or a file that a program reads. */

export const environmentForms = ['bash', 'zsh', 'fish', 'sh', 'powershell', 'pwsh', 'cmd', 'json', 'dotenv'] as const
export type EnvironmentForm = Shell | 'json' | 'dotenv'

const listOf = (
  { set, unset }: LaunchEnvironment,
  assign: (name: string, value: string) => string,
  remove: (name: string) => string,
): string => [...Object.entries(set).map(([name, value]) => assign(name, value)), ...unset.map(remove)].join('\n')

/** Whether every reader of such files accepts the value without quotes. */
const isPlain = (value: string): boolean => /^[\w.:/@%+,-]*$/.test(value)

/**
 * Single quotes keep every character. A value with a single quote gets double quotes, in which readers disagree about
 * special characters. Throws UsageError for a value that not all readers can read.
 */
const dotenvQuote = (name: string, value: string): string => {
  if (isPlain(value)) return value
  if (!/['\\\r\n]/.test(value)) return `'${value}'`
  if (!/["\\$`\r\n]/.test(value)) return `"${value}"`
  throw new UsageError(`${name} contains characters that a file of variables cannot combine. Use --shell json.`)
}

/** A file cannot unset a variable; for Claude Code, an empty variable is not set. */
const withEmpty = ({ set, unset }: LaunchEnvironment): Record<string, string> => ({
  ...set,
  ...Object.fromEntries(unset.map((name) => [name, ''])),
})

/** One assignment a line, without a last line break. Throws UsageError if the shell cannot express it. */
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
