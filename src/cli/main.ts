import { UsageError } from '../base/usage-error.ts'
import { buildTarget, commit, productName, version } from '../version.ts'
import { catalogue } from './commands/commands.ts'
import { type Found, findCommand, helpOf, mainHelp } from './commands/help.ts'
import { GaveUp } from './credentials/gave-up.ts'
import { commonFlags, parseArguments } from './parse/arguments.ts'
import { splitArguments } from './parse/pass-through.ts'
import { helpLayout } from './parse/usage.ts'
import type { Io } from './terminal/io.ts'

/**
 * Exit codes, which scripts rely on. `claude` ends with its child's. Who gives up at a question gets what a
 * shell tells of Ctrl-C.
 */
const exitCode = { fine: 0, failure: 1, usage: 2, gaveUp: 130 } as const

const versionLine = (): string => `${productName} ${version} (commit ${commit}, bun ${Bun.version}, ${buildTarget})\n`

/** Among the arguments that are for us. */
const wants = (rawArgs: readonly string[], found: Found, ...names: readonly string[]): boolean => {
  const own =
    found.kind === 'command'
      ? splitArguments(found.command, rawArgs.slice(found.words)).own
      : rawArgs.slice(0, rawArgs.includes('--') ? rawArgs.indexOf('--') : undefined)
  return own.some((arg) => names.includes(arg))
}

const runNamed = async (rawArgs: readonly string[], io: Io): Promise<number> => {
  const [first = ''] = rawArgs
  const isNamed = first !== '' && !first.startsWith('-')
  const found: Found = isNamed
    ? findCommand(rawArgs, catalogue)
    : { kind: 'command', command: catalogue.defaultCommand, words: 0 }
  const say = (text: string): number => {
    io.out(text)
    return exitCode.fine
  }
  const layout = helpLayout(io)
  const help = (): number => say(isNamed ? helpOf(found, catalogue, layout) : mainHelp(catalogue, layout))
  // Before anything else is read, so that a line with other faults gets its help, too.
  if (wants(rawArgs, found, '--help', '-h')) return help()
  if (wants(rawArgs, found, '--version', '-V')) return say(versionLine())
  if (found.kind === 'group') {
    // A group takes no flags: only to find the ones that are not there.
    parseArguments({ name: found.group.name, args: commonFlags }, rawArgs.slice(1))
    return help()
  }

  const given = parseArguments(found.command, rawArgs.slice(found.words))
  if (given.flags['help'] === true) return help()
  if (given.flags['version'] === true) return say(versionLine())
  return (await found.command.run(given, io)) ?? exitCode.fine
}

/** Runs the command line and tells the exit code. Never throws. */
export const runMain = async (rawArgs: readonly string[], io: Io): Promise<number> => {
  try {
    return await runNamed(rawArgs, io)
  } catch (error) {
    if (error instanceof GaveUp) {
      io.err('Given up.\n')
      return exitCode.gaveUp
    }
    if (error instanceof UsageError) {
      io.err(`error: ${error.message}\n`)
      return exitCode.usage
    }
    io.err(`error: ${error instanceof Error ? (error.stack ?? error.message) : 'something unknown failed'}\n`)
    return exitCode.failure
  }
}
