import type { ArgsDef } from 'citty'
import { errorLocation } from '../../base/error-location.ts'
import type { Config } from '../../config/load.ts'
import { defaultUpstream } from '../../config/settings/upstream.ts'
import { startSimulator } from '../../simulator/server.ts'
import { productName, version } from '../../version.ts'
import { type Check, type CheckGroup, type CheckResult, type Finding, fail } from '../doctor/check.ts'
import { claudeChecks } from '../doctor/claude-checks.ts'
import { configChecks } from '../doctor/config-checks.ts'
import { configurationIsAtFault, type DoctorContext, readDoctorContext } from '../doctor/context.ts'
import { networkChecks } from '../doctor/network-checks.ts'
import { nexusChecks, priceOf, reasonToSkip } from '../doctor/nexus-checks.ts'
import { portChecks } from '../doctor/port-checks.ts'
import { programChecks } from '../doctor/program-checks.ts'
import { createReporter, type Reporter } from '../doctor/report.ts'
import { createSpinner, noSpinner, type Spinner } from '../doctor/spinner.ts'
import { harmless } from '../log/log-text.ts'
import { commonFlags } from '../parse/arguments.ts'
import type { Command } from '../parse/command.ts'
import { settingFlags, simulateFlag, sourceFlags } from '../parse/config-flags.ts'
import type { ParsedArguments } from '../parse/parsed-arguments.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'
import { wrap } from '../terminal/wrap.ts'

/** What is checked of each kind of upstream. */
const upstreamChecks: Readonly<Record<Config['upstream'], typeof nexusChecks>> = { nexus: nexusChecks }

const groupsOf = (context: DoctorContext, simulatorUrl: string | undefined): CheckGroup[] => {
  const { loaded, io, isOffline } = context
  const endpointUrl = simulatorUrl ?? loaded?.config.endpointUrl
  const silence = isOffline ? '--offline: nothing is sent' : undefined
  const network = networkChecks({
    environment: io.machine.environment,
    endpointUrl,
    silence: endpointUrl === undefined ? configurationIsAtFault : silence,
  })
  return [
    programChecks(context),
    configChecks(context),
    network.group,
    upstreamChecks[loaded?.config.upstream ?? defaultUpstream](context, {
      endpointUrl: endpointUrl ?? '',
      probe: network.probe,
    }),
    claudeChecks(context),
    portChecks(context),
  ]
}

const questions = (context: DoctorContext): string => {
  const { setUp } = context
  if (setUp === undefined || reasonToSkip(context) !== undefined)
    return 'Nothing that costs tokens is sent: there is no key to send it with, or the configuration is at fault.'
  const { requests, tokens } = priceOf(setUp)
  const whom = context.isSimulated ? 'the simulated AI Nexus' : 'AI Nexus'
  return `${requests} tiny requests go to ${whom}: at most about ${tokens.toLocaleString('en')} tokens in all.`
}

/** What is going to be sent, said before it is. */
const notice = (context: DoctorContext): string => {
  if (context.isOffline) return 'Nothing is sent: this tells only what this machine knows.'
  const update = context.flags['check-updates'] === true ? ' One request asks which release is the newest.' : ''
  return questions(context) + update
}

/** None of its words: they may quote whatever was looked at. */
const ownFault = (thrown: unknown): Finding => {
  const { name, stack } = errorLocation(thrown)
  return fail(
    `doctor itself is at fault here (${name}); its other checks hold`,
    `Run ${productName} doctor --json, and tell whoever gave you this program what it says here.`,
    { name: String(name), stack: String(stack ?? '') },
  )
}

const runCheck = async ({ id, title, run }: Check, spinner: Spinner): Promise<CheckResult> => {
  spinner.begin(title)
  try {
    return { id, title, ...(await run()) }
  } catch (error) {
    return { id, title, ...ownFault(error) }
  } finally {
    spinner.end()
  }
}

/** Tells each result as soon as it is there; checks skipped for one reason share a line. */
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
  for (const group of groupsOf(context, simulatorUrl))
    results.push(...(await runGroup(group, isJson ? () => {} : io.out, reporter, spinner)))
  const isOk = results.every(({ status }) => status !== 'fail')
  const whole = { ok: isOk, version, platform: machine.platform, checks: results }
  io.out(isJson ? `${harmless(JSON.stringify(whole, null, 2))}\n` : reporter.summary(results))
  return isOk
}

const runDoctor = async ({ flags }: ParsedArguments, io: Io): Promise<number> => {
  const context = await readDoctorContext(flags, io)
  const simulator = context.isSimulated ? startSimulator() : undefined
  try {
    return (await examine(context, flags['json'] === true, simulator?.url)) ? 0 : 1
  } finally {
    await simulator?.stop()
  }
}

/** Looks at the whole set-up, and says what to do about each fault. Resolves to 1 where there is one. */
export const doctorCommand: Command = {
  name: 'doctor',
  description: 'Check the set-up end to end, and say what to do about each fault',
  details: [
    'It looks at the configuration and where each value came from, the way to AI Nexus (proxy, name, connection, certificate), the key, each model, what Claude Code needs of them, Claude Code itself and what gets in its way, and the port.',
    'To AI Nexus go about ten tiny requests, and it says beforehand how many tokens they cost at most. Nothing of yours is in them. --offline sends nothing at all.',
    'Whether a newer release is out it asks only with --check-updates: one request to the page of releases, which says nothing of you. NEXUS_UPDATES_URL names another page, one that leads on to an address that ends in the version, or that holds the version alone.',
    'Exit code 0 where nothing failed, also with warnings; 1 otherwise. Nothing that it prints holds a key.',
  ],
  get args(): ArgsDef {
    return {
      json: { type: 'boolean', description: 'Print one JSON object, for scripts' },
      offline: { type: 'boolean', description: 'Send nothing: tell only what this machine knows' },
      'check-updates': { type: 'boolean', description: 'Ask the page of releases whether a newer one is out' },
      ...settingFlags(),
      ...sourceFlags,
      simulate: simulateFlag,
      ...commonFlags,
    }
  },
  examples: [
    { line: `${productName} doctor`, what: 'Look at everything' },
    { line: `${productName} doctor --offline`, what: 'Without a request to anybody' },
    { line: `${productName} doctor --check-updates`, what: 'And whether a newer release is out' },
    { line: `${productName} doctor --json > doctor.json`, what: 'For a script, or for whoever helps you' },
  ],
  run: runDoctor,
}
