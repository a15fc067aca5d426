import type { Model } from '../../models/model.ts'
import { clientSpelling } from '../../models/resolver.ts'
import { NexusError } from '../../upstreams/nexus/errors.ts'
import type { Message } from '../../wire/anthropic/response.ts'
import { type Check, type Finding, fail, ok, skip, warn } from './check.ts'
import { hello } from './probe-requests.ts'
import { failureOf } from './remedies.ts'
import type { ProbeOutcome, Session } from './session.ts'

/** Whether AI Nexus knows the key, and which models answer. */

export interface ModelPlan {
  readonly models: readonly Model[]
  /** Those that Claude Code works with; without the others it can live. */
  readonly needed: readonly string[]
  readonly apiKey: Parameters<typeof failureOf>[1]['apiKey']
  /** Where the key came from, for the remedy. */
  readonly keySource: string
}

/** What an outcome tells of the key; `nothing` where nobody who knows keys has spoken: the way broke, or others answered. */
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

/** The main model first: it is asked for the key, too. */
const inOrder = (models: readonly Model[], main: string): Model[] => [
  ...models.filter(({ id }) => id === main),
  ...models.filter(({ id }) => id !== main),
]

/** A check's id and title. */
export const modelTitle = (modelId: string): readonly [id: string, title: string] => {
  const spelling = clientSpelling(modelId)
  return [`model.${spelling}`, spelling]
}

const notReported = 'not told: nobody who knows keys has answered'
const keyRefused = 'the key was not accepted'

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

  /** The first that tells something of the key, or the last: one that is denied alone may be the model's affair. */
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
        ? `Look at the key: it came from ${plan.keySource}. Is it whole, and still valid? If so, ask for a new one.`
        : 'The key may use none of the models. Ask whoever gave it to you to allow them.'
    return fail(detail, remedy, { error: outcome.error?.type ?? null })
  }

  /** Bedrock asks for patience, and another model shows that everything else is as it should be. */
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
    /** Why nothing more is asked of a model; undefined where it answers. */
    async silence(modelId: string): Promise<string | undefined> {
      if (await isRefused()) return keyRefused
      const { error } = await answerOf(modelId)
      return error && `${clientSpelling(modelId)} does not answer`
    },
  }
}
