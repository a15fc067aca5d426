import assert from 'node:assert/strict'
import type { ClientRun } from './client.ts'
import type { Configuration } from './launcher.ts'

/** opencode: its file of configuration, its arguments and its output. */

/** Its packages for Chat Completions and for Responses. */
export type OpenCodePackage = '@ai-sdk/openai-compatible' | '@ai-sdk/openai'

const limit = { context: 200_000, output: 32_000 }

/** The file that the documentation recommends. */
export const openCodeConfiguration =
  (npm: OpenCodePackage): Configuration =>
  (url) =>
    JSON.stringify({
      $schema: 'https://opencode.ai/config.json',
      model: 'nexus/claude-sonnet-4.6',
      small_model: 'nexus/claude-haiku-4.5',
      share: 'disabled',
      autoupdate: false,
      provider: {
        nexus: {
          npm,
          name: 'AI Nexus',
          options: { baseURL: `${url}/v1`, apiKey: '{env:NEXUS_CLIENT_TOKEN}' },
          models: {
            'claude-sonnet-4.6': {
              name: 'Claude Sonnet 4.6',
              tool_call: true,
              reasoning: true,
              attachment: true,
              modalities: { input: ['text', 'image', 'pdf'], output: ['text'] },
              limit,
              variants: { high: { reasoningEffort: 'high' } },
            },
            'claude-haiku-4.5': { name: 'Claude Haiku 4.5', tool_call: true, limit },
          },
        },
      },
    })

/** Arguments for one prompt without a terminal. */
export const openCodePrompt = (words: string, ...more: readonly string[]): string[] => [
  'run',
  '--format',
  'json',
  ...more,
  words,
]

interface Part {
  readonly text?: string
  readonly [member: string]: unknown
}

const partsOf = ({ events }: ClientRun, wanted: string): Part[] =>
  events.flatMap(({ type, ...event }) => (type === wanted ? [event['part'] as Part] : []))

/** The last text of the model. */
export const lastTextIn = (run: ClientRun): string => String(partsOf(run, 'text').at(-1)?.text)

/** The names of the errors. */
export const errorsIn = ({ events }: ClientRun): string[] =>
  events.flatMap(({ type, ...event }) => (type === 'error' ? [(event['error'] as { name: string }).name] : []))

/** Throws unless the last text contains these words, and there was no error. */
export const openCodeSays = (run: ClientRun, words: string): void => {
  assert.deepEqual(errorsIn(run), [])
  assert.match(lastTextIn(run), new RegExp(words))
  assert.equal(run.exitCode, 0)
}
