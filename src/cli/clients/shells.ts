import { UsageError } from '../../base/usage-error.ts'

/** Writes a command with its environment for each shell. */

export const shells = ['bash', 'zsh', 'fish', 'sh', 'powershell', 'pwsh', 'cmd'] as const
export type Shell = (typeof shells)[number]

export interface LaunchEnvironment {
  readonly set: Readonly<Record<string, string>>
  readonly unset: readonly string[]
}

export const posixQuote = (value: string): string => `'${value.replaceAll("'", String.raw`'\''`)}'`

/** In fish a backslash escapes a quote and itself, in quotes too. */
export const fishQuote = (value: string): string => `'${value.replace(/[\\']/g, String.raw`\$&`)}'`

/** PowerShell reads typographic quotes as quotes. */
export const powershellQuote = (value: string): string => `'${value.replace(/['\u2018-\u201b]/g, '$&$&')}'`

/** Whether every shell reads the text as one word without quotes. */
const isPlainWord = (word: string): boolean => /^[\w./:=@,+-]+$/.test(word)

/** Throws UsageError for characters that cmd cannot quote. */
const cmdWord = (word: string): string => {
  if (/["%\r\n]/.test(word))
    throw new UsageError(
      'An argument contains a character that cmd cannot quote. Open PowerShell, and use --shell powershell.',
    )
  return `"${word}"`
}

/** One word of a command line. Throws UsageError if the shell cannot express it. */
export const shellWord = (shell: Shell, word: string): string => {
  if (isPlainWord(word)) return word
  switch (shell) {
    case 'bash':
    case 'zsh':
    case 'sh':
      return posixQuote(word)
    case 'fish':
      return fishQuote(word)
    case 'powershell':
    case 'pwsh':
      return powershellQuote(word)
    case 'cmd':
      return cmdWord(word)
  }
}

/** Throws UsageError for characters that cmd cannot quote in an assignment. */
export const cmdQuote = (name: string, value: string): string => {
  if (/["%\r\n]/.test(value))
    throw new UsageError(
      `${name} contains a character that cmd cannot quote. Open PowerShell, and use --shell powershell.`,
    )
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

/** Windows ignores the case of variable names, so one spelling is enough. */
export const isNamedOnWindows = ([name]: readonly [name: string, value: string]): boolean => name !== 'no_proxy'

/** Removing a missing variable fails, so removals are not part of the `&&` chain. */
const inCmd = ({ set, unset }: LaunchEnvironment, program: string): string => {
  const removed = unset.map((name) => `set "${name}=" & `).join('')
  const assigned = Object.entries(set)
    .filter(isNamedOnWindows)
    .map(([name, value]) => `set ${cmdQuote(name, value)}`)
  return removed + [...assigned, program].join(' && ')
}

/** One line that starts `program`, one or more words, with the environment. Throws UsageError if the shell cannot express it. */
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
