import { defineCommand, runCommand } from 'citty'
import { UsageError } from '../base/usage-error.ts'
import { buildTarget, commit, productName, version } from '../version.ts'
import { catalogue } from './commands/commands.ts'
import { findCommand, type HelpTarget, helpOf, mainHelp } from './commands/help.ts'
import { PromptCancelled } from './credentials/prompt-cancelled.ts'
import { type CheckedArguments, checkArguments, commonFlags, toParsedArguments } from './parse/arguments.ts'
import type { Command } from './parse/command.ts'
import { splitArguments } from './parse/pass-through.ts'
import { helpLayout } from './parse/usage.ts'
import type { Io } from './terminal/io.ts'
import { printer } from './terminal/printer.ts'

/**
 * Exit codes; scripts rely on them. `claude` ends with the exit code of Claude Code. A cancelled prompt ends with the
 * exit code that shells use for Ctrl-C.
 */
const exitCode = { success: 0, failure: 1, usage: 2, cancelled: 130 } as const

const versionLine = (): string => `${productName} ${version} (commit ${commit}, bun ${Bun.version}, ${buildTarget})\n`

/** Whether our own arguments contain one of the names. */
const wants = (rawArgs: readonly string[], found: HelpTarget, ...names: readonly string[]): boolean => {
  const own =
    found.kind === 'command'
      ? splitArguments(found.command, rawArgs.slice(found.words)).own
      : rawArgs.slice(0, rawArgs.includes('--') ? rawArgs.indexOf('--') : undefined)
  return own.some((arg) => names.includes(arg))
}

/**
 * Resolves to the exit code. Does not use citty's subcommands and `runMain`: they lose the command's result, end with 1
 * for every error, and suggest no command. Rejects with the command's error.
 */
const runByCitty = async (command: Command, { words, rest }: CheckedArguments, io: Io): Promise<number> => {
  const { name, description, args } = command
  const definition = defineCommand({
    meta: { name, description },
    args,
    run: (context) => command.run(toParsedArguments(args, context.args, rest), io),
  })
  const { result } = await runCommand(definition, { rawArgs: [...words] })
  return typeof result === 'number' ? result : exitCode.success
}

const runNamed = async (rawArgs: readonly string[], io: Io): Promise<number> => {
  const [first = ''] = rawArgs
  const isNamed = first !== '' && !first.startsWith('-')
  const found: HelpTarget = isNamed
    ? findCommand(rawArgs, catalogue)
    : { kind: 'command', command: catalogue.defaultCommand, words: 0 }
  const say = (text: string): number => {
    io.out(text)
    return exitCode.success
  }
  const layout = helpLayout(io)
  const help = (): number => say(isNamed ? helpOf(found, catalogue, layout) : mainHelp(catalogue, layout))
  // First, so that a command line with errors gets its help, too.
  if (wants(rawArgs, found, '--help', '-h')) return help()
  if (wants(rawArgs, found, '--version', '-V')) return say(versionLine())
  if (found.kind === 'group') {
    // A group has no flags: this reports unknown ones.
    checkArguments({ name: found.group.name, args: commonFlags }, rawArgs.slice(1))
    return help()
  }

  const checked = checkArguments(found.command, rawArgs.slice(found.words))
  if (checked.question === 'help') return help()
  if (checked.question === 'version') return say(versionLine())
  return runByCitty(found.command, checked, io)
}

/** Runs the command line and resolves to the exit code. Never rejects. */
export const runMain = async (rawArgs: readonly string[], io: Io): Promise<number> => {
  try {
    return await runNamed(rawArgs, io)
  } catch (error) {
    if (error instanceof PromptCancelled) {
      printer(io).info('Cancelled.')
      return exitCode.cancelled
    }
    if (error instanceof UsageError) {
      printer(io).error(error.message)
      return exitCode.usage
    }
    printer(io).error(error instanceof Error ? (error.stack ?? error.message) : 'unknown error')
    return exitCode.failure
  }
}
