import type { ArgsDef } from 'citty'
import { errorLocation } from '../../base/error-location.ts'
import { UsageError } from '../../base/usage-error.ts'
import type { Config } from '../../config/load.ts'
import { defaultUpstream } from '../../config/settings/upstream.ts'
import { harmless } from '../../gateway/log/log-text.ts'
import { productName, version } from '../../version.ts'
import { anthropicChecks } from '../doctor/anthropic-checks.ts'
import { type Check, type CheckGroup, type CheckResult, type Finding, fail } from '../doctor/check.ts'
import { claudeChecks } from '../doctor/claude-checks.ts'
import { clientFactsIn, clientFileChecks } from '../doctor/client-files-check.ts'
import { configChecks } from '../doctor/config-checks.ts'
import { type DoctorContext, fixConfigurationFirst, readDoctorContext } from '../doctor/context.ts'
import { networkChecks } from '../doctor/network-checks.ts'
import { nexusChecks, priceOf, reasonToSkip } from '../doctor/nexus-checks.ts'
import { openAiChecks } from '../doctor/openai-checks.ts'
import { openAiClientChecks } from '../doctor/openai-client-checks.ts'
import { portChecks } from '../doctor/port-checks.ts'
import { programChecks } from '../doctor/program-checks.ts'
import { createReporter, type Reporter } from '../doctor/report.ts'
import { searchChecks, searchedBy } from '../doctor/search-check.ts'
import { createSpinner, noSpinner, type Spinner } from '../doctor/spinner.ts'
import { preflightHost, probesPreflight } from '../doctor/web-check.ts'
import { commonFlags } from '../parse/arguments.ts'
import type { Command } from '../parse/command.ts'
import { settingFlags, simulateFlag, sourceFlags } from '../parse/config-flags.ts'
import type { Flags, ParsedArguments } from '../parse/parsed-arguments.ts'
import { simulatedNames, startSimulatorFor } from '../simulator.ts'
import { yesFlag } from '../terminal/confirmation.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'
import { wrap } from '../terminal/wrap.ts'

/** The checks of each kind of upstream. */
const upstreamChecks: Readonly<
  Record<Config['upstream'], (...given: Parameters<typeof nexusChecks>) => CheckGroup | Promise<CheckGroup>>
> = {
  nexus: nexusChecks,
  openai: openAiChecks,
  anthropic: anthropicChecks,
}

const groupsOf = async (context: DoctorContext, simulatorUrl: string | undefined): Promise<CheckGroup[]> => {
  const { loaded, io, isOffline } = context
  const endpointUrl =
    simulatorUrl ??
    context.setUp?.connection.url ??
    (loaded?.config.upstream === 'nexus' ? loaded.config.endpointUrl : undefined)
  const skipReason = isOffline ? '--offline: no requests' : undefined
  const network = networkChecks({
    environment: io.machine.environment,
    endpointUrl,
    title: context.setUp?.connection.title ?? 'AI Nexus',
    skipReason: endpointUrl === undefined ? fixConfigurationFirst : skipReason,
  })
  return [
    programChecks(context),
    configChecks(context),
    network.group,
    await upstreamChecks[loaded?.config.upstream ?? defaultUpstream](context, {
      endpointUrl: endpointUrl ?? '',
      probe: network.probe,
    }),
    searchChecks(context),
    claudeChecks(context),
    openAiClientChecks(context),
    ...clientFileChecks(context),
    portChecks(context),
  ]
}

const requestNotice = (context: DoctorContext): string => {
  const { setUp } = context
  if (setUp === undefined || reasonToSkip(context) !== undefined)
    return 'Sending no requests that cost tokens: there is no key, or the configuration has an error.'
  const { requests, tokens } = priceOf(setUp)
  const { connection, loaded } = setUp
  const receiver = context.isSimulated ? `${simulatedNames[loaded.config.upstream]}, simulated` : connection.title
  const lists = loaded.config.upstream === 'anthropic' ? ' One more request with each credential lists the models.' : ''
  return `Sending ${requests} tiny requests to ${receiver}: at most about ${tokens.toLocaleString('en')} tokens.${lists}`
}

/** Announces the requests before the checks send them. */
const notice = (context: DoctorContext): string => {
  if (context.isOffline) return 'Sending no requests: doctor checks only what this machine knows.'
  const update = context.flags['check-updates'] === true ? ' One request looks up the newest release.' : ''
  const preflight = probesPreflight(context) ? ` One request without data tries ${preflightHost}, for WebFetch.` : ''
  const target = searchedBy(context)
  const search = target === undefined ? '' : ` One search for the word test goes to ${target}.`
  return requestNotice(context) + search + preflight + update
}

/** Leaves out the error's message: it may quote the data that was checked. */
const internalError = (thrown: unknown): Finding => {
  const { name, stack } = errorLocation(thrown)
  return fail(
    `doctor has an internal error in this check (${name}); the other checks are valid`,
    `Run ${productName} doctor --json, and report its output for this check to your administrator.`,
    { name: String(name), stack: String(stack ?? '') },
  )
}

const runCheck = async ({ id, title, run }: Check, spinner: Spinner): Promise<CheckResult> => {
  spinner.begin(title)
  try {
    return { id, title, ...(await run()) }
  } catch (error) {
    return { id, title, ...internalError(error) }
  } finally {
    spinner.end()
  }
}

