import type { ArgsDef } from 'citty'
import { UsageError } from '../../base/usage-error.ts'
import { budgetWarnings } from '../../config/limits.ts'
import type { Config } from '../../config/load.ts'
import { otelHosts } from '../../config/otel.ts'
import { reportHosts } from '../../config/reports.ts'
import { checkSignInSettings, signInSettingsWarnings } from '../../config/sign-in-settings.ts'
import { isShared, shownStateAddress } from '../../config/state-address.ts'
import { type JsonFormat, jsonFormatOf } from '../../gateway/log/json-line.ts'
import type { SignIn } from '../../gateway/sign-in/sign-in.ts'
import { clientNameOf } from '../../models/resolver.ts'
import { productName, version } from '../../version.ts'
import { nextStep } from '../claude-code/launch/next-step.ts'
import { localUrl } from '../clients/connection.ts'
import { ownShell } from '../clients/detect-shell.ts'
import { type LaunchLines, readLaunchLines, reportLaunch } from '../clients/launch-lines.ts'
import { composeLog } from '../compose.ts'
import { describeConfig } from '../config/describe-config.ts'
import { readSetUp, requireKey, type SetUp, warningsOf } from '../config/set-up.ts'
import { domainsText } from '../credentials/domains-text.ts'
import { obtainKey } from '../credentials/first-run.ts'
import { inJson, reportListening, wantedJson } from '../log/json-messages.ts'
import { checkLogFile } from '../log/log-file.ts'
import { readConfiguredClients } from '../named-clients/open-clients-file.ts'
import { commonFlags } from '../parse/arguments.ts'
import type { Command } from '../parse/command.ts'
import { settingFlags, shellFlag, simulateFlag, sourceFlags, verboseFlag } from '../parse/config-flags.ts'
import type { ParsedArguments } from '../parse/parsed-arguments.ts'
import { searchTarget } from '../search/search-target.ts'
import { checkAddress, checkServing, serve } from '../serve.ts'
import { endingSignals, endTimes, untilStopped } from '../server-lifecycle.ts'
import { type FollowedTerminal, followTerminal } from '../sign-in/follow-terminal.ts'
import { signInAddress, signInWarnings } from '../sign-in/start-words.ts'
import { takesKeys } from '../sign-in/terminal-questions.ts'
import { withSignIn } from '../sign-in/with-sign-in.ts'
import { networkAddresses } from '../system/network-addresses.ts'
import { type BannerFacts, banner } from '../terminal/banner.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'
import { shownPaths } from '../terminal/short-path.ts'
import { startTokenReports } from '../token-reports.ts'
import { workerCountOf } from '../workers/worker-count.ts'

/** No process of the server is left. A service manager starts it again. */
const failedExitCode = 1

const unknownPort = 'The server chooses the port for --port 0 when it starts. Give a port, or leave out --dry-run.'

/** OP-S3: reports how many variables the file of `--env-file` sets. */
const reportVariables = ({ loaded: { places } }: SetUp, io: Io): void => {
  const { environmentFile, variableOrigins, overriddenVariables } = places
  if (environmentFile === undefined) return
  const { size: read } = variableOrigins
  const others = overriddenVariables === 0 ? '' : `; of its others, the environment already sets ${overriddenVariables}`
  const path = shownPaths(environmentFile.path, io)
  printer(io).info(`Read ${read} ${read === 1 ? 'variable' : 'variables'} from ${path}${others}.`)
}

/** Warns about budgets. Rejects with UsageError for a file of clients that is not valid. */
const reportBudgets = async ({ loaded: { config } }: SetUp, io: Io): Promise<void> => {
  const clients = await readConfiguredClients(config, io.machine)
  for (const warning of budgetWarnings(config, clients)) printer(io).warn(warning)
}

/** Warns about sign-in, and about the settings of those who sign in. Throws UsageError for a secret in them. */
const reportSignIn = ({ loaded: { config } }: SetUp, io: Io): void => {
  checkSignInSettings(config)
  for (const warning of [...signInWarnings(config, io), ...signInSettingsWarnings(config)]) printer(io).warn(warning)
}

const dryRun = async (setUp: SetUp, launchLines: LaunchLines | undefined, io: Io): Promise<void> => {
  const { config } = setUp.loaded
  reportVariables(setUp, io)
  for (const warning of [...warningsOf(setUp), ...workersOf(setUp, io).warnings]) printer(io).warn(warning)
  checkLogFile(config.logging.file)
  await checkServing(setUp, config, io)
  await reportBudgets(setUp, io)
  reportSignIn(setUp, io)
  if (launchLines !== undefined && config.port === 0) throw new UsageError(unknownPort)
  printer(io).info(describeConfig(setUp.loaded, io, setUp.isSimulated))
  requireKey(setUp, io)
  if (launchLines !== undefined) await reportLaunch(launchLines, setUp, config.port, io)
}

/** How many processes serve. */
const workersOf = ({ loaded: { config } }: SetUp, { machine, cores }: Io) => {
  const { count, warning } = workerCountOf(config, machine.platform, cores())
  return { count, warnings: warning === undefined ? [] : [warning] }
}

