import { describe, expect, test } from 'bun:test'
import type Anthropic from '@anthropic-ai/sdk'
import type { Beta } from '@anthropic-ai/sdk/resources/beta/beta'
import { redact, sign } from '../../src/simulator/signature.ts'
import {
  assistant,
  image,
  png,
  refusalMessage,
  tool,
  toolResult,
  toolUse,
  translate,
  user,
} from '../support/translate.ts'

/**
 * Everything that the official SDK can send. The samples have the SDK's types, with every member required: a new block,
 * tool or member of the SDK causes a compile error that names it. Each member must also have an effect: without it, the
 * translation or its notes change.
 */

type Full<T> = T extends unknown ? { [Member in keyof Required<T>]: Required<T>[Member] } : never
type Block = Anthropic.Beta.BetaContentBlockParam
type ToolUnion = Anthropic.Beta.BetaToolUnion
type ByType<Union extends { type?: unknown }> = {
  [Type in NonNullable<Union['type']> & string]: Full<Extract<Union, { type?: Type | null }>>
}

const cache_control = { type: 'ephemeral', ttl: '1h' } as const
const direct = { type: 'direct' } as const
const sealed = 'c2VhbA=='

const blocks: ByType<Block> = {
  text: { type: 'text', text: 'words', cache_control, citations: [] },
  image: {
    type: 'image',
    source: { type: 'base64', media_type: 'image/png', data: png },
    cache_control,
    transformations: {} as never,
  },
  document: {
    type: 'document',
    source: { type: 'text', media_type: 'text/plain', data: 'words' },
    cache_control,
    citations: { enabled: true },
    context: 'from the archive',
    title: 'Title',
  },
  search_result: {
    type: 'search_result',
    source: 'https://s.example',
    title: 'Found',
    content: [{ type: 'text', text: 'words' }],
    cache_control,
    citations: { enabled: true },
  },
  thinking: { type: 'thinking', thinking: 'hm', signature: sign('hm') },
  redacted_thinking: { type: 'redacted_thinking', data: redact('hm') },
  tool_use: {
    type: 'tool_use',
    id: 't1',
    name: 'Bash',
    input: { a: 1 },
    cache_control,
    caller: direct,
    toolset_name: 'set',
  },
  tool_result: {
    type: 'tool_result',
    tool_use_id: 't1',
    content: 'out',
    is_error: true,
    cache_control,
    toolset_name: 'set',
  },
  server_tool_use: {
    type: 'server_tool_use',
    id: 's1',
    name: 'web_search',
    input: { query: 'q' },
    cache_control,
    caller: direct,
  },
  web_search_tool_result: {
    type: 'web_search_tool_result',
    tool_use_id: 's1',
    content: [{ type: 'web_search_result', title: 'T', url: 'https://u.example', encrypted_content: sealed }],
    cache_control,
    caller: direct,
  },
  web_fetch_tool_result: {
    type: 'web_fetch_tool_result',
    tool_use_id: 's1',
    content: { type: 'web_fetch_tool_result_error', error_code: 'url_not_accessible' },
    cache_control,
    caller: direct,
  },
  advisor_tool_result: {
    type: 'advisor_tool_result',
    tool_use_id: 's1',
    content: { type: 'advisor_result', text: 'Do it.' },
    cache_control,
  },
  code_execution_tool_result: {
    type: 'code_execution_tool_result',
    tool_use_id: 's1',
    content: { type: 'code_execution_result', stdout: 'o', stderr: '', return_code: 0, content: [] },
    cache_control,
  },
  bash_code_execution_tool_result: {
    type: 'bash_code_execution_tool_result',
    tool_use_id: 's1',
    content: { type: 'bash_code_execution_result', stdout: 'o', stderr: '', return_code: 0, content: [] },
    cache_control,
  },
  text_editor_code_execution_tool_result: {
    type: 'text_editor_code_execution_tool_result',
    tool_use_id: 's1',
    content: { type: 'text_editor_code_execution_create_result', is_file_update: true },
    cache_control,
  },
  tool_search_tool_result: {
    type: 'tool_search_tool_result',
    tool_use_id: 's1',
    content: {
      type: 'tool_search_tool_search_result',
      tool_references: [{ type: 'tool_reference', tool_name: 'Late' }],
    },
    cache_control,
  },
  mcp_tool_use: { type: 'mcp_tool_use', id: 'm1', name: 'find', server_name: 'wiki', input: { a: 1 }, cache_control },
  mcp_tool_result: { type: 'mcp_tool_result', tool_use_id: 'm1', content: 'found', is_error: true, cache_control },
  mcp_tool_listing: { type: 'mcp_tool_listing', mcp_server_name: 'wiki', tools: [{ name: 'find' }] as never },
  container_upload: { type: 'container_upload', file_id: 'file_1', cache_control },
  compaction: {
    type: 'compaction',
    content: 'They spoke.',
    encrypted_content: sealed,
    signature: sealed,
    tool_changes: [],
    cache_control,
  },
  tool_addition: { type: 'tool_addition', tool: { type: 'tool_reference', name: 'Late' }, cache_control },
  tool_removal: { type: 'tool_removal', tool: { type: 'tool_reference', name: 'Read' }, cache_control },
  fallback: { type: 'fallback', from: { model: 'a' }, to: { model: 'b' }, trigger: {} } as Full<
    Extract<Block, { type: 'fallback' }>
  >,
}

