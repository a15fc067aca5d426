import { describe, expect, test } from 'bun:test'
import type {
  ChatCompletionContentPart,
  ChatCompletionCreateParamsBase,
  ChatCompletionTool,
} from 'openai/resources/chat/completions'
import { completionToMessages } from '../../src/translate/openai-chat-entrance/request.ts'
import type { CompletionRequest } from '../../src/wire/openai-chat/completion-request.ts'
import { type OfType, type Row, treatmentOf } from '../support/member-treatment.ts'
import { openAiContext } from '../support/openai-context.ts'

/**
 * Each member of the official client's types is honoured, noted, refused or without effect (OE-P1). A new member is a
 * compile error here that names it.
 */

const text = (words: string) => [{ role: 'user' as const, content: words }]
const tool = { type: 'function', function: { name: 'read' } } as const
const noTool = { tools: undefined }

type Members = { readonly [K in keyof ChatCompletionCreateParamsBase]-?: Row<ChatCompletionCreateParamsBase[K]> }

const members: Members = {
  audio: { as: 'refused', sample: { format: 'wav', voice: 'alloy' } },
  frequency_penalty: { as: 'note', sample: 0.5 },
  function_call: { as: 'honoured', sample: 'none', next: { ...noTool, functions: [{ name: 'read' }] } },
  functions: { as: 'honoured', sample: [{ name: 'other' }], next: noTool },
  logit_bias: { as: 'note', sample: { '50256': -100 } },
  logprobs: { as: 'refused', sample: true },
  max_completion_tokens: { as: 'honoured', sample: 100 },
  max_tokens: { as: 'honoured', sample: 100 },
  messages: { as: 'honoured', sample: text('other') },
  metadata: { as: 'silent', sample: { a: 'b' }, reason: 'it is for stored answers' },
  modalities: { as: 'refused', sample: ['text', 'audio'] },
  model: { as: 'honoured', sample: 'gpt-5' },
  moderation: { as: 'note', sample: { model: 'omni-moderation-latest', policy: { input: { mode: 'score' } } } },
  n: { as: 'refused', sample: 2 },
  parallel_tool_calls: { as: 'honoured', sample: false },
  prediction: { as: 'note', sample: { type: 'content', content: 'x' } },
  presence_penalty: { as: 'note', sample: 0.5 },
  prompt_cache_key: { as: 'silent', sample: 'key', reason: 'cache points need no key' },
  prompt_cache_options: { as: 'honoured', sample: { mode: 'explicit' } },
  prompt_cache_retention: { as: 'honoured', sample: '24h' },
  reasoning_effort: { as: 'honoured', sample: 'high' },
  response_format: { as: 'honoured', sample: { type: 'json_object' } },
  safety_identifier: { as: 'honoured', sample: 'person' },
  seed: { as: 'note', sample: 7 },
  service_tier: { as: 'note', sample: 'priority' },
  stop: { as: 'honoured', sample: 'END' },
  store: { as: 'note', sample: true },
  stream: { as: 'honoured', sample: true },
  stream_options: { as: 'honoured', sample: { include_usage: true }, next: { stream: true } },
  temperature: { as: 'honoured', sample: 0.5 },
  tool_choice: { as: 'honoured', sample: 'required' },
  tools: { as: 'honoured', sample: [{ type: 'custom', custom: { name: 'note' } }] },
  top_logprobs: { as: 'refused', sample: 2 },
  top_p: { as: 'honoured', sample: 0.5 },
  user: { as: 'honoured', sample: 'person' },
  verbosity: { as: 'note', sample: 'low' },
  web_search_options: { as: 'refused', sample: {} },
}

type Part<K extends ChatCompletionContentPart['type']> = Row<OfType<ChatCompletionContentPart, K>>
const parts: { readonly [K in ChatCompletionContentPart['type']]: Part<K> } = {
  text: { as: 'honoured', sample: { type: 'text', text: 'other' } },
  image_url: { as: 'honoured', sample: { type: 'image_url', image_url: { url: 'https://example.com/a.png' } } },
  input_audio: { as: 'refused', sample: { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } } },
  file: {
    as: 'honoured',
    sample: { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a.pdf' } },
  },
}

type ToolRow<K extends ChatCompletionTool['type']> = Row<OfType<ChatCompletionTool, K>>
const tools: { readonly [K in ChatCompletionTool['type']]: ToolRow<K> } = {
  function: { as: 'honoured', sample: { type: 'function', function: { name: 'other' } } },
  custom: { as: 'honoured', sample: { type: 'custom', custom: { name: 'other' } } },
}

const base = { model: 'gpt-4o', messages: text('hi'), tools: [tool] }
const translate = (body: object) => {
  const context = openAiContext()
  return { ...completionToMessages(body as CompletionRequest, context), notes: context.notes.all }
}
const treatment = (member: string, sample: unknown, { next = {} }: Row<unknown>) =>
  treatmentOf(translate, { ...base, ...next }, member, sample)

describe('requests of the official client', () => {
  test.each(Object.entries(members))('member %s is treated as the table says (OE-P1)', (name, row) => {
    expect(treatment(name, row.sample, row)).toBe(row.as)
  })

  test.each(Object.entries(parts))('part %s is treated as the table says (OE-P1)', (_type, row) => {
    expect(treatment('messages', [{ role: 'user', content: [row.sample] }], row)).toBe(row.as)
  })

  test.each(Object.entries(tools))('tool %s is treated as the table says (OE-P1)', (_type, row) => {
    expect(treatment('tools', [row.sample], row)).toBe(row.as)
  })
})
