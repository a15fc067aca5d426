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
import type { Client, Launch, PlanLaunch } from './client.ts'
import { findProgram } from './find-program.ts'
import { requireServerKey } from './openai-server.ts'
import { needsClientKey } from './own-key.ts'
import { resumeHint } from './resume-hint.ts'
import { runInTerminal } from './run-in-terminal.ts'
import { watchSession } from './session-watch.ts'
import type { LaunchEnvironment } from './shells.ts'

/** Runs a client with its own server, in one step. */

const withInstallLines = (sentence: string, { installLines }: Client, io: Io): UsageError =>
  new UsageError([sentence, ...installLines(io.machine.platform).map((line) => `  ${line}`)].join('\n'))

const missing = ({ title, name }: Client): string =>
  `${title} was not found: ${name} is not on PATH. Install it, and try again:`

const cannotStart = ({ title }: Client, path: string, error: unknown): string =>
  `${path} cannot be started (${errorCode(error) ?? 'unknown'}). Reinstall ${title}, and try again:`

const tokenBytes = 32

const newToken = (): Secret =>
  new Secret(crypto.getRandomValues(new Uint8Array(tokenBytes)).toBase64({ alphabet: 'base64url', omitPadding: true }))

/** A server for one client on this machine: what other clients need does not count. */
const ownServer = (config: Config, { usesOpenAi }: Client): Config => ({
  ...config,
  host: '127.0.0.1',
  port: 0,
  trustProxy: [],
  allowedHosts: [],
  tls: { cert: undefined, key: undefined },
  clientToken: undefined,
  clientTokens: undefined,
  clientsFile: undefined,
  workers: 1,
  state: { ...config.state, url: undefined },
  openai: { ...config.openai, gatewayToken: undefined, clientKey: undefined },
  openaiEntrance: { ...config.openaiEntrance, enabled: usesOpenAi },
})

/**
 * No other program on this machine knows the token of a session. A server without a credential of its own needs none:
 * it sends only the credential of the client (AU-0f). Rejects with UsageError if the client cannot send one.
 */
const readSession = async (client: Client, flags: ParsedArguments['flags'], io: Io): Promise<SetUp> => {
  const setUp = await readSetUp(flags, io, [...keySettings, 'search.apiKey'])
  const server = ownServer(setUp.loaded.config, client)
  if (client.usesOpenAi) requireServerKey(client, setUp, { config: server }, io)
  const config = needsClientKey(setUp, server) ? server : { ...server, clientToken: newToken() }
  return { ...setUp, connection: connectionOf(server), loaded: { ...setUp.loaded, config } }
}

/** Removed from the client's environment: programs that it runs do not need our secrets. */
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

/** How deep a client runs inside itself: a script may need one level more, but not many. */
const deepest = 5

/** Throws UsageError if the program on PATH only calls this program. */
const nextDepth = ({ name, title }: Client, path: string, { environment }: Io['machine']): Record<string, string> => {
  const variable = `NEXUS_${name.toUpperCase()}_DEPTH`
  const depth = (Number(environment[variable]) || 0) + 1
  if (depth <= deepest) return { [variable]: String(depth) }
  throw new UsageError(
    `${path} seems to be a script that runs ${productName} ${name}, which runs the script again. Rename the script, so that ${name} is ${title} itself.`,
  )
}

/** A session has no banner. */
const printWarnings = (setUp: SetUp, io: Io): void => {
  for (const warning of warningsOf(setUp)) printer(io).warn(warning)
  const { slack } = reportHosts(setUp.loaded.config)
  if (slack !== undefined) printer(io).warn(`Slack is on: conversations are sent to ${slack}.`)
}

const planFor = ({ plan, prepare }: Client, args: ParsedArguments, io: Io): PlanLaunch => {
  if (prepare !== undefined) return prepare(args, io)
  return async (...given) => {
    const launch = await plan(...given)
    return { ...launch, args: [...launch.args, ...args.rest] }
  }
}

/** Resolves to the client's exit code. Rejects with UsageError. */
export const runSession = async (client: Client, args: ParsedArguments, io: Io): Promise<number> => {
  const setUp = await readSession(client, args.flags, io)
  const { config, sources } = setUp.loaded
  const found = findProgram(client, io.machine)
  if (found === undefined) throw withInstallLines(missing(client), client, io)
  const depth = nextDepth(client, found.path, io.machine)
  const plan = planFor(client, args, io)
  // The client uses the terminal, so the log goes only to the log file.
  const log = composeLog(config, { ...io, isTerminal: false, useColor: false, err: () => {} })
  const apiKey = await obtainKey(setUp, io, client.name)
  printWarnings(setUp, io)
  const watch = watchSession(client, log, io.times?.silenceMs)
  const { port, stop } = await serve(setUp, { config, apiKey, log, onRequest: watch.onRequest }, io)
  let launch: Launch | undefined
  try {
    launch = await plan(setUp, { config, port }, io)
    for (const note of launch.notes) printer(io).info(note)
    const launched = withLaunch(io.machine.environment, launch.environment, sources.get(setUp.connection.keySetting))
    const exitCode = await runInTerminal(
      { path: found.path, args: launch.args, environment: { ...launched, ...depth } },
      { ...io, platform: io.machine.platform },
    )
    const words = resumeHint(client, args, watch.sessionId(), io)
    if (words !== undefined) printer(io).info(words)
    return exitCode
  } catch (error) {
    if (errorCode(error) === undefined || error instanceof UsageError) throw error
    throw withInstallLines(cannotStart(client, found.path, error), client, io)
  } finally {
    launch?.dispose?.()
    watch.stop()
    await stop()
  }
}
