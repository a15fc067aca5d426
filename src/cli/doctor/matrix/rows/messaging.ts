import { firstRequest } from '../client-shapes.ts'
import type { ReadStream } from '../read-stream.ts'
import { type Facts, judged, type MatrixRow, planned } from '../row.ts'
import type { Outcome, Probe } from '../sender.ts'

/**
 * Whole requests of the client, with everything that it sends at the start of a session. As in a server, a request leaves
 * out what the model has refused before it.
 */

const requestOf = ({ shape, modelId, capabilities }: Facts) => firstRequest(shape, modelId, capabilities)

/** Failed requests of one row from which the server may learn: more parts are not refused at once. */
const mostLessons = 3

/**
 * Sends a request again while the server learns something from its failure, as a user does who repeats a prompt: the
 * server leaves out one refused part for each request.
 */
const untilLearned = async <T>(probe: Probe, send: () => Promise<Outcome<T>>): Promise<Outcome<T>> => {
  for (let failures = 0; ; failures += 1) {
    const known = probe.leftOut().length
    const outcome = await send()
    const hasLearned = outcome.error?.type === 'invalid_request_error' && probe.leftOut().length > known
    if (hasLearned && failures < mostLessons) continue
    return failures === 0 ? outcome : { ...outcome, failures }
  }
}

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
      const outcome = await untilLearned(probe, () => probe.message(requestOf(context), context.shape.betas))
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
      const outcome = await untilLearned(probe, () => probe.stream(requestOf(context), context.shape.betas))
      return judged(probe, outcome, streamFault)
    },
  },
]
