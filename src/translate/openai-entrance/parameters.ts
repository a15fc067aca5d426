import type { Json } from '../../base/json.ts'
import { sha256Hex } from '../../runtime/hash.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import { toCacheControl } from './cache-control.ts'
import type { OpenAiContext } from './context.ts'
import { countAt, numberAt, objectAt, textAt } from './members.ts'
import { refusal } from './refusal.ts'

/** The members that Chat Completions and Responses share. Each reader throws a 400 that names the member. */

const highestTemperature = 2
/** Anthropic's. */
const highestSentTemperature = 1

/** `names`: of the limit, the one that wins first (OE-C3, OE-R4). */
const toMaxTokens = (body: Json, names: readonly string[], { model, policy, notes }: OpenAiContext): number => {
  const given = names.flatMap((name) => {
    const value = countAt(body, name, [], { minimum: 1 })
    return value === undefined ? [] : [{ name, value }]
  })
  const [first, second] = given
  if (first === undefined) return Math.min(model.maxOutputTokens, policy.defaultMaxTokens)
  if (second !== undefined && second.value !== first.value)
    notes.changed([second.name], 'the newer name of the limit has another value, which counts')
  if (first.value <= model.maxOutputTokens) return first.value
  notes.changed([first.name], "lowered to the model's maximum")
  return model.maxOutputTokens
}

const toTemperature = (body: Json, { notes }: OpenAiContext): number | undefined => {
  const value = numberAt(body, 'temperature')
  if (value === undefined) return undefined
  if (!(value >= 0 && value <= highestTemperature))
    throw refusal('invalid_value', ['temperature'], 'expected a number from 0 to 2')
  if (value <= highestSentTemperature) return value
  notes.changed(['temperature'], 'lowered to 1, the highest of the model')
  return highestSentTemperature
}

/** 1 is the default, which many clients send; newer models refuse it next to a temperature (OE-C5). */
const toTopP = (body: Json): number | undefined => {
  const value = numberAt(body, 'top_p')
  if (value === undefined || value === 1) return undefined
  if (value >= 0 && value < 1) return value
  throw refusal('invalid_value', ['top_p'], 'expected a number from 0 to 1')
}

/** Anthropic's limit. */
const longestUserId = 256

/** The client's name of its user. The newer member wins (OE-C17). */
const toUserId = (body: Json): string | undefined => {
  const id = textAt(body, 'safety_identifier') || textAt(body, 'user') || undefined
  return id === undefined || id.length <= longestUserId ? id : sha256Hex(id)
}

/** Anthropic's own member in a request of OpenAI: a list, or a text with commas (OE-C22). */
const toBetas = (body: Json): string[] => {
  const value = body['anthropic_beta'] ?? []
  const flags: unknown[] = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [value]
  return flags.flatMap((flag) => {
    if (typeof flag !== 'string') throw refusal('invalid_value', ['anthropic_beta'], 'expected a list of strings')
    const name = flag.trim()
    return name === '' ? [] : [name]
  })
}

const servedTiers: readonly unknown[] = ['auto', 'default', undefined, null]

const noteServiceTier = ({ service_tier: tier }: Json, { notes }: OpenAiContext): void => {
  if (!servedTiers.includes(tier)) notes.dropped(['service_tier'], 'the upstream decides on the tier')
}

/** A request for a safety check must not be ignored; one for its scores may be (OE-C16). */
const noteModeration = (body: Json, { notes }: OpenAiContext): void => {
  const moderation = objectAt(body, 'moderation')
  if (moderation === undefined) return
  const policy = objectAt(moderation, 'policy', ['moderation']) ?? {}
  for (const side of ['input', 'output'] as const) {
    const path = ['moderation', 'policy', side, 'mode']
    if (objectAt(policy, side, ['moderation', 'policy'])?.['mode'] === 'block')
      throw refusal('unsupported_parameter', path, 'this server does not moderate')
  }
  notes.changed(['moderation'], 'this server does not moderate')
}

/** The scores of tokens would be part of the answer (OE-C13). */
const refuseScores = (body: Json): void => {
  if ((numberAt(body, 'top_logprobs') ?? 0) > 0)
    throw refusal('unsupported_parameter', ['top_logprobs'], 'the model reports no probabilities')
}

export type SharedParameters = Pick<
  MessagesRequest,
  'max_tokens' | 'temperature' | 'top_p' | 'top_k' | 'cache_control' | 'betas'
> & { readonly metadata?: { readonly user_id: string } }

/**
 * Translates the sampling and the identity of a request, in either protocol. `limits`: the names of the member that
 * limits the answer. Throws a 400 that names the member.
 */
export const toParameters = (body: Json, limits: readonly string[], context: OpenAiContext): SharedParameters => {
  const temperature = toTemperature(body, context)
  const topP = toTopP(body)
  const topK = countAt(body, 'top_k', [], { minimum: 0 })
  const userId = toUserId(body)
  const betas = toBetas(body)
  const cacheControl = toCacheControl(body, [])
  noteServiceTier(body, context)
  noteModeration(body, context)
  refuseScores(body)
  return {
    max_tokens: toMaxTokens(body, limits, context),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(topK !== undefined && { top_k: topK }),
    ...(userId !== undefined && { metadata: { user_id: userId } }),
    ...(cacheControl !== undefined && { cache_control: cacheControl }),
    ...(betas.length > 0 && { betas }),
  }
}
