import { join } from 'node:path'

/**
 * Uses the Agent SDK with the program's own tool: `bun agent-sdk.ts FOLDER PROMPT`. FOLDER has the installed SDK.
 * Prints each message as a line of JSON.
 */

/** The part of the SDK that the program uses. The SDK is not a dependency of the project. */
interface AgentSdk {
  tool(
    name: string,
    description: string,
    schema: Readonly<Record<string, unknown>>,
    run: (input: { readonly name: string }) => Promise<object>,
  ): object
  createSdkMcpServer(options: { readonly name: string; readonly tools: readonly object[] }): object
  query(call: { readonly prompt: string; readonly options: Readonly<Record<string, unknown>> }): AsyncIterable<object>
}

interface Zod {
  readonly z: { string(): { describe(text: string): unknown } }
}

const [folder = '', prompt = ''] = process.argv.slice(2)
const load = async <Module>(...path: readonly string[]): Promise<Module> =>
  await import(join(folder, 'node_modules', ...path))

const { tool, createSdkMcpServer, query } = await load<AgentSdk>('@anthropic-ai', 'claude-agent-sdk', 'sdk.mjs')
const { z } = await load<Zod>('zod', 'index.js')

const extension = tool(
  'extension',
  'Looks up the telephone extension of a colleague',
  { name: z.string().describe('The name of the colleague') },
  async ({ name }) => ({ content: [{ type: 'text', text: `The extension of ${name} is 4711.` }] }),
)

const messages = query({
  prompt,
  options: {
    mcpServers: { office: createSdkMcpServer({ name: 'office', tools: [extension] }) },
    allowedTools: ['ToolSearch', 'mcp__office__extension'],
    systemPrompt: 'You answer the telephone of an office.',
  },
})
for await (const message of messages) console.log(JSON.stringify(message))