/** Members of the SDK's stable types that the newer types of the samples lack: the compile error names them. */
type StableBlock = Anthropic.ContentBlockParam
type StrangeMember = {
  [Type in StableBlock['type']]: Type extends keyof typeof blocks
    ? Exclude<keyof Extract<StableBlock, { type: Type }>, keyof (typeof blocks)[Type]>
    : Type
}[StableBlock['type']]
type StrangeTool = Exclude<NonNullable<Anthropic.ToolUnion['type']>, keyof typeof toolOutcomes>
type StrangeParameter = Exclude<keyof Anthropic.MessageCreateParamsNonStreaming, keyof typeof params>
type None<Strange> = [Strange] extends [never] ? 'none' : Strange
const untestedMembers: [None<StrangeMember>, None<StrangeTool>, None<StrangeParameter>] = ['none', 'none', 'none']

/** Members that identify a block or link it to others: text of a block does not contain them. */
const identityMembers = new Set(['type', 'id', 'tool_use_id', 'file_id'])
/** Only Anthropic can read these. */
const sealedMembers = new Set(['encrypted_content', 'signature', 'tool_changes', 'caller', 'from', 'to', 'trigger'])

/** A valid conversation around a block. */
const conversationWith = (block: object & { type: string }): object => {
  const tools = [tool('Bash'), tool('Read'), tool('Late', { defer_loading: true })]
  const before = [user('a'), assistant(toolUse('t1')), user('b', toolResult('t1'))]
  switch (block.type) {
    case 'tool_use':
      return { tools, messages: [user('a'), assistant(block), user(toolResult('t1'))] }
    case 'tool_result':
      return { tools, messages: [user('a'), assistant(toolUse('t1')), user('b', block)] }
    case 'tool_addition':
    case 'tool_removal':
      return { tools, messages: [...before, { role: 'system', content: [block] }] }
    case 'image':
    case 'document':
    case 'search_result':
    case 'container_upload':
      return { tools, messages: [user('a', block)] }
    default:
      return { tools, messages: [...before, assistant('c', block), user('d')] }
  }
}

/** The whole outcome of a request: the body, the context for the response, the notes. */
const outcome = (members: object): string => {
  try {
    const { body, responseContext: reply, notes } = translate(members, { modelId: 'claude-opus-4-6', betas: [] })
    return JSON.stringify([body, reply, notes])
  } catch (error) {
    return `refused: ${String(error)}`
  }
}

const without = (value: object, member: string): object =>
  Object.fromEntries(Object.entries(value).filter(([name]) => name !== member))

describe('every block of the SDK', () => {
  test('the newer types have all members of the stable types', () => {
    expect(untestedMembers).toEqual(['none', 'none', 'none'])
  })

  for (const block of Object.values(blocks) as (object & { type: string })[]) {
    test(`B ${block.type} is accepted, and none of its members is dropped silently`, () => {
      const whole = outcome(conversationWith(block))
      expect(whole).not.toStartWith('refused')
      const silent = Object.keys(block).filter((member) => {
        if (identityMembers.has(member) || sealedMembers.has(member)) return false
        return outcome(conversationWith(without(block, member) as typeof block)) === whole
      })
      expect(silent).toEqual([])
    })
  }
})

type ToolResultPart = Extract<NonNullable<Anthropic.Beta.BetaToolResultBlockParam['content']>, unknown[]>[number]
const parts: { [Type in ToolResultPart['type']]: true } = {
  text: true,
  image: true,
  document: true,
  search_result: true,
  tool_reference: true,
  browser_state: true,
}
const partSamples: Record<keyof typeof parts, object> = {
  text: blocks.text,
  image: blocks.image,
  document: blocks.document,
  search_result: blocks.search_result,
  tool_reference: { type: 'tool_reference', tool_name: 'Late' },
  browser_state: { type: 'browser_state', tabs: [{ tab_id: '1', url: 'https://b.example', title: 'B' }] },
}