/** Reports each result immediately; checks that were skipped for the same reason share a line. */
const runGroup = async (
  { title, checks }: CheckGroup,
  report: (text: string) => void,
  reporter: Reporter,
  spinner: Spinner,
) => {
  report(reporter.group(title))
  const results: CheckResult[] = []
  let skipped: CheckResult[] = []
  const reportSkipped = (): void => {
    const [only] = skipped
    if (only !== undefined) report(skipped.length === 1 ? reporter.result(only) : reporter.skipped(skipped))
    skipped = []
  }
  for (const check of checks) {
    const result = await runCheck(check, spinner)
    results.push(result)
    if (result.status !== 'skip' || result.detail !== skipped[0]?.detail) reportSkipped()
    if (result.status === 'skip') skipped.push(result)
    else report(reporter.result(result))
  }
  reportSkipped()
  return results
}

const examine = async (context: DoctorContext, isJson: boolean, simulatorUrl: string | undefined): Promise<boolean> => {
  const { io } = context
  const { columns, machine } = io
  printer(io).info(wrap(notice(context), columns).join('\n'))
  const reporter = createReporter({ columns, useColor: io.useColor && io.isOutTerminal === true, home: machine.home })
  const isAnimated = io.isTerminal && machine.environment['TERM'] !== 'dumb'
  const spinner = isAnimated ? createSpinner(io.err) : noSpinner
  const results: CheckResult[] = []
  for (const group of await groupsOf(context, simulatorUrl))
    results.push(...(await runGroup(group, isJson ? () => {} : io.out, reporter, spinner)))
  const isOk = results.every(({ status }) => status !== 'fail')
  const whole = { ok: isOk, version, platform: machine.platform, clients: clientFactsIn(results), checks: results }
  io.out(isJson ? `${harmless(JSON.stringify(whole, null, 2))}\n` : reporter.summary(results))
  return isOk
}

/** Flags of --matrix that alone have no effect. */
const matrixOnly = ['yes', 'learn', 'with-ids'] as const

const checkFlags = (flags: Flags): void => {
  const given = matrixOnly.find((flag) => flags[flag] === true)
  if (given !== undefined && flags['matrix'] !== true) throw new UsageError(`--${given} needs --matrix.`)
}

const runDoctor = async ({ flags }: ParsedArguments, io: Io): Promise<number> => {
  checkFlags(flags)
  const context = await readDoctorContext(flags, io)
  const simulator = context.isSimulated ? await startSimulatorFor(context.loaded?.config) : undefined
  try {
    if (flags['matrix'] === true) {
      // Loaded only here: other runs of doctor need neither its rows nor the results of the simulator.
      const { runMatrix } = await import('../doctor/matrix/run-matrix.ts')
      return await runMatrix(context, simulator?.url)
    }
    return (await examine(context, flags['json'] === true, simulator?.url)) ? 0 : 1
  } finally {
    await simulator?.stop()
  }
}

/** Checks the whole setup. Resolves to 1 if a check fails. */
export const doctorCommand: Command = {
  name: 'doctor',
  description: 'Check the setup end to end, and print a remedy for each problem',
  details: [
    'Checks the configuration and the source of each value, the connection to the upstream (proxy, name, connection, certificate), the key, each model and the features that Claude Code needs, Claude Code itself and settings that interfere with it, Codex and opencode, the files of clients that setup can change, and the port.',
    'Sends about ten tiny requests with no data of yours to the upstream, and first prints how many tokens they cost at most. One request without data tries api.anthropic.com, which WebFetch of Claude Code needs, unless a setting of Claude Code turns that need off. With a search provider, one search for the word test shows the number of results. --offline sends no requests.',
    '--matrix makes other checks: it sends the requests of Claude Code to the models that the configuration names, and prints a table of what AI Nexus accepts, next to the results of the strict simulator. It first prints how many requests and tokens these are, and asks.',
    'Checks for a newer release only with --check-updates: one request to the page of releases, with no data of yours. NEXUS_UPDATES_URL names another page: one that redirects to a URL that ends in the version, or one that contains only the version.',
    'The exit code is 0 if no check failed (warnings are allowed), otherwise 1. The output never contains a key.',
  ],
  get args(): ArgsDef {
    return {
      json: { type: 'boolean', description: 'Print one JSON object, for scripts' },
      offline: { type: 'boolean', description: 'Send no requests: check only what this machine knows' },
      'check-updates': { type: 'boolean', description: 'Also check for a newer release, with one request' },
      matrix: {
        type: 'boolean',
        description: 'Compare AI Nexus with the compatibility matrix, with up to 30 requests a model',
      },
      ...yesFlag,
      learn: {
        type: 'boolean',
        description: 'With --matrix: keep what AI Nexus refuses for the next starts of the server',
      },
      'with-ids': { type: 'boolean', description: "With --matrix: include AI Nexus's ids of the requests" },
      ...settingFlags(),
      ...sourceFlags,
      simulate: simulateFlag,
      ...commonFlags,
    }
  },
  examples: [
    { line: `${productName} doctor`, what: 'Check everything' },
    { line: `${productName} doctor --offline`, what: 'Send no requests' },
    { line: `${productName} doctor --check-updates`, what: 'Also check for a newer release' },
    { line: `${productName} doctor --matrix`, what: 'Find out which features of Claude Code AI Nexus accepts' },
    { line: `${productName} doctor --json > doctor.json`, what: 'Save the result for a script or for support' },
  ],
  run: runDoctor,
}
