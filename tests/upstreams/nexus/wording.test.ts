import { describe, expect, test } from 'bun:test'
import { withCapability } from '../../../src/messages/client-wording.ts'
import { restoreClientPaths } from '../../../src/upstreams/nexus/restore-client-paths.ts'
import { clientWording } from '../../../src/upstreams/nexus/wording.ts'
import { assistant, cachedText, image, tool, toolResult, toolUse, translate, user } from '../../support/translate.ts'

/** How Claude Code 2.1.228 and later reads the message of a 400: the same matcher for the class. */
const classOf = (message: string): string | undefined =>
  /capability_rejected: ([a-z_]+(?::[\w.-]+)?)(?![A-Za-z0-9_:.-])/.exec(message)?.[1]

describe('4.3 class: what was rejected comes before the message', () => {
  test.each([
    ["messages.1: role 'system' is not supported on this model", 'mid_conv_system'],
    ['Unexpected role "system". The input message role must be user or assistant.', 'mid_conv_system'],
    [
      "1 validation error detected: Value at 'messages.2.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]",
      'mid_conv_system',
    ],
    ["role 'system' must precede an assistant message", 'mid_conv_system'],
    ['messages.0.content.0.text.cache_control: Extra inputs are not permitted', 'cache_control_field'],
    ['#/messages/0/content/1: extraneous key [cachePoint] is not permitted', 'cache_control_field'],
    ['messages.1.content.0: Invalid `signature` in `thinking` block', 'thinking_signature'],
    ['messages.1.content.0: Invalid `data` in `redacted_thinking` block', 'thinking_signature'],
    ['messages.1.content.0.thinking.signature: Field required', 'thinking_signature'],
    ['messages.1.content.0: `thinking` blocks in the latest message cannot be modified.', 'thinking_signature'],
    ['"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive".', 'thinking_type:enabled'],
    ['adaptive thinking is not supported on this model', 'thinking_type:adaptive'],
    [
      "thinking: Input tag 'adaptive' found using 'type' does not match any of the expected tags: 'disabled', 'enabled'",
      'thinking_type:adaptive',
    ],
    ['output_config.format: Extra inputs are not permitted', 'structured_outputs_unsupported'],
    ['Malformed input request: #: extraneous key [outputConfig] is not permitted', 'structured_outputs_unsupported'],
    ['output_config.effort: Extra inputs are not permitted', 'effort_unsupported'],
    ['This model does not support the effort parameter.', 'effort_unsupported'],
    ['too many images and documents: 21 + 0 > 20', 'media_budget'],
    ['messages.0.content.0.image.source.base64: image exceeds 5 MB maximum', 'image_block'],
    ['Could not process image', 'image_block'],
    ['messages.0.content.1.document.source.base64.data: The PDF specified was not valid', 'document_block'],
    ['A maximum of 100 PDF pages may be provided.', 'document_block'],
    ['Input is too long for requested model.', 'prompt_too_long'],
    ['prompt is too long: 210000 tokens > 200000 maximum', 'prompt_too_long'],
    [
      'input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000, decrease input length',
      'max_tokens_context_overflow',
    ],
  ])('4.3 %s', (words, expected) => {
    const message = clientWording(words, { model: 'm', maxTokens: 1 })
    expect(classOf(message)).toBe(expected)
    expect(message).toContain(' — ')
  })

  test('4.3 each has text that clients before 2.1.228 recognize', () => {
    const worded = (words: string): string => clientWording(words, { model: 'm', maxTokens: 1 })
    expect(
      worded(
        "Value at 'messages.2.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]",
      ),
    ).toMatch(/not supported/)
    expect(worded('extraneous key [outputConfig] is not permitted')).toContain(
      'output_config.format: Extra inputs are not permitted',
    )
    expect(worded('Input is too long for requested model.')).toMatch(/prompt is too long/i)
    expect(worded('too many images and documents: 21 + 0 > 20')).toMatch(/too much media/i)
  })

  test.each([
    ['invalid beta flag', ['a-1'], 'capability_rejected: beta_header:a-1 — invalid beta flag'],
    ['invalid beta flag', ['a-1', 'b-2'], 'invalid beta flag'],
    ['invalid beta flag', [], 'invalid beta flag'],
    [
      'Unexpected value(s) `b-2` for the `anthropic-beta` header.',
      ['a-1', 'b-2'],
      'capability_rejected: beta_header:b-2 — Unexpected value(s) `b-2` for the `anthropic-beta` header.',
    ],
  ])('4.3 1.7 a beta flag: %s of %p', (words, betas, expected) => {
    expect(withCapability(words, betas)).toBe(expected)
  })

  test.each([
    'Too many tokens, please wait before trying again.',
    'messages.0.content: Field required',
    "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block",
    'system.0.cache_control: Extra inputs are not permitted',
    'tool_choice.type: Field required',
  ])('4.3 what has no class keeps its words: %s', (words) => {
    expect(withCapability(words, [])).toBe(words)
  })
})

