import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import { withoutRefused } from '../learned.ts'
import { contextManagementBeta, effortBeta, fineGrainedToolStreaming, safeguardsBeta, toBetas } from './betas.ts'
import type { Translation } from './context.ts'
import { type toEffort, toTopK } from './inference.ts'
import type { toThinking } from './thinking.ts'
import type { TranslatedChoice } from './tool-choice.ts'
import type { OfferedTools } from './tools.ts'

/** What of a translated request goes into the additional fields. */
export interface AdditionalParts {
  /** Flags of the `anthropic-beta` header. */
  readonly betas: readonly string[]
  readonly thinking: ReturnType<typeof toThinking>
  /** Whether the model will think, asked or not. */
  readonly isThinking: boolean
  readonly choice: TranslatedChoice
  readonly tools: OfferedTools
  readonly effort: ReturnType<typeof toEffort>
}

/** Fields that the model takes only with their beta flag, and which therefore go or stay together. */
export const gatedFields: ReadonlyMap<string, string> = new Map([
  ['context_management', contextManagementBeta],
  ['safeguards', safeguardsBeta],
])

const gates = [...gatedFields]

const addGatedFields = (
  fields: Record<string, unknown>,
  request: MessagesRequest,
  flags: readonly string[],
  translation: Translation,
): void => {
  const members: Readonly<Record<string, unknown>> = request
  for (const [field, beta] of gates) {
    if (members[field] === undefined || members[field] === null) continue
    if (flags.includes(beta)) fields[field] = members[field]
    else translation.notes.changed([field], 'goes only with its beta flag, which is not let through')
  }
}

const isEager = (request: MessagesRequest): boolean =>
  request.tools?.some((tool) => tool.eager_input_streaming === true) === true

/**
 * Everything of Anthropic's that Converse has no place of its own for. Converse merges these into the
 * body that it builds, and refuses a key that it has written itself.
 */
export const toAdditionalFields = (
  request: MessagesRequest,
  { betas, thinking, isThinking, choice, tools, effort }: AdditionalParts,
  translation: Translation,
): Record<string, unknown> => {
  const topK = toTopK(request, isThinking, translation)
  const needed: string[] = []
  if (isEager(request)) needed.push(fineGrainedToolStreaming)
  if (effort !== undefined && translation.model.effortBeta) needed.push(effortBeta)
  for (const { beta } of tools.native) needed.push(beta)
  const flags = toBetas([...betas, ...(request.betas ?? [])], needed, thinking, translation)

  const fields: Record<string, unknown> = {}
  if (thinking) fields['thinking'] = thinking
  if (effort) fields['output_config'] = { effort }
  if (topK !== undefined) fields['top_k'] = topK
  if (tools.native.length > 0) fields['tools'] = tools.native.map(({ tool }) => tool)
  if (choice.additional) fields['tool_choice'] = choice.additional
  addGatedFields(fields, request, flags, translation)
  if (flags.length > 0) fields['anthropic_beta'] = flags
  return withoutRefused(fields, translation.learned.refusedFields)
}
