import type { Json } from '../../base/json.ts'
import type { AnswerShape } from './answer-shape.ts'
import { conversationRules } from './conversation-rules.ts'
import { mediaRules, visionOnly } from './media-rules.ts'
import type { ChatModel } from './models.ts'
import { limitRules } from './parameter-rules.ts'
import type { ChatRefusal } from './refusal.ts'
import type { ChatRule } from './rule.ts'
import type { ChatBody } from './schema.ts'
import type { RequestShape } from './shape.ts'
import { toolRules } from './tool-rules.ts'

/** A refusal or an error with all data for an envelope. */
export interface WireError {
  readonly status: number
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | number | null
  readonly more: Json
}

/** One OpenAI-compatible server, as data: the requests that it accepts and refuses, and the form of its responses. */
export interface Face {
  /** The paths before `/chat/completions`. */
  readonly prefixes: readonly string[]
  /** `optional`: a key is required only if the simulator has one. */
  readonly auth: 'bearer' | 'api-key' | 'optional'
  readonly models: readonly ChatModel[]
  /** Absent if the first model serves any name. */
  readonly unknownModel?: (id: string) => ChatRefusal
  readonly request: RequestShape
  readonly rules: readonly ChatRule[]
  readonly envelope: (error: WireError) => Json
  /** Whether a request switches thinking on. */
  readonly thinks: (body: ChatBody, model: ChatModel) => boolean
  /** Ignores `tool_choice`. */
  readonly ignoresChoice?: boolean
  /** Caches prompts only under a `prompt_cache_key`. */
  readonly cachesByKey?: boolean
  readonly answer: AnswerShape
}

export const openAiEnvelope = ({ message, type, param, code }: WireError): Json => ({
  error: { message, type, param, code },
})

const noVision = 'This model does not support image input'

/** Rules that nearly every server has. */
export const commonRules: readonly ChatRule[] = [
  ...limitRules,
  ...toolRules,
  ...conversationRules,
  ...mediaRules,
  visionOnly(noVision),
]

/** The usual form of responses. */
export const commonAnswer: AnswerShape = {
  reasoning: 'reasoning_content',
  role: 'own chunk',
  usage: 'own chunk',
  cachedTokens: 'details',
  calls: 'pieces',
  requestIdHeader: 'x-request-id',
  callId: (id) => `call_${id.replaceAll('-', '').slice(0, 24)}`,
}
