import { describe, expect, test } from 'bun:test'
import { type ImageRouting, routeImages } from '../../../src/upstreams/openai/image-route.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'

const routing: ImageRouting = { visionModel: 'see/V', route: 'direct', stripsContext: true }
const image = { type: 'image' as const, source: { type: 'base64' as const, media_type: 'image/png', data: 'AAAA' } }
const text = (words: string) => ({ type: 'text' as const, text: words })
const imageTurn = {
  role: 'user' as const,
  content: [text('Look'), text('<system-reminder>x</system-reminder>'), image],
}

const request = (messages: MessagesRequest['messages'], more: Partial<MessagesRequest> = {}): MessagesRequest => ({
  model: 'claude-sonnet-4-6',
  max_tokens: 100,
  system: 'You are Claude Code.',
  tools: [{ name: 'Read', input_schema: { type: 'object' } }],
  tool_choice: { type: 'auto' },
  messages,
  ...more,
})
const history: MessagesRequest['messages'] = [
  { role: 'user', content: 'Hello' },
  { role: 'assistant', content: 'Hi' },
]

describe('routing of images (OU-R3, N5, N6)', () => {
  test('the vision model gets only the turn with the image, without system prompt, history and tools', () => {
    const given = request([...history, imageTurn], { stream: true })
    expect(routeImages(given, 'mid/M', routing)).toEqual({
      modelId: 'see/V',
      request: {
        model: 'claude-sonnet-4-6',
        max_tokens: 100,
        stream: true,
        messages: [{ role: 'user', content: [text('Look'), image] }],
      },
    })
  })

  test('the system prompt stays with STRIP_IMAGE_CONTEXT=false', () => {
    const { request: routed } = routeImages(request([imageTurn]), 'mid/M', { ...routing, stripsContext: false })
    expect(routed.system).toBe('You are Claude Code.')
  })

  test('the last words of the user are kept, up to their last 1,500 characters', () => {
    const long = `😀${'a'.repeat(1499)}`
    const turn = {
      role: 'user' as const,
      content: [text('first'), text(long), text('  '), text('[Image: source: x.png]'), image],
    }
    const { request: routed } = routeImages(request([turn]), 'mid/M', routing)
    expect(routed.messages).toEqual([{ role: 'user', content: [text('a'.repeat(1499)), image] }])
  })

  test('an image in an older turn, or in a tool result, routes nothing', () => {
    const later = request([imageTurn, { role: 'assistant', content: 'A cat' }, { role: 'user', content: 'Thanks' }])
    expect(routeImages(later, 'mid/M', routing)).toEqual({ request: later, modelId: 'mid/M' })
    const result = { type: 'tool_result' as const, tool_use_id: 't', content: [image] }
    const loop = request([...history, { role: 'user', content: [result] }])
    expect(routeImages(loop, 'mid/M', routing)).toEqual({ request: loop, modelId: 'mid/M' })
    expect(routeImages(loop, 'mid/M', { ...routing, route: 'all' })).toEqual({ request: loop, modelId: 'see/V' })
  })

  test('without a vision model, and for the vision model itself, nothing changes', () => {
    const given = request([imageTurn])
    expect(routeImages(given, 'mid/M', { ...routing, visionModel: undefined })).toEqual({
      request: given,
      modelId: 'mid/M',
    })
    expect(routeImages(given, 'see/V', routing)).toEqual({ request: given, modelId: 'see/V' })
  })
})
