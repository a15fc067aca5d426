import Anthropic from '@anthropic-ai/sdk'
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema'

/**
 * Uses the tool runner of the Anthropic SDK: `bun tool-runner.ts whole|stream PROMPT`. The environment contains address
 * and token. Prints the runner's last message as a line of JSON.
 */

const [form, prompt = ''] = process.argv.slice(2)

const extension = betaTool({
  name: 'extension',
  description: 'Looks up the telephone extension of a colleague',
  inputSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
  run: ({ name }) => `The extension of ${name} is 4711.`,
})

const request = {
  model: 'claude-sonnet-4-6',
  max_tokens: 1000,
  tools: [extension],
  messages: [{ role: 'user' as const, content: prompt }],
}

const { messages } = new Anthropic().beta
const runner =
  form === 'stream'
    ? messages.toolRunner({ ...request, stream: true })
    : messages.toolRunner({ ...request, stream: false })
console.log(JSON.stringify({ type: 'message', message: await runner.runUntilDone() }))
