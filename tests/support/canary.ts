import { expect } from 'bun:test'
import type { LogRecord } from '../../src/base/logger.ts'
import { createLogSink } from '../../src/cli/log/log-sink.ts'
import { image, toolResult, toolUse } from './translate.ts'

/** Words that must not leak, and requests that are full of them. */

export const key = 'CANARYKEY0123456789abcdef'
export const clientToken = 'CANARYTOKEN0123456789abc'
/** Of a client with a name: as long as one must be. */
export const namedToken = 'CANARYNAMEDTOKEN0123456789'
export const proxyPassword = 'CANARYPROXY0123456789'
/** Is in prompts, responses, tools, inputs and file names. */
export const privateWord = 'CANARYWORD'

export const secrets = [key, clientToken, namedToken, proxyPassword]
const canaries = [...secrets, privateWord]

/** Returns the words that the text contains, so that a failure names them. */
export const secretsIn = (text: string, wanted: readonly string[] = canaries): string[] =>
  wanted.filter((canary) => text.includes(canary))

export const headers = {
  'x-api-key': clientToken,
  authorization: `Bearer ${clientToken}`,
  'anthropic-beta': `claude-code-20250219,context-1m-2025-08-07,dangerous-tool-use-2026-09-03,${privateWord}`,
  cookie: privateWord,
}

const document = (source: object): object => ({
  type: 'document',
  title: `${privateWord}.pdf`,
  context: privateWord,
  source,
})

export const validRequest = {
  model: 'claude-sonnet-4-6',
  max_tokens: 2000,
  system: [
    { type: 'text', text: `x-anthropic-billing-header: ${privateWord};` },
    { type: 'text', text: privateWord, cache_control: { type: 'ephemeral' } },
  ],
  metadata: { user_id: privateWord },
  safeguards: [
    {
      type: 'dangerous_tool_use',
      classifier_context: { home_dir: `/home/${privateWord}`, auto_mode: { allow: [privateWord] }, [privateWord]: 1 },
    },
  ],
  [`${privateWord} as a name`]: privateWord,
  thinking: { type: 'adaptive' },
  tools: [
    {
      name: privateWord,
      description: privateWord,
      input_schema: { type: 'object', properties: { [privateWord]: { description: privateWord } } },
    },
  ],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: privateWord, [`${privateWord} inside`]: 1 },
        image(),
        document({ type: 'text', media_type: 'text/plain', data: privateWord }),
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: privateWord, signature: '' },
        toolUse('t1', privateWord, { [privateWord]: privateWord }),
      ],
    },
    { role: 'user', content: [toolResult('t1', [{ type: 'text', text: privateWord }])] },
    { role: 'system', content: privateWord },
  ],
}

/** Requests that we refuse; `quotes` if Anthropic's own API quotes the client's words, too. */
export const invalidRequests: Record<string, { readonly body: unknown; readonly quotes: boolean }> = {
  'wrong model': { body: { ...validRequest, model: `${privateWord}-model` }, quotes: true },
  'unknown block': {
    body: { ...validRequest, messages: [{ role: 'user', content: [{ type: privateWord, text: privateWord }] }] },
    quotes: true,
  },
  'missing field': {
    body: { ...validRequest, messages: [{ role: 'user', content: [{ type: 'text', txt: privateWord }] }] },
    quotes: false,
  },
  'wrong pairs': {
    body: { ...validRequest, messages: [{ role: 'user', content: [toolResult(privateWord, privateWord)] }] },
    quotes: true,
  },
  'unknown tool': {
    body: { ...validRequest, tool_choice: { type: 'tool', name: `${privateWord}2` }, thinking: undefined },
    quotes: true,
  },
  'wrong type of a field': { body: { ...validRequest, max_tokens: privateWord }, quotes: false },
  'wrong role': { body: { ...validRequest, messages: [{ role: privateWord, content: privateWord }] }, quotes: false },
  'wrong image': {
    body: { ...validRequest, messages: [{ role: 'user', content: [image(privateWord)] }] },
    quotes: false,
  },
  'no messages': { body: { ...validRequest, messages: [] }, quotes: false },
  'not an object': { body: privateWord, quotes: false },
}

/** Checks the records, and each form in which they are written. */
export const expectNoSecrets = (records: readonly LogRecord[]): void => {
  let written = JSON.stringify(records)
  for (const format of ['text', 'json'] as const) {
    for (const terminal of [{ columns: 80 }, undefined]) {
      const write = (text: string): void => {
        written += text
      }
      const sink = createLogSink({
        format,
        color: terminal !== undefined,
        terminal,
        file: undefined,
        write,
        now: () => new Date(0),
      })
      for (const record of records) sink(record)
    }
  }
  expect(secretsIn(written)).toEqual([])
}
