import { UsageError } from '../base/usage-error.ts'
import type { Machine } from '../config/paths.ts'
import { productName } from '../version.ts'
import { commonFlags, type Flags, type Given, textFlag } from './arguments.ts'
import { banner } from './banner.ts'
import { copy } from './clipboard.ts'
import type { Command } from './command.ts'
import { composeLog } from './compose.ts'
import { settingFlags, shellFlag, simulateFlag, sourceFlags, verboseFlag } from './config-flags.ts'
import { describeConfig } from './describe-config.ts'
import { obtainKey } from './first-run.ts'
import type { Io } from './io.ts'
import { ownShell, parseShell } from './launch/detect-shell.ts'
import { claudeCodeEnvironment } from './launch/environment.ts'
import { launchLine, type Shell } from './launch/shells.ts'
import { checkLogFile } from './log-file.ts'
import { serve } from './serve.ts'
import { endingSignals, untilStopped } from './server-lifecycle.ts'
import { readSetUp, requireKey, warningsOf } from './set-up.ts'

/** Undefined where no launch command was asked for. Rejects with UsageError for a shell that we cannot write. */
const shellFor = async (flags: Flags, machine: Machine): Promise<Shell | undefined> => {
  const named = textFlag(flags, 'shell')
  const shell = named === undefined ? undefined : parseShell(named)
  if (flags['claude-code'] !== true && flags['copy'] !== true) return undefined
  return shell ?? ownShell(machine)
}

/** For somebody who has typed the program's name and nothing else. */
const nextStep = '  Next      add --claude-code for the line that starts Claude Code\n'

const unknownPort = 'Which port --port 0 gives is known only when the server runs. Name one, or leave out --dry-run.'

/** Puts the line on the clipboard, and says so. */
const copied = async (line: string, io: Io): Promise<string> => {
  const way = await copy(line, io)
  return way === undefined
    ? 'warning: there is no clipboard that can be reached from here; mark the line and copy it.\n'
    : `  The line that starts Claude Code is copied (by ${way}).\n`
}

const runStart = async ({ flags }: Given, io: Io): Promise<undefined> => {
  const setUp = await readSetUp(flags, io)
  const { loaded, isSimulated } = setUp
  const { config } = loaded
  const isDryRun = flags['dry-run'] === true
  const apiKey = isDryRun ? requireKey(setUp, io) : await obtainKey(setUp, io)
  const shell = await shellFor(flags, io.machine)
  const printLaunch = async (port: number): Promise<void> => {
    if (shell === undefined) return
    const environment = claudeCodeEnvironment({ ...setUp, config, port, environment: loaded.environment })
    const line = launchLine(shell, environment, 'claude')
    if (flags['copy'] === true) io.err(await copied(line, io))
    if (flags['claude-code'] !== true) return
    io.err('  Start Claude Code with:\n')
    io.out(`${line}\n`)
  }

  for (const warning of warningsOf(setUp)) io.err(`warning: ${warning}\n`)
  if (isDryRun) {
    checkLogFile(config.logFile)
    if (shell !== undefined && config.port === 0) throw new UsageError(unknownPort)
    io.err(describeConfig(loaded, io, isSimulated))
    await printLaunch(config.port)
    return undefined
  }
  const log = composeLog(config, io)
  const { port, ending, stop } = await serve(setUp, { config, apiKey, log }, io)
  io.err(banner(setUp, { apiKey, port }, io.machine))
  if (shell === undefined && io.isTerminal) io.err(nextStep)
  await printLaunch(port)
  await untilStopped(ending, io.err, endingSignals(io.isTerminal), io.times)
  await stop()
  return undefined
}

/** The server. Rejects with UsageError; resolves when it was told to end. */
export const startCommand: Command = {
  name: 'start',
  description: 'Serve Claude models to Claude Code over AI Nexus',
  args: {
    ...settingFlags(),
    'claude-code': {
      type: 'boolean',
      alias: 'c',
      description: 'Print the command that starts Claude Code against this server, alone on standard output',
    },
    copy: {
      type: 'boolean',
      description: 'Put that command on the clipboard; over ssh, by the terminal',
    },
    shell: shellFlag('Shell that the command is for (default the one we run in)'),
    ...sourceFlags,
    simulate: simulateFlag,
    'dry-run': { type: 'boolean', description: 'Check and print the configuration, and exit' },
    verbose: verboseFlag,
    ...commonFlags,
  },
  examples: [
    { line: `${productName} start --claude-code`, what: 'Serve, and print the line that starts Claude Code' },
    { line: `${productName} start --copy`, what: 'Put that line on the clipboard instead' },
    { line: `${productName} start --simulate`, what: 'Try it without a key' },
    { line: `${productName} start --port 0 --log-format json`, what: 'Any free port, and a log for programs' },
    { line: `${productName} start --dry-run`, what: 'What is configured, and where it comes from' },
  ],
  run: runStart,
}
