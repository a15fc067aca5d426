import type { CallContext, Upstream } from '../../upstreams/upstream.ts'
import type { EventBatch, MessageStreamEvent } from '../../wire/anthropic/events.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import { type Safeguard, type SafeguardResult, safeguardsBeta } from '../../wire/anthropic/safeguards.ts'
import { type Check, type CheckOptions, createCheck } from './check.ts'
import { readCheckContext } from './check-context.ts'
import { callsOf, createCallCollector, type ToolCall } from './tool-calls.ts'

/** Adds answers to `safeguards` to any upstream. */

const dangerousToolUse = 'dangerous_tool_use'

/** Removes the field and the beta flag, which are handled here, from a request and its call. */
const withoutSafeguards = (
  { safeguards: _answeredHere, ...request }: MessagesRequest,
  call: CallContext,
): readonly [MessagesRequest, CallContext] => [
  request,
  { ...call, betas: call.betas.filter((flag) => flag !== safeguardsBeta) },
]

/** One result for each type of safeguard. A check costs a call, so a duplicate type is checked once. */
const toResults = (
  safeguards: readonly Safeguard[],
  request: MessagesRequest,
  call: CallContext,
  check: Check,
): ((calls: readonly ToolCall[]) => Promise<SafeguardResult[]>) => {
  const { messages } = request
  const isFirst = ({ type }: Safeguard, index: number): boolean =>
    safeguards.findIndex((other) => other.type === type) === index
  return (calls) =>
    Promise.all(
      safeguards.filter(isFirst).map(async ({ type, classifier_context }): Promise<SafeguardResult> => {
        if (type !== dangerousToolUse) return { type, status: { type: 'unsupported' } }
        const context = readCheckContext(classifier_context ?? {})
        return { type, status: { type: 'available', tool_uses: await check({ context, messages, calls }, call) } }
      }),
    )
}

const isEnd = (event: MessageStreamEvent): boolean => event.type === 'message_delta' && event.delta.stop_reason !== null

/**
 * Delays only the end of the stream, which contains the results. The check starts after the upstream's stream has
 * ended, so both use one connection.
 */
async function* withResults(
  batches: AsyncIterable<EventBatch>,
  classify: (calls: readonly ToolCall[]) => Promise<SafeguardResult[]>,
): AsyncGenerator<EventBatch> {
  const collector = createCallCollector()
  const held: MessageStreamEvent[] = []
  for await (const batch of batches) {
    const end = held.length > 0 ? 0 : batch.findIndex(isEnd)
    const flowing = end === -1 ? batch : batch.slice(0, end)
    for (const event of flowing) collector.add(event)
    if (end !== -1) held.push(...batch.slice(end))
    if (flowing.length > 0) yield flowing
  }
  const [final, ...rest] = held
  if (final?.type !== 'message_delta') return
  const { delta } = final
  const safeguard_results = await classify(collector.calls(delta.stop_reason))
  yield [{ ...final, delta: { ...delta, safeguard_results } }, ...rest]
}

export const withSafeguards = (upstream: Upstream, options: Omit<CheckOptions, 'upstream'>): Upstream => {
  const check = createCheck({ ...options, upstream })
  return {
    ...upstream,

    async message(request, call) {
      const { safeguards } = request
      if (!safeguards) return upstream.message(request, call)
      const classify = toResults(safeguards, request, call, check)
      const message = await upstream.message(...withoutSafeguards(request, call))
      return { ...message, safeguard_results: await classify(callsOf(message)) }
    },

    async stream(request, call) {
      const { safeguards } = request
      if (!safeguards) return upstream.stream(request, call)
      const classify = toResults(safeguards, request, call, check)
      return withResults(await upstream.stream(...withoutSafeguards(request, call)), classify)
    },
  }
}
