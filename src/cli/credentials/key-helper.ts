import { posix, win32 } from 'node:path'
import { printableName } from '../../base/printable-name.ts'
import { UsageError } from '../../base/usage-error.ts'
import type { Machine } from '../../config/paths.ts'
import { secretSettings } from '../../config/settings/setting-names.ts'
import type { HelperReference } from '../../config/sources.ts'
import { programCommand } from '../system/program-command.ts'
import { type ProgramOutcome, runProgram } from '../system/run-program.ts'
import type { Io } from '../terminal/io.ts'

/** Runs a program that prints a secret. Its output is never shown, and its standard error is not read. */

const usualDeadlineMs = 10_000
const secondMs = 1000
/** Far more than a header may contain. */
const longestBytes = 64 * 1024

/** Removed from the helper's environment: it needs neither our secrets nor their locations. */
const ownVariables: ReadonlySet<string> = new Set(secretSettings.flatMap(({ environment }) => environment))

const environmentFor = ({ environment }: Machine): Machine['environment'] =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !ownVariables.has(name)))

/** Shows no arguments, and no name that may be the key itself, entered by mistake. */
export const helperName = ([program = '']: readonly string[]): string => {
  const isPath = /[/\\]/.test(program)
  const name = isPath ? (program.includes('\\') ? win32 : posix).basename(program) : program
  return printableName(name).trim() || 'a program'
}

const faultOf = (outcome: ProgramOutcome, deadlineMs: number): string | undefined => {
  switch (outcome.kind) {
    case 'not-started':
      return `cannot be started (${outcome.code ?? 'unknown'}). Check that it is installed and on PATH.`
    case 'late':
    case 'aborted':
      return `did not finish within ${deadlineMs / secondMs} s. Run it by hand to see what it waits for.`
    case 'too-long':
      return 'printed far more than a key. It must print only the key.'
    case 'ended': {
      const { exitCode, printed } = outcome
      if (exitCode !== 0) return `ended with exit code ${exitCode}. Run it by hand to see why.`
      if (printed.trim() === '') return 'printed nothing. It must print only the key.'
      return /[\r\n]/.test(printed.trim()) ? 'printed more than one line. It must print only the key.' : undefined
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
