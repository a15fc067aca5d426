import type { CallContext, Upstream } from '../../upstreams/upstream.ts'
import type { Diagnostics, DiagnosticsRequest } from '../../wire/anthropic/diagnostics.ts'
import type { EventBatch, MessageStreamEvent } from '../../wire/anthropic/events.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'

/** Answers `diagnostics` in front of any upstream, from the audit of the prompt cache (CA-D). */

const unavailable: Diagnostics = { cache_miss_reason: { type: 'unavailable' } }

/** Only after the prompt is sent: the audit compares what was sent. */
const toDiagnostics = (
  { previous_message_id: previous }: DiagnosticsRequest,
  { audit }: CallContext,
): Diagnostics | null => {
  if (previous === undefined || previous === null) return null
  return audit === undefined ? unavailable : audit.diagnose(previous)
}

const withoutDiagnostics = ({ diagnostics: _answeredHere, ...request }: MessagesRequest): MessagesRequest => request

/** The start of the message is in the first batches. */
async function* withStart(
  batches: AsyncIterable<EventBatch>,
  diagnostics: () => Diagnostics | null,
): AsyncGenerator<EventBatch> {
  let isStarted = false
  const complete = (event: MessageStreamEvent): MessageStreamEvent => {
    if (event.type !== 'message_start') return event
    isStarted = true
    return { ...event, message: { ...event.message, diagnostics: diagnostics() } }
  }
  for await (const batch of batches) yield isStarted ? batch : batch.map(complete)
}

export const withDiagnostics = (upstream: Upstream): Upstream => ({
  ...upstream,

  message(request, call) {
    const { diagnostics } = request
    if (diagnostics === undefined) return upstream.message(request, call)
    const answer = upstream.message(withoutDiagnostics(request), call)
    if (diagnostics === null) return answer
    return answer.then((message) => ({ ...message, diagnostics: toDiagnostics(diagnostics, call) }))
  },

  stream(request, call) {
    const { diagnostics } = request
    if (diagnostics === undefined) return upstream.stream(request, call)
    const answer = upstream.stream(withoutDiagnostics(request), call)
    if (diagnostics === null) return answer
    return answer.then((batches) => withStart(batches, () => toDiagnostics(diagnostics, call)))
  },
})
