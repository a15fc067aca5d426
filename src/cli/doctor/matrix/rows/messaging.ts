import { firstRequest } from '../client-shapes.ts'
import type { ReadStream } from '../read-stream.ts'
import { type Facts, judged, type MatrixRow, planned } from '../row.ts'

/**
 * Whole requests of the client, with everything that it sends at the start of a session. As in a server, a request leaves
 * out what the model has refused before it.
 */

const requestOf = ({ shape, modelId, capabilities }: Facts) => firstRequest(shape, modelId, capabilities)

const streamFault = ({ starts, deltas, stops, stopReason }: ReadStream): string | undefined =>
  starts === 1 && stops === 1 && deltas > 0 && stopReason !== undefined
    ? undefined
    : `the stream had ${starts} starts, ${deltas} deltas and ${stops} ends`

export const messagingRows: readonly MatrixRow[] = [
  {
    id: 'basic_messaging_non_streaming',
    name: 'Basic messaging (non-streaming)',
    group: 'published',
    what: 'the first request of a session is answered',
    requests: (facts) => planned(requestOf(facts)),
    async play(context) {
      const probe = context.shared()
      const outcome = await probe.message(requestOf(context), context.shape.betas)
      return judged(probe, outcome, ({ content }) => (content.length > 0 ? undefined : 'the answer is empty'))
    },
  },
  {
    id: 'basic_messaging_streaming',
    name: 'Basic messaging (streaming)',
    group: 'published',
    what: 'the first request of a session is answered with one whole stream of events',
    ofEachVersion: true,
    requests: (facts) => planned(requestOf(facts)),
    async play(context) {
      const probe = context.shared()
      const outcome = await probe.stream(requestOf(context), context.shape.betas)
      return judged(probe, outcome, streamFault)
    },
  },
]
