import { errorCode } from '../../../base/error-code.ts'
import { UsageError } from '../../../base/usage-error.ts'
import { capabilitiesPath } from '../../../config/paths.ts'
import { harmless } from '../../../gateway/log/log-text.ts'
import { writeCapabilities } from '../../capabilities/capabilities-file.ts'
import { amount, decimalsOf, wholeNumber } from '../../commands/usage/figures.ts'
import { requireKey, type SetUp } from '../../config/set-up.ts'
import type { Flags } from '../../parse/parsed-arguments.ts'
import { proxyOnTheWay } from '../../system/proxy.ts'
import { confirmed } from '../../terminal/confirmation.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { wrap } from '../../terminal/wrap.ts'
import type { DoctorContext } from '../context.ts'
import { createSpinner, noSpinner } from '../spinner.ts'
import { interruptSignal } from './interrupt.ts'
import { maximumRequests } from './limits.ts'
import { matrixReport } from './matrix-report.ts'
import { type Plan, planMatrix } from './plan.ts'
import { playMatrix, type Results } from './play-matrix.ts'
import { simulatorOnly } from './rows.ts'
import { createSender } from './sender.ts'
import { readStrictResults } from './strict-results.ts'
import { comparison, matrixTable } from './table.ts'

/** `doctor --matrix`: asks the user's own Nexus what the compatibility matrix asks the simulator. */

const say = (io: Io, text: string): void => printer(io).info(wrap(text, io.columns).join('\n'))

/** Says what is sent, and what it costs at most (MX-D1). */
const notice = (plan: Plan, { loaded: { config } }: SetUp, receiver: string): string => {
  const { requests, tokens, cost, models } = plan
  const price = cost === undefined ? '' : `, ${amount(cost, decimalsOf(cost))} ${config.currency}`
  return `doctor --matrix sends ${requests} requests to ${receiver}, for ${models.join(' and ')}: at most ${wholeNumber(tokens)} tokens${price}. A request that is refused may be sent again without the refused part: at most ${maximumRequests} requests for each model. They contain no data of yours.`
}

const plural = (count: number, one: string, many: string): string => `${wholeNumber(count)} ${count === 1 ? one : many}`

type Sender = ReturnType<typeof createSender>

/** The file is written only after a whole run: a part of it would replace what a whole one has found (MX-D8). */
const learn = async (sender: Sender, endpointUrl: string, { machine }: Io): Promise<string> => {
  const refusals = sender.refusals()
  if (sender.stopReason() !== undefined) return 'Nothing is learned from a run that has stopped.'
  try {
    const path = await writeCapabilities(machine, endpointUrl, refusals, Date.now())
    return refusals.length === 0
      ? `AI Nexus refuses nothing that the server could leave out: ${path}`
      : `The server leaves out ${plural(refusals.length, 'refused part', 'refused parts')} from its next start on: ${path}`
  } catch (error) {
    const code = errorCode(error) ?? 'unknown'
    throw new UsageError(`Cannot write ${capabilitiesPath(machine)} (${code}). Check that you may write there.`)
  }
}

const summary = (compared: string, sender: Sender): string[] => {
  const stopped = sender.stopReason()
  return [
    compared,
    `Not tested here, simulator only: ${[...simulatorOnly.keys()].join(', ')}.`,
    `${plural(sender.requests(), 'request', 'requests')}, ${plural(sender.tokens(), 'token', 'tokens')}.`,
    ...(stopped === undefined ? [] : [`Stopped: ${stopped}. Rows that are left are not tested.`]),
  ]
}

const isFailed = (results: Results): boolean =>
  [...results.values()].some(({ versions }) => [...versions.values()].some(({ status }) => status === 'fail'))

interface Running {
  readonly setUp: SetUp
  readonly flags: Flags
  readonly io: Io
  readonly endpointUrl: string
  readonly plan: Plan
}

const runPlan = async ({ setUp, flags, io, endpointUrl, plan }: Running): Promise<number> => {
  const apiKey = requireKey(setUp, io)
  if (apiKey === undefined) throw new UsageError('No AI Nexus key.')
  const startedAt = performance.now()
  using interrupt = interruptSignal()
  const sender = createSender({
    config: setUp.loaded.config,
    endpointUrl,
    apiKey,
    proxy: proxyOnTheWay(io.machine.environment, endpointUrl),
    hidden: { apiKey, host: new URL(endpointUrl).hostname, withIds: flags['with-ids'] === true },
    maximumTokens: plan.tokens,
    signal: interrupt.signal,
  })
  const isAnimated = io.isTerminal && io.machine.environment['TERM'] !== 'dumb'
  const results = await playMatrix(sender, plan, crypto.randomUUID(), isAnimated ? createSpinner(io.err) : noSpinner)
  if (flags['json'] === true) {
    const report = matrixReport({
      results,
      models: plan.models,
      platform: `${io.machine.platform}-${process.arch}`,
      endpointUrl,
      generatedAt: new Date(),
      durationMs: performance.now() - startedAt,
      requests: sender.requests(),
      tokens: sender.tokens(),
      stopped: sender.stopReason(),
    })
    io.out(`${harmless(JSON.stringify(report, null, 2))}\n`)
  } else {
    const strict = await readStrictResults()
    const style = { columns: io.outColumns, useColor: io.useColor && io.isOutTerminal }
    const words = summary(comparison(results, strict), sender)
    io.out(
      `${matrixTable(results, strict, style)}\n\n${words.flatMap((text) => wrap(text, io.outColumns)).join('\n')}\n`,
    )
  }
  if (flags['learn'] === true) say(io, await learn(sender, endpointUrl, io))
  return sender.stopReason() !== undefined || isFailed(results) ? 1 : 0
}

const checkUse = ({ isOffline, isSimulated, flags, fault, setUp }: DoctorContext): SetUp => {
  if (isOffline)
    throw new UsageError('--matrix sends requests to AI Nexus, and --offline sends none. Choose one of them.')
  if (isSimulated && flags['learn'] === true)
    throw new UsageError('--learn keeps what your own Nexus refuses, not what a simulated one refuses.')
  if (setUp === undefined) throw fault ?? new UsageError('The configuration cannot be read.')
  const { upstream } = setUp.loaded.config
  if (upstream !== 'nexus')
    throw new UsageError(`--matrix asks AI Nexus, but the upstream is ${upstream}. Pass --upstream nexus.`)
  return setUp
}

/** Resolves to the exit code. Rejects with UsageError for wrong use (MX-D9). */
export const runMatrix = async (context: DoctorContext, simulatorUrl: string | undefined): Promise<number> => {
  const setUp = checkUse(context)
  const { io, flags } = context
  requireKey(setUp, io)
  const plan = planMatrix(setUp.loaded.config, setUp)
  const isSimulated = simulatorUrl !== undefined
  say(io, notice(plan, setUp, isSimulated ? 'AI Nexus, simulated' : `AI Nexus at ${setUp.connection.address}`))
  if (!isSimulated && !(await confirmed('Send them?', flags, io))) return 1
  return runPlan({ setUp, flags, io, endpointUrl: simulatorUrl ?? setUp.connection.url, plan })
}
