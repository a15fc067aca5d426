import { parseArgs } from 'node:util'
import { colors } from 'consola/utils'
import { createLogger } from '../src/base/logger.ts'
import { Secret } from '../src/base/secret.ts'
import { claudeCodeEnvironment } from '../src/cli/claude-code/launch/environment.ts'
import { detectShell } from '../src/cli/clients/detect-shell.ts'
import { launchLine } from '../src/cli/clients/shells.ts'
import { composeApp } from '../src/cli/compose.ts'
import { decodeSse } from '../src/codec/sse/decode.ts'
import { loadConfig } from '../src/config/load.ts'
import { listen } from '../src/runtime/bun.ts'
import type { Scenario } from '../src/simulator/reply.ts'
import { startSimulator } from '../src/simulator/server.ts'
import { modelsOf } from '../src/upstreams/registry.ts'
import type { MessageStreamEvent } from '../src/wire/anthropic/events.ts'

/**
 * Shows the main use without a key: a simulated AI Nexus, the server in front of it, and one streamed request with a
 * tool, whose events are printed as they arrive.
 *
 *   bun run demo [--keep]
 */

const { values } = parseArgs({ options: { keep: { type: 'boolean' }, port: { type: 'string', default: '0' } } })

const weather = {
  name: 'get_weather',
  description: 'Tells the weather of a city.',
  input_schema: {
    type: 'object',
    properties: { city: { type: 'string' }, unit: { type: 'string' } },
    required: ['city'],
  },
}

const scenario: Scenario = ({ body }) => {
  const isWaiting = body.messages.at(-1)?.content.some((block) => 'toolResult' in block)
  const isOurs = JSON.stringify(body.toolConfig)?.includes(weather.name) === true
  // Other requests, while the demo keeps running, get an echo.
  if (!isOurs || isWaiting === true) return undefined
  return {
    content: [
      { thinking: 'The user asks for the weather. There is a tool for that.' },
      { text: 'Let me look up the weather in Stuttgart for you.' },
      { tool: 'get_weather', input: { city: 'Stuttgart', unit: 'celsius' } },
    ],
    pace: { frameMs: 25, deltaCharacters: 8 },
  }
}

const request = {
  model: 'claude-sonnet-4-6',
  max_tokens: 1024,
  stream: true,
  thinking: { type: 'adaptive' },
  system: [{ type: 'text', text: 'You are a helpful assistant.', cache_control: { type: 'ephemeral' } }],
  tools: [weather],
  messages: [{ role: 'user', content: 'What is the weather in Stuttgart?' }],
}

const write = (text: string): void => void process.stdout.write(text)

const heading: Readonly<Record<string, string>> = { thinking: 'thinking  ', text: 'text      ', tool_use: 'tool use  ' }

/** Prints one event for the user. */
const show = (event: MessageStreamEvent, elapsedMs: number): void => {
  switch (event.type) {
    case 'message_start':
      write(colors.gray(`  ${elapsedMs} ms   message_start, ${event.message.model}\n`))
      break
    case 'content_block_start': {
      const { content_block: block } = event
      write(colors.cyan(`  ${heading[block.type] ?? block.type}`) + (block.type === 'tool_use' ? `${block.name} ` : ''))
      break
    }
    case 'content_block_delta': {
      const { delta } = event
      if (delta.type === 'text_delta') write(delta.text)
      if (delta.type === 'thinking_delta') write(colors.gray(delta.thinking))
      if (delta.type === 'input_json_delta') write(delta.partial_json)
      if (delta.type === 'signature_delta') write(colors.gray(` (signed, ${delta.signature.length} characters)`))
      break
    }
    case 'content_block_stop':
      write('\n')
      break
    case 'message_delta':
      write(
        colors.gray(
          `  ${elapsedMs} ms   ${event.delta.stop_reason}, ${event.usage.input_tokens + event.usage.cache_creation_input_tokens} tokens in, ${event.usage.output_tokens} out\n`,
        ),
      )
      break
    default:
  }
}

const { config } = loadConfig({ flags: {}, environment: {}, files: [] })
const simulator = startSimulator({ scenario })
const app = composeApp({
  config,
  defaultModelId: config.model,
  endpointUrl: simulator.url,
  apiKey: new Secret('demo'),
  log: createLogger('silent', () => {}),
})
const listener = listen({ hostname: config.host, port: Number(values.port), fetch: app.fetch })
const url = `http://${config.host}:${listener.port}`

write(`
nexus-claude-api, without a key: everything below runs on this machine.

  in place of Claude Code   this demo, with Anthropic's Messages API
  nexus-claude-api          ${url}
  in place of AI Nexus      ${simulator.url}, simulated, with Bedrock's Converse

POST /v1/messages   "${request.messages[0]?.content}"   streamed, with a tool

`)

const startedAt = performance.now()
// An option of Bun that its types do not have: do not use a proxy.
const options: object = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(request),
  proxy: false,
}
const response = await fetch(`${url}/v1/messages`, options)
let isComplete = false
for await (const data of decodeSse(response.body ?? new ReadableStream())) {
  const event = JSON.parse(data) as MessageStreamEvent
  show(event, Math.round(performance.now() - startedAt))
  isComplete ||= event.type === 'message_stop'
}
if (!isComplete) {
  write('\nThe response is incomplete. Please report this.\n')
  process.exit(1)
}

write(`
It works. Next steps:

  Claude Code        npx --yes bun@1.4.5 src/main.ts claude              prompts for your key
  without a key      npx --yes bun@1.4.5 src/main.ts claude --simulate   answers with an echo
  as a program       npx --yes bun@1.4.5 run build                       then: nexus-claude-api claude
  all commands       npx --yes bun@1.4.5 src/main.ts --help
`)

if (values.keep === true) {
  const models = modelsOf(config, config.model)
  const [model, smallModel] = [models.resolve(config.model), models.resolve(config.smallModel)]
  const environment = claudeCodeEnvironment({
    config,
    models,
    model,
    smallModel,
    port: listener.port,
    environment: process.env,
    isGatewayMode: false,
    isModelFixed: false,
    isChosen: { model: false, smallModel: false },
    showsOwnKey: false,
  })
  const shell = detectShell({ platform: process.platform, environment: process.env, parent: undefined })
  write(
    `\nThe server runs at ${url}. Press Ctrl-C to stop it. To start Claude Code with it (answers are an echo):\n\n${launchLine(shell, environment, 'claude')}\n`,
  )
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
} else write('  keep this running  npx --yes bun@1.4.5 run demo --keep\n')
await listener.stop(true)
await simulator.stop()
