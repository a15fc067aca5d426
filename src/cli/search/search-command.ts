import type { Config } from '../../config/load.ts'
import type { Machine } from '../../config/paths.ts'
import { isPrivateVariable } from '../../config/search.ts'
import type { RunSearchCommand } from '../../search/providers/command.ts'
import { SearchError } from '../../search/search-provider.ts'
import { programCommand } from '../system/program-command.ts'
import { type ProgramOutcome, runProgram } from '../system/run-program.ts'

/** Runs the user's own program that searches. Its standard error is not read: it may contain the query (WS-43). */

const longestBytes = 1024 * 1024
const millisecondsPerSecond = 1000

/** In lower case. */
const proxyVariables = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']
/** Programs on Windows do not start without these. */
const windowsVariables = ['systemroot', 'systemdrive', 'userprofile', 'comspec', 'pathext', 'temp', 'tmp']

/** The variables that the program gets. Their names have no case on Windows. */
const environmentFor = (names: readonly string[], { platform, environment }: Machine): Machine['environment'] => {
  const isWindows = platform === 'win32'
  const always = new Set(['path', 'home', ...proxyVariables, ...(isWindows ? windowsVariables : [])])
  const wanted = new Set(isWindows ? names.map((name) => name.toLowerCase()) : names)
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => {
      if (isPrivateVariable(name)) return false
      const lower = name.toLowerCase()
      return always.has(lower) || wanted.has(isWindows ? lower : name)
    }),
  )
}

/** The output. Throws SearchError. */
const outputOf = (outcome: ProgramOutcome): string => {
  switch (outcome.kind) {
    case 'ended':
      if (outcome.exitCode !== 0) throw new SearchError('unavailable', { exitCode: outcome.exitCode })
      return outcome.printed
    case 'too-long':
      throw new SearchError('unavailable', { reason: 'the output is too long' })
    case 'late':
      throw new SearchError('unavailable', { reason: 'timeout' })
    case 'aborted':
      throw new SearchError('unavailable', { reason: 'aborted' })
    case 'not-started':
      throw new SearchError('unavailable', { reason: `the program cannot be started (${outcome.code ?? 'unknown'})` })
  }
}

/** Starts the program once for each search, without a shell. Throws UsageError for arguments that it cannot receive. */
export const createSearchCommand = (
  search: Pick<Config['search'], 'command' | 'env' | 'timeout'>,
  machine: Machine,
): RunSearchCommand => {
  const { command: [program = '', ...rest] = [], env, timeout } = search
  const { command: started, args, isVerbatim } = programCommand(program, rest, machine)
  const environment = environmentFor(env, machine)
  const deadlineMs = timeout * millisecondsPerSecond
  return async (input, signal) => {
    const options = { environment, deadlineMs, isVerbatim, longestBytes, input, signal, isGroup: true }
    return outputOf(await runProgram([started, ...args], options))
  }
}
