import { CountTokensInput } from '../wire/converse/count-tokens.ts'
import { ConverseRequest } from '../wire/converse/request.ts'
import { cacheRules } from './cache-rules.ts'
import { conversationRules } from './conversation-rules.ts'
import { inferenceRules } from './inference-rules.ts'
import { mediaRules } from './media-rules.ts'
import type { SimulatedModel } from './models.ts'
import type { NexusProfile } from './profiles.ts'
import { firstRefusal, type Refusal, type Rule } from './rule.ts'
import { shapeRefusal } from './shape.ts'
import { toolRules } from './tool-rules.ts'
import { windowRule } from './window-rule.ts'

const promptRules = [...toolRules, ...conversationRules, ...cacheRules, ...mediaRules, ...inferenceRules]
const rules = [...promptRules, windowRule]

const rulesOf = (all: readonly Rule[], profile: NexusProfile): readonly Rule[] => (profile === 'lenient' ? [] : all)

/** Returns why Bedrock would refuse a body, or undefined. */
export const validateRequest = (
  body: unknown,
  model: SimulatedModel,
  profile: NexusProfile = 'strict',
): Refusal | undefined =>
  // A body that matches the schema is a ConverseRequest.
  shapeRefusal(ConverseRequest, body) ?? firstRefusal(rulesOf(rules, profile), { body: body as ConverseRequest, model })

/** The same for a body to count, which may be longer than the context window. */
export const validateCountRequest = (
  body: unknown,
  model: SimulatedModel,
  profile: NexusProfile = 'strict',
): Refusal | undefined =>
  shapeRefusal(CountTokensInput, body) ??
  firstRefusal(rulesOf(promptRules, profile), { body: (body as CountTokensInput).input.converse, model })
