import { describe, expect, test } from 'bun:test'
import type { Json } from '../../../src/base/json.ts'
import { completionToResponses } from '../../../src/translate/openai-responses-entrance/from-completion.ts'
import { openAiContext, refusalOf } from '../../support/openai-context.ts'

const messages = [
  { role: 'system' as const, content: 'Work.' },
  { role: 'user' as const, content: 'hello' },
]
const translated = (more: Json = {}) =>
  completionToResponses(
    { model: 'claude-sonnet-4-6', messages, ...more },
    openAiContext({ modelId: 'claude-sonnet-4.6' }),
  )

describe('a body of Chat Completions at the path of Responses', () => {
  test('is read as Chat Completions, and its answer is planned as Responses (OE-T8)', () => {
    const tools = [{ type: 'function', function: { name: 'add', parameters: { type: 'object' } } }]
    const { request, plan } = translated({ tools, max_tokens: 100, reasoning_effort: 'high' })
    expect(request).toMatchObject({ max_tokens: 100, output_config: { effort: 'high' } })
    expect(request.system).toHaveLength(1)
    expect(request.tools).toHaveLength(1)
    expect(plan).toMatchObject({ modelId: 'claude-sonnet-4.6', isCompaction: false, showsSummary: true })
    expect(plan.echo).toMatchObject({ max_output_tokens: 100, tools })
  })

  test('hides thinking that the client does not want (OE-T8)', () => {
    expect(translated({ include_reasoning: false }).plan.showsSummary).toBe(false)
  })

  test('is refused with the path of Chat Completions (OE-T8)', () => {
    expect(refusalOf(() => translated({ n: 2 })).param).toBe('n')
  })
})