describe('every part of a tool result', () => {
  for (const [type, part] of Object.entries(partSamples)) {
    test(`B9b ${type} is accepted`, () => {
      const result = toolResult('t1', [part])
      const { body } = translate({
        messages: [user('a'), assistant(toolUse('t1')), user(result)],
        tools: [tool('Bash')],
      })
      const [first] = body.messages[2]?.content ?? []
      expect(first !== undefined && 'toolResult' in first && first.toolResult.content.length).toBe(1)
      expect(JSON.stringify(first)).not.toContain('(no output)')
    })
  }
})

/** How each kind of tool is sent: as a tool with a schema, in Anthropic's own form, or not at all. */
type Fate = 'schema' | 'native' | 'removed'
const toolOutcomes: { [Type in NonNullable<ToolUnion['type']>]: Fate } = {
  custom: 'schema',
  bash_20241022: 'schema',
  bash_20250124: 'schema',
  text_editor_20241022: 'schema',
  text_editor_20250124: 'schema',
  text_editor_20250429: 'schema',
  text_editor_20250728: 'schema',
  memory_20250818: 'schema',
  computer_20241022: 'native',
  computer_20250124: 'native',
  computer_20251124: 'native',
  code_execution_20250522: 'removed',
  code_execution_20250825: 'removed',
  code_execution_20260120: 'removed',
  code_execution_20260521: 'removed',
  browser_toolset_20260801: 'removed',
  computer_toolset_20260801: 'removed',
  web_search_20250305: 'removed',
  web_search_20260209: 'removed',
  web_search_20260318: 'removed',
  web_fetch_20250910: 'removed',
  web_fetch_20260209: 'removed',
  web_fetch_20260309: 'removed',
  web_fetch_20260318: 'removed',
  advisor_20260301: 'removed',
  tool_search_tool_bm25: 'removed',
  tool_search_tool_bm25_20251119: 'removed',
  tool_search_tool_regex: 'removed',
  tool_search_tool_regex_20251119: 'removed',
  mcp_toolset: 'removed',
}

describe('every tool of the SDK', () => {
  test.each(Object.entries(toolOutcomes))('N %s', (type, fate) => {
    const tested = type === 'custom' ? tool('A', { type }) : { type, name: 'A', mcp_server_name: 'm' }
    const { body, notes } = translate({ messages: [user('a')], tools: [tested] })
    const found: Fate =
      body.toolConfig !== undefined ? 'schema' : body.additionalModelRequestFields?.['tools'] ? 'native' : 'removed'
    expect(found).toBe(fate)
    if (fate === 'removed') expect(notes.some(({ level, path }) => level === 'info' && path === 'tools.0')).toBe(true)
  })

  const full: Full<Anthropic.Beta.BetaTool> = {
    type: 'custom',
    name: 'A',
    description: 'Does it.',
    input_schema: { type: 'object', properties: { a: {} } },
    cache_control,
    defer_loading: true,
    eager_input_streaming: true,
    strict: true,
    input_examples: [{ a: 1 }],
    allowed_callers: ['direct'],
  }

  test.each(Object.keys(full).filter((member) => member !== 'type'))(
    'N %s of a tool is not dropped silently',
    (member) => {
      const send = (tools: object[]): string => outcome({ messages: [user('a')], tools })
      const shown = { ...full, defer_loading: member === 'defer_loading' }
      if (['name', 'input_schema'].includes(member)) expect(send([without(shown, member)])).toStartWith('refused')
      else expect(send([without(shown, member)])).not.toBe(send([shown]))
    },
  )
})

const params: Full<Anthropic.Beta.MessageCreateParamsNonStreaming> & Full<Anthropic.MessageCreateParamsNonStreaming> = {
  model: 'claude-opus-4-6',
  max_tokens: 5000,
  messages: [{ role: 'user', content: 'a' }],
  system: 's',
  stream: false,
  tools: [tool('A') as Anthropic.Tool],
  tool_choice: { type: 'none' },
  thinking: { type: 'adaptive' },
  output_config: { effort: 'high', format: null, task_budget: { type: 'tokens', total: 100_000 } },
  output_format: { type: 'json_schema', schema: { type: 'object' } },
  cache_control,
  stop_sequences: ['x'],
  betas: ['context-1m-2025-08-07'],
  metadata: { user_id: 'u' },
  service_tier: 'auto',
  inference_geo: 'eu',
  speed: 'fast',
  diagnostics: {} as never,
  fallbacks: [] as never,
  fallback_credit_token: 'f',
  billing_policy: {} as never,
  thread: {} as never,
  compaction: { type: 'summarize', instructions: null },
  context_management: { edits: [] },
  user_profile_id: 'p',
  workspace_id: 'w',
  container: 'c',
  mcp_servers: [{ type: 'url', url: 'https://m.example', name: 'm' }],
}
/** Older clients send these; the SDK's types no longer have them. */
const legacySampling = { temperature: 0.5, top_p: 0.5, top_k: 5 }

