import type { EventBatch } from '../../wire/anthropic/events.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { Message } from '../../wire/anthropic/response.ts'
import { type Check, type Finding, info, ok, unless, warn } from './check.ts'
import { cachePoint, counting, hello, image, thinking, toolCall, toolName } from './probe-requests.ts'
import { type Circumstances, failureOf } from './remedies.ts'
import type { ProbeOutcome, Session } from './session.ts'

/** Checks the features that Claude Code needs from its main model, with one tiny request each. */

export interface FeaturePlan extends Circumstances {
  /** AI Nexus's id of the model. */
  readonly modelId: string
  /** Whether the server requests token counts from AI Nexus. */
  readonly countsTokens: boolean
  /** The reason to send no more requests; undefined if there is none. */
  readonly skipReason: () => Promise<string | undefined>
}

/** Judges the feature by a response. */
type Evaluate = (answer: Message, ms: number) => Finding

const leftOutRemedy = 'Claude Code works without it. The administrator of AI Nexus may be able to allow it.'

const evaluated = <T>(
  outcome: ProbeOutcome<T>,
  plan: FeaturePlan,
  evaluate: (value: T, ms: number) => Finding,
): Finding => {
  if (outcome.error !== undefined) return failureOf(outcome.error, plan)
  if (outcome.leftOut.length === 0) return evaluate(outcome.value, outcome.ms)
  const leftOut = outcome.leftOut.join('; ')
  return warn(`answered, but only without ${leftOut}: AI Nexus refuses it`, leftOutRemedy, { leftOut })
}

const tools: Evaluate = ({ content }) =>
  content.some((block) => block.type === 'tool_use' && block.name === toolName)
    ? ok('the model called a tool')
    : warn('the model did not call the required tool', 'Run doctor again. Claude Code needs tool calls.')

const images: Evaluate = () => ok('the model accepts images')

const thoughts: Evaluate = ({ content }) =>
  content.some(({ type }) => type === 'thinking' || type === 'redacted_thinking')
    ? ok('the model thought before it answered')
    : ok('accepted; the model answered without thinking')

const cached: Evaluate = ({ usage }) => {
  const tokens = usage.cache_creation_input_tokens + usage.cache_read_input_tokens
  return tokens > 0
    ? ok(`accepted, ${tokens} tokens cached`, { tokens })
    : ok('accepted; the test prompt is too short to be cached')
}

/** Milliseconds from the start. */
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

/** A response that takes longer than `slowMs` and then arrives within `atOnceMs` was buffered on the way. */
const slowMs = 1000
const atOnceMs = 20

const flow = ({ firstMs, lastMs }: Arrival): Finding => {
  const data = { firstTokenMs: firstMs, lastTokenMs: lastMs }
  if (lastMs > slowMs && lastMs - firstMs < atOnceMs)
    return warn(
      `the answer arrived in one piece after ${lastMs} ms: a proxy or a gateway buffers it`,
      'Ask the administrator of the proxy to forward event streams without buffering.',
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
  if (!plan.countsTokens) return info('estimated on this machine, as configured')
  const outcome = await session.attempt(plan.modelId, async (upstream, context) =>
    upstream.countTokens?.(hello(plan.modelId), context),
  )
  if (outcome.error?.type === 'not_supported' || (outcome.error === undefined && outcome.value === undefined))
    return info('estimated on this machine, because AI Nexus does not count tokens; this is fine', {
      isSupported: false,
    })
  if (outcome.error === undefined) return ok(`AI Nexus counts tokens (${outcome.ms} ms)`, { isSupported: true })
  const { detail } = failureOf(outcome.error, plan)
  return info(`estimated on this machine, because counting failed: ${detail}`, { isSupported: false })
}

/** All requests that cost tokens; doctor announces their price. */
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
    unless(plan.skipReason, { id, title: featureTitles[id], run })
  const sendProbe = (request: MessagesRequest, evaluate: Evaluate) => async (): Promise<Finding> =>
    evaluated(await session.message(request), plan, evaluate)
  /** Most work needs no images: a failure is a warning. */
  const asWarning = (run: () => Promise<Finding>) => async (): Promise<Finding> => {
    const finding = await run()
    return finding.status === 'fail' ? { ...finding, status: 'warn' } : finding
  }
  const { modelId } = plan
  return [
    check('streaming', () => streaming(session, plan)),
    check('tools', sendProbe(toolCall(modelId), tools)),
    check('images', asWarning(sendProbe(image(modelId), images))),
    check('thinking', sendProbe(thinking(modelId), thoughts)),
    check('cache-points', sendProbe(cachePoint(modelId), cached)),
    check('count-tokens', () => counts(session, plan)),
  ]
}
