import { expect } from 'bun:test'
import type { LogRecord } from '../../src/base/logger.ts'
import { createLogSink } from '../../src/cli/log/log-sink.ts'
import { image, toolResult, toolUse } from './translate.ts'

/** Words that must not be found where they do not belong, and requests that are full of them. */

export const key = 'CANARYKEY0123456789abcdef'
export const clientToken = 'CANARYTOKEN0123456789abc'
export const proxyPassword = 'CANARYPROXY0123456789'
/** Of a prompt, an answer, a tool, an input, a file's name. */
export const word = 'CANARYWORD'

export const secrets = [key, clientToken, proxyPassword]
const canaries = [...secrets, word]

/** Says which are there, so that a failure names them. */
export const found = (text: string, wanted: readonly string[] = canaries): string[] =>
  wanted.filter((canary) => text.includes(canary))

export const headers = {
  'x-api-key': clientToken,
  authorization: `Bearer ${clientToken}`,
  'anthropic-beta': `claude-code-20250219,context-1m-2025-08-07,dangerous-tool-use-2026-09-03,${word}`,
  cookie: word,
}

const document = (source: object): object => ({ type: 'document', title: `${word}.pdf`, context: word, source })

export const lawful = {
  model: 'claude-sonnet-4-6',
  max_tokens: 2000,
  system: [
    { type: 'text', text: `x-anthropic-billing-header: ${word};` },
    { type: 'text', text: word, cache_control: { type: 'ephemeral' } },
  ],
  metadata: { user_id: word },
  safeguards: [
    {
      type: 'dangerous_tool_use',
      classifier_context: { home_dir: `/home/${word}`, auto_mode: { allow: [word] }, [word]: 1 },
    },
  ],
  [`${word} as a name`]: word,
  thinking: { type: 'adaptive' },
  tools: [
    { name: word, description: word, input_schema: { type: 'object', properties: { [word]: { description: word } } } },
  ],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: word, [`${word} inside`]: 1 },
        image(),
        document({ type: 'text', media_type: 'text/plain', data: word }),
      ],
    },
    {
      role: 'assistant',
      content: [{ type: 'thinking', thinking: word, signature: '' }, toolUse('t1', word, { [word]: word })],
    },
    { role: 'user', content: [toolResult('t1', [{ type: 'text', text: word }])] },
    { role: 'system', content: word },
  ],
}

/** What we refuse ourselves; `quotes` where Anthropic's own API quotes the client's words, too. */
export const unlawful: Record<string, { readonly body: unknown; readonly quotes: boolean }> = {
  'wrong model': { body: { ...lawful, model: `${word}-model` }, quotes: true },
  'unknown block': {
    body: { ...lawful, messages: [{ role: 'user', content: [{ type: word, text: word }] }] },
    quotes: true,
  },
  'missing field': {
    body: { ...lawful, messages: [{ role: 'user', content: [{ type: 'text', txt: word }] }] },
    quotes: false,
  },
  'wrong pairs': { body: { ...lawful, messages: [{ role: 'user', content: [toolResult(word, word)] }] }, quotes: true },
  'unknown tool': {
    body: { ...lawful, tool_choice: { type: 'tool', name: `${word}2` }, thinking: undefined },
    quotes: true,
  },
  'wrong type of a field': { body: { ...lawful, max_tokens: word }, quotes: false },
  'wrong role': { body: { ...lawful, messages: [{ role: word, content: word }] }, quotes: false },
  'wrong image': { body: { ...lawful, messages: [{ role: 'user', content: [image(word)] }] }, quotes: false },
  'no messages': { body: { ...lawful, messages: [] }, quotes: false },
  'not an object': { body: word, quotes: false },
}

/** Neither in records nor in any form that they are written in. */
export const expectSilent = (records: readonly LogRecord[]): void => {
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
  expect(found(written)).toEqual([])
}