/** Refused, because a request without them means something else. */
const refused = ['container', 'mcp_servers']
/** Changes the form of the response, not its content. */
const formMembers = ['stream']

describe('every parameter of the SDK', () => {
  const all: Record<string, unknown> = { ...params, ...legacySampling }
  const sent = without(without(all, 'container'), 'mcp_servers')

  test.each(Object.keys({ ...params, ...legacySampling }).filter((member) => !formMembers.includes(member)))(
    '1.1 %s is not dropped silently',
    (member) => {
      if (refused.includes(member)) {
        const value = params[member as keyof typeof params]
        expect(refusalMessage(() => translate({ ...sent, [member]: value }))).toStartWith(`${member}: not supported`)
      } else if (['model', 'max_tokens', 'messages'].includes(member)) {
        expect(() => translate({ ...sent, [member]: undefined })).toThrow()
      } else {
        expect(outcome(without(sent, member)) === outcome(sent)).toBe(false)
      }
    },
  )

  test('1.2 every member of a system message', () => {
    const message: Full<Anthropic.Beta.BetaSystemMessageParam> = {
      role: 'system',
      content: 'Be brief.',
      clear_at: 'never',
      output_config: { effort: 'low' } as never,
    }
    for (const member of ['content', 'clear_at', 'output_config']) {
      const ask = (said: object): string => outcome({ messages: [user('a'), said] })
      expect([member, ask(without(message, member)) === ask(message)]).toEqual([member, false])
    }
  })

  test('1.6 every kind of thinking', () => {
    const kinds: { [Type in Anthropic.Beta.BetaThinkingConfigParam['type']]: object } = {
      enabled: { type: 'enabled', budget_tokens: 2000 },
      adaptive: { type: 'adaptive' },
      disabled: { type: 'disabled' },
      between_tools: { type: 'between_tools' },
    }
    const request = { messages: [user('a')], max_tokens: 5000 }
    for (const thinking of Object.values(kinds)) expect(outcome({ ...request, thinking })).not.toBe(outcome(request))
  })

  test('B2 D every kind of source', () => {
    type Source = Anthropic.Beta.BetaImageBlockParam['source'] | Anthropic.Beta.BetaRequestDocumentBlock['source']
    const sources: { [Type in Source['type']]: 'sent' | 'refused' } = {
      base64: 'sent',
      text: 'sent',
      content: 'sent',
      // Fetched before the translation, see tests/upstreams/url-sources/inline-url-sources.test.ts.
      url: 'refused',
      file: 'refused',
    }
    const samples: Record<keyof typeof sources, object> = {
      base64: image(),
      text: blocks.document,
      content: { type: 'document', source: { type: 'content', content: 'words' } },
      url: { type: 'image', source: { type: 'url', url: 'https://i.example/a.png' } },
      file: { type: 'document', source: { type: 'file', file_id: 'file_1' } },
    }
    for (const [type, fate] of Object.entries(sources)) {
      const found = outcome({ messages: [user('a', samples[type as keyof typeof sources])] })
      expect([type, found.startsWith('refused')]).toEqual([type, fate === 'refused'])
    }
  })
})

test('1.7 a beta flag is forwarded or noted', () => {
  const flags: Beta.AnthropicBeta[] = [
    'context-1m-2025-08-07',
    'compact-2026-01-12',
    'fast-mode-2026-02-01',
    'later-2030',
  ]
  for (const flag of flags) {
    const { body, notes } = translate({ messages: [user('a')] }, { modelId: 'claude-opus-4-6', betas: [flag] })
    const isSent = JSON.stringify(body.additionalModelRequestFields ?? {}).includes(flag)
    // The path has the name only if it looks like a flag: it could be anything.
    const notePath = flag === 'later-2030' ? 'anthropic-beta' : `anthropic-beta.${flag}`
    expect([flag, isSent]).not.toEqual([flag, notes.some(({ path }) => path === notePath)])
  }
})
