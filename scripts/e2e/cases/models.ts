import assert from 'node:assert/strict'
import { bodies, type Case, prompt, succeeded } from '../case.ts'
import { turns } from '../conversation.ts'

/** Which model is asked, and for what. */

const controlRequest = (id: string, request: object): string =>
  JSON.stringify({ type: 'control_request', request_id: id, request })

const title: Case = {
  name: 'a title request with a JSON schema',
  setup: () => ({
    scenario: ({ body }) =>
      body.outputConfig === undefined ? undefined : { content: [{ text: '{"title":"Parser login fix"}' }] },
  }),
  async play(session) {
    const run = await session.headless(
      ['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
      [
        controlRequest('1', { subtype: 'initialize' }),
        controlRequest('2', {
          subtype: 'generate_session_title',
          description: 'please fix the login bug in the parser',
          persist: false,
        }),
      ],
    )
    const answer = run.events.find(
      (event) => event.type === 'control_response' && JSON.stringify(event).includes('"request_id":"2"'),
    )
    assert.match(JSON.stringify(answer), /Parser login fix/)
    const { textFormat } = bodies(session)[0]?.outputConfig ?? {}
    assert.equal(textFormat?.type, 'json_schema')
    assert.equal(session.journal[0]?.modelId, 'claude-haiku-4.5')
  },
}

const longContext: Case = {
  name: 'a million tokens of context asked for',
  setup: () => ({ scenario: turns([{ text: 'Wide.' }]), model: 'claude-opus-4-6[1m]' }),
  async play(session) {
    succeeded(await session.headless(prompt('hello')), 'Wide')
    assert.equal(session.journal[0]?.modelId, 'claude-opus-4.6')
    assert.ok(JSON.stringify(bodies(session)[0]?.additionalModelRequestFields).includes('context-1m-2025-08-07'))
  },
}

export const modelCases: readonly Case[] = [title, longContext]