/** Prints the banner, or one log record with the same facts. */
const reportServing = (setUp: SetUp, facts: BannerFacts, json: JsonFormat | undefined, io: Io): void => {
  if (json === undefined) {
    printer(io).info(banner(setUp, facts, io.machine))
    return
  }
  const { config, environment } = setUp.loaded
  const collector = otelHosts(config, environment)
  const search = searchTarget(config)
  const address = localUrl({ ...config, host: facts.host }, facts.port)
  const fields = {
    address,
    version,
    upstream: setUp.isSimulated ? 'simulated' : setUp.connection.address,
    model: clientNameOf(setUp.model.model),
    smallModel: clientNameOf(setUp.smallModel.model),
    ...(config.dashboard && { dashboard: `${address}/dashboard` }),
    ...(config.signIn.enabled && { signIn: signInAddress(config, address) }),
    ...(facts.workers > 1 && { workers: facts.workers }),
    ...(isShared(config.state.url) && { state: shownStateAddress(config.state.url) }),
    ...reportHosts(config),
    ...(collector !== undefined && { otel: collector }),
    ...(search !== undefined && { search }),
  }
  reportListening(json, fields, io)
}

/** Asks about sign-ins in the terminal. Loaded only for that. */
const askOf = async (signIn: SignIn, config: Config, terminal: FollowedTerminal) => {
  const { startQuestions } = await import('../sign-in/terminal-questions.ts')
  return startQuestions(signIn, config, terminal)
}

/** `raw` is for log records, which are complete lines; `io` for all other messages. */
const serveUntilStopped = async (
  setUp: SetUp,
  launchLines: LaunchLines | undefined,
  io: Io,
  raw: Io,
): Promise<number | undefined> => {
  const { config } = setUp.loaded
  const json = jsonFormatOf(config.logging.format)
  const terminal = followTerminal(raw)
  const log = composeLog(config, terminal.io)
  await checkAddress(setUp, io)
  reportVariables(setUp, io)
  const apiKey = await obtainKey(setUp, io, 'start')
  const { count: workers, warnings } = workersOf(setUp, io)
  for (const warning of [...warningsOf(setUp), ...warnings]) printer(io).warn(warning)
  await reportBudgets(setUp, io)
  reportSignIn(setUp, io)
  const server = await serve(setUp, { config, apiKey, log, workers, takesSignIn: true }, io)
  const { host, port, ending, tokenStatistics: statistics } = server
  // Before the banner: a program that reads the address may send a signal at once.
  const stopped = untilStopped(ending, io.err, endingSignals(raw.isTerminal), { ...endTimes(config), ...io.times })
  const domains = await domainsText(setUp, io)
  const facts = {
    apiKey,
    host,
    port,
    networkAddresses: networkAddresses(),
    domains,
    workers,
    takesKeys: takesKeys(config, raw),
  }
  reportServing(setUp, facts, json, json === undefined ? io : raw)
  if (launchLines !== undefined) await reportLaunch(launchLines, setUp, port, io)
  else if (io.isTerminal)
    printer(io).info(nextStep(setUp.loaded, port, { shell: await ownShell(io.machine), machine: io.machine }))
  const stopQuestions = server.signIn && json === undefined ? await askOf(server.signIn, config, terminal) : undefined
  const uptime = (): number => process.uptime()
  const stopReports = startTokenReports({ config, statistics, log, io, date: () => new Date(), uptime })
  const lost = server.isLost?.then(() => failedExitCode) ?? new Promise<never>(() => {})
  const exitCode = await Promise.race([stopped.then(() => undefined), lost])
  stopQuestions?.()
  stopReports()
  await server.stop()
  return exitCode
}

const usageExitCode = 2

const runStart = async ({ flags }: ParsedArguments, raw: Io): Promise<number | undefined> => {
  let json = wantedJson(flags, raw)
  const messages = (): Io => (json === undefined ? raw : inJson(json, raw))
  try {
    const setUp = withSignIn(await readSetUp(flags, messages()))
    json = jsonFormatOf(setUp.loaded.config.logging.format)
    const launchLines = await readLaunchLines(flags, raw.machine)
    if (flags['dry-run'] === true) await dryRun(setUp, launchLines, raw)
    else return await serveUntilStopped(setUp, launchLines, messages(), raw)
    return undefined
  } catch (error) {
    if (json === undefined || flags['dry-run'] === true || !(error instanceof UsageError)) throw error
    printer(inJson(json, raw)).error(error.message)
    return usageExitCode
  }
}

/** Rejects with UsageError; resolves after a signal ends the server. */
export const startCommand: Command = {
  name: 'start',
  description: 'Run the server that connects Claude Code, Codex, opencode and other clients to the upstream',
  get args(): ArgsDef {
    return {
      ...settingFlags(),
      'claude-code': {
        type: 'boolean',
        alias: 'c',
        description: 'Print the command that starts Claude Code; standard output contains nothing else',
      },
      codex: { type: 'boolean', description: 'Print the command that starts Codex' },
      opencode: { type: 'boolean', description: 'Print the command that starts opencode' },
      copy: {
        type: 'boolean',
        description: 'Copy that command to the clipboard; over ssh, through the terminal',
      },
      shell: shellFlag('Write the command for this shell (default the current shell)'),
      ...sourceFlags,
      simulate: simulateFlag,
      'dry-run': { type: 'boolean', description: 'Check and print the configuration, then exit' },
      verbose: verboseFlag,
      ...commonFlags,
    }
  },
  examples: [
    { line: `${productName} start --claude-code`, what: 'Also print the command that starts Claude Code' },
    { line: `${productName} start --copy`, what: 'Copy that command to the clipboard instead' },
    { line: `${productName} start --simulate`, what: 'Try it without a key' },
    {
      line: `${productName} start --upstream anthropic --credentials-dir credentials`,
      what: "Forward to Anthropic's API, with a key for each domain",
    },
    { line: `${productName} start --port 0 --log-format json`, what: 'Use any free port, and write the log as JSON' },
    { line: `${productName} start --dry-run`, what: 'Show the configuration and the source of each value' },
  ],
  run: runStart,
}
