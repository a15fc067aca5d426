import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { toAnthropicBody, toConverseBody, toEvent } from './bare-translation.ts'
import { serve } from './serve.ts'

/** The same translation as `bare`, with AWS's own client for the upstream. */

const clientOf = (endpoint: string): BedrockRuntimeClient =>
  new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint,
    token: { token: 'bench' },
    authSchemePreference: ['httpBearerAuth'],
    requestHandler: new NodeHttpHandler(),
  })

const utf8 = new TextEncoder()

/** Its commands need bytes where Converse's JSON has base64. */
const withBytes = (body: ReturnType<typeof toConverseBody>): ReturnType<typeof toConverseBody> => {
  for (const { image } of body.messages.flatMap(({ content }: { content: object[] }) => content)) {
    if (image !== undefined) image.source.bytes = Buffer.from(image.source.bytes, 'base64')
  }
  return { modelId: 'any', ...body }
}

let client: BedrockRuntimeClient | undefined

serve(async (request, upstream) => {
  client ??= clientOf(upstream)
  const body = JSON.parse(await request.text())
  const input = withBytes(toConverseBody(body))
  if (body.stream !== true) return Response.json(toAnthropicBody(await client.send(new ConverseCommand(input))))
  const { stream } = await client.send(new ConverseStreamCommand(input))
  const events = stream?.[Symbol.asyncIterator]()
  return new Response(
    new ReadableStream({
      async pull(controller) {
        while (events !== undefined) {
          const { done, value } = await events.next()
          if (done === true) break
          const [name, payload] = Object.entries(value)[0] ?? []
          const text = name === undefined ? '' : toEvent(name, payload)
          if (text === '') continue
          controller.enqueue(utf8.encode(text))
          return
        }
        controller.close()
      },
    }),
    { headers: { 'content-type': 'text/event-stream' } },
  )
})
