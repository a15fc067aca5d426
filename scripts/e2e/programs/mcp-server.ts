import { createInterface } from 'node:readline'
import { redPicture } from '../pictures.ts'

/**
 * An MCP server on standard input and output: `bun mcp-server.ts COUNT` offers `shelf_01` to `shelf_COUNT`. Their result
 * is a text, and for `photo` an image, too.
 */

interface Call {
  readonly id?: number | string
  readonly method: string
  readonly params?: Readonly<Record<string, unknown>>
}

const count = Number(process.argv[2])

const tools = Array.from({ length: count }, (_, index) => ({
  name: `shelf_${String(index + 1).padStart(2, '0')}`,
  description: `Lists the content of shelf ${index + 1} of the warehouse. `.repeat(4).trim(),
  inputSchema: {
    type: 'object',
    properties: {
      box: { type: 'integer', description: 'The number of the box on the shelf' },
      photo: { type: 'boolean', description: 'Whether to add a photo of the box' },
    },
    required: ['box'],
  },
}))

const photosFor = (given: unknown): object[] =>
  Object(given).photo === true ? [{ type: 'image', mimeType: 'image/png', data: redPicture.toString('base64') }] : []

const results: Readonly<Record<string, (params: NonNullable<Call['params']>) => object>> = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'warehouse', version: '1.0.0' },
  }),
  ping: () => ({}),
  'tools/list': () => ({ tools }),
  'tools/call': ({ name, arguments: given }) => ({
    content: [{ type: 'text', text: `${name} holds ${JSON.stringify(given)}` }, ...photosFor(given)],
  }),
}

const answer = ({ method, params = {} }: Call): object => {
  const result = results[method]
  return result === undefined ? { error: { code: -32_601, message: 'Method not found' } } : { result: result(params) }
}

for await (const line of createInterface({ input: process.stdin })) {
  const call = JSON.parse(line) as Call
  // Notifications have no id, and get no response.
  if (call.id !== undefined)
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: call.id, ...answer(call) })}\n`)
}
