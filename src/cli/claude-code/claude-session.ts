import { errorCode } from '../../base/error-code.ts'
import { Secret } from '../../base/secret.ts'
import { UsageError } from '../../base/usage-error.ts'
import type { Config } from '../../config/load.ts'
import { reportHosts } from '../../config/reports.ts'
import { secretSettings } from '../../config/settings/setting-names.ts'
import { connectionOf } from '../../upstreams/registry.ts'
import { productName } from '../../version.ts'
import { composeLog } from '../compose.ts'
import { keySettings, readSetUp, type SetUp, warningsOf } from '../config/set-up.ts'
import { obtainKey } from '../credentials/first-run.ts'
import type { ParsedArguments } from '../parse/parsed-arguments.ts'
import { serve } from '../serve.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'
import { findClaude, installLines } from './claude-program.ts'
import { settingsVariables } from './claude-settings.ts'
import { type ClientArguments, clientArguments } from './client-arguments.ts'
import { launchChoices, planLaunch } from './launch/launch.ts'
import { resolveSettingsConflicts } from './launch/settings-conflicts.ts'
import type { LaunchEnvironment } from './launch/shells.ts'
import { resumeHint } from './resume-hint.ts'
import { runInTerminal } from './run-in-terminal.ts'
import { watchSession } from './session-watch.ts'
import { readSettingsArgument } from './settings-argument.ts'
import { settingsFiles } from './settings-files.ts'

/** Runs Claude Code with its own server, in one step. */

const withInstallLines = (sentence: string, io: Io): UsageError =>
  new UsageError([sentence, ...installLines(io.machine.platform).map((line) => `  ${line}`)].join('\n'))

const missing = 'Claude Code was not found: claude is not on PATH. Install it, and try again:'

const cannotStart = (path: string, error: unknown): string =>
  `${path} cannot be started (${errorCode(error) ?? 'unknown'}). Reinstall Claude Code, and try again:`

const tokenBytes = 32

const newToken = (): Secret =>
  new Secret(crypto.getRandomValues(new Uint8Array(tokenBytes)).toBase64({ alphabet: 'base64url', omitPadding: true }))

/** A server for one client: the tokens of other clients do not count. */
const ownServer = (config: Config): Config => ({
  ...config,
  host: '127.0.0.1',
  port: 0,
  clientToken: undefined,
  openai: { ...config.openai, gatewayToken: undefined, clientKey: undefined },
})

/**
 * No other program on this machine knows the token of a session. A server without a credential of its own needs none:
 * it sends only the credential of the client (AU-0f).
 */
const readSession = async (flags: ParsedArguments['flags'], io: Io): Promise<SetUp> => {
  const setUp = await readSetUp(flags, io, [...keySettings])
  const server = ownServer(setUp.loaded.config)
  const { showsOwnKey } = launchChoices(setUp, server)
  const config = showsOwnKey ? server : { ...server, clientToken: newToken() }
  return { ...setUp, connection: connectionOf(server), loaded: { ...setUp.loaded, config } }
}

/** Removed from Claude Code's environment: programs that it runs do not need our secrets. */
const ownSecrets = secretSettings.flatMap(({ environment }) => environment.filter((name) => name.startsWith('NEXUS_')))

const withLaunch = (
  environment: NodeJS.ProcessEnv,
  { set, unset }: LaunchEnvironment,
  keySource: string | undefined,
): NodeJS.ProcessEnv => {
  const removed = new Set([...unset, ...ownSecrets, keySource])
  const kept = Object.entries(environment).filter(([name]) => !removed.has(name))
  return { ...Object.fromEntries(kept), ...set }
}

/** How deep `claude` runs inside `claude`: a script may need one level more, but not many. */
const depthVariable = 'NEXUS_CLAUDE_DEPTH'
const deepest = 5

/** Throws UsageError if the `claude` on PATH only calls this program. */
const nextDepth = (path: string, { environment }: Io['machine']): string => {
  const depth = (Number(environment[depthVariable]) || 0) + 1
  if (depth <= deepest) return String(depth)
  throw new UsageError(
    `${path} seems to be a script that runs ${productName} claude, which runs the script again. Rename the script, so that claude is Claude Code itself.`,
  )
}

/** Resolves to Claude Code's exit code. Rejects with UsageError. */
export const runClaude = async (args: ParsedArguments, io: Io): Promise<number> => {
  const { flags, rest } = args
  const setUp = await readSession(flags, io)
  const { config } = setUp.loaded
  const found = findClaude(io.machine)
  if (found === undefined) throw withInstallLines(missing, io)
  const depth = nextDepth(found.path, io.machine)
  const given = readSettingsArgument(rest, io.machine)
  // Claude Code uses the terminal, so the log goes only to the log file.
  const log = composeLog(config, { ...io, isTerminal: false, useColor: false, err: () => {} })
  const apiKey = await obtainKey(setUp, io, 'claude')
  for (const warning of warningsOf(setUp)) printer(io).warn(warning)
  // A session has no banner.
  const { slack } = reportHosts(config)
  if (slack !== undefined) printer(io).warn(`Slack is on: conversations are sent to ${slack}.`)
  const watch = watchSession(log, io.times?.silenceMs)
  const { port, stop } = await serve(setUp, { config, apiKey, log, onRequest: watch.onRequest }, io)
  let client: ClientArguments | undefined
  try {
    const launch = await planLaunch(setUp, { config, port }, io)
    for (const note of launch.notes) printer(io).info(note)
    const files = settingsFiles(io.machine, given)
    const { environment, env } = resolveSettingsConflicts(launch.environment, settingsVariables(files))
    client = clientArguments({ rest, given, files, env, hasWebTools: config.upstream === 'anthropic' })
    const launched = withLaunch(
      io.machine.environment,
      environment,
      setUp.loaded.sources.get(setUp.connection.keySetting),
    )
    const exitCode = await runInTerminal(
      { path: found.path, args: client.args, environment: { ...launched, [depthVariable]: depth } },
      { ...io, platform: io.machine.platform },
    )
    const words = resumeHint(args, watch.sessionId(), io)
    if (words !== undefined) printer(io).info(words)
    return exitCode
  } catch (error) {
    if (errorCode(error) === undefined || error instanceof UsageError) throw error
    throw withInstallLines(cannotStart(found.path, error), io)
  } finally {
    client?.dispose()
    watch.stop()
    await stop()
  }
}
