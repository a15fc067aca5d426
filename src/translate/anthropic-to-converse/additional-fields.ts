import { isObject, type Json } from '../../base/json.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import { safeguardsBeta } from '../../wire/anthropic/safeguards.ts'
import { valueAt, withoutField, withoutRefused } from '../capabilities/overrides.ts'
import {
  bindingControlsBeta,
  contextManagementBeta,
  displayUpdatesBeta,
  effortBeta,
  fineGrainedToolStreaming,
  toBetas,
} from './betas.ts'
import type { TranslationContext } from './context.ts'
import { type toEffort, toTopK } from './inference.ts'
import type { toThinking } from './thinking.ts'
import type { TranslatedChoice } from './tool-choice.ts'
import type { OfferedTools } from './tools.ts'

/** The parts of a translated request that go into the additional fields. */
export interface AdditionalParts {
  /** Flags that the client sent, in the header or in the body. */
  readonly betas: readonly string[]
  readonly thinking: ReturnType<typeof toThinking>
  /** Whether the model will think, requested or by default. */
  readonly isThinking: boolean
  readonly choice: TranslatedChoice
  readonly tools: OfferedTools
  readonly effort: ReturnType<typeof toEffort>
}

interface Gate {
  readonly beta: string
  /** The only value that needs the flag. If absent, every value needs it. */
  readonly value?: string
}

/** By dotted path: fields that need a beta flag, and are sent or dropped together with it. */
export const gatedFields: ReadonlyMap<string, Gate> = new Map<string, Gate>([
  ['context_management', { beta: contextManagementBeta }],
  ['safeguards', { beta: safeguardsBeta }],
  ['thinking.display', { beta: displayUpdatesBeta, value: 'updates' }],
  ['thinking.block_binding', { beta: bindingControlsBeta }],
])

const gates = [...gatedFields]

/** Fields of the request that are sent unchanged. */
export const carriedFields = ['context_management', 'safeguards']

const withoutUnflagged = (fields: Json, flags: readonly string[], translation: TranslationContext): Json => {
  let left = fields
  for (const [place, { beta, value }] of gates) {
    const found = valueAt(left, place)
    const isGated = found !== undefined && (value === undefined || found === value)
    if (!isGated || flags.includes(beta)) continue
    translation.notes.changed(place.split('.'), 'dropped: its beta flag is not sent')
    left = withoutField(left, place)
  }
  return left
}

const thinkingIn = ({ thinking }: Json) => (isObject(thinking) ? thinking : undefined)

/** Clients in typed languages send null for unset members; a model may refuse the name alone. */
const withoutNulls = (members: Json): Json =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null))

const isEager = (request: MessagesRequest): boolean =>
  request.tools?.some((tool) => tool.eager_input_streaming === true) === true

/**
 * Anthropic's fields that Converse has no member for. Converse merges these into the body that it builds, and refuses a
 * key that it writes itself.
 */
export const toAdditionalFields = (
  request: MessagesRequest,
  { betas, thinking, isThinking, choice, tools, effort }: AdditionalParts,
  translation: TranslationContext,
): Json => {
  const fields: Record<string, unknown> = {}
  if (thinking) fields['thinking'] = withoutNulls(thinking)
  if (effort) fields['output_config'] = { effort }
  const topK = toTopK(request, isThinking, translation)
  if (topK !== undefined) fields['top_k'] = topK
  if (tools.native.length > 0) fields['tools'] = tools.native.map(({ tool }) => tool)
  if (choice.additional) fields['tool_choice'] = choice.additional
  const members: Json = request
  for (const field of carriedFields) {
    if (members[field] !== undefined && members[field] !== null) fields[field] = members[field]
  }
  const taken = withoutRefused(fields, translation.overrides)

  const needed: string[] = []
  if (isEager(request)) needed.push(fineGrainedToolStreaming)
  if (effort !== undefined && translation.model.effortBeta) needed.push(effortBeta)
  for (const { beta } of tools.native) needed.push(beta)
  // A flag for a field is sent only with the field.
  const flags = toBetas(betas, needed, thinkingIn(taken), translation)
  const flagged = withoutUnflagged(taken, flags, translation)
  return flags.length === 0 ? flagged : { ...flagged, anthropic_beta: flags }
}
