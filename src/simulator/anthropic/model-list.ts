import { type Endpoint, notFound } from './call.ts'
import { type ApiModel, findModel } from './models.ts'
import { idPage } from './paging.ts'

/** `GET /v1/models`, and one model by its name. */

const support = (supported: boolean): object => ({ supported })

const toModelInfo = ({ id, displayName, line, createdAt, thinking, efforts, maxOutputTokens, window }: ApiModel) => ({
  type: 'model',
  id,
  display_name: displayName,
  created_at: createdAt,
  line,
  lifecycle: 'active',
  deprecated_at: null,
  retires_at: null,
  max_input_tokens: window,
  max_tokens: maxOutputTokens,
  capabilities: {
    batch: support(true),
    citations: support(true),
    code_execution: support(false),
    context_management: {
      supported: false,
      clear_thinking_20251015: null,
      clear_tool_uses_20250919: null,
      compact_20260112: null,
    },
    effort: {
      supported: efforts.length > 0,
      ...Object.fromEntries(
        ['low', 'medium', 'high', 'xhigh', 'max'].map((level) => [level, support(efforts.includes(level))]),
      ),
    },
    image_input: support(true),
    pdf_input: support(true),
    server_tools: { supported: false, code_execution: support(false), web_search: support(false) },
    structured_outputs: support(true),
    thinking: {
      supported: true,
      types: Object.fromEntries(
        ['adaptive', 'between_tools', 'disabled', 'enabled'].map((type) => [type, support(thinking.includes(type))]),
      ),
    },
  },
})

export const listModels =
  (models: readonly ApiModel[]): Endpoint =>
  (call) =>
    idPage(call, models.map(toModelInfo))

export const getModel =
  (models: readonly ApiModel[]): Endpoint =>
  (call) => {
    const model = findModel(models, call.id)
    return model === undefined ? notFound(call, `model: ${call.id}`) : Response.json(toModelInfo(model))
  }