describe("4.1 places: paths are the client's", () => {
  // [0] leads to the system prompt; [1] and [2] are one turn, [3] leaves nothing, [4] goes on with it.
  const { paths } = translate({
    system: 'first',
    messages: [
      { role: 'system', content: 'leading' },
      user(' ', cachedText('a'), 'b'),
      user(image()),
      assistant(' '),
      user('c'),
      assistant(toolUse('t1')),
      user('late', toolResult('t1', [{ type: 'text', text: ' ' }, image()])),
    ],
    tools: [
      tool('Late', { defer_loading: true }),
      tool('Bash', { cache_control: { type: 'ephemeral' } }),
      tool('Read'),
    ],
  })

  test.each([
    // What was sent: a, its cache point, b, the picture, c.
    ['messages.0.content.0.text: x', 'messages.1.content.1.text: x'],
    ['messages.0.content.1: x', 'messages.1.content.1: x'],
    ['messages.0.content.3.image.source.base64: x', 'messages.2.content.0.image.source.base64: x'],
    ['messages.0.content.2.image.source.base64: x', 'messages.2.content.0.image.source.base64: x'],
    [
      "Value at 'messages.1.member.content.4.member.image.format' failed",
      "Value at 'messages.2.content.0.image.format' failed",
    ],
    ['messages.2.content.0.tool_result.content.0.image: x', 'messages.6.content.1.tool_result.content.1.image: x'],
    [
      'messages.3.member.content.1.member.toolResult.content.1.member.image: x',
      'messages.6.content.1.tool_result.content.1.image: x',
    ],
    ['messages[1].content[0].tool_use: x', 'messages.5.content.0.tool_use: x'],
    [
      "Value at 'messages.2.member.content.1.member.toolUse.name' failed",
      "Value at 'messages.5.content.0.tool_use.name' failed",
    ],
    ['messages.1: x', 'messages.5: x'],
    ['messages.1.content: x', 'messages.5.content: x'],
    ['messages.9.content.9.image: x', 'messages.9.content.9.image: x'],
    ['messages.0.content.0.constructor: x', 'messages.1.content.1.constructor: x'],
    [
      'messages: x, and messages.1 and messages.2.content.1: y',
      'messages: x, and messages.5 and messages.6.content.0: y',
    ],
    ['tools.0.custom.input_schema: x', 'tools.1.custom.input_schema: x'],
    // What was sent: Bash, its cache point, Read. A point is no tool, so the model has counted.
    ['tools.1.custom.input_schema: x', 'tools.2.custom.input_schema: x'],
    ['tools.1: x', 'tools.1: x'],
    ["'toolConfig.tools.3.member.toolSpec.name' failed", "'tools.2.name' failed"],
    ['tools[2].strict: x', 'tools.2.strict: x'],
    ['system.0: x, system.1: y', 'system: x, messages.0.content.0: y'],
  ])('4.1 %s', (words, expected) => {
    expect(restoreClientPaths(words, paths)).toBe(expected)
  })

  test('4.1 4.4 the path of missing results is the message with the uses', () => {
    const words = 'Expected toolResult blocks at messages.2.content for the following Ids: t1'
    expect(clientWording(words, { model: 'm', maxTokens: 1, paths })).toBe(
      'messages.5: `tool_use` ids were found without `tool_result` blocks immediately after: t1',
    )
  })
})
