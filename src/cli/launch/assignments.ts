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

/** In single quotes nothing has a meaning; a value with one in it goes into double quotes. */
const dotenvQuote = (value: string): string => {
  if (isPlain(value)) return value
  return value.includes("'") ? `"${value.replace(/[\\"$`]/g, String.raw`\$&`)}"` : `'${value}'`
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
        .map(([name, value]) => `${name}=${dotenvQuote(value)}`)
        .join('\n')
  }
}
