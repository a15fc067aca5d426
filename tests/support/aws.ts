import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  CountTokensCommand,
} from '@aws-sdk/client-bedrock-runtime'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterTest } from './cleanup.ts'

/** AWS's own client, with a bearer key and an endpoint of ours. */
export const awsClient = (endpoint: string, token = 'test-key'): BedrockRuntimeClient =>
  new BedrockRuntimeClient({
    endpoint,
    region: 'eu-central-1',
    token: { token },
    authSchemePreference: ['httpBearerAuth'],
    maxAttempts: 1,
    // Its default is HTTP/2, which needs TLS.
    requestHandler: new NodeHttpHandler(),
  })

/** Blobs are base64 on the wire and bytes in the client. */
const bytesFromBase64 = (value: unknown, key = ''): unknown => {
  if ((key === 'bytes' || key === 'redactedContent') && typeof value === 'string') return Buffer.from(value, 'base64')
  // A document type: its content belongs to the user.
  if (key === 'json' || key === 'input' || key === 'additionalModelRequestFields') return value
  if (Array.isArray(value)) return value.map((item) => bytesFromBase64(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, bytesFromBase64(inner, name)]))
}

/**
 * Returns the body that AWS's own client sends for a Converse body. It serialises by AWS's model and drops unknown
 * members: a body that arrives unchanged has no member that AWS does not know.
 */
export const awsPassOn = (): ((body: object) => Promise<unknown>) => {
  let sent: unknown
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      sent = await request.json()
      return Response.json({
        output: { message: { role: 'assistant', content: [] } },
        stopReason: 'end_turn',
        usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
        metrics: { latencyMs: 0 },
      })
    },
  })
  afterTest(() => server.stop(true))
  const client = awsClient(`http://127.0.0.1:${server.port}`)
  return async (body) => {
    const input = { modelId: 'claude-sonnet-4.6', ...(bytesFromBase64(body) as object) } as ConverseCommandInput
    await client.send(new ConverseCommand(input))
    return sent
  }
}

export { ConverseCommand, ConverseStreamCommand, CountTokensCommand }
