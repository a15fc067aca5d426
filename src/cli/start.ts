import { UsageError } from '../base/usage-error.ts'
import type { Machine } from '../config/paths.ts'
import { clientSpelling } from '../gateway/models.ts'
import { productName, version } from '../version.ts'
import { commonFlags, type Flags, type Given, textFlag } from './arguments.ts'
import type { Command } from './command.ts'
import { composeLog } from './compose.ts'
import { settingFlags, shellFlag, simulateFlag, sourceFlags, verboseFlag } from './config-flags.ts'
import { describeConfig } from './describe-config.ts'
import { obtainKey } from './first-run.ts'
import type { Io } from './io.ts'
import { claudeCodeEnvironment, localUrl } from './launch/environment.ts'
import { detectShell, launchLine, parseShell, type Shell } from './launch/shells.ts'
import { checkLogFile } from './log-sink.ts'
import { processName } from './process-name.ts'
import { serve } from './serve.ts'
import { endingSignals, untilStopped } from './server-lifecycle.ts'
import { readSetUp, requireKey, type SetUp, warningsOf } from './set-up.ts'

/** Undefined where no launch command was asked for. Throws UsageError for a shell that we cannot write. */
const shellFor = (flags: Flags, { platform, environment }: Machine): Shell | undefined => {
  const named = textFlag(flags, 'shell')
  const shell = named === undefined ? undefined : parseShell(named)
  if (flags['claude-code'] !== true) return undefined
  return shell ?? detectShell({ platform, environment, parent: processName(process.ppid) })
}

const unknownPort = 'Which port --port 0 gives is known only when the server runs. Name one, or leave out --dry-run.'

const banner = ({ loaded, models, model, isSimulated }: SetUp, port: number): string => {
  const { host, endpointUrl } = loaded.config
  const upstream = isSimulated ? 'an embedded simulation of AI Nexus (no key needed)' : endpointUrl
  return `${productName} ${version}
  Address   ${localUrl(host, port)}
  Upstream  ${upstream}
  Models    ${models.spellings.join(', ')} (${clientSpelling(model.model.id)} by default)
`
}

const runStart = async ({ flags }: Given, io: Io): Promise<undefined> => {
  const setUp = await readSetUp(flags, io)
  const { loaded, isSimulated } = setUp
  const { config } = loaded
  const isDryRun = flags['dry-run'] === true
  const apiKey = isDryRun ? requireKey(setUp, io) : await obtainKey(setUp, io)
  const shell = shellFor(flags, io.machine)
  const printLaunch = (port: number): void => {
    if (shell === undefined) return
    const environment = claudeCodeEnvironment({ ...setUp, config, port, environment: loaded.environment })
    io.out(`${launchLine(shell, environment, 'claude')}\n`)
  }

  for (const warning of warningsOf(setUp)) io.err(`warning: ${warning}\n`)
  if (isDryRun) {
    checkLogFile(config.logFile)
    if (shell !== undefined && config.port === 0) throw new UsageError(unknownPort)
    io.err(describeConfig(loaded, io, isSimulated))
    printLaunch(config.port)
    return undefined
  }
  const log = composeLog(config, { color: io.useColor, write: io.err })
  const { listener, ending, stopSimulator } = await serve(setUp, { config, apiKey, log }, io)
  io.err(banner(setUp, listener.port))
  if (shell !== undefined) io.err('  Start Claude Code with:\n')
  printLaunch(listener.port)
  await untilStopped(ending, io.err, endingSignals(io.isTerminal), io.times)
  await stopSimulator()
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
      description: 'Print the command that starts Claude Code against this server',
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
    { line: `${productName} start --simulate`, what: 'Try it without a key' },
    { line: `${productName} start --port 0 --log-format json`, what: 'Any free port, and a log for programs' },
    { line: `${productName} start --dry-run`, what: 'What is configured, and where it comes from' },
  ],
  run: runStart,
}
