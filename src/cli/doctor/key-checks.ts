import { clientSpelling, type NexusModel, nexusModels } from '../../gateway/models.ts'
import type { Message } from '../../wire/anthropic/response.ts'
import { type Check, type Finding, fail, ok, skip, warn } from './check.ts'
import { hello } from './probes.ts'
import { failureOf } from './remedies.ts'
import type { Outcome, Session } from './session.ts'

/** Whether AI Nexus knows the key, and which models answer. */

export interface ModelPlan {
  /** Those that Claude Code works with; without the others it can live. */
  readonly needed: readonly string[]
  readonly apiKey: Parameters<typeof failureOf>[1]['apiKey']
  /** Where the key came from, for the remedy. */
  readonly keySource: string
}

export interface Models {
  readonly checks: readonly Check[]
  /** Why nothing more is asked of a model; undefined where it answers. */
  readonly silence: (modelId: string) => Promise<string | undefined>
}

const isDenied = ({ error }: Outcome<Message>): boolean => error?.type === 'permission_error'
const isUnknownKey = ({ error }: Outcome<Message>): boolean => error?.type === 'authentication_error'
/** Nobody who knows keys has spoken: the way broke, or something else answered. */
const isUnanswered = ({ error }: Outcome<Message>): boolean =>
  error !== undefined && ['api_error', 'timeout_error'].includes(error.type)

/** The main model first: it is asked for the key, too. */
const inOrder = (main: string): NexusModel[] => [
  ...nexusModels.filter(({ id }) => id === main),
  ...nexusModels.filter(({ id }) => id !== main),
]

/** A check's id and title. */
export const modelTitle = (modelId: string): readonly [id: string, title: string] => {
  const spelling = clientSpelling(modelId)
  return [`model.${spelling}`, spelling]
}

const keyRefused = 'the key was not accepted'

export const modelChecks = (session: Session, plan: ModelPlan): Models => {
  const models = inOrder(plan.needed[0] ?? '')
  const asked = new Map<string, Promise<Outcome<Message>>>()
  const answerOf = (modelId: string): Promise<Outcome<Message>> => {
    const answer = asked.get(modelId) ?? session.message(hello(modelId))
    asked.set(modelId, answer)
    return answer
  }
  const failure = ({ error }: Outcome<Message>, modelId: string): Finding | undefined =>
    error && failureOf(error, { apiKey: plan.apiKey, model: clientSpelling(modelId) })

  /** Of the first that tells something of the key: one that is denied alone may be the model's affair. */
  const telling = async (): Promise<{ outcome: Outcome<Message>; modelId: string } | undefined> => {
    let last: { outcome: Outcome<Message>; modelId: string } | undefined
    for (const { id } of models) {
      last = { outcome: await answerOf(id), modelId: id }
      if (!isDenied(last.outcome)) return last
    }
    return last
  }
  const isRefused = async (): Promise<boolean> => {
    const told = await telling()
    return told !== undefined && (isUnknownKey(told.outcome) || isDenied(told.outcome))
  }

  const key = async (): Promise<Finding> => {
    const told = await telling()
    if (told === undefined || isUnanswered(told.outcome)) return skip('nobody answered who could tell')
    const { outcome, modelId } = told
    if (!(await isRefused())) return ok('AI Nexus knows the key')
    const detail = failure(outcome, modelId)?.detail ?? ''
    const remedy = isUnknownKey(outcome)
      ? `Look at the key: it came from ${plan.keySource}. Is it whole, and still valid? If so, ask for a new one.`
      : 'The key may use none of the models. Ask whoever gave it to you to allow them.'
    return fail(detail, remedy, { error: outcome.error?.type ?? null })
  }

  const model = async (modelId: string): Promise<Finding> => {
    if (await isRefused()) return skip(keyRefused)
    const outcome = await answerOf(modelId)
    const failed = failure(outcome, modelId)
    if (failed === undefined) return ok(`answers (${outcome.ms} ms)`, { ms: outcome.ms })
    const { detail, remedy, data } = failed
    return plan.needed.includes(modelId) || failed.status === 'warn' ? failed : warn(detail, remedy, data)
  }

  return {
    checks: [
      { id: 'key.accepted', title: 'Key', run: key },
      ...models.map(({ id: modelId }) => {
        const [id, title] = modelTitle(modelId)
        return { id, title, run: () => model(modelId) }
      }),
    ],
    async silence(modelId) {
      if (await isRefused()) return keyRefused
      const { error } = await answerOf(modelId)
      return error && `${clientSpelling(modelId)} does not answer`
    },
  }
}
