import type { Model } from '../../models/model.ts'
import { clientSpelling } from '../../models/resolver.ts'
import { NexusError } from '../../upstreams/nexus/errors.ts'
import type { Message } from '../../wire/anthropic/response.ts'
import { type Check, type Finding, fail, ok, skip, warn } from './check.ts'
import { hello } from './probe-requests.ts'
import { failureOf } from './remedies.ts'
import type { ProbeOutcome, Session } from './session.ts'

/** Checks whether AI Nexus knows the key, and which models answer. */

export interface ModelPlan {
  readonly models: readonly Model[]
  /** The ids of the configured models, the main model first. A failure of another model is a warning. */
  readonly needed: readonly string[]
  readonly apiKey: Parameters<typeof failureOf>[1]['apiKey']
  /** The source of the key, for the remedy. */
  readonly keySource: string
}

/**
 * What an outcome says about the key. `nothing`: no server that checks keys answered, because the connection failed or
 * another server answered.
 */
type KeyStatus = 'known' | 'unknown' | 'denied' | 'nothing'

interface KeyResult {
  readonly status: KeyStatus
  readonly outcome: ProbeOutcome<Message>
  readonly modelId: string
}

const statusOf = ({ error }: ProbeOutcome<Message>): KeyStatus => {
  if (error === undefined) return 'known'
  if (error.type === 'authentication_error') return 'unknown'
  if (error.type === 'permission_error') return 'denied'
  return error instanceof NexusError && error.knowsKey ? 'known' : 'nothing'
}

/** Puts the main model first: its request checks the key, too. */
const inOrder = (models: readonly Model[], main: string): Model[] => [
  ...models.filter(({ id }) => id === main),
  ...models.filter(({ id }) => id !== main),
]

/** A check's id and title. */
export const modelTitle = (modelId: string): readonly [id: string, title: string] => {
  const spelling = clientSpelling(modelId)
  return [`model.${spelling}`, spelling]
}

const notReported = 'not known: AI Nexus itself did not answer'
const keyRefused = 'AI Nexus does not accept the key'

export const modelChecks = (session: Session, plan: ModelPlan) => {
  const models = inOrder(plan.models, plan.needed[0] ?? '')
  const pending = new Map<string, Promise<ProbeOutcome<Message>>>()
  const answerOf = (modelId: string): Promise<ProbeOutcome<Message>> => {
    const answer = pending.get(modelId) ?? session.message(hello(modelId))
    pending.set(modelId, answer)
    return answer
  }
  const failure = ({ error }: ProbeOutcome<Message>, modelId: string): Finding | undefined =>
    error && failureOf(error, { apiKey: plan.apiKey, model: clientSpelling(modelId) })

  /**
   * Resolves to the first result that decides about the key, otherwise to one that says nothing, otherwise to the last
   * denial. One denial does not decide: it may concern only that model.
   */
  const firstResult = async (): Promise<KeyResult | undefined> => {
    const seen: KeyResult[] = []
    for (const { id: modelId } of models) {
      const outcome = await answerOf(modelId)
      const result = { status: statusOf(outcome), outcome, modelId }
      if (result.status === 'known' || result.status === 'unknown') return result
      seen.push(result)
    }
    return seen.find(({ status }) => status === 'nothing') ?? seen.at(-1)
  }
  const isRefused = async (): Promise<boolean> => ['unknown', 'denied'].includes((await firstResult())?.status ?? '')

  const key = async (): Promise<Finding> => {
    const result = await firstResult()
    if (result === undefined || result.status === 'nothing') return skip(notReported)
    const { status, outcome, modelId } = result
    if (status === 'known') return ok('AI Nexus knows the key')
    const detail = failure(outcome, modelId)?.detail ?? ''
    const remedy =
      status === 'unknown'
        ? `Check the key from ${plan.keySource}: it may be incomplete or expired. If it is complete, request a new key.`
        : 'The key has access to no model. Ask your administrator to allow the models.'
    return fail(detail, remedy, { error: outcome.error?.type ?? null })
  }

  /** Whether Bedrock throttles only this model: another model answers, so the setup works. */
  const isOnlyBusy = async (outcome: ProbeOutcome<Message>): Promise<boolean> => {
    if (statusOf(outcome) !== 'known') return false
    for (const { id } of models) if ((await answerOf(id)).error === undefined) return true
    return false
  }

  const model = async (modelId: string): Promise<Finding> => {
    if (await isRefused()) return skip(keyRefused)
    const outcome = await answerOf(modelId)
    const failed = failure(outcome, modelId)
    if (failed === undefined) return ok(`answers (${outcome.ms} ms)`, { ms: outcome.ms })
    const { detail, remedy, data } = failed
    if (!plan.needed.includes(modelId)) return warn(detail, remedy, data)
    return failed.status === 'warn' && (await isOnlyBusy(outcome)) ? failed : fail(detail, remedy, data)
  }

  return {
    checks: [
      { id: 'key.accepted', title: 'Key', run: key },
      ...models.map(({ id: modelId }): Check => {
        const [id, title] = modelTitle(modelId)
        return { id, title, run: () => model(modelId) }
      }),
    ],
    /** The reason to send no more requests to a model; undefined if it answers. */
    async skipReason(modelId: string): Promise<string | undefined> {
      if (await isRefused()) return keyRefused
      const { error } = await answerOf(modelId)
      return error && `${clientSpelling(modelId)} does not answer`
    },
  }
}
