import { clientClosedStatus, type GatewayError } from '../../../base/errors.ts'
import type { ModelCapabilities } from '../../../translate/capabilities/table.ts'
import type { MessagesRequest } from '../../../wire/anthropic/request.ts'
import type { Message } from '../../../wire/anthropic/response.ts'
import { type Cell, notTested } from './cell.ts'
import type { ClientShape } from './client-shapes.ts'
import type { Cost, Outcome, Probe, TranslationSettings } from './sender.ts'

/** What a row of `doctor --matrix` is, and how it judges an answer. */

interface RowContext {
  /** AI Nexus's id of the model. */
  readonly modelId: string
  readonly capabilities: ModelCapabilities
  readonly shape: ClientShape
  /** Different in each run: a text that begins with it is in no cache. */
  readonly salt: string
  /** A connection that has learned nothing: each row finds out its own part. */
  readonly open: (translation?: TranslationSettings) => Probe
  /** One connection for several rows, as in a server. */
  readonly shared: () => Probe
}

export type Facts = Pick<RowContext, 'modelId' | 'capabilities' | 'shape'>

export interface MatrixRow {
  /** As in the compatibility matrix: tables can be laid side by side. */
  readonly id: string
  readonly name: string
  readonly group: 'published' | 'ours'
  /** What the row asserts. */
  readonly what: string
  /** Whether each version of the client has its own form. Otherwise only the newest one is sent. */
  readonly ofEachVersion?: true
  /** Why the model cannot have the feature. */
  readonly missing?: (capabilities: ModelCapabilities) => string | undefined
  /** The requests as far as they are known before the first answer: for the price. */
  readonly requests: (facts: Facts) => readonly PlannedRequest[]
  readonly play: (context: RowContext) => Promise<Cell>
}

export interface PlannedRequest {
  readonly request: MessagesRequest
  /** The most tokens, if the request does not say it. */
  readonly most?: number
}

export const planned = (...requests: readonly MessagesRequest[]): PlannedRequest[] =>
  requests.map((request) => ({ request }))

const idsOf = ({ withIds }: Probe, { requestIds }: Pick<Outcome<unknown>, 'requestIds'>): Pick<Cell, 'requestIds'> =>
  withIds && requestIds.length > 0 ? { requestIds } : {}

const failed = (probe: Probe, outcome: Outcome<unknown> & { readonly error: GatewayError }, where: string): Cell => {
  // A request that was answered has a result, even if that is the reason to stop.
  const isUnanswered = outcome.isUnsent === true || (probe.isStopped() && outcome.error.status === clientClosedStatus)
  if (isUnanswered) return notTested(probe.blocked())
  if (outcome.error.type === 'rate_limit_error') return { ...notTested('AI Nexus was busy'), ...idsOf(probe, outcome) }
  return { status: 'fail', error: `${where}${probe.words(outcome.error)}`, ...idsOf(probe, outcome) }
}

/** The cell of a good answer: `healed` if the session had to leave something out. */
export const passed = (probe: Probe, outcome: Pick<Outcome<unknown>, 'requestIds'>): Cell => {
  const leftOut = probe.leftOut()
  if (leftOut.length === 0) return { status: 'pass', ...idsOf(probe, outcome) }
  const refusal = probe.refusal()
  const words = refusal === undefined ? '' : `. ${refusal}`
  return { status: 'healed', reason: `works without ${leftOut.join(', ')}${words}`, ...idsOf(probe, outcome) }
}

/**
 * The cell of a request. `faultOf` returns what is wrong with the answer. `where` begins the error of a row with several
 * requests.
 */
export const judged = <T>(
  probe: Probe,
  outcome: Outcome<T>,
  faultOf: (value: T) => string | undefined = () => undefined,
  where = '',
): Cell => {
  if (outcome.error !== undefined) return failed(probe, outcome, where)
  const fault = faultOf(outcome.value)
  if (fault !== undefined) return { status: 'fail', error: `${where}${fault}`, ...idsOf(probe, outcome) }
  return passed(probe, outcome)
}

/** A row of one request. */
export const ofOneRequest = (
  request: (modelId: string) => MessagesRequest,
  faultOf?: (answer: Message) => string | undefined,
  cost?: Cost,
): Pick<MatrixRow, 'requests' | 'play'> => ({
  requests: ({ modelId }) => planned(request(modelId)),
  async play({ modelId, open }) {
    const probe = open()
    return judged(probe, await probe.message(request(modelId), [], cost), faultOf)
  },
})
