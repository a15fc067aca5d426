import { secretSettings } from '../../config/settings/setting-names.ts'
import type { ParsedArguments } from '../parse/parsed-arguments.ts'
import { commandLine } from '../parse/pass-through.ts'
import type { Io } from '../terminal/io.ts'
import type { Client } from './client.ts'

/** When a client ends, it prints a command that resumes the session without this server: "claude --resume ID". */

const secretFlags: ReadonlySet<string | undefined> = new Set(secretSettings.map(({ flag }) => flag))

const givenFlags = (flags: ParsedArguments['flags']): string[] =>
  Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined || secretFlags.has(name)) return []
    return value === true ? [`--${name}`] : [`--${name}`, value]
  })

/** For the user, without a last line break; undefined if there is no conversation to resume. */
export const resumeHint = (
  { name, sessions }: Pick<Client, 'name' | 'sessions'>,
  { flags, rest }: Pick<ParsedArguments, 'flags' | 'rest'>,
  sessionId: string | undefined,
  { isTerminal, isOutTerminal }: Pick<Io, 'isTerminal' | 'isOutTerminal'>,
): string | undefined => {
  if (sessionId === undefined || !isTerminal || !isOutTerminal || sessions.isPrinting(rest)) return undefined
  return `To resume through this server:\n  ${commandLine(name, [...givenFlags(flags), ...sessions.resume(sessionId)])}`
}
