import { posix, win32 } from 'node:path'
import { printableName } from '../../base/printable-name.ts'
import { UsageError } from '../../base/usage-error.ts'
import type { Machine } from '../../config/paths.ts'
import { secretSettings } from '../../config/settings/setting-names.ts'
import type { HelperReference } from '../../config/sources.ts'
import { programCommand } from '../system/program-command.ts'
import { type ProgramOutcome, runProgram } from '../system/run-program.ts'
import type { Io } from '../terminal/io.ts'

/** A program that prints a secret. What it prints is shown nowhere, and what it says on standard error is not read. */

const usualDeadlineMs = 10_000
const secondMs = 1000
/** Far more than a header may hold. */
const longestBytes = 64 * 1024

/** It has no use for our own secrets, nor for where they lie. */
const ownVariables: ReadonlySet<string> = new Set(secretSettings.flatMap(({ environment }) => environment))

const environmentFor = ({ environment }: Machine): Machine['environment'] =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !ownVariables.has(name)))

/** Not its arguments, and not what may be the key itself in the place of a program. */
export const helperName = ([program = '']: readonly string[]): string => {
  const isPath = /[/\\]/.test(program)
  const name = isPath ? (program.includes('\\') ? win32 : posix).basename(program) : program
  return printableName(name).trim() || 'a program'
}

const faultOf = (outcome: ProgramOutcome, deadlineMs: number): string | undefined => {
  switch (outcome.kind) {
    case 'not-started':
      return `cannot be started (${outcome.code ?? 'unknown'}). Is it installed, and on PATH?`
    case 'late':
      return `gave no answer within ${deadlineMs / secondMs} s. Run it by hand to see what it waits for.`
    case 'too-long':
      return 'printed far more than a key. It has to print the key alone.'
    case 'ended': {
      const { exitCode, printed } = outcome
      if (exitCode !== 0) return `ended with exit code ${exitCode}. Run it by hand to see why.`
      if (printed.trim() === '') return 'printed nothing. It has to print the key alone.'
      return /[\r\n]/.test(printed.trim()) ? 'printed more than one line. It has to print the key alone.' : undefined
    }
  }
}

/** Rejects with UsageError that names the program and where it is configured. */
export const runKeyHelper = async (
  { command, where }: HelperReference,
  { machine, times }: Pick<Io, 'machine' | 'times'>,
): Promise<string> => {
  const deadlineMs = times?.helperMs ?? usualDeadlineMs
  const [program = '', ...rest] = command
  const { command: started, args, isVerbatim } = programCommand(program, rest, machine)
  const outcome = await runProgram([started, ...args], {
    environment: environmentFor(machine),
    deadlineMs,
    isVerbatim,
    longestBytes,
  })
  const fault = faultOf(outcome, deadlineMs)
  if (fault !== undefined) throw new UsageError(`The key helper ${helperName(command)} (${where}) ${fault}`)
  return outcome.kind === 'ended' ? outcome.printed.trim() : ''
}
