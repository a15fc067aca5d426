import { UsageError } from '../../base/usage-error.ts'

/** How each shell writes one command with an environment of its own. */

export const shells = ['bash', 'zsh', 'fish', 'sh', 'powershell', 'pwsh', 'cmd'] as const
export type Shell = (typeof shells)[number]

export interface LaunchEnvironment {
  readonly set: Readonly<Record<string, string>>
  readonly unset: readonly string[]
}

export const posixQuote = (value: string): string => `'${value.replaceAll("'", String.raw`'\''`)}'`

/** In fish a backslash escapes a quote and itself, in quotes too. */
const fishQuote = (value: string): string => `'${value.replace(/[\\']/g, String.raw`\$&`)}'`

/** PowerShell takes typographic quotes for quotes. */
const powershellQuote = (value: string): string => `'${value.replace(/['\u2018-\u201b]/g, '$&$&')}'`

/** In cmd there is no way to write these inside a quoted assignment. */
const cmdQuote = (name: string, value: string): string => {
  if (/["%\r\n]/.test(value))
    throw new UsageError(`${name} holds a character that cmd cannot quote. Use --shell powershell.`)
  return `"${name}=${value}"`
}

const withEnv = (quote: (value: string) => string, environment: LaunchEnvironment, program: string): string => {
  const removed = environment.unset.map((name) => `-u ${name}`)
  const assigned = Object.entries(environment.set).map(([name, value]) => `${name}=${quote(value)}`)
  return ['env', ...removed, ...assigned, program].join(' ')
}

/** Works in Windows PowerShell 5.1 too, which has no `&&`. */
const inPowershell = ({ set, unset }: LaunchEnvironment, program: string): string => {
  const assigned = Object.entries(set).map(([name, value]) => `$env:${name}=${powershellQuote(value)}`)
  const removed = unset.map((name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`)
  return [...assigned, ...removed, program].join('; ')
}

/** Removing a variable that is not there counts as a failure, so it does not stand in the `&&` chain. */
const inCmd = ({ set, unset }: LaunchEnvironment, program: string): string => {
  const removed = unset.map((name) => `set "${name}=" & `).join('')
  const assigned = Object.entries(set)
    // Names of variables have no case on Windows.
    .filter(([name]) => name !== 'no_proxy')
    .map(([name, value]) => `set ${cmdQuote(name, value)}`)
  return removed + [...assigned, program].join(' && ')
}

/** One line that starts `program` with the environment. Throws UsageError where the shell cannot say it. */
export const launchLine = (shell: Shell, environment: LaunchEnvironment, program: string): string => {
  switch (shell) {
    case 'bash':
    case 'zsh':
    case 'sh':
      return withEnv(posixQuote, environment, program)
    case 'fish':
      return withEnv(fishQuote, environment, program)
    case 'powershell':
    case 'pwsh':
      return inPowershell(environment, program)
    case 'cmd':
      return inCmd(environment, program)
  }
}

const isShell = (name: string): name is Shell => shells.some((shell) => shell === name)

/** `/bin/zsh`, `-bash`, `pwsh.exe` as the shell's own name. */
const shellName = (program: string | undefined): Shell | undefined => {
  const name =
    program
      ?.split(/[/\\]/)
      .at(-1)
      ?.replace(/^-|\.exe$/g, '')
      .trim() ?? ''
  return isShell(name) ? name : undefined
}

export interface ShellHints {
  readonly platform: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The program that started us, where it can be told. */
  readonly parent: string | undefined
}

/** The shell we run in: Git Bash by its mark, PowerShell on Windows, else our parent, else the login shell. */
export const detectShell = ({ platform, environment, parent }: ShellHints): Shell => {
  if (platform === 'win32') return environment['MSYSTEM'] ? 'bash' : 'powershell'
  return shellName(parent) ?? shellName(environment['SHELL']) ?? 'bash'
}

/** Throws UsageError for a shell that we cannot write. */
export const parseShell = (name: string): Shell => {
  if (isShell(name)) return name
  throw new UsageError(`--shell must be one of ${shells.join(', ')}.`)
}
