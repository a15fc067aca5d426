import { toGatewayError } from '../../base/errors.ts'
import type { Logger } from '../../base/logger.ts'
import type { CallContext, Upstream } from '../../upstreams/upstream.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { Message } from '../../wire/anthropic/response.ts'
import type { ToolUseVerdict, UnavailableReason } from '../../wire/anthropic/safeguards.ts'
import type { CheckContext } from './check-context.ts'
import { planCheck } from './check-request.ts'
import { isHarmless } from './harmless-calls.ts'
import type { ToolCall } from './tool-calls.ts'
import { readVerdicts } from './verdicts.ts'

/** The client waits this long before it runs a tool. */
const defaultTimeoutMs = 30_000

export interface CheckOptions {
  readonly upstream: Pick<Upstream, 'message'>
  /** The upstream's id of the model that checks. */
  readonly modelId: string
  readonly log: Logger
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly timeoutMs?: number
}

interface Checked {
  readonly context: CheckContext
  /** The request whose answer is checked. */
  readonly messages: MessagesRequest['messages']
  readonly calls: readonly ToolCall[]
}

/** Resolves to verdicts by id. Rejects with GatewayError only if the client disconnects or the server stops. */
export type Check = (checked: Checked, call: CallContext) => Promise<Readonly<Record<string, ToolUseVerdict>>>

const unavailable = (reason: UnavailableReason): ToolUseVerdict => ({ type: 'unavailable', reason })

/** Undefined for a call that the small model must judge. */
const verdictWithoutCheck = (
  call: ToolCall,
  calls: readonly ToolCall[],
  context: CheckContext,
): ToolUseVerdict | undefined => {
  // A verdict belongs to an id, so it would apply to the other call, too.
  if (calls.some((other) => other !== call && other.id === call.id)) return unavailable('error')
  if (call.isCut) return unavailable('truncated')
  if (call.input === undefined) return unavailable('input_unparsed')
  return isHarmless(call, context) ? { type: 'skipped' } : undefined
}

/** The result of a request to the small model. */
interface ModelCheck {
  /** Its answer, which costs tokens even without a verdict. */
  readonly message?: Message
  /** For calls without a verdict in the answer. */
  readonly reason: UnavailableReason
  /** The error, for the log. */
  readonly error?: string
}

/** Sends no request if no call fits, or the user's rules do not fit. */
const nothingFits: ModelCheck = { reason: 'input_unparsed', error: 'too_long' }

const ask = async (
  request: MessagesRequest,
  call: CallContext,
  { upstream, modelId, timeoutMs = defaultTimeoutMs }: CheckOptions,
): Promise<ModelCheck> => {
  const deadline = AbortSignal.timeout(timeoutMs)
  const signal = AbortSignal.any([call.signal, deadline])
  try {
    const message = await upstream.message(request, {
      requestId: call.requestId,
      modelId,
      betas: [],
      signal,
      onUpstreamId: () => {},
    })
    return message.stop_reason === 'refusal'
      ? { message, reason: 'refused', error: 'refusal' }
      : { message, reason: 'error' }
  } catch (thrown) {
    if (call.signal.aborted) throw thrown
    if (deadline.aborted) return { reason: 'timeout', error: 'timeout' }
    return { reason: 'error', error: toGatewayError(thrown).type }
  }
}

const count = (verdicts: readonly ToolUseVerdict[], fits: (verdict: ToolUseVerdict) => boolean): number =>
  verdicts.filter(fits).length

/** Logs only numbers and our own names: neither calls nor explanations. */
const logCheck = (
  { log, modelId }: CheckOptions,
  requestId: string,
  { message, error }: ModelCheck,
  verdicts: readonly ToolUseVerdict[],
  durationMs: number,
): void => {
  const isDone = verdicts.every(({ type }) => type === 'evaluated')
  const usage = message?.usage
  log[isDone ? 'info' : 'warn']('safeguards.check', {
    requestId,
    model: modelId,
    calls: verdicts.length,
    flagged: count(verdicts, (verdict) => verdict.type === 'evaluated' && verdict.outcome === 'flagged'),
    unavailable: count(verdicts, ({ type }) => type === 'unavailable'),
    error,
    inputTokens: usage?.input_tokens,
    cacheReadTokens: usage?.cache_read_input_tokens,
    cacheWriteTokens: usage?.cache_creation_input_tokens,
    outputTokens: usage?.output_tokens,
    durationMs: Math.round(durationMs),
  })
}

/** Calls that only the small model can judge, each with its verdict. */
const classify = async (
  { context, messages, calls }: Checked,
  otherCalls: readonly ToolCall[],
  call: CallContext,
  options: CheckOptions,
): Promise<readonly (readonly [id: string, ToolUseVerdict])[]> => {
  const startedAt = options.now()
  const { request, classified } = planCheck({ context, messages, calls, otherCalls, modelId: options.modelId })
  const outcome = request === undefined ? nothingFits : await ask(request, call, options)
  const ids = new Set(classified.map(({ id }) => id))
  const isReport = outcome.message !== undefined && outcome.error === undefined
  const reported = isReport ? readVerdicts(outcome.message, ids) : undefined
  const without = (id: string): ToolUseVerdict => unavailable(ids.has(id) ? outcome.reason : 'input_unparsed')
  const verdicts = calls.map(({ id }) => [id, reported?.get(id) ?? without(id)] as const)
  const found = verdicts.map(([, verdict]) => verdict)
  logCheck(options, call.requestId, outcome, found, options.now() - startedAt)
  return verdicts
}

export const createCheck =
  (options: CheckOptions): Check =>
  async ({ context, messages, calls }, call) => {
    const known = calls.map((one) => [one, verdictWithoutCheck(one, calls, context)] as const)
    const toClassify = known.flatMap(([one, verdict]) => (verdict === undefined ? [one] : []))
    const others = known.flatMap(([one, verdict]) => (verdict === undefined ? [] : [[one, verdict] as const]))
    const otherCalls = others.map(([one]) => one)
    const classified =
      toClassify.length === 0 ? [] : await classify({ context, messages, calls: toClassify }, otherCalls, call, options)
    return Object.fromEntries([...others.map(([{ id }, verdict]) => [id, verdict] as const), ...classified])
  }
