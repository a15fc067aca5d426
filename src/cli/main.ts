import { type ArgsDef, defineCommand, runCommand } from 'citty'
import { didYouMean } from '../base/nearest.ts'
import { typedName } from '../base/typed-name.ts'
import { UsageError } from '../base/usage-error.ts'
import { productName, version } from '../version.ts'
import { type Flags, parseFlags } from './arguments.ts'
import type { Io } from './io.ts'
import { runSimulate, simulateFlags } from './simulate.ts'
import { runStart } from './start.ts'
import { startFlags } from './start-flags.ts'
import { commandUsage, mainUsage } from './usage.ts'

/** Exit codes, which scripts rely on. */
const exitCode = { fine: 0, failure: 1, usage: 2 } as const
type ExitCode = (typeof exitCode)[keyof typeof exitCode]

interface Command {
  readonly description: string
  readonly flags: ArgsDef
  readonly run: (flags: Flags, io: Io) => Promise<void>
}

const commands: ReadonlyMap<string, Command> = new Map([
  ['start', { description: 'Serve Claude models to Claude Code over AI Nexus', flags: startFlags, run: runStart }],
  [
    'simulate',
    {
      description: 'Run a local AI Nexus, for trying things out without a key',
      flags: simulateFlags,
      run: runSimulate,
    },
  ],
])

/** What runs when no command is named. */
const defaultCommand = 'start'

const versionLine = (): string =>
  `${productName} ${version} (bun ${Bun.version}, ${process.platform}-${process.arch})\n`

const wants = (rawArgs: readonly string[], ...names: readonly string[]): boolean => {
  const end = rawArgs.indexOf('--')
  return rawArgs.slice(0, end === -1 ? undefined : end).some((arg) => names.includes(arg))
}

const mainHelp = (): string => {
  const summaries = [...commands].map(([name, { description }]) => ({ name, description }))
  return mainUsage(productName, 'Run Claude Code on your AI Nexus key', summaries, defaultCommand)
}

const runNamed = async (rawArgs: readonly string[], io: Io): Promise<void> => {
  const [first = ''] = rawArgs
  const isNamed = first !== '' && !first.startsWith('-')
  const name = isNamed ? first : defaultCommand
  const command = commands.get(name)
  if (command === undefined) {
    throw new UsageError(
      `Unknown command${typedName(first)}.${didYouMean(first, [...commands.keys()])} See ${productName} --help.`,
    )
  }
  const { description, flags: definition, run } = command
  const help = (): void =>
    io.out(isNamed ? commandUsage(`${productName} ${name}`, description, definition) : mainHelp())
  // Before anything else is read, so that a line with other faults gets its help, too.
  if (wants(rawArgs, '--help', '-h')) return help()
  if (wants(rawArgs, '--version', '-V')) return io.out(versionLine())

  const given = rawArgs.slice(isNamed ? 1 : 0)
  const flags = parseFlags(name, definition, given)
  if (flags['help'] === true) return help()
  if (flags['version'] === true) return io.out(versionLine())
  const citty = defineCommand({ meta: { name, description }, args: definition, run: () => run(flags, io) })
  await runCommand(citty, { rawArgs: given })
}

/** Runs the command line and tells the exit code. Never throws. */
export const runMain = async (rawArgs: readonly string[], io: Io): Promise<ExitCode> => {
  try {
    await runNamed(rawArgs, io)
    return exitCode.fine
  } catch (error) {
    if (error instanceof UsageError) {
      io.err(`error: ${error.message}\n`)
      return exitCode.usage
    }
    io.err(`error: ${error instanceof Error ? (error.stack ?? error.message) : 'something unknown failed'}\n`)
    return exitCode.failure
  }
}
