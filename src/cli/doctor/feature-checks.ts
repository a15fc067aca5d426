import type { EventBatch } from '../../wire/anthropic/events.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { Message } from '../../wire/anthropic/response.ts'
import { type Check, type Finding, info, ok, unless, warn } from './check.ts'
import { cachePoint, counting, hello, image, thinking, toolCall, toolName } from './probe-requests.ts'
import { type Circumstances, failureOf } from './remedies.ts'
import type { ProbeOutcome, Session } from './session.ts'

/** What Claude Code needs of its main model, one tiny request each. */

export interface FeaturePlan extends Circumstances {
  /** As AI Nexus calls it. */
  readonly modelId: string
  /** Whether AI Nexus is asked for counts at all. */
  readonly countsTokens: boolean
  /** Why nothing more is asked. */
  readonly silence: () => Promise<string | undefined>
}

/** What an answer that came says of the feature. */
type Evaluate = (answer: Message, ms: number) => Finding

const leftOutRemedy = 'Claude Code works without. Whoever runs AI Nexus may be able to allow it.'

const evaluated = <T>(
  outcome: ProbeOutcome<T>,
  plan: FeaturePlan,
  evaluate: (value: T, ms: number) => Finding,
): Finding => {
  if (outcome.error !== undefined) return failureOf(outcome.error, plan)
  if (outcome.leftOut.length === 0) return evaluate(outcome.value, outcome.ms)
  const leftOut = outcome.leftOut.join('; ')
  return warn(`answered, but only without ${leftOut}: AI Nexus refuses that`, leftOutRemedy, { leftOut })
}

const tools: Evaluate = ({ content }) =>
  content.some((block) => block.type === 'tool_use' && block.name === toolName)
    ? ok('the model called one')
    : warn('the model was to call a tool, and answered in words', 'Run doctor again. Claude Code lives by its tools.')

const images: Evaluate = () => ok('a tiny picture was taken')

const thoughts: Evaluate = ({ content }) =>
  content.some(({ type }) => type === 'thinking' || type === 'redacted_thinking')
    ? ok('the model thought before it answered')
    : ok('accepted; the question needed no thought')

const cached: Evaluate = ({ usage }) => {
  const tokens = usage.cache_creation_input_tokens + usage.cache_read_input_tokens
  return tokens > 0
    ? ok(`accepted, ${tokens} tokens cached`, { tokens })
    : ok('accepted; so short a text is not really cached')
}

/** What came when, in milliseconds from the start. */
interface Arrival {
  readonly firstMs: number
  readonly lastMs: number
}

const readStream = async (batches: AsyncIterable<EventBatch>, startedAt: number): Promise<Arrival> => {
  let firstMs: number | undefined
  for await (const batch of batches)
    if (batch.some(({ type }) => type === 'content_block_delta')) firstMs ??= performance.now() - startedAt
  const lastMs = performance.now() - startedAt
  return { firstMs: Math.round(firstMs ?? lastMs), lastMs: Math.round(lastMs) }
}

/** An answer that took so long, and then came all at once, was kept somewhere. */
const slowMs = 1000
const atOnceMs = 20

const flow = ({ firstMs, lastMs }: Arrival): Finding => {
  const data = { firstTokenMs: firstMs, lastTokenMs: lastMs }
  if (lastMs > slowMs && lastMs - firstMs < atOnceMs)
    return warn(
      `the answer came in one piece after ${lastMs} ms: something on the way collects it`,
      'A proxy may hold answers back until they are whole. Ask whoever runs it to let event streams pass.',
      data,
    )
  return ok(`first token after ${firstMs} ms, the last after ${lastMs} ms`, data)
}

const streaming = async (session: Session, plan: FeaturePlan): Promise<Finding> => {
  const startedAt = performance.now()
  const outcome = await session.attempt(plan.modelId, async (upstream, context) =>
    readStream(await upstream.stream(counting(plan.modelId), context), startedAt),
  )
  return evaluated(outcome, plan, flow)
}

const counts = async (session: Session, plan: FeaturePlan): Promise<Finding> => {
  if (!plan.countsTokens) return info('estimated here, as it is configured')
  const outcome = await session.attempt(plan.modelId, async (upstream, context) =>
    upstream.countTokens?.(hello(plan.modelId), context),
  )
  if (outcome.error?.type === 'not_supported' || (outcome.error === undefined && outcome.value === undefined))
    return info('AI Nexus does not count: estimated here, which is fine', { isSupported: false })
  if (outcome.error === undefined) return ok(`AI Nexus counts (${outcome.ms} ms)`, { isSupported: true })
  const { detail } = failureOf(outcome.error, plan)
  return info(`estimated here, because counting failed: ${detail}`, { isSupported: false })
}

/** The requests that cost tokens: whoever is told of the price has to know them all. */
export const featureRequests = (modelId: string): MessagesRequest[] =>
  [counting, toolCall, image, thinking, cachePoint].map((request) => request(modelId))

export const featureTitles = {
  streaming: 'Streaming',
  tools: 'Tools',
  images: 'Images',
  thinking: 'Thinking',
  'cache-points': 'Prompt cache',
  'count-tokens': 'Token counts',
} as const

export const featureChecks = (session: Session, plan: FeaturePlan): Check[] => {
  const check = (id: keyof typeof featureTitles, run: () => Promise<Finding>): Check =>
    unless(plan.silence, { id, title: featureTitles[id], run })
  const sendProbe = (request: MessagesRequest, evaluate: Evaluate) => async (): Promise<Finding> =>
    evaluated(await session.message(request), plan, evaluate)
  /** Without pictures most work goes on. */
  const spared = (run: () => Promise<Finding>) => async (): Promise<Finding> => {
    const finding = await run()
    return finding.status === 'fail' ? { ...finding, status: 'warn' } : finding
  }
  const { modelId } = plan
  return [
    check('streaming', () => streaming(session, plan)),
    check('tools', sendProbe(toolCall(modelId), tools)),
    check('images', spared(sendProbe(image(modelId), images))),
    check('thinking', sendProbe(thinking(modelId), thoughts)),
    check('cache-points', sendProbe(cachePoint(modelId), cached)),
    check('count-tokens', () => counts(session, plan)),
  ]
}
