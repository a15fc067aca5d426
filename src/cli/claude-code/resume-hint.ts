import { secretSettings } from '../../config/settings/setting-names.ts'
import type { ParsedArguments } from '../parse/parsed-arguments.ts'
import { commandLine } from '../parse/pass-through.ts'
import type { Io } from '../terminal/io.ts'

/** When Claude Code ends, it prints "claude --resume ID", a command that does not use this server. */

const secretFlags: ReadonlySet<string | undefined> = new Set(secretSettings.map(({ flag }) => flag))

const givenFlags = (flags: ParsedArguments['flags']): string[] =>
  Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined || secretFlags.has(name)) return []
    return value === true ? [`--${name}`] : [`--${name}`, value]
  })

/** Whether Claude Code prints one answer and exits. */
const isPrinting = (rest: readonly string[]): boolean => {
  const terminator = rest.indexOf('--')
  return rest.slice(0, terminator === -1 ? undefined : terminator).some((arg) => arg === '-p' || arg === '--print')
}

/** For the user, without a last line break; undefined if there is no conversation to resume. */
export const resumeHint = (
  { flags, rest }: Pick<ParsedArguments, 'flags' | 'rest'>,
  sessionId: string | undefined,
  { isTerminal, isOutTerminal }: Pick<Io, 'isTerminal' | 'isOutTerminal'>,
): string | undefined => {
  if (sessionId === undefined || !isTerminal || !isOutTerminal || isPrinting(rest)) return undefined
  return `To resume through this server:\n  ${commandLine('claude', [...givenFlags(flags), '--resume', sessionId])}`
}
